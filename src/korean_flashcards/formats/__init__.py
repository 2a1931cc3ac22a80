"""Convert text to records and back: word lists, replies, and card files. The functions perform no I/O."""
