"""Compare prompts, models, or parameters on a sample of words, without changing the deck."""
