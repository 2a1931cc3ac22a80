"""Format a run's closing lines for a terminal."""

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.line_wrap import wrapped
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted, duplicate_count
from korean_flashcards.summary.run_costs import OtherRun, StageCosts
from korean_flashcards.summary.run_summary import RunSummary


def terminal_text(summary: RunSummary) -> str:
    """Return a run's closing lines, wrapped at 80 columns."""
    lines = [_line("Rows", _rows_text(summary))]
    if summary.reached != "ingress":
        limited = f" of {summary.known:,} ({summary.narrowed_by})" if summary.narrowed_by else ""
        lines.append(_line("Words", f"{summary.words:,}{limited}: {_words_text(summary)}"))
    if summary.reached not in ("ingress", "nuance"):
        by_type = ", ".join(f"{name} {count:,}" for name, count in summary.cards_by_type.items())
        held = f"; {sum(summary.held.values()):,} held back" if summary.held else ""
        lines.append(_line("Cards", f"{summary.cards:,}" + (f": {by_type}" if by_type else "") + held))
    if summary.conflicts:
        conflicts = f"{counted(summary.conflicts, 'edit')} in conflict with new text"
        lines.append(_line("Conflicts", f"{conflicts}: `kedro review conflicts`"))
    for cost in summary.costs:
        unjudged = f"; {counted(cost.unjudged, 'word')} not judged: `kedro tasks list --stage judge`"
        lines.append(_line(cost.stage.capitalize(), costs_line(cost) + (unjudged if cost.unjudged else "")))
    lines += [_line("Beside", _other_run(other)) for other in summary.other_runs]
    if summary.other_runs:
        paid = sum(cost.cost_usd for cost in summary.costs) + sum(other.cost_usd for other in summary.other_runs)
        lines.append(
            _line("Together", f"USD {usd_number(paid, 4)} paid by {counted(1 + len(summary.other_runs), 'run')}")
        )
    lines.append(_line("Time", duration(summary.seconds)))
    if summary.warnings:
        lines += [
            f"{counted(len(summary.warnings), 'warning')}:",
            *(wrapped(line, "  - ") for line in summary.warnings),
        ]
    if summary.complete:
        lines.append("Complete.")
    else:
        lines += ["INCOMPLETE:", *(wrapped(line, "  - ") for line in summary.missing)]
    if summary.notes:
        lines += ["Notes:", *(wrapped(line, "  - ") for line in summary.notes)]
    return "\n".join(lines)


def kept_deck_text(exists: bool) -> str:
    """Return a note that the run left the deck alone. ``exists``: whether there is a deck."""
    if exists:
        return "The deck was not changed. `kedro run --pipeline=export` writes the whole deck."
    return "There is no deck yet. `kedro run --pipeline=export` writes one from all words that have cards."


def selected_deck_text(selected: int, cards: int, file: str) -> str:
    """Return a note that filters selected some of the cards, which are in a separate deck."""
    select = f"The filters select {selected:,} of {counted(cards, 'card')}."
    are = "It is" if selected == 1 else "They are"
    return f"{select} {are} in {file}; the main deck is unchanged."


def costs_line(cost: StageCosts) -> str:
    """Describe one stage's calls: cached replies, requests, tokens, and cost in USD."""
    if not cost.asked:
        text = f"{counted(cost.cached, 'reply', 'replies')} from the cache, nothing requested"
    else:
        text = f"{cost.cached:,} from the cache, {cost.asked:,} requested from {cost.model}"
        if cost.attempts > cost.asked:
            text += f" in {cost.attempts:,} calls"
    if cost.model.startswith(OFFLINE_PREFIX):
        return f"{text}, free"
    if cost.asked:
        text += f", {counted(cost.tokens_in, 'token')} in, {cost.tokens_out:,} out"
    paid = [_paid(cost)] if cost.asked and (cost.cost_usd or not cost.unpriced) else []
    if cost.unpriced:
        paid.append(f"{counted(cost.unpriced, 'call')} of unknown price")
    text += f", {' plus '.join(paid)}" if paid else ""
    return text + (f", USD {usd_number(cost.saved_usd, 4)} saved" if cost.saved_usd else "")


def _paid(cost: StageCosts) -> str:
    """Return a stage's cost in USD, and the part of it that may not be billed."""
    paid = f"USD {usd_number(cost.cost_usd, 4)} paid"
    if not cost.reserved:
        return paid
    most = "" if cost.unpriced else "at most "
    return f"{most}{paid} ({counted(cost.reserved, 'call')} booked at their maximum, USD {usd_number(cost.reserved_usd, 4)})"


def _other_run(other: OtherRun) -> str:
    """Return the cost of another run that wrote the same layers at the same time."""
    unpriced = f" plus {counted(other.unpriced, 'call')} of unknown price" if other.unpriced else ""
    return f"run {other.run_id}: {counted(other.calls, 'call')}, USD {usd_number(other.cost_usd, 4)} paid{unpriced}"


def duration(seconds: float) -> str:
    """Format a duration, for example as "8.3 s" or "2 min 05 s"."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def _line(title: str, text: str) -> str:
    return wrapped(text, f"{title:<10} ")


def _rows_text(summary: RunSummary) -> str:
    files = str(summary.files[0]["file"]) if len(summary.files) == 1 else f"{len(summary.files)} files"
    return (
        f"{summary.rows:,} in {files}: {summary.imported:,} imported, "
        f"{duplicate_count(summary.duplicates, summary.updated)}, {summary.rejected:,} rejected"
    )


def _words_text(summary: RunSummary) -> str:
    analyzed = summary.reached == "nuance"
    done = f"{summary.analysed:,} analyzed" if analyzed else f"{summary.with_cards:,} with cards"
    return f"{done}, {summary.failed:,} failed" + (f", {summary.pending:,} pending" if summary.pending else "")
