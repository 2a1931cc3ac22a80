"""Check words, and reuse findings from earlier runs for words that have not changed. Pure.

The checks need a morphological analyzer, which takes several seconds to load and about 4 ms to check a word. Without
this cache, every run would spend a minute on a list of ten thousand words. The findings depend only on the word's rows
and the rules.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple

import polars as pl

from korean_flashcards import checks
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.records import Finding

Row = Mapping[str, Any]


class WordToCheck(NamedTuple):
    """A word's analysis and cards, and its row in the ``words`` layer."""

    record: Row
    cards: Sequence[Row]
    word: Row


# Applies a check to each word, in order, like the built-in function ``map``.
MapChecks = Callable[
    [Callable[[WordToCheck], list[dict[str, Any]]], Iterable[WordToCheck]], Iterator[list[dict[str, Any]]]
]

# tab_name: null for the analysis.
_FOUND = pl.Struct({"tab_name": pl.String, **polars_schema(Finding)})
CHECKED_SCHEMA = {"item_id": pl.String, "fingerprint": pl.String, "findings": pl.List(_FOUND)}

# Columns with a row's position and source, which do not affect the findings.
_NOT_LOOKED_AT = {
    "position", "term_number", "primer", "frequency", "file", "row", "batch_id", "gone", "prompt_version", "key",
}  # fmt: skip


class FindingsCache:
    """A cache of each word's findings.

    Args:
        before: Findings from earlier runs (CHECKED_SCHEMA), or an empty frame.
        rules: Version of the checks. A new version invalidates all findings.
    """

    def __init__(self, before: pl.DataFrame, rules: str) -> None:
        self._rules = rules
        self._seen: set[str] = set()
        self._before = {} if before.is_empty() else {row[0]: row[1:] for row in before.iter_rows()}

    def check(self, words: Sequence[WordToCheck], map_checks: MapChecks = map) -> Iterator[dict[str, Any]]:
        """Yield each word's row (CHECKED_SCHEMA), reusing its findings if the word and the rules are unchanged.

        ``map_checks`` applies the checks to the changed words.
        """
        fingerprints = [_fingerprint(self._rules, [each.word, each.record, *each.cards]) for each in words]
        changed = [
            self._before.get(each.record["item_id"], (None,))[0] != fingerprint
            for each, fingerprint in zip(words, fingerprints, strict=True)
        ]
        found = map_checks(_findings, compress(words, changed))
        for each, fingerprint, is_changed in zip(words, fingerprints, changed, strict=True):
            item_id = each.record["item_id"]
            self._seen.add(item_id)
            findings = next(found) if is_changed else self._before[item_id][1]
            yield {"item_id": item_id, "fingerprint": fingerprint, "findings": findings}

    def others(self) -> Iterator[dict[str, Any]]:
        """Yield the earlier rows of words that are not in the run.

        A run with only a few words thus keeps the rows of all other words.
        """
        for item_id, (fingerprint, findings) in self._before.items():
            if item_id not in self._seen:
                yield {"item_id": item_id, "fingerprint": fingerprint, "findings": findings}


def _findings(subject: WordToCheck) -> list[dict[str, Any]]:
    """Return the findings for a word's analysis and cards (``findings`` in CHECKED_SCHEMA)."""
    record, cards, word = subject
    found = [_row(None, finding) for finding in checks.check_nuance(record, word)]
    return found + [
        _row(card["tab_name"], finding) for card in cards for finding in checks.check_card(card, record, word)
    ]


def _fingerprint(rules: str, rows: Iterable[Row]) -> str:
    looked_at = [{name: value for name, value in row.items() if name not in _NOT_LOOKED_AT} for row in rows]
    return hashlib.blake2b(repr((rules, looked_at)).encode(), digest_size=16).hexdigest()


def _row(tab_name: str | None, finding: Finding) -> dict[str, Any]:
    return {"tab_name": tab_name} | finding._asdict() | {"severity": str(finding.severity)}
