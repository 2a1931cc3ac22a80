"""Review cards and analyses in a browser: the review session, its page, its local server, and offline bundles."""
