"""Select cards for an export, lay them out, and convert them to each file format. Pure."""
