"""Plan a run: the requests that it will send and their cost, before anything is spent."""
