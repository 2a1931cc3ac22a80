"""Send many requests: work queue, limits, retries, fallback models and progress."""
