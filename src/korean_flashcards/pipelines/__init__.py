"""Define the pipelines. In each folder, ``nodes`` defines functions on data frames, and ``pipeline`` connects them."""
