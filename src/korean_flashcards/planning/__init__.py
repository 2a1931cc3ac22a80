"""What a run will request and what that will cost, worked out before anything is spent."""
