"""Model calls: budgets, rate limits, circuit breakers, provider batches, and reports of past calls."""
