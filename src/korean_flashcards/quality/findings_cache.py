"""Check words, and reuse findings from earlier runs for words that have not changed. Pure.

The checks need a morphological analyzer, which takes several seconds to load and about 4 ms to check a word. Without
this cache, every run would spend a minute on a list of ten thousand words. The findings depend only on the word's rows
and the rules.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from korean_flashcards import checks
from korean_flashcards.domain.frame_builder import FrameBuilder, Schema
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
CHECKED_SCHEMA: Schema = {"item_id": pl.String, "fingerprint": pl.String, "findings": pl.List(_FOUND)}

# Columns with a row's position and source, which do not affect the findings.
_NOT_LOOKED_AT = {
    "position", "term_number", "primer", "frequency", "file", "row", "batch_id", "gone", "prompt_version", "key",
}  # fmt: skip


class WordRows:
    """The rows of words to check.

    Args:
        nuance: The analyses.
        flashcards: The cards.
        words: The ``words`` layer.
        requested: What the words' requests name besides the columns of ``words``, by item ID.
    """

    def __init__(
        self, nuance: pl.DataFrame, flashcards: pl.DataFrame, words: pl.DataFrame, requested: Mapping[str, Row]
    ) -> None:
        self._frames, self._requested = (nuance, flashcards, words), requested

    def fingerprints(self, rules: str) -> pl.DataFrame:
        """Return a hash of everything that affects a word's findings (columns: item_id and fingerprint).

        The words are in the order of their analyses. Without the columns that do not affect the findings, each row is
        hashed by polars, whose hashes stay the same only within a version.
        """
        looked_at = [frame.drop(_NOT_LOOKED_AT, strict=False) for frame in self._frames]
        nuance, flashcards, words = (frame.select("item_id", row=frame.hash_rows()) for frame in looked_at)
        cards = flashcards.group_by("item_id").agg(cards="row")
        known = nuance.join(words.rename({"row": "word"}), on="item_id", maintain_order="left")
        rows = known.join(cards, on="item_id", how="left", maintain_order="left").rows()
        version = _hash(rules, pl.__version__, [frame.schema for frame in looked_at])
        found = [(row[0], _hash(version, row, self._requested[row[0]])) for row in rows]
        return pl.DataFrame(found, {"item_id": pl.String, "fingerprint": pl.String}, orient="row")

    def of(self, item_ids: pl.Series) -> Iterator[WordToCheck]:
        """Yield these words in the order of their analyses."""
        nuance, flashcards, words = (
            frame.filter(pl.col("item_id").is_in(item_ids.implode())) for frame in self._frames
        )
        cards: defaultdict[str, list[Row]] = defaultdict(list)
        for card in flashcards.iter_rows(named=True):
            cards[card["item_id"]].append(card)
        known = {word["item_id"]: word for word in words.iter_rows(named=True)}
        for record in nuance.iter_rows(named=True):
            item_id = record["item_id"]
            yield WordToCheck(record, cards[item_id], {**known[item_id], **self._requested[item_id]})


class FindingsCache:
    """A cache of each word's findings.

    Args:
        before: Findings from earlier runs (CHECKED_SCHEMA), or an empty frame.
        rules: Version of the checks. A new version invalidates all findings.
    """

    def __init__(self, before: pl.DataFrame, rules: str) -> None:
        self._rules = rules
        self._before = pl.DataFrame(schema=dict(CHECKED_SCHEMA)) if before.is_empty() else before

    def check(self, rows: WordRows, map_checks: MapChecks = map) -> pl.DataFrame:
        """Return one row per word (CHECKED_SCHEMA), reusing its findings if the word and the rules are unchanged.

        ``map_checks`` applies the checks to the changed words.
        """
        words = rows.fingerprints(self._rules)
        known = self._before.join(words, on=["item_id", "fingerprint"], how="semi")
        changed = words.join(known, on="item_id", how="anti", maintain_order="left")
        found = FrameBuilder({"item_id": pl.String, "findings": CHECKED_SCHEMA["findings"]})
        new = map_checks(_findings, rows.of(changed["item_id"])) if changed.height else ()
        for item_id, findings in zip(changed["item_id"], new, strict=True):
            found.add({"item_id": item_id, "findings": findings})
        all_findings = pl.concat([known.select("item_id", "findings"), found.frame()])
        return words.join(all_findings, on="item_id", how="left", maintain_order="left")

    def others(self, checked: pl.DataFrame, vocabulary: pl.DataFrame) -> pl.DataFrame:
        """Return the earlier rows of words in the vocabulary that are not in ``checked``.

        A run with only a few words thus keeps the rows of all other words, except those that were rolled back or removed.
        """
        others = self._before.join(checked, on="item_id", how="anti", maintain_order="left")
        return others.join(vocabulary, on="item_id", how="semi", maintain_order="left")


def _findings(subject: WordToCheck) -> list[dict[str, Any]]:
    """Return the findings for a word's analysis and cards (``findings`` in CHECKED_SCHEMA)."""
    record, cards, word = subject
    of_record, of_cards = checks.check_word(record, cards, word)
    found = [_row(None, finding) for finding in of_record]
    return found + [
        _row(card["tab_name"], finding) for card, findings in zip(cards, of_cards, strict=True) for finding in findings
    ]


def _hash(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _row(tab_name: str | None, finding: Finding) -> dict[str, Any]:
    return {"tab_name": tab_name} | finding._asdict() | {"severity": str(finding.severity)}
