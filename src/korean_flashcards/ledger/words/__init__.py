"""Import word lists, decide which word each row refers to, and roll back imports."""
