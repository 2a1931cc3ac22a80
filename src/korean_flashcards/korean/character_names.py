"""Look up the usual 훈음 of characters (대표 훈음, such as 배울 학 for 學) and their most common meanings in English.

``data/common_characters.tsv`` was compiled for this project. A character with several readings has a line for each of them.
"""

from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .hangul import initial_form


class CharacterName(NamedTuple):
    """A character's usual 훈음 and its most common meanings in English, separated by commas or semicolons."""

    hun_eum: str
    meanings: str


def usual_name(character: str, syllable: str) -> CharacterName | None:
    """Return the usual name of a character that is read as this syllable, or None if the table does not have it.

    A character with a single name has it also in the few words that changed its reading (十 in 시월).
    """
    names = all_names().get(character, {})
    found = (name for reading, name in names.items() if syllable in (reading, initial_form(reading)))
    return next(found, next(iter(names.values())) if len(names) == 1 else None)


@cache
def all_names() -> dict[str, dict[str, CharacterName]]:
    """Return the names of each character, by its reading."""
    found: dict[str, dict[str, CharacterName]] = defaultdict(dict)
    table = files(__package__).joinpath("data", "common_characters.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        character, hun_eum, meanings = line.split("\t")
        found[character][hun_eum[-1]] = CharacterName(hun_eum, meanings)
    return dict(found)
