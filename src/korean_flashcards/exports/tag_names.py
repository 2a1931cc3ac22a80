"""Convert the names of decks and tags to tags of Obsidian and Mochi, which have letters, digits, "_", "-", and "/"."""

import polars as pl

_FORBIDDEN = r"[^\p{L}\p{M}\p{N}_/-]+"
_EDGES = r"^[-/]+|[-/]+$"


def tag_path(name: pl.Expr, separator: str) -> pl.Expr:
    """Return an expression that converts a name to a tag without "#". Its levels, such as A::B, become A/B.

    The tag is empty if the name has no letter or digit.
    """
    levels = name.str.replace_all("/", "-", literal=True).str.replace_all(separator, "/", literal=True)
    return levels.str.replace_all(_FORBIDDEN, "-").str.replace_all("-*/[-/]*", "/").str.replace_all(_EDGES, "")
