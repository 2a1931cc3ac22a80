"""What a run came to as a person reads it: the closing lines on a terminal."""

from korean_flashcards.domain.plurals import counted
from korean_flashcards.summary.run_summary import RunSummary, StageCosts


def terminal_text(summary: RunSummary) -> str:
    """Return the closing lines of a run, as a person reads them on a terminal."""
    lines = [_rows_line(summary)]
    if summary.reached != "ingress":
        limited = f" ({summary.narrowed_by} of {summary.known:,})" if summary.narrowed_by else ""
        lines.append(f"Words      {summary.words:,}{limited}: {_words_line(summary)}")
    if summary.reached not in ("ingress", "nuance"):
        by_type = ", ".join(f"{name} {count:,}" for name, count in summary.cards_by_type.items())
        held = f"; {sum(summary.held.values()):,} held back" if summary.held else ""
        lines.append(f"Cards      {summary.cards:,}" + (f": {by_type}" if by_type else "") + held)
    if summary.conflicts:
        lines.append(
            f"Conflicts  {counted(summary.conflicts, 'edit')} of what is now written otherwise: `kedro review conflicts`"
        )
    for cost in summary.costs:
        unjudged = (
            f"; {counted(cost.unjudged, 'word')} not judged: `kedro tasks list --stage judge`" if cost.unjudged else ""
        )
        lines.append(f"{cost.stage.capitalize():<10} {costs_line(cost)}{unjudged}")
    lines.append(f"Time       {duration(summary.seconds)}")
    if summary.warnings:
        lines += [
            f"{counted(len(summary.warnings), 'rule')} broken that only warn:",
            *(f"  - {line}" for line in summary.warnings),
        ]
    if summary.complete:
        lines.append("Complete.")
    else:
        lines += ["INCOMPLETE:", *(f"  - {line}" for line in summary.missing)]
    return "\n".join(lines)


def costs_line(cost: StageCosts) -> str:
    """Return one stage's calls in words: cached, requested, tokens, USD."""
    if not cost.asked:
        text = f"{counted(cost.cached, 'reply', 'replies')} from the cache, nothing requested"
    else:
        text = f"{cost.cached:,} from the cache, {cost.asked:,} requested from {cost.model}"
        if cost.attempts > cost.asked:
            text += f" in {cost.attempts:,} calls"
    if cost.model.startswith("offline/"):
        return f"{text}, free"
    if cost.asked:
        text += f", {cost.tokens_in:,} tokens in, {cost.tokens_out:,} out, USD {cost.cost_usd:.4f} paid"
    if cost.unpriced:
        text += f" plus {counted(cost.unpriced, 'reply', 'replies')} of unknown price"
    return text + (f", USD {cost.saved_usd:.4f} saved" if cost.saved_usd else "")


def duration(seconds: float) -> str:
    """Return seconds as a person says them: "8.3 s", "2 min 05 s"."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def _rows_line(summary: RunSummary) -> str:
    files = str(summary.files[0]["file"]) if len(summary.files) == 1 else f"{len(summary.files)} files"
    return (
        f"Rows       {summary.rows:,} in {files}: {summary.imported:,} imported, {summary.duplicates:,} duplicates, "
        f"{summary.rejected:,} rejected"
    )


def _words_line(summary: RunSummary) -> str:
    analysed = summary.reached == "nuance"
    done = f"{summary.analysed:,} analysed" if analysed else f"{summary.with_cards:,} with cards"
    return f"{done}, {summary.failed:,} failed" + (f", {summary.pending:,} pending" if summary.pending else "")
