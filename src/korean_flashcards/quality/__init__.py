"""Measure the quality of cards: scores, the judge's ratings, and the agreement between raters. Pure."""
