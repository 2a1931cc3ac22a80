"""Requests through a provider's batch API, for about half the price: hand in, and fetch what is done in a later run."""
