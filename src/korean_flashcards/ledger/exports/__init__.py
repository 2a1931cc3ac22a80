"""Record which words have cards in an exported deck."""
