"""Sending many requests: the work queue, limits, retries, fallbacks, progress."""
