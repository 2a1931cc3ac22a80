"""Define the types that all other packages share: records, parameters, errors, and requests.

No module in this package performs I/O.
"""
