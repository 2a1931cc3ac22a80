"""Format the output of `kedro db`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from korean_flashcards.commands.layout import fitted_table, labeled
from korean_flashcards.commands.terminal import safe, size_text, table
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.ledger.db import restore, schema
from korean_flashcards.ledger.db.backup_files import listing
from korean_flashcards.ledger.db.health import Health
from korean_flashcards.ledger.db.verify import Inconsistency

_SHOWN = 10  # maximum number of lost words or batches to name


def health_text(found: Health) -> str:
    """Return the facts about the ledger file, its largest tables, its slowest queries, and its problems."""
    if found.state == "none":
        lines = [no_ledger(Path(found.path))]
        if found.last_backup:
            lines.append(f"Backups kept: {found.backups}, the newest from {_time(found.last_backup_at)}.")
            lines.append("To restore the newest backup: kedro db restore")
        return "\n".join(lines)
    version = found.version or "unknown"
    if found.version in schema.VERSIONS and found.version != found.head:
        version += f" (newest: {found.head}). The next command that opens the ledger backs it up and upgrades it."
    kept = "none"
    if found.last_backup:
        kept = f"{Path(found.last_backup).name}, from {_time(found.last_backup_at)} (kept: {found.backups})"
    facts = {
        "Ledger": shown_path(Path(found.path)),
        "State": {"healthy": "healthy", "attention": "needs attention", "broken": "cannot be used"}[found.state],
        "Version": version,
        "Size": f"{size_text(found.size)} ({size_text(found.free_in_file)} free), journal (WAL) {size_text(found.wal)}",
        "Disk": f"{size_text(found.free_on_disk)} free",
        "Integrity": found.integrity or "unknown",
        "Orphans": "unknown" if found.foreign_keys is None else counted(found.foreign_keys, "broken foreign key"),
        "Backup": kept,
        "Active": ", ".join(found.live_runs) or "none",
    }
    lines = [line for name, value in facts.items() for line in labeled(name, value, indent=0, label=10)]
    if found.rows:
        lines += ["", table(("table", "rows"), found.rows.items())]
    if found.slow_queries:
        rows = [(f"{each['worst_seconds']:.2f}", each["count"], each["statement"]) for each in found.slow_queries]
        lines += ["", fitted_table(("slowest (s)", "times", "query"), rows)]
    said = [*([found.problem] if found.problem else []), *found.attention]
    return "\n".join([*lines, *([""] if said else []), *map(safe, said)])


def loss_lines(lost: restore.Losses) -> Iterator[str]:
    """Yield lines about the data that will be lost if the backup replaces the ledger."""
    made_at = local_time(lost.made_at)
    yield f"The backup {lost.backup} was made at {made_at}. Its version is {lost.version}."
    if not lost.ledger_there:
        yield "There is no ledger, so there is nothing to compare the backup with."
        return
    gone = {name: (old, new) for name, (old, new) in lost.rows.items() if old and old > new}
    if gone or lost.words or lost.batches:
        yield "The ledger contains data that is not in the backup. This will be lost:"
    elif lost.readable:
        yield "The backup contains everything in the ledger."
    if lost.batches:
        yield f"  {counted(len(lost.batches), 'batch', 'batches')}: {_some(lost.batches)}"
    if lost.words:
        yield f"  {counted(len(lost.words), 'word')}: {_some(lost.words)}"
    for name, (old, new) in gone.items():
        yield f"  {name}: {counted(old, 'row')} now, {new:,} in the backup"
    if unknown := sorted(name for name, (old, _) in lost.rows.items() if old is None):
        yield "The ledger is corrupted. These tables cannot be read, so their changes since the backup will be lost:"
        yield f"  {', '.join(unknown)}"
    back = {name: (old, new) for name, (old, new) in lost.rows.items() if new > (old or 0)}
    if back:
        yield "The backup brings back:"
    for name, (now, there) in back.items():
        yield f"  {name}: {counted(there, 'row')}" + (f" (now {now:,})" if now is not None else "")
    if not lost.readable or lost.batches or lost.words:
        yield (
            f"Words imported since {made_at} must be imported again. Replies that you paid for are in the cache, "
            "so you will not pay for them again."
        )
    if "llm_calls" in {*gone, *unknown}:
        yield "Budgets will not count the calls made since then."


def finding_text(finding: Inconsistency) -> str:
    """Return a problem with examples and advice."""
    examples = ", ".join(safe(example, 160) for example in finding.examples)
    more = " …" if finding.count > len(finding.examples) else ""
    return f"{safe(finding.what)}: {finding.count:,} ({examples}{more}). What to do: {safe(finding.advice)}."


def event_lines(event: dict[str, Any]) -> list[str]:
    """Return lines about an event's changes and the backup made before the event."""
    lines, details = [], event["details"]
    if "batch_id" in details:
        lines.append(f"{details['batch_id']}: {counted(details['removed'], 'word')} removed, {details['kept']:,} kept")
    elif rows := rows_text(details):
        lines.append(f"rows: {rows}")
    if event["backup"]:
        lines.append(f"backup: {Path(event['backup']).name}")
    return lines


def rows_text(details: dict[str, Any]) -> str:
    """Return the number of rows before and after an event, or nothing if it is unknown."""
    before, after = details.get("rows_before"), details.get("rows_after")
    if isinstance(before, dict) and isinstance(after, dict):
        return f"{sum(before.values()):,} → {sum(after.values()):,}"
    return ""


def no_ledger(path: Path) -> str:
    """Return the sentence for a project without a ledger: how to restore or create it."""
    if kept := listing(path):
        return f"There is no ledger at {path}. `kedro db restore` restores the newest backup, {kept[0].name}."
    return f"There is no ledger at {path} yet. `kedro run` or `kedro ingress import FILE` creates it."


def _time(at: str | None) -> str:
    return local_time(at) if at else "unknown"


def _some(names: list[str]) -> str:
    return ", ".join(safe(name, 60) for name in names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
