"""Record how each run is started and how it ends."""
