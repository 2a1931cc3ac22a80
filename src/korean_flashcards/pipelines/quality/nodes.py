"""Define the quality pipeline's nodes that check and score analyses and cards."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

import polars as pl

from korean_flashcards import checks
from korean_flashcards.confusables import candidates_of
from korean_flashcards.domain.errors import LayersOutOfStepError
from korean_flashcards.domain.explanation_language import ENGLISH, language_field
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import QualityParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Finding, Severity, headword
from korean_flashcards.quality.findings_cache import FindingsCache, MapChecks, WordRows
from korean_flashcards.quality.scoring import Score, score, score_word
from korean_flashcards.stages.task import CANDIDATES

_WHERE = {"item_id": pl.String, "term": pl.String, "tab_name": pl.String}
FINDING_SCHEMA = {**_WHERE, **polars_schema(Finding)}
QUALITY_SCHEMA = {**_WHERE, **polars_schema(Score)}


def check_cards(
    nuance: pl.DataFrame, flashcards: pl.DataFrame, words: pl.DataFrame, vocabulary: pl.DataFrame,
    before: pl.DataFrame, rules: str, confusables: pl.DataFrame | None = None, language: str = ENGLISH,
    whole_deck: Callable[[], tuple[pl.DataFrame, pl.DataFrame]] | None = None, map_checks: MapChecks | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """Check the words that have changed since the last run, or all words if the rules have changed.

    Args:
        nuance: The analyses.
        flashcards: The cards.
        words: The words in this run.
        vocabulary: All words that a run can contain (column: item_id).
        before: The ``checked`` frame from the last run, or an empty frame if there is none. Its rows for other words in
            the vocabulary are kept.
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
    analyzed = set(nuance["item_id"])
    _check_known(
        analyzed - set(words["item_id"]),
        "has an analysis but is not in this run",
        "have an analysis but are not in this run",
    )
    _check_known(set(flashcards["item_id"]) - analyzed, "has cards but no analysis", "have cards but no analysis")
    memory = FindingsCache(before, rules)
    rows = WordRows(nuance, flashcards, words, _requested(analyzed, confusables, language))
    checked = memory.check(rows, map_checks or map)
    deck = whole_deck() if whole_deck else (nuance, flashcards)
    of_deck = frame_of(
        (
            {"item_id": item_id, "tab_name": tab_name} | finding._asdict() | {"severity": str(finding.severity)}
            for item_id, tab_name, finding in checks.check_deck(*deck)
            if item_id in analyzed
        ),
        {name: kind for name, kind in FINDING_SCHEMA.items() if name != "term"},
    )
    of_words = checked.select("item_id", "findings").filter(pl.col("findings").list.len() > 0)
    found = pl.concat([of_words.explode("findings").unnest("findings").select(of_deck.columns), of_deck])
    terms = nuance.select("item_id", "term").join(found, on="item_id", how="semi")
    headwords = {item_id: headword(term) for item_id, term in terms.iter_rows()}
    term = pl.col("item_id").replace_strict(headwords, return_dtype=pl.String)
    return found.with_columns(term=term).select(*FINDING_SCHEMA), pl.concat(
        [checked, memory.others(checked, vocabulary)]
    )


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
    rows: list[tuple[Any, ...]] = []
    clean = score((), quality)  # of the words and cards without findings, which are most of them
    for item_id, term in nuance.select("item_id", "term").iter_rows():
        word, analysis = headword(term), found.get((item_id, None), [])
        cards = {tab_name: found.get((item_id, tab_name), []) for tab_name in tabs.get(item_id, ())}
        of_word = score_word(analysis, cards.values(), quality) if analysis or any(cards.values()) else clean
        rows.append((item_id, word, None, *of_word))
        for tab_name, own in cards.items():
            of_card = score([*analysis, *own], quality) if analysis or own else clean
            rows.append((item_id, word, tab_name, *of_card))
    # Building the frame from columns takes less time than from rows.
    return pl.DataFrame(dict(zip(QUALITY_SCHEMA, zip(*rows, strict=True), strict=False)), QUALITY_SCHEMA)


def _requested(item_ids: Collection[str], confusables: pl.DataFrame | None, language: str) -> dict[str, dict[str, Any]]:
    """Return what each word's request names besides the columns of ``words``, by item ID."""
    candidates = {} if confusables is None else candidates_of(confusables)
    field = language_field(language)
    return {item_id: {CANDIDATES: candidates.get(item_id), **field} for item_id in item_ids}


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(row["code"], Severity(row["severity"]), row["field"], row["message"])


def _check_known(unknown: Collection[str], one: str, many: str) -> None:
    if unknown:
        words, verb = ", ".join(sorted(unknown)[:3]), one if len(unknown) == 1 else many
        raise LayersOutOfStepError(
            f"{counted(len(unknown), 'word')} ({words}) {verb}: the layers come from different runs. Nothing was checked. "
            "Run `kedro run`. Replies that you paid for come from the cache."
        )
