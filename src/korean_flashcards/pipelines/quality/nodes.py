"""Define the quality pipeline's nodes that check and score analyses and cards."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

import polars as pl

from korean_flashcards import checks
from korean_flashcards.confusables import candidates_of
from korean_flashcards.domain.errors import LayersOutOfStepError
from korean_flashcards.domain.explanation_language import ENGLISH, language_field
from korean_flashcards.domain.frame_builder import FrameBuilder
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import QualityParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Finding, Severity, headword
from korean_flashcards.quality.findings_cache import CHECKED_SCHEMA, FindingsCache, MapChecks, WordToCheck
from korean_flashcards.quality.scoring import Score, score, score_word
from korean_flashcards.stages.task import CANDIDATES

_WHERE = {"item_id": pl.String, "term": pl.String, "tab_name": pl.String}
FINDING_SCHEMA = {**_WHERE, **polars_schema(Finding)}
QUALITY_SCHEMA = {**_WHERE, **polars_schema(Score)}


def check_cards(
    nuance: pl.DataFrame, flashcards: pl.DataFrame, words: pl.DataFrame, before: pl.DataFrame, rules: str,
    confusables: pl.DataFrame | None = None, language: str = ENGLISH,
    whole_deck: Callable[[], tuple[pl.DataFrame, pl.DataFrame]] | None = None, map_checks: MapChecks | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """Check the words that have changed since the last run, or all words if the rules have changed.

    Args:
        nuance: The analyses.
        flashcards: The cards.
        words: The words in this run.
        before: The ``checked`` frame from the last run, or an empty frame if there is none. Rows for words outside this
            run are kept.
        rules: The version of the checks.
        confusables: The words that each request names for the comparison. Their meanings are also text from the list.
        language: The language in which the analyses and cards explain the words.
        whole_deck: Returns the analyses and cards of all words, to which the words of a narrowed run are compared. If it is
            None, the words are compared to each other.
        map_checks: Applies the checks to the changed words. If it is None, they run in this process.

    Returns:
        The findings (FINDING_SCHEMA, with a null ``tab_name`` for findings about the analysis) and ``checked``
        (CHECKED_SCHEMA), which is passed to the next run as ``before``.

    Raises:
        LayersOutOfStepError: A card has no analysis, or an analysis has no word.
    """
    known = _known_words(words, confusables, language)
    records = {record["item_id"]: record for record in nuance.iter_rows(named=True)}
    _check_known(
        records.keys() - known.keys(),
        "has an analysis but is not in this run",
        "have an analysis but are not in this run",
    )
    _check_known(set(flashcards["item_id"]) - records.keys(), "has cards but no analysis", "have cards but no analysis")
    cards: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for card in flashcards.iter_rows(named=True):
        cards[card["item_id"]].append(card)
    memory, found, checked = FindingsCache(before, rules), FrameBuilder(FINDING_SCHEMA), FrameBuilder(CHECKED_SCHEMA)
    to_check = [WordToCheck(record, cards[item_id], known[item_id]) for item_id, record in records.items()]
    for row in memory.check(to_check, map_checks or map):
        checked.add(row)
        for finding in row["findings"]:
            found.add({**_of(records[row["item_id"]]), **finding})
    for row in memory.others():
        checked.add(row)
    for item_id, tab_name, finding in checks.check_deck(*(whole_deck() if whole_deck else (nuance, flashcards))):
        if item_id in records:
            found.add(_row(records[item_id], tab_name, finding))
    return found.frame(), checked.frame()


def score_cards(
    findings: pl.DataFrame, nuance: pl.DataFrame, flashcards: pl.DataFrame, quality: QualityParameters
) -> pl.DataFrame:
    """Return a score and verdict for each word (with a null ``tab_name``) and for each of its cards (QUALITY_SCHEMA).

    A card's score depends on the findings for the card and for its word's analysis. A word gets the score of its
    worst card.
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


def _known_words(words: pl.DataFrame, confusables: pl.DataFrame | None, language: str) -> dict[str, dict[str, Any]]:
    """Return each word's row by item ID, with what its request names besides the row's columns."""
    candidates = {} if confusables is None else candidates_of(confusables)
    return {
        word["item_id"]: {**word, CANDIDATES: candidates.get(word["item_id"]), **language_field(language)}
        for word in words.iter_rows(named=True)
    }


def _row(record: Mapping[str, Any], tab_name: str | None, finding: Finding) -> dict[str, Any]:
    return _of(record) | {"tab_name": tab_name} | finding._asdict() | {"severity": str(finding.severity)}


def _of(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"item_id": record["item_id"], "term": headword(record["term"])}


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(row["code"], Severity(row["severity"]), row["field"], row["message"])


def _check_known(unknown: Collection[str], one: str, many: str) -> None:
    if unknown:
        words, verb = ", ".join(sorted(unknown)[:3]), one if len(unknown) == 1 else many
        raise LayersOutOfStepError(
            f"{counted(len(unknown), 'word')} ({words}) {verb}: the layers come from different runs. Nothing was checked. "
            "Run `kedro run`. Replies that you paid for come from the cache."
        )
