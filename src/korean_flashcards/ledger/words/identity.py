"""Decide which word a row in a list refers to.

A word is identified by its headword and homograph number. The number is assigned once and never changes. This module
does not access the ledger; ``import_rows`` reads and writes it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

OnDuplicate = Literal["skip", "update", "keep"]
Values = Mapping[str, Any]

# A word's values in a row, apart from the headword and position.
VALUES = (
    "pos", "definition", "hanja", "topik_level", "example", "example_translation", "usage_hint", "ipa", "frequency", "tags",
)  # fmt: skip


@dataclass
class KnownWord:
    """A homograph of the row's headword, with the number already assigned to it.

    Attributes:
        homograph: The homograph number, starting at 1.
        values: The homograph's values.
        here: Whether the homograph is in the ledger. Otherwise, only its number is reserved, because the homograph was
            exported or reviewed.
        own: Whether an earlier version of the same list added the homograph.
        seen: Whether an earlier row in the same file refers to the homograph.
    """

    homograph: int
    values: Values
    here: bool = True
    own: bool = False
    seen: bool = False


@dataclass(frozen=True)
class Placed:
    """The homograph that a row refers to, whether it is ``new``, and whether the row may ``update`` its values."""

    homograph: int
    new: bool
    update: bool = False


def place(known: Sequence[KnownWord], row: Values, on_duplicate: OnDuplicate) -> Placed:
    """Decide which word the row refers to. ``known`` contains all homographs of the row's headword, sorted by number.

    Within a file, rows with the same headword and meaning refer to the same word. A later version of a list updates the
    words that earlier versions added. A word that is no longer in the ledger gets its reserved number back, so that the
    learner's review schedule continues.
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
    """Return whether ``row`` refers to ``item``: the hanja do not conflict, and ``row`` has either the same definition
    or no definition.
    """
    if item["hanja"] and row["hanja"] and item["hanja"] != row["hanja"]:
        return False
    return not row["definition"] or _plain(row["definition"]) == _plain(item["definition"])


def overlaid(item: Values, row: Values, same_list: bool) -> dict[str, Any]:
    """Return the values of ``item``, overwritten by the values given in ``row``.

    The term number is a position in a list, so it changes only if the row is from the list that added the word
    (``same_list``).
    """
    values = {name: item[name] if row[name] in (None, []) else row[name] for name in VALUES}
    return {**values, "term_number": row["term_number"] if same_list else item["term_number"]}


def derived(rows: Iterable[tuple[str, Values]]) -> dict[str, Any]:
    """Return a word's values, computed from the row that added it and the rows that updated it, in order.

    Each row is given as a (source, values) pair.
    """
    (owner, first), *corrections = rows
    values = overlaid(first, first, same_list=True)
    for source, row in corrections:
        values = overlaid(values, row, same_list=source == owner)
    return values


def _plain(definition: str | None) -> str:
    """Normalize a definition for comparison: lowercase, with no punctuation and no leading article or "to"."""
    words = re.sub(r"[^\w\s]", " ", (definition or "").casefold()).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in {"a", "an", "the", "to"} else words)
