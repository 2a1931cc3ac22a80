"""Define the values shared by all other packages, without I/O: records, parameters, errors, and requests."""
