"""Import word lists, decide which word each row means, and roll imports back."""
