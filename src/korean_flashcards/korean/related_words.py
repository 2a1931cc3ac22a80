"""Describe hanja as a teacher would: with their usual 훈음, a short meaning, and everyday words that share a character.

The two tables were compiled for this project: ``data/common_characters.tsv`` from the usual 훈음 (대표 훈음) of characters,
and ``data/common_sino_words.tsv`` from everyday words with their hanja in 표준국어대사전, the most useful first.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .hanja_data import HanjaCharacter

_MOST = 3
_MOST_MEANINGS = 2


class CommonWord(NamedTuple):
    """An everyday Sino-Korean word."""

    word: str
    hanja: str
    meaning: str


def usual_description(character: HanjaCharacter, syllable: str) -> tuple[str, str]:
    """Return a character's 훈음 and a short meaning in English.

    A character that is not in the table keeps its 훈음 and the first meanings of its gloss. Either text may be "".

    Args:
        character: The character, as ``hanja_data.characters_of`` returns it.
        syllable: Its reading in the word.
    """
    known = _descriptions().get(character.character, {})
    if found := known.get(character.hun_eum[-1:]) or known.get(syllable) or next(iter(known.values()), None):
        return found
    meanings = re.split(r"[;,]", re.split(r";", re.sub(r"\([^)]*\)", "", character.gloss))[0])
    return character.hun_eum, ", ".join(each.strip() for each in meanings[:_MOST_MEANINGS] if each.strip())


def words_sharing(character: str, hanja: str) -> list[CommonWord]:
    """Return up to three everyday words with a character, none of which contains another or the word with these hanja."""
    found: list[CommonWord] = []
    for each in _by_character().get(character, []):
        others = [*(one.hanja for one in found), *([hanja] if len(hanja) > 1 else [])]
        if each.hanja != hanja and not any(one in each.hanja or each.hanja in one for one in others):
            found.append(each)
    return found[:_MOST]


@cache
def common_words() -> tuple[CommonWord, ...]:
    """Return all everyday words."""
    return tuple(CommonWord(*line.split("\t")) for line in _lines("common_sino_words.tsv"))


@cache
def _by_character() -> dict[str, list[CommonWord]]:
    found: dict[str, list[CommonWord]] = defaultdict(list)
    for each in common_words():
        for character in dict.fromkeys(each.hanja):
            found[character].append(each)
    return found


@cache
def _descriptions() -> dict[str, dict[str, tuple[str, str]]]:
    """Return the 훈음 and the meaning of each character, by its reading."""
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for line in _lines("common_characters.tsv"):
        character, hun_eum, meaning = line.split("\t")
        found[character][hun_eum[-1]] = hun_eum, meaning
    return found


def _lines(name: str) -> Iterator[str]:
    yield from files(__package__).joinpath("data", name).read_text(encoding="utf-8").splitlines()
