"""Read the table of classic pairs, such as 틀리다 and 다르다, and find the pairs that a word belongs to.

The table (``data/classic_pairs.tsv``) has one pair per line: the spellings of each word, separated by commas, English words
that occur in its definitions, and advice on how to choose. The English words identify inflected forms: 틀렸어 "was wrong"
belongs to 틀리다. Without them, only the listed spellings belong to the pair. After an exclamation mark, they are required
even for a listed spelling, such as 안 "inside", which is also "not".
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from korean_flashcards.korean.glosses import content_words
from korean_flashcards.korean.inflection import letters


class _PairWord(NamedTuple):
    """One of the two words of a pair.

    Attributes:
        pair: Number of the pair.
        side: 0 for the first word of the pair, 1 for the second.
        gloss: English words that occur in the word's definitions.
        required: Whether the definition of a word with this spelling must contain one of these English words.
    """

    pair: int
    side: int
    gloss: frozenset[str]
    required: bool

    def accepts(self, words: frozenset[str]) -> bool:
        """Return whether a definition with these English words may be a definition of the word."""
        return not self.gloss.isdisjoint(words)


class _PairTable(NamedTuple):
    """The entries by spelling and by stem, and each pair's advice."""

    spellings: dict[str, list[_PairWord]]
    verbs: dict[str, list[_PairWord]]
    nouns: dict[str, list[_PairWord]]
    advice: list[str]


def sides_of(bare: str, definition: str, verb_stems: Iterable[str], noun_stems: Iterable[str]) -> Mapping[int, int]:
    """Return which word of each pair (0 or 1) the given word is, keyed by the pair's number.

    A spelling in the table decides. Otherwise, a form that could belong to both words of a pair belongs to neither.
    """
    table = _table()
    spelled = table.spellings.get(bare, ())
    stems = [entry for stem in verb_stems for entry in table.verbs.get(stem, ())]
    stems += [entry for stem in noun_stems for entry in table.nouns.get(stem, ())]
    if not spelled and not stems:
        return {}
    words = _words(definition)
    inflected = {(entry.pair, entry.side) for entry in stems if entry.accepts(words)}
    certain = {pair: side for pair, side in inflected if (pair, 1 - side) not in inflected}
    return certain | {entry.pair: entry.side for entry in spelled if not entry.required or entry.accepts(words)}


def advice_of(pair: int) -> str:
    """Return the advice on how to choose between the words of the pair with this number."""
    return _table().advice[pair]


@cache
def _table() -> _PairTable:
    table = _PairTable({}, {}, {}, [])
    lines = (files(__package__) / "data/classic_pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for pair, line in enumerate(lines):
        first, gloss, second, other_gloss, advice = line.split("\t")
        table.advice.append(advice)
        for side, (spellings, words) in enumerate(((first, gloss), (second, other_gloss))):
            for spelling in spellings.split(","):
                _add(table, spelling.replace(" ", ""), _PairWord(pair, side, _words(words), words.startswith("!")))
    return table


def _add(table: _PairTable, spelling: str, entry: _PairWord) -> None:
    table.spellings.setdefault(spelling, []).append(entry)
    if spelling.endswith("다"):
        table.verbs.setdefault(letters(spelling[:-1]), []).append(entry)
    else:
        table.nouns.setdefault(letters(spelling), []).append(entry)


def _words(text: str) -> frozenset[str]:
    """Return the words in an English text, and the stems of those that carry meaning."""
    return frozenset(re.findall(r"[a-z]{2,}", text.lower())) | content_words(text)
