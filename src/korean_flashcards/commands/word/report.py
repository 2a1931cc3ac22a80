"""Collect everything about a word from the ledger, the reply cache, and the last run's layers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kedro.framework.context import KedroContext

from korean_flashcards.commands.word.layers import WordLayers
from korean_flashcards.commands.word.next_steps import NextStep, next_steps
from korean_flashcards.commands.word.parts import PartDetails, parts_of, quality_of
from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.failures import FAILURE_LAYERS
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.reviews.review_list import histories
from korean_flashcards.ledger.spending.call_reports import calls_for
from korean_flashcards.ledger.tasks.task_list import WordRecord, show
from korean_flashcards.ledger.word_history import kept_words
from korean_flashcards.ledger.words.removed_words import words_on_list
from korean_flashcards.review.edits import apply_edits
from korean_flashcards.review.parts import ANALYSIS_NAME


@dataclass(frozen=True)
class WordDetails:
    """All details of one homograph, in display order.

    Attributes:
        item: The homograph's values; only item_id, definition, and hanja if the ledger no longer contains the
            homograph.
        in_ledger: Whether the ledger still contains the homograph.
        rows: The homograph's rows in imported lists.
        tasks: The homograph's tasks. ``cached`` is true if the reply for the task's key is in the cache.
        failures: The stage, code, and message of each failure in the last run.
        analysis: The current analysis.
        cards: The current cards.
        quality: Score, verdict, reasons, ``analysis`` (findings), ``cards`` (score, verdict, findings), and ``judge``.
        versions: The versions of each card and of the analysis. ``today`` marks the current version.
        conflicts: Edits to text that has since been regenerated.
        exported: The times of the first and last exports.
        next: The next steps.
    """

    item: dict[str, Any]
    in_ledger: bool
    rows: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    failures: list[dict[str, Any]]
    analysis: PartDetails | None
    cards: list[PartDetails]
    quality: dict[str, Any] | None
    versions: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]
    exported: dict[str, Any] | None
    next: list[NextStep]

    @property
    def item_id(self) -> str:
        """Return the homograph's ID, such as "배#2"."""
        return str(self.item["item_id"])


@dataclass(frozen=True)
class WordReport:
    """All details of a headword, or of one homograph.

    Attributes:
        term: The headword.
        card: The only card to show, or "analysis"; None to show everything.
        words: The homographs.
        calls: All calls for the headword, oldest first. ``item_id`` is None if the homograph is unknown.
        usd: The cost of all calls in USD.
        unpriced: The number of calls with an unknown price.
        tokens: The total number of input and output tokens.
        missing_layers: Layers that no run has created yet.
        unreadable_layers: For each layer that cannot be read, the reason.
    """

    term: str
    card: str | None
    words: list[WordDetails]
    calls: list[dict[str, Any]]
    usd: float
    unpriced: int
    tokens: int
    missing_layers: list[str]
    unreadable_layers: dict[str, str]


def word_report(context: KedroContext, ledger: Ledger, word: str, card: str | None = None) -> WordReport:
    """Return all details of a headword (with all its homographs) or of an item ID.

    ``card`` narrows the report to one card or to "analysis".

    Raises:
        LedgerError: The word is unknown (the message lists similar words), or it never had the given card.
    """
    name = clean(word).strip()
    term = name.partition("#")[0]
    layers, kept, calls = WordLayers(context, term), kept_words(ledger.store, term), calls_for(ledger.store, term)
    records = _records(ledger, name, kept, layers, bool(calls))
    _mark_cached(context, records.values())
    details = [_details(ledger, layers, item_id, record, kept.get(item_id, {}), card)
               for item_id, record in records.items()]  # fmt: skip
    if card is not None and not any(each.analysis or each.cards or each.versions for each in details):
        raise LedgerError(f"{name} has no {card}{'' if card == ANALYSIS_NAME else ' card'}. "
                          f"`kedro word show {name}` lists its cards.")  # fmt: skip
    return WordReport(
        term=term,
        card=card,
        words=details,
        calls=_attributed(ledger, term, calls, kept),
        usd=sum(call["usd"] or 0.0 for call in calls),
        unpriced=sum(call["usd"] is None for call in calls),
        tokens=sum(call["tokens_in"] + call["tokens_out"] for call in calls),
        missing_layers=layers.missing,
        unreadable_layers=layers.unreadable,
    )


