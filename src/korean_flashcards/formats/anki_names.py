"""Write the names of decks and tags as Anki stores them, so that each kind of import creates the same decks and tags.

Anki joins the levels of a name with "::". It composes characters (NFC), removes control characters and surrounding
spaces, names an empty level "blank", and treats names in upper and lower case as the same name.
"""

import re
from collections.abc import Iterable

import polars as pl

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.anki_note import DEFAULT_DECK
from korean_flashcards.formats.card_tags import LEVELS, anki_tag, levels_of

# Where three or more colons follow each other, Anki removes those that do not separate levels of a deck.
_ENDS = lazy_regex(r"^[\s:]+|[\s:]+$")
_SPACES = lazy_regex(r"\s+")
_NUMBER = lazy_regex(r"[+-]?\d+", re.ASCII)
_BLANK = "blank"  # Anki's name for a level without a name


def with_names_of_anki(notes: pl.DataFrame) -> pl.DataFrame:
    """Return the notes, with the names of their decks (``deck``) and tags (``tags``) as Anki stores them."""
    # In the order of the notes, so that the spelling of an existing tag does not change when words are added.
    decks = deck_names(notes["deck"].unique(maintain_order=True))
    tags = tag_names(notes["tags"].explode().drop_nulls().unique(maintain_order=True))
    named = pl.col("tags").list.eval(pl.element().replace_strict(tags, return_dtype=pl.String))
    return notes.with_columns(
        deck=pl.col("deck").replace_strict(decks, return_dtype=pl.String),
        tags=named.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True),
    )


def deck_names(names: Iterable[str]) -> dict[str, str]:
    """Return the name of the deck in Anki for each given name."""
    return _in_one_case({name: _deck_name(name) for name in names}, {DEFAULT_DECK.casefold(): DEFAULT_DECK})


def tag_names(tags: Iterable[str]) -> dict[str, str]:
    """Return the tag in Anki for each given tag, which has no spaces. A tag without a name becomes ""."""
    return _in_one_case({tag: _SPACES.sub("_", LEVELS.join(levels_of(anki_tag(tag)))) for tag in tags}, {})


def _deck_name(name: str) -> str:
    levels = [level for each in levels_of(name) if (level := _ENDS.sub("", each))] or [_BLANK]
    # A text file can name a deck or give its ID. Anki reads a number as the ID.
    return LEVELS.join([f"Deck {levels[0]}" if _NUMBER.fullmatch(levels[0]) else levels[0], *levels[1:]])


def _in_one_case(names: dict[str, str], spellings: dict[str, str]) -> dict[str, str]:
    """Return the names, in which a level that differs only in case is always spelled as in the first of the names.

    ``spellings`` maps the lower case of a name, up to some level, to its spelling.
    """
    found = dict(spellings)
    return {given: _spelled(name, found) for given, name in names.items()}


def _spelled(name: str, spellings: dict[str, str]) -> str:
    result = ""
    for level in name.split(LEVELS):
        longer = f"{result}{LEVELS}{level}" if result else level
        result = spellings.setdefault(longer.casefold(), longer)
    return result
