"""Call models with cached replies, enforced budgets, and many concurrent requests."""
