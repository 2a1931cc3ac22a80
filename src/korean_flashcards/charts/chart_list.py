"""List the charts of a project by name. ``drawing`` draws them, for which it imports Altair."""

from typing import NamedTuple


class ChartKind(NamedTuple):
    """A chart: what it shows, and the datasets that it shows."""

    description: str
    layers: tuple[str, ...]


CHARTS: dict[str, ChartKind] = {
    "words_by_level": ChartKind("Words by TOPIK level and part of speech.", ("vocabulary",)),
    "cards_by_type": ChartKind("Cards by type.", ("edited_flashcards",)),
    "scores": ChartKind("Words by score and verdict.", ("quality",)),
    "findings": ChartKind("The most frequent findings of the checks, by severity.", ("findings",)),
    "failures": ChartKind("Why words have no analysis or no cards.", ("nuance_failures", "flashcard_failures")),
    "confusables": ChartKind("The words that are most easily confused, as a graph.", ("confusables",)),
    "costs": ChartKind("What all calls cost, by day (UTC) and model.", ("ledger_calls",)),
    "tasks": ChartKind("The tasks of each stage, by state.", ("ledger_tasks",)),
    "lists": ChartKind("The rows of each imported list, by outcome.", ("ledger_lists",)),
    "reviews": ChartKind("The reviews, by kind and reviewer.", ("ledger_reviews",)),
    "runs": ChartKind("The runs and imports on each day (UTC), by result.", ("ledger_runs",)),
    "exports": ChartKind("The cards in each export.", ("ledger_exports",)),
}
