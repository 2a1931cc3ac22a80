"""Define the values that all other packages share, without I/O: records, parameters, errors and requests."""
