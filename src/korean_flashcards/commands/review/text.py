"""Format the output of `kedro review`: cards with their findings, conflicts, and review counts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from korean_flashcards.commands.layout import labeled, wrapped
from korean_flashcards.commands.terminal import safe, table
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.plurals import counted
from korean_flashcards.review.edits import shown
from korean_flashcards.review.parts import ANALYSIS_FIELDS, ANALYSIS_NAME
from korean_flashcards.review.states import State
from korean_flashcards.reviewing.review_item import Item

# Analysis fields that help a person review a card.
_BESIDE = ("pos", "ipa", "primary_meaning", "comparison", "homonyms")
_LABEL = 18


def item_lines(item: Item) -> list[str]:
    """Return a card or an analysis with its score, findings, and conflicts, as lines of at most 80 columns."""
    score = f", score {item.score} ({item.verdict})" if item.verdict else ""
    said = f" ({item.said})" if item.said else ""
    lines = list(wrapped(f"{item.part}: {item.state}{said}{score}", 0, 2))
    if item.part.tab_name:
        lines += _fields(item.row, ("front", "back", "honorific_level", "tags"))
        lines += _fields(item.analysis, _BESIDE)
    else:
        lines += _fields(item.row, ANALYSIS_FIELDS)
    for finding in item.findings:
        text = f"{finding['severity']} in {finding['field']}: {finding['message']} ({finding['code']})"
        lines += wrapped(text, hanging=2)
    for reason in () if item.findings else item.reasons:
        lines += wrapped(f"checks: {reason}", hanging=2)
    return lines + [line for conflict in item.conflicts for line in conflict_lines(conflict)]


def item_values(item: Item) -> dict[str, Any]:
    """Return the item as JSON-compatible values."""
    names = (*item.part.editable, *(("primer",) if item.part.tab_name else ()))
    return {
        "item_id": item.part.item_id, "card": item.part.name, "state": str(item.state),
        "said": item.said and str(item.said),
        "score": item.score, "verdict": item.verdict, "reasons": item.reasons, "findings": item.findings,
        "conflicts": item.conflicts, "content": {name: item.row[name] for name in names},
        "analysis": {name: item.analysis.get(name) for name in ANALYSIS_FIELDS},
    }  # fmt: skip


def conflict_lines(conflict: dict[str, Any]) -> list[str]:
    """Return lines about a conflict: the edit, the text it replaced, the new text, and how to resolve the conflict."""
    word = f"{safe(conflict['item_id'])} --card {safe(conflict['tab_name'] or ANALYSIS_NAME)}"
    return [
        *wrapped(f"conflict in {conflict['field']}: the text that you edited has been regenerated"),
        *labeled("your edit", conflict["edited"], 4, _LABEL - 2),
        *labeled("it replaced", conflict["replaced"], 4, _LABEL - 2),
        *labeled("generated now", conflict["generated"], 4, _LABEL - 2),
        # The commands are never wrapped, so that they can be copied.
        "  To keep your edit:",
        f"    kedro review approve {word}",
        "  To use the generated text:",
        f"    kedro review edit {word} --field {safe(conflict['field'])} --drop",
    ]


def counts(items: Iterable[Item]) -> dict[str, int]:
    """Return the number of items in each state, in the order of the states."""
    found = Counter(str(item.state) for item in items)
    return {str(state): found[state] for state in State}


def stats_lines(states: dict[str, dict[str, int]], reviewers: list[dict[str, Any]], conflicts: int) -> list[str]:
    """Return a table of cards and analyses by state, and a table of reviews by reviewer."""
    lines = [table(("", *State), [(name, *found.values()) for name, found in states.items()])]
    if conflicts:
        lines.append(f"{counted(conflicts, 'edit')} in conflict: `kedro review conflicts`")
    if not reviewers:
        return [*lines, "There are no reviews yet. Start with `kedro review next`."]
    rows = [
        (row["reviewer"] or "(no name)", row["action"], row["reviews"], local_time(row["last"])) for row in reviewers
    ]
    return [*lines, "", table(("reviewer", "action", "reviews", "last"), rows, longest=30)]


def _fields(row: Any, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if row.get(name) not in (None, "", []):
            yield from labeled(name, shown(row[name]), label=_LABEL)
