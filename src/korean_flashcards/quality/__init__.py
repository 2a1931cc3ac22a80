"""How good the cards are: scores, the judge's ratings, agreement between raters. Pure."""
