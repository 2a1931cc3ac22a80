"""Send many requests, with a work queue, limits, retries, fallback models, and a progress display."""
