"""Send requests through a provider's batch API at about half the regular price. A later run fetches the replies."""
