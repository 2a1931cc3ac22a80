"""What a run will ask and what that will cost, worked out before anything is spent."""
