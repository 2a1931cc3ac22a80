"""Reviews of analyses and cards: values, edits applied to generated text, states. Pure; the ledger keeps them."""
