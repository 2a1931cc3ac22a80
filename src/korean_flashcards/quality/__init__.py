"""Measure card quality: scores, the judge's ratings, and the agreement between raters. Pure."""
