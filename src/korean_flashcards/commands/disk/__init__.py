"""Show and free the disk space that a project takes."""
