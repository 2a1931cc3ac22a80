"""Shared values, without I/O: the records, parameters, errors and requests that all other packages use."""
