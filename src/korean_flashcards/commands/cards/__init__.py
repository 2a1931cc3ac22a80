"""List the cards of the deck, and show a word's cards (`kedro cards`)."""
