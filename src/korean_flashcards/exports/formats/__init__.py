"""Convert the content of an export to the bytes of each format, and read them back. One format a file."""
