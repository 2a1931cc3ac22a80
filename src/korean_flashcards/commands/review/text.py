"""Text of ``kedro review``: a card as a reviewer reads it, its history, who reviewed how much."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from korean_flashcards.commands.review.session import Item
from korean_flashcards.commands.terminal import safe, table
from korean_flashcards.review.edits import shown
from korean_flashcards.review.parts import ANALYSIS_FIELDS, ANALYSIS_NAME
from korean_flashcards.review.states import State

# What of the analysis a reviewer of a card needs beside it.
_BESIDE = ("pos", "ipa", "primary_meaning", "comparison", "homonyms")


def item_lines(item: Item) -> list[str]:
    """One card, or analysis, with all that helps to judge it."""
    where = f", score {item.score} ({item.verdict})" if item.verdict else ""
    lines = [f"{safe(item.part)}: {item.state}{_said(item)}{where}"]
    if item.part.tab_name:
        lines += [_line(name, item.row[name]) for name in ("front", "back", "honorific_level", "tags")]
        lines += [_line(name, item.analysis.get(name)) for name in _BESIDE]
    else:
        lines += [_line(name, item.row[name]) for name in ANALYSIS_FIELDS]
    lines += [f"  {safe(finding['severity'])} in {safe(finding['field'])}: {safe(finding['message'])} "
              f"({safe(finding['code'])})" for finding in item.findings]  # fmt: skip
    if not item.findings:
        lines += [f"  checks: {safe(reason)}" for reason in item.reasons]
    return [line for line in lines if line] + [line for each in item.conflicts for line in conflict_lines(each)]


def item_values(item: Item) -> dict[str, Any]:
    """The same for machines."""
    names = (*item.part.editable, *(("primer",) if item.part.tab_name else ()))
    return {
        "item_id": item.part.item_id, "card": item.part.name, "state": str(item.state),
        "said": item.said and str(item.said),
        "score": item.score, "verdict": item.verdict, "reasons": item.reasons, "findings": item.findings,
        "conflicts": item.conflicts, "content": {name: item.row[name] for name in names},
        "analysis": {name: item.analysis.get(name) for name in ANALYSIS_FIELDS},
    }  # fmt: skip


def conflict_lines(conflict: dict[str, Any]) -> list[str]:
    """An edit of what is now generated otherwise, and what to do."""
    word = f"{safe(conflict['item_id'])} --card {safe(conflict['tab_name'] or ANALYSIS_NAME)}"
    return [
        f"  conflict in {safe(conflict['field'])}: the text that was edited is written anew",
        _line("  your edit", conflict["edited"]),
        _line("  it replaced", conflict["replaced"]),
        _line("  written now", conflict["generated"]),
        f"  keep the edit: kedro review approve {word}",
        f"  take the new text: kedro review edit {word} --field {safe(conflict['field'])} --drop",
    ]


def counts(items: Iterable[Item]) -> dict[str, int]:
    """How many are in each state, in the order of the states."""
    found = Counter(str(item.state) for item in items)
    return {str(state): found[state] for state in State}


def stats_lines(states: dict[str, dict[str, int]], reviewers: list[dict[str, Any]], conflicts: int) -> list[str]:
    """The states of cards and analyses, then who reviewed how much."""
    lines = [table(("", *State), [(name, *found.values()) for name, found in states.items()])]
    if conflicts:
        lines.append(f"Edits in conflict: {conflicts:,} (`kedro review conflicts`)")
    if not reviewers:
        return [*lines, "Nobody has reviewed anything yet: `kedro review next`."]
    rows = [(row["reviewer"] or "(no name)", row["action"], row["reviews"], row["last"]) for row in reviewers]
    return [*lines, "", table(("reviewer", "action", "reviews", "last"), rows)]


def _said(item: Item) -> str:
    if item.said is None:
        return ""
    return f" ({safe(item.said)})"


def _line(name: str, value: Any) -> str:
    return "" if value in (None, "", []) else f"  {name.replace('_', ' '):<18} {safe(shown(value))}"
