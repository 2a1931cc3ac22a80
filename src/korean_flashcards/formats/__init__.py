"""Convert word lists, replies, and card files from text to records and back. These functions perform no I/O."""
