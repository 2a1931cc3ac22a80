"""Plan a run: determine which requests it will send and what they will cost, before any money is spent."""
