"""Check words, and reuse findings from earlier runs for words that have not changed. Pure.

The checks need a morphological analyzer, which takes several seconds to load and about 4 ms to check a word. Without
this cache, every run would spend a minute on a list of ten thousand words. The findings depend only on the word's rows
and the rules.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from korean_flashcards import checks
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.records import Finding

Row = Mapping[str, Any]

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

    def check(self, record: Row, cards: Sequence[Row], word: Row) -> dict[str, Any]:
        """Return the word's row (CHECKED_SCHEMA), reusing its findings if the word and the rules are unchanged."""
        item_id = record["item_id"]
        self._seen.add(item_id)
        fingerprint = _fingerprint(self._rules, [word, record, *cards])
        known, findings = self._before.get(item_id, (None, None))
        if known != fingerprint:
            found = [(None, finding) for finding in checks.check_nuance(record, word)]
            found += [
                (card["tab_name"], finding) for card in cards for finding in checks.check_card(card, record, word)
            ]
            findings = [_row(tab_name, finding) for tab_name, finding in found]
        return {"item_id": item_id, "fingerprint": fingerprint, "findings": findings}

    def others(self) -> Iterator[dict[str, Any]]:
        """Yield the earlier rows of words that are not in the run.

        A run with only a few words thus keeps the rows of all other words.
        """
        for item_id, (fingerprint, findings) in self._before.items():
            if item_id not in self._seen:
                yield {"item_id": item_id, "fingerprint": fingerprint, "findings": findings}


def _fingerprint(rules: str, rows: Iterable[Row]) -> str:
    looked_at = [{name: value for name, value in row.items() if name not in _NOT_LOOKED_AT} for row in rows]
    return hashlib.blake2b(repr((rules, looked_at)).encode(), digest_size=16).hexdigest()


def _row(tab_name: str | None, finding: Finding) -> dict[str, Any]:
    return {"tab_name": tab_name} | finding._asdict() | {"severity": str(finding.severity)}
