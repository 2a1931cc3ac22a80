"""Asking language models: one client, memoized replies, the litellm backend and the embedded offline model."""
