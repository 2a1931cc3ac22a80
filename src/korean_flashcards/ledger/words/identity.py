"""Decide which word a row in a list refers to.

A word is identified by its headword and homograph number. The number is assigned once and never changes. This module
does not access the ledger; ``import_rows`` reads and writes it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech

OnDuplicate = Literal["skip", "update", "keep"]
Values = Mapping[str, Any]

# A word's values in a row, apart from the headword and position.
VALUES = (
    "pos", "definition", "hanja", "topik_level", "example", "example_translation", "usage_hint", "ipa", "frequency", "tags",
)  # fmt: skip

_PREDICATES = {"verb", "adjective"}
_NAMED = 3  # homographs in one message


@dataclass
class KnownWord:
    """A homograph of the row's headword, with the number already assigned to it.

    Attributes:
        homograph: The homograph number, starting at 1.
        values: The homograph's values.
        here: Whether the homograph is in the ledger. Otherwise, only its number is reserved, because the homograph was
            exported or reviewed.
        own: Whether the same list, or an earlier version of it, added the homograph.
        listed: Whether an earlier version of the same list refers to the homograph.
        seen: Whether an earlier row in the same file refers to the homograph.
    """

    homograph: int
    values: Values
    here: bool = True
    own: bool = False
    listed: bool = False
    seen: bool = False


@dataclass(frozen=True)
class Placed:
    """The homograph that a row refers to, whether it is ``new``, and whether the row may ``update`` its values."""

    homograph: int
    new: bool
    update: bool = False


class SeveralMeaningsError(Exception):
    """Raised when a row without a meaning could refer to several homographs, which the message names."""


def place(known: Sequence[KnownWord], row: Values, on_duplicate: OnDuplicate, number: int | None = None) -> Placed:
    """Decide which word the row refers to. ``known`` contains all homographs of the row's headword, sorted by number.

    Within a file, rows with the same headword and meaning refer to the same word. A later version of a list updates the
    words that earlier versions added. A word that is no longer in the ledger gets its reserved number back, so that the
    learner's review schedule continues.

    Args:
        known: The homographs.
        row: The row's values.
        on_duplicate: What to do with a row that refers to a word from a different list.
        number: The homograph number in the list, such as 5 for 사과05, or None.

    Raises:
        SeveralMeaningsError: The row has no meaning, and several homographs fit.
    """
    if any(word.homograph == number and word.seen for word in known):
        return Placed(number or 1, new=False)  # a further sense of the word with this number
    pool = known if number is None else _numbered(known, row, number)
    here = _matching([word for word in pool if word.here], row)
    own = [word for word in here if word.own and not word.seen]
    only_one = len(here) == 1 or bool(row["definition"])
    for word in here:
        if word.seen and only_one:
            return Placed(word.homograph, new=False)
    if own and (only_one or len(own) == 1):
        return Placed(own[0].homograph, new=False, update=True)
    listed = [word for word in here if word.listed]
    if here and (on_duplicate != "keep" or listed):
        if not only_one and len(listed) != 1:
            raise SeveralMeaningsError(_listed(here))
        return Placed((listed or here)[0].homograph, new=False, update=on_duplicate == "update")
    reserved = _matching([word for word in pool if not word.here], row)
    if len(reserved) == 1 or (reserved and row["definition"]):
        return Placed(reserved[0].homograph, new=True)
    numbers = [word.homograph for word in known]
    return Placed(number if number and number not in numbers else max(numbers, default=0) + 1, new=True)


def same_meaning(item: Values, row: Values) -> bool:
    """Return whether ``row`` may refer to ``item``: the hanja do not conflict, and either the definitions are the same, or
    at least one of them is missing and the parts of speech do not conflict.
    """
    if item["hanja"] and row["hanja"] and item["hanja"] != row["hanja"]:
        return False
    if not row["definition"] or not item["definition"]:
        return not _conflict(item.get("pos"), row.get("pos"))
    return plain_definition(row["definition"]) == plain_definition(item["definition"])


def is_other_meaning(known: str | None, further: str | None) -> bool:
    """Return whether both definitions are given and differ."""
    return bool(known and further) and plain_definition(str(known)) != plain_definition(str(further))


def overlaid(item: Values, row: Values) -> dict[str, Any]:
    """Return the values of ``item``, overwritten by the values given in ``row``."""
    return {name: item[name] if row[name] in (None, []) else row[name] for name in VALUES}


def filled(item: Values, row: Values) -> dict[str, Any]:
    """Return the values of ``item``, with its missing values taken from ``row``."""
    return overlaid(row, item)


def lacks_meaning(item: Values, row: Values) -> bool:
    """Return whether ``row`` has the definition that ``item`` lacks, or the hanja of an ``item`` that lacks both."""
    if item["definition"]:
        return False
    return bool(row["definition"]) or (bool(row["hanja"]) and not item["hanja"])


def derived(rows: Iterable[tuple[str, OnDuplicate, Values]]) -> dict[str, Any]:
    """Return a word's values, computed from the row that added it and the rows that updated it, in order.

    Each row is given with its list's source and on_duplicate option.
    """
    (owner, _, first), *updates = rows
    values = overlaid(first, first)
    for source, on_duplicate, row in updates:
        only_fills = source != owner and on_duplicate != "update" and lacks_meaning(values, row)
        values = filled(values, row) if only_fills else overlaid(values, row)
    return values


def _conflict(one: str | None, other: str | None) -> bool:
    """Return whether two parts of speech cannot belong to one word, such as 쓰다 (verb) and 쓰다 (adjective).

    Dictionaries disagree about nouns, adverbs, and pronouns (오늘), so only predicates conflict.
    """
    names = {standard_part_of_speech(name) for name in (one, other) if name} - {None}
    return len(names) == 2 and bool(names & _PREDICATES)


def _numbered(known: Sequence[KnownWord], row: Values, number: int) -> Sequence[KnownWord]:
    """Return the homographs that a row with this homograph number may refer to.

    A meaning counts more than a number, because dictionaries number the same homographs differently. A row without a
    meaning may also refer to a word that a list without numbers added, if the word has no homographs.
    """
    if row["definition"] and any(word.values["definition"] and same_meaning(word.values, row) for word in known):
        return known
    if same := [word for word in known if word.homograph == number]:
        return same
    here = [word for word in known if word.here]
    unnumbered = len(here) == 1 and here[0].homograph == 1 and not (here[0].own or here[0].seen)
    return here if unnumbered and not row["definition"] else []


def _matching(words: Sequence[KnownWord], row: Values) -> Sequence[KnownWord]:
    """Return the words to which the row may refer, or only the best of them: those with the same definition, the same
    hanja, or as little meaning as the row.
    """
    same = [word for word in words if same_meaning(word.values, row)]
    if row["definition"]:
        return [word for word in same if word.values["definition"]] or same
    same = [word for word in same if row["hanja"] and word.values["hanja"]] or same
    return [word for word in same if not word.values["definition"]] or same


def _listed(words: Sequence[KnownWord]) -> str:
    meanings = [f"“{word.values['definition'] or word.values['hanja']}” ({word.homograph})" for word in words[:_NAMED]]
    return ", ".join(meanings) + (", …" if len(words) > _NAMED else "")


def plain_definition(definition: str | None) -> str:
    """Return a definition prepared for comparison: in lowercase, with no punctuation and no leading article or "to"."""
    words = re.sub(r"[^\w\s]", " ", (definition or "").casefold()).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in {"a", "an", "the", "to"} else words)