def _records(
    ledger: Ledger, name: str, kept: Mapping[str, Any], layers: WordLayers, called: bool
) -> dict[str, WordRecord | None]:
    """Return the records of the named homographs by item ID, or None for homographs no longer in the ledger."""
    try:
        return {str(record.item["item_id"]): record for record in show(ledger.store, name)}
    except LedgerError:
        known = sorted({*kept, *layers.item_ids()})
        gone = [item_id for item_id in known if name in (item_id, item_id.partition("#")[0])]
        # Calls are recorded by headword, so they do not prove that this homograph ever existed.
        if not gone and not (called and _left(ledger, name)):
            raise
        return dict.fromkeys(gone)


def _left(ledger: Ledger, name: str) -> bool:
    """Return whether the ledger no longer contains any homograph of the headword."""
    try:
        return not show(ledger.store, name.partition("#")[0])
    except LedgerError:
        return True


def _mark_cached(context: KedroContext, records: Any) -> None:
    tasks = [task for record in records if record for task in record.tasks]
    cached = context.catalog.load("llm").cached({task["key"] for task in tasks if task["key"]})
    for task in tasks:
        task["cached"] = task["key"] in cached


def _attributed(
    ledger: Ledger, term: str, calls: Sequence[Mapping[str, Any]], kept: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the calls, each with its homograph, which is found by the cache keys of tasks and versions."""
    try:
        records = show(ledger.store, term)
    except LedgerError:
        records = []
    owners: dict[str, set[str]] = {}
    for record in records:
        for task in record.tasks:
            owners.setdefault(task["key"], set()).add(record.item["item_id"])
    known = {*kept, *(record.item["item_id"] for record in records)}
    for item_id in known:
        for history in histories(ledger.store, item_id):
            for version in history.versions:
                owners.setdefault(version["key"], set()).add(item_id)
    only = next(iter(known)) if len(known) == 1 else None
    found = []
    for call in calls:
        owner = owners.get(call["key"], set())
        found.append({**call, "item_id": only or (next(iter(owner)) if len(owner) == 1 else None)})
    return found


def _details(
    ledger: Ledger, layers: WordLayers, item_id: str, record: WordRecord | None, kept: Mapping[str, Any], card: str | None
) -> WordDetails:  # fmt: skip
    said = ledger.reviews.all([item_id])
    overrides = ledger.reviews.overrides([item_id])
    nuance, cards, conflicts = apply_edits(layers.frame("nuance"), layers.frame("flashcards"), overrides)
    analyses = parts_of(nuance, item_id, said, overrides, layers)
    parts = [*analyses, *parts_of(cards, item_id, said, overrides, layers)]
    now = {part.fingerprint for part in parts}
    versions = [
        {"card": history.part.name,
         "versions": [{**version, "today": version["fingerprint"] in now} for version in history.versions]}
        for history in histories(ledger.store, item_id)
    ]  # fmt: skip
    failures = [{"stage": stage, "code": row["code"], "message": row["message"]}
                for stage, layer in FAILURE_LAYERS.items() for row in layers.rows(layer, item_id)]  # fmt: skip
    clashes = [row for row in conflicts.to_dicts() if row["item_id"] == item_id]
    if card is not None:
        parts = [part for part in parts if part.card == card]
        versions = [each for each in versions if each["card"] == card]
        clashes = [row for row in clashes if (row["tab_name"] or ANALYSIS_NAME) == card]
    tasks = record.tasks if record else []
    removed = any(word.removed_at for word in words_on_list(ledger.store, [item_id]))
    return WordDetails(
        item=record.item if record else {"item_id": item_id, **{name: kept.get(name) for name in ("definition", "hanja")}},
        in_ledger=record is not None,
        rows=record.rows if record else [],
        tasks=tasks,
        failures=failures,
        analysis=next((part for part in parts if part.card == ANALYSIS_NAME), None),
        cards=[part for part in parts if part.card != ANALYSIS_NAME],
        quality=quality_of(item_id, layers, card),
        versions=versions,
        conflicts=clashes,
        exported=record.exported if record else kept.get("exported"),
        next=next_steps(item_id, record is not None, tasks, failures, parts, clashes, bool(analyses), removed),
    )  # fmt: skip
