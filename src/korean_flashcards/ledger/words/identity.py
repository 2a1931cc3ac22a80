"""Decide which word a row of a list means. Works on values only: ``import_rows`` reads and writes.

A word's identity is headword + homograph number. It is assigned once: nothing here changes the number of a word that is in
the ledger.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

OnDuplicate = Literal["skip", "update", "keep"]
Values = Mapping[str, Any]

# What a row says of a word, beside its headword and its place.
VALUES = (
    "pos", "definition", "hanja", "topik_level", "example", "example_translation", "usage_hint", "ipa", "frequency", "tags",
)  # fmt: skip


@dataclass
class KnownWord:
    """A homograph of the row's headword that has its number already.

    ``here``: it is in the ledger; False: only its cards are in a deck, or its reviews kept. ``own``: an earlier version of
    the same list brought it. ``seen``: an earlier row of the same file means it.
    """

    homograph: int
    values: Values
    here: bool = True
    own: bool = False
    seen: bool = False


@dataclass(frozen=True)
class Placed:
    """What a row is: a ``new`` word of this number, or the word of this number again; ``update``: it may correct it."""

    homograph: int
    new: bool
    update: bool = False


def place(known: Sequence[KnownWord], row: Values, on_duplicate: OnDuplicate) -> Placed:
    """Say which word the row means. ``known``: all homographs of its headword, in the order of their numbers.

    The same meaning twice in one file is one word. A later version of a list corrects the words that the list brought. A
    word that is only in a deck gets its number back, so that the learner's schedule goes on.
    """
    same = [word for word in known if same_meaning(word.values, row)]
    here = [word for word in same if word.here]
    for word in here:
        if word.seen:
            return Placed(word.homograph, new=False)
    for word in here:
        if word.own:
            return Placed(word.homograph, new=False, update=True)
    if here and on_duplicate != "keep":
        return Placed(here[0].homograph, new=False, update=on_duplicate == "update")
    for word in same:
        if not word.here:
            return Placed(word.homograph, new=True)
    return Placed(max((word.homograph for word in known), default=0) + 1, new=True)


def same_meaning(item: Values, row: Values) -> bool:
    """Whether ``row`` means ``item``: same hanja where both have one, and the same definition or none."""
    if item["hanja"] and row["hanja"] and item["hanja"] != row["hanja"]:
        return False
    return not row["definition"] or _plain(row["definition"]) == _plain(item["definition"])


def overlaid(item: Values, row: Values, same_list: bool) -> dict[str, Any]:
    """Return ``item``'s values with those that ``row`` has in their place.

    The term number is a place in a list: only a later version of the list that brought the word (``same_list``) moves it.
    """
    values = {name: item[name] if row[name] in (None, []) else row[name] for name in VALUES}
    return {**values, "term_number": row["term_number"] if same_list else item["term_number"]}


def derived(rows: Iterable[tuple[str, Values]]) -> dict[str, Any]:
    """Return a word's values from its rows (each with its list's source): the one that brought it, then the corrections."""
    (owner, first), *corrections = rows
    values = overlaid(first, first, same_list=True)
    for source, row in corrections:
        values = overlaid(values, row, same_list=source == owner)
    return values


def _plain(definition: str | None) -> str:
    """A definition without case, punctuation and a leading article or "to", for comparing."""
    words = re.sub(r"[^\w\s]", " ", (definition or "").casefold()).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in {"a", "an", "the", "to"} else words)
