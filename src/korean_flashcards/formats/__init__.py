"""Pure functions between text and records: word lists, model replies, card files. No file is read or written here."""
