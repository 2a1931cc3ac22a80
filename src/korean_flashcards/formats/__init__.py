"""Pure functions between text and records: word lists, model replies, card files. Nothing here reads or writes a file."""
