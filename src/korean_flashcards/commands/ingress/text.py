"""What `kedro ingress` says: an import, a batch and a rollback in the words of a person."""

from datetime import datetime
from typing import Any

from korean_flashcards.commands.terminal import safe, shown_path, table
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.batches import BatchDetails, OnlyHere
from korean_flashcards.ledger.words.imports import ImportResult
from korean_flashcards.ledger.words.rollback import RolledBack

LIST_HEADERS = ("batch", "state", "date", "file", "rows", "imported", "duplicates", "rejected", "tag", "priority")
_SHOWN = 50  # rejects, warnings of a batch; --json has all
_SHOWN_BATCHES = 5


def result_line(result: ImportResult) -> str:
    """What became of one list."""
    name, batch_id = safe(result.file), safe(result.batch_id)
    if result.state == "failed":
        return f"Error: {safe(result.message)} (batch {batch_id})"
    if result.already:
        return f"{name}: already imported as {batch_id} on {_here(result.already)}, nothing changed"
    updated = f" ({result.updated:,} updated)" if result.updated else ""
    return (
        f"{name}: {counted(result.rows, 'row')}, {result.imported:,} imported, {counted(result.duplicates, 'duplicate')}"
        f"{updated}, {result.rejected:,} rejected, {counted(result.warnings, 'warning')}; batch {batch_id}"
    )


def list_row(row: dict[str, Any]) -> tuple[Any, ...]:
    """A batch as a row below LIST_HEADERS."""
    counts = (row["rows"], row["imported"], row["duplicates"], row["rejected"])
    return row["batch_id"], row["state"], _here(row["created"]), row["file"], *counts, row["tag"], row["priority"]


def status_lines(found: BatchDetails) -> list[str]:
    """All about a batch; of long lists the beginning."""
    batch = found.batch
    lines = [
        f"Batch      {safe(batch['batch_id'])}: {batch['state']}",
        f"File       {safe(batch['source'])}, imported {_here(batch['created'])}",
        f"Options    priority {batch['priority']}, on-duplicate {batch['on_duplicate']}"
        + (f", tag {safe(batch['tag'])}" if batch["tag"] else ""),
        f"Rows       {batch['rows']:,}: {batch['imported']:,} imported, {counted(batch['duplicates'], 'duplicate')}, "
        f"{batch['rejected']:,} rejected",
        f"Words      {found.words:,}: {found.own_words:,} brought by this batch; {found.exported:,} with cards in a deck",
    ]
    if batch["message"]:
        lines.append(f"Message    {safe(batch['message'])}")
    if batch["state"] == "failed":
        lines.append(
            "Next       Nothing of it is in the ledger. Do what the message says, then `kedro ingress import` it again."
        )
    lines += [f"{stage:<10} {_by_state(states)}" for stage, states in found.stages.items()]
    lines += _duplicates_lines(found)
    lines += _section("Rejected rows", ("row", "code", "reason", "text"), found.rejects)
    return lines + _section("Warnings", ("row", "item_id", "code", "reason"), found.warnings)


def would_go(batch: str, found: OnlyHere) -> str:
    """What a rollback takes, as a question."""
    exported = f" Cards of {counted(found.exported, 'word')} are in a deck." if found.exported else ""
    if found.reviewed:
        exported += f" What you said of {counted(found.reviewed, 'word')} is kept for when they come again."
    words, replies = counted(found.words, "word"), counted(found.done, "reply", "replies")
    return (
        f"{safe(batch)} goes, and with it {words} that no other batch has, with their tasks ({replies} in use).{exported} "
        "Roll it back?"
    )


def rolled_back(done: RolledBack, env: str | None) -> str:
    """What a rollback took, and how to undo it."""
    backup = shown_path(done.backup)
    lines = [
        f"Rolled back {safe(done.batch_id)}: {counted(done.removed, 'word')} removed with {counted(done.rows, 'row')}."
    ]
    if done.kept:
        lines.append(f"Kept, as other batches have them too: {counted(done.kept, 'word')}.")
    if done.restored:
        lines.append(f"Back to what other batches say, without its corrections: {counted(done.restored, 'word')}.")
    if done.exported:
        lines.append(f"Cards of {counted(done.exported, 'removed word')} stay in your decks; their numbers stay taken.")
    if done.reviewed:
        lines.append(
            f"Reviews and edits of {counted(done.reviewed, 'removed word')} are kept for when they come again."
        )
    return "\n".join([*lines, f"Backup: {backup}. To undo: kedro db restore {backup}{in_env(env)}"])


def in_env(env: str | None) -> str:
    """What a command needs to mean the same environment."""
    return f" --env {env}" if env else ""


def _here(time: str) -> str:
    """A time of the ledger as the clock here shows it."""
    return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M")


def _duplicates_lines(found: BatchDetails) -> list[str]:
    own = found.batch["batch_id"]
    named = [
        f"{one['rows']:,} of {'words that this list has twice' if one['batch_id'] == own else safe(one['batch_id'])}"
        for one in found.duplicates_of[:_SHOWN_BATCHES]
    ]
    if more := len(found.duplicates_of) - len(named):
        named.append(f"of {more:,} more batches (--json)")
    return [f"Duplicates {', '.join(named)}"] if named else []


def _section(title: str, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    shown = table(columns, ([row[name] for name in columns] for row in rows[:_SHOWN]))
    more = len(rows) - _SHOWN
    return ["", f"{title}: {len(rows):,}", shown, *([f"… and {more:,} more (--json has all)"] if more > 0 else [])]


def _by_state(states: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {state}" for state, number in states.items())
