"""Record the words that have cards in an exported deck."""
