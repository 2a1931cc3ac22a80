"""Control and report model calls: budgets, rate limits, circuit breakers, provider batches, and past calls."""
