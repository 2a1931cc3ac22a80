"""Reviews of analyses and cards: values, edits laid over generated text, states. Pure; the ledger keeps them."""
