"""Call models: replies are cached, spending is budgeted, and many requests run at once."""
