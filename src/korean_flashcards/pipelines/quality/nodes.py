"""Nodes of quality: pure functions from analyses and cards to findings, scores, and what goes into the deck."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from korean_flashcards import checks
from korean_flashcards.contracts import Finding, Severity, headword
from korean_flashcards.errors import LayersOutOfStepError
from korean_flashcards.frames import FrameBuilder
from korean_flashcards.parameters import QualityParameters
from korean_flashcards.scoring import score, score_word

_WHERE = {"item_id": pl.String, "term": pl.String, "tab_name": pl.String}
FINDING_SCHEMA = {**_WHERE, "code": pl.String, "severity": pl.String, "field": pl.String, "message": pl.String}
QUALITY_SCHEMA = {
    **_WHERE, "score": pl.Int64, "verdict": pl.String, "errors": pl.Int64, "warnings": pl.Int64,
    "reasons": pl.List(pl.String),
}  # fmt: skip


def check_cards(nuance: pl.DataFrame, flashcards: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Return what the checks found, FINDING_SCHEMA; ``tab_name`` is null for what concerns a word's analysis.

    Raises LayersOutOfStepError for cards or analyses of words that the layers before no longer have.
    """
    known = {word["item_id"]: word for word in words.iter_rows(named=True)}
    records = {record["item_id"]: record for record in nuance.iter_rows(named=True)}
    _check_known(records.keys() - known.keys(), "analyses", "words layer")
    _check_known(set(flashcards["item_id"]) - records.keys(), "cards", "nuance layer")
    found = FrameBuilder(FINDING_SCHEMA)
    for item_id, record in records.items():
        for finding in checks.check_nuance(record, known[item_id]):
            found.add(_row(record, None, finding))
    for card in flashcards.iter_rows(named=True):
        for finding in checks.check_card(card, records[card["item_id"]], known[card["item_id"]]):
            found.add(_row(card, card["tab_name"], finding))
    for item_id, tab_name, finding in checks.check_deck(nuance, flashcards):
        found.add(_row(records[item_id], tab_name, finding))
    return found.frame()


def score_cards(
    findings: pl.DataFrame, nuance: pl.DataFrame, flashcards: pl.DataFrame, quality: QualityParameters
) -> pl.DataFrame:
    """Return score and verdict of each word (``tab_name`` null) followed by its cards, QUALITY_SCHEMA.

    A card is scored by its own findings and those of the analysis that it was written from; a word is as good as its
    weakest card.
    """
    found: defaultdict[tuple[str, str | None], list[Finding]] = defaultdict(list)
    for row in findings.iter_rows(named=True):
        found[row["item_id"], row["tab_name"]].append(_finding(row))
    tabs: defaultdict[str, list[str]] = defaultdict(list)
    for item_id, tab_name in flashcards.select("item_id", "tab_name").iter_rows():
        tabs[item_id].append(tab_name)
    rows = FrameBuilder(QUALITY_SCHEMA)
    for item_id, term in nuance.select("item_id", "term").iter_rows():
        where, analysis = {"item_id": item_id, "term": headword(term)}, found[item_id, None]
        cards = {tab_name: found[item_id, tab_name] for tab_name in tabs[item_id]}
        rows.add(where | score_word(analysis, cards.values(), quality)._asdict())
        for tab_name, own in cards.items():
            rows.add(where | {"tab_name": tab_name} | score([*analysis, *own], quality)._asdict())
    return rows.frame()


def _row(record: Mapping[str, Any], tab_name: str | None, finding: Finding) -> dict[str, Any]:
    where = {"item_id": record["item_id"], "term": headword(record["term"]), "tab_name": tab_name}
    return where | finding._asdict() | {"severity": str(finding.severity)}


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(row["code"], Severity(row["severity"]), row["field"], row["message"])


def _check_known(unknown: Collection[str], what: str, layer: str) -> None:
    if unknown:
        raise LayersOutOfStepError(
            f"{len(unknown):,} {what} ({', '.join(sorted(unknown)[:3])}) belong to words that the {layer} no longer has: "
            "the layers are of different runs. Nothing was checked. Run `kedro run`; replies already paid for come from "
            "the cache."
        )
