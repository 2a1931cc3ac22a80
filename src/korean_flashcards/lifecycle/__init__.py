"""Start and end each run: check its settings, prepare its catalog, wait for other runs, and record its result."""
