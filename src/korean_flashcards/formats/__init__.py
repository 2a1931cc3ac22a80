"""Convert text to records and back: word lists, replies and card files. Functions here do no I/O."""
