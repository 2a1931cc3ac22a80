"""Format the output of `kedro ingress`: imports, batches, rejected rows, and rollbacks."""

import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from korean_flashcards.commands.layout import detailed_table, hanging_table, labeled, wrapped
from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.plurals import counted, duplicate_count
from korean_flashcards.domain.warning_groups import grouped
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.ledger.batches import BatchDetails, OnlyHere
from korean_flashcards.ledger.words.imports import ImportResult
from korean_flashcards.ledger.words.rollback import RolledBack

_LABEL = 10  # columns
_SHOWN = 50  # maximum number of rejected rows or warnings; --json lists all
_SHOWN_BATCHES = 5


def result_line(result: ImportResult) -> str:
    """Return the result of importing one list."""
    name, batch_id = safe(result.file), safe(result.batch_id)
    if result.state == "failed":
        return f"Error: {safe(result.message)}"
    if result.already:
        return f"{name}: already imported as {batch_id} on {local_time(result.already)}. Nothing was changed."
    return (
        f"{name}: {counted(result.rows, 'row')}, {result.imported:,} imported, "
        f"{duplicate_count(result.duplicates, result.updated)}, {result.rejected:,} rejected, "
        f"{counted(result.warnings, 'warning')}; batch {batch_id}"
    )


def note_lines(result: ImportResult) -> list[str]:
    """Return how a list was read, its warnings, and the words that are gone, wrapped at 80 columns."""
    return [line for note in result.notes for line in wrapped(safe(note), indent=2, hanging=2)]


def list_lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield a table of batches, with each batch's file, counts, and options below its row."""
    shown = [(row["batch_id"], row["state"], local_time(row["created"])) for row in rows]
    yield from detailed_table(("batch", "state", "imported at"), shown, [[_summary(row)] for row in rows])


def status_lines(found: BatchDetails, env: str | None) -> list[str]:
    """Return everything known about a batch. Long lists of rows are truncated."""
    batch = found.batch
    facts = {
        "Batch": f"{batch['batch_id']}: {batch['state']}",
        "File": batch["source"],
        "Imported": local_time(batch["created"]),
        "Options": f"{_options(batch)}, on-duplicate {batch['on_duplicate']}",
        "Rows": f"{batch['rows']:,}: {_counts(batch)}",
        "Words": f"{found.words:,}: {found.own_words:,} added by this batch, {found.exported:,} with cards in a deck",
        "Message": batch["message"],
    }
    if batch["state"] == "failed":
        again = f"kedro ingress import {shlex.quote(batch['source'])}{in_env(env)}"
        facts["Next"] = f"Correct the file, then run `{again}`."
    facts |= {stage: _by_state(states) for stage, states in found.stages.items()}
    facts["Duplicates"] = _duplicates(found)
    lines = [line for name, value in facts.items() for line in labeled(name, value, indent=0, label=_LABEL)]
    lines += rejected_rows(batch["file"], found.rejects)
    if found.warnings:
        groups = grouped(found.warnings)
        warnings = [(group.row_text, group.code, [group.reason_text]) for group in groups]
        hint = " (--json lists all)" if any(group.is_abridged for group in groups) else ""
        lines += ["", f"Warnings: {len(found.warnings):,}{hint}", *hanging_table(("rows", "code", "reason"), warnings)]
    return lines


def rejected_lines(rejects: Sequence[dict[str, Any]]) -> list[str]:
    """Return the rejected rows in all lists, grouped by file. ``rejects`` comes from ``LedgerVocabulary.rejects``."""
    if not rejects:
        return ["No rows in the imported lists were rejected."]
    by_file = groupby(rejects, key=lambda row: f"{row['file']} (batch {row['batch_id']})")
    return [line for name, rows in by_file for line in rejected_rows(name, list(rows))][1:]


def rejected_rows(name: str, rejects: Sequence[dict[str, Any]]) -> list[str]:
    """Return a section with a file's rejected rows: row number, code, reason, and the row's text below the reason."""
    if not rejects:
        return []
    rows = [(str(one["row"]), one["code"], [one["reason"], *filter(None, [one["text"]])]) for one in rejects[:_SHOWN]]
    table = hanging_table(("row", "code", "reason and text"), rows)
    return ["", *wrapped(f"Rejected rows in {name}: {len(rejects):,}", indent=0), *table, *_more(rejects)]


def rollback_question(batch: str, found: OnlyHere) -> str:
    """Return a confirmation question that lists what a rollback would remove."""
    lines = [
        f"This will remove {safe(batch)} and {counted(found.words, 'word')} that no other batch contains, along with "
        f"their tasks ({counted(found.done, 'reply', 'replies')} in use)."
    ]
    if found.exported:
        lines.append(f"Cards for {counted(found.exported, 'word')} are in a deck.")
    if found.reviewed:
        lines.append(f"The reviews for {counted(found.reviewed, 'word')} are kept in case you import the words again.")
    return " ".join([*lines, "Roll it back?"])


def rolled_back(done: RolledBack, env: str | None) -> str:
    """Return what a rollback removed, and how to undo it."""
    backup = shown_path(done.backup)
    lines = [
        f"Rolled back {safe(done.batch_id)}: removed {counted(done.removed, 'word')} and {counted(done.rows, 'row')}."
    ]
    if done.kept:
        lines.append(f"Kept {counted(done.kept, 'word')} that other batches also contain.")
    if done.restored:
        lines.append(
            f"Undid the corrections that this batch made to {counted(done.restored, 'word')} in other batches."
        )
    if done.exported:
        lines.append(
            f"Cards for {counted(done.exported, 'removed word')} that you have already imported into Anki remain there. "
            "The words' item IDs remain reserved."
        )
    if done.reviewed:
        lines.append(
            f"Kept the reviews and edits for {counted(done.reviewed, 'removed word')} in case you import the words "
            "again."
        )
    if done.exported:
        lines.append(
            f"Next: `kedro run{in_env(env)}` removes their cards from the deck, unless a list contains the words."
        )
    return "\n".join([*lines, f"Backup: {backup}", f"To undo: kedro db restore {backup}{in_env(env)}"])


def in_env(env: str | None) -> str:
    """Return the option that selects the current environment, for use in a suggested command."""
    return f" --env {env}" if env else ""


def _summary(batch: dict[str, Any]) -> str:
    return f"{batch['file']}: {counted(batch['rows'], 'row')}, {_counts(batch)}; {_options(batch)}"


def _counts(batch: dict[str, Any]) -> str:
    duplicates = duplicate_count(batch["duplicates"], batch["updated"])
    return f"{batch['imported']:,} imported, {duplicates}, {batch['rejected']:,} rejected"


def _options(batch: dict[str, Any]) -> str:
    return f"priority {batch['priority']}" + (f", tag {batch['tag']}" if batch["tag"] else "")


def _duplicates(found: BatchDetails) -> str:
    own = found.batch["batch_id"]
    named = [
        f"{one['rows']:,} {'within this list' if one['batch_id'] == own else 'of ' + str(one['batch_id'])}"
        for one in found.duplicates_of[:_SHOWN_BATCHES]
    ]
    if more := len(found.duplicates_of) - len(named):
        named.append(f"the rest in {counted(more, 'more batch', 'more batches')} (--json lists all)")
    return ", ".join(named)


def _more(rows: Sequence[Any]) -> list[str]:
    more = len(rows) - _SHOWN
    return [f"… and {more:,} more (--json lists all)"] if more > 0 else []


def _by_state(states: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {state}" for state, number in states.items())
