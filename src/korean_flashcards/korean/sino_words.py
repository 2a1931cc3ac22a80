"""Look up the hanja of common words in a table written by hand, which also lists native words and loanwords.

Glosses of single characters cannot explain words such as 親舊 "friend" (intimate, old). ``data/sino_words.tsv`` therefore
lists them. A row has the word, its hanja (or "-" for a word without hanja), and cues: English words that tell this row
from other words with the same spelling, including inflected forms (보고 is 報告 "report" or a form of 보다 "see"). A row
without cues is the usual word, for any definition that fits no cue of the other rows. Interchangeable spellings (連絡/聯絡)
are separated by slashes, and the first one is shown.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex

from .glosses import content_words, words_like

NO_HANJA = "-"
# A definition that only says that the word is a name, such as "female name" or "Dan (name)". Words that mean a kind of name
# (성명, 별명) have cues.
_NAME = lazy_regex(r"(?:[a-z]+ )?(?:name|surname)|.*\((?:[a-z]+ )?(?:name|surname)\)", re.IGNORECASE)


class ListedWord(NamedTuple):
    """A row of the table. ``spellings`` is empty for a native word or loanword."""

    spellings: tuple[str, ...]
    cues: frozenset[str]


class TableAnswer(NamedTuple):
    """The hanja chosen from the table ("" for a native word or loanword), and the reason.

    ``fits_meaning``: the definition contains a cue. Otherwise, the word's only or usual row is chosen.
    """

    hanja: str
    why: str
    fits_meaning: bool


def choose(word: str, definition: str) -> TableAnswer | None:
    """Return the table's answer for a word with this definition, or None if it has none."""
    rows = _rows(word)
    wanted = _cues(definition)
    shared = [(len(row.cues & wanted), row) for row in rows]
    most = max((count for count, _ in shared), default=0)
    best = [row for count, row in shared if count == most]
    if most:
        meaning = ", ".join(words_like(definition, best[0].cues)) or definition.strip()
        why = f"the table of common words has it for this meaning ({meaning})"
        return _choice(best[0], why, fits_meaning=True) if len(best) == 1 else None
    usual = None if is_name(definition) else next((row for row in rows if not row.cues), None)
    why = "the table of common words has it for this spelling"
    return None if usual is None else _choice(usual, why, fits_meaning=False)


def interchangeable(word: str, one: str, other: str) -> bool:
    """Return whether the table lists both as spellings of the same word (連絡 and 聯絡)."""
    return any(one in row.spellings and other in row.spellings for row in _rows(word))


def spellings(word: str) -> tuple[str, ...]:
    """Return all hanja that the table lists for a word."""
    return tuple(hanja for row in _rows(word) for hanja in row.spellings)


def cues_of(word: str, hanja: str) -> tuple[str, ...]:
    """Return the cues of the row that lists the hanja for a word, or an empty tuple if it has none."""
    rows = (line.partition("\t") for line in table().get(word, ()))
    found = [cue for own, _, cues in rows if hanja in own.split("/") for cue in cues.split(", ") if cue]
    return tuple(found)


def only_spelling(word: str) -> str:
    """Return the hanja of a word that has a single row, whatever its meaning, or ""."""
    rows = _rows(word)
    return rows[0].spellings[0] if len(rows) == 1 and rows[0].spellings and not rows[0].cues else ""


def is_name(definition: str) -> bool:
    """Return whether a definition only says that the word is a name."""
    return _NAME.fullmatch(definition.strip()) is not None


@cache
def table() -> dict[str, list[str]]:
    """Return the table's lines for each word, without the word."""
    found: dict[str, list[str]] = {}
    for line in files(__package__).joinpath("data", "sino_words.tsv").read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition("\t")
        found.setdefault(word, []).append(rest)
    return found


@lru_cache(maxsize=4096)
def _rows(word: str) -> tuple[ListedWord, ...]:
    """Return the table's rows for a word. Splitting all cues at once would take 0.2 s."""
    parts = [line.partition("\t") for line in table().get(word, ())]
    return tuple(
        ListedWord(() if hanja == NO_HANJA else tuple(hanja.split("/")), _cues(cues)) for hanja, _, cues in parts
    )


def _cues(text: str) -> frozenset[str]:
    """Return the stems of the content words, and each sense as a whole, because "verb" and "name" are not content words."""
    return content_words(text) | {sense for part in re.split(r"[;,/()]", text.lower()) if (sense := part.strip(" ."))}


def _choice(row: ListedWord, why: str, *, fits_meaning: bool) -> TableAnswer:
    if row.spellings:
        return TableAnswer(row.spellings[0], why, fits_meaning)
    return TableAnswer("", why.replace("has it", "has a word without hanja"), fits_meaning)
