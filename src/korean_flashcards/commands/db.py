"""``kedro db``: health, versions, backups and verification of the ledger file.

Exit codes: 0 fine, 1 error, 2 something needs attention.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from kedro.framework.context import KedroContext

from korean_flashcards.commands.project import (
    CommandGroup,
    agreed,
    env_option,
    explaining,
    fail,
    json_option,
    project,
    yes_option,
)
from korean_flashcards.commands.renamed import renamed
from korean_flashcards.commands.terminal import echo_json, safe, size_text, table
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.db import backups, restore, schema
from korean_flashcards.ledger.db.health import Health, at_rest, health
from korean_flashcards.ledger.db.sqlite import explaining as explaining_sqlite
from korean_flashcards.ledger.db.sqlite import read_only, writable
from korean_flashcards.ledger.db.verify import Inconsistency, Places, verify
from korean_flashcards.ledger.facade import Ledger

_SHOWN = 10  # names of lost words and batches; --json of `history` has the counts


@click.group(
    name="db",
    cls=CommandGroup,
    examples=(
        "kedro db health",
        "kedro db backup",
        "kedro db restore",
        "kedro db verify",
    ),
)
def db() -> None:
    """Check, back up, restore and migrate the ledger file.

    Exit codes: 0 fine, 1 error, 2 problems were found.
    """


@db.command(name="health")
@json_option
@env_option
@explaining
def health_command(as_json: bool, env: str | None) -> None:
    """Check size, version, integrity, backups, active runs and slowest queries of the ledger. Changes nothing.

    Exit codes: 0 healthy (or no ledger yet), 1 damaged, newer than this release or not readable, 2 needs attention.
    """
    with project(env) as context:
        found = health(_ledger(context).store.path)
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo(_status_text(found))
    sys.exit({"broken": 1, "attention": 2}.get(found.state, 0))


db.add_command(renamed("db status", "db health", health_command, "status"))


@db.command()
@env_option
@explaining
def upgrade(env: str | None) -> None:
    """Upgrade the ledger to this release's version, after a backup. Any command that opens it does the same."""
    with project(env) as context:
        ledger = _ledger(context)
        path = ledger.store.path
        with at_rest(path):
            version = _known_version(path)
            if version == schema.HEAD:
                click.echo(f"The ledger {path} is of version {version}, the newest. Nothing was changed.")
                return
            _migrate(ledger, version, schema.HEAD)


@db.command()
@click.argument("version", type=click.Choice(schema.VERSIONS))
@yes_option
@env_option
@explaining
def downgrade(version: str, yes: bool, env: str | None) -> None:
    """Downgrade the ledger to an older VERSION for an older release, after a backup. Says what is lost, and asks.

    This release upgrades it again when it next opens it: install the older release first.
    """
    with project(env) as context:
        ledger = _ledger(context)
        path = ledger.store.path
        with at_rest(path):
            installed = _known_version(path)
            if installed <= version:
                click.echo(f"The ledger {path} is of version {installed}. Nothing was changed.")
                return
            with read_only(path) as connection:
                lost = schema.lost_by_downgrade(connection, installed, version)
        click.echo(f"From {installed} to {version}. " + ("This is lost:" if lost else "Nothing is lost."), err=True)
        for line in lost:
            click.echo(f"  - {line}", err=True)
        agreed(f"Take the ledger {path} back to version {version}?", yes)
        with at_rest(path):
            _migrate(ledger, _known_version(path), version)


@db.command()
@json_option
@env_option
@explaining
def history(as_json: bool, env: str | None) -> None:
    """List what happened to the ledger itself, newest first: created, upgraded, restored, batches rolled back."""
    with project(env) as context:
        path = _ledger(context).store.path
        events: list[dict[str, Any]] = []
        if schema.installed_version(path) is not None:
            with read_only(path) as connection:
                names = ("at", "event", "from_version", "to_version", "backup", "details")
                query = f"SELECT {', '.join(names)} FROM history ORDER BY number DESC"
                events = [dict(zip(names, row, strict=True)) for row in connection.execute(query)]
    for event in events:
        event["details"] = json.loads(event["details"])
    if as_json:
        echo_json(events)
    elif events:
        lines = [
            (event["at"], event["event"], event["from_version"], event["to_version"], _what(event["details"]),
             Path(event["backup"]).name if event["backup"] else None)
            for event in events
        ]  # fmt: skip
        click.echo(table(("at", "event", "from", "to", "what", "backup"), lines))
    else:
        click.echo(_no_ledger(path))


@db.command()
@json_option
@env_option
@explaining
def backup(as_json: bool, env: str | None) -> None:
    """Back up the ledger into one compressed file with its checksum. Safe while runs are active.

    The oldest backups are deleted when there are more than `keep_backups` (catalog_ledger.yml).
    """
    with project(env) as context:
        ledger = _ledger(context)
        made = ledger.backup()
        facts = {"file": str(made), "size": made.stat().st_size, "sha256": backups.sha256(made)}
        kept = len(backups.listing(ledger.store.path))
    if as_json:
        echo_json({**facts, "kept": kept})
    else:
        click.echo(f"Backup  {facts['file']}\nsize    {size_text(made.stat().st_size)}\nsha256  {facts['sha256']}")
        click.echo(f"Backups kept: {kept}, at most {ledger.keep_backups}.")


@db.command(name="restore")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@yes_option
@env_option
@explaining
def restore_backup(file: Path | None, yes: bool, env: str | None) -> None:
    """Restore a backup, the newest one unless FILE is given. Says what is lost, and asks.

    The backup is checked first. The previous ledger is kept beside it.
    """
    with project(env) as context:
        path = _ledger(context).store.path
        chosen = restore.choose(path, file)
        for line in _lost_text(restore.losses(path, chosen)):
            click.echo(line, err=True)
        agreed(f"Replace the ledger {path} with the backup {chosen.name}?", yes)
        done = restore.restore(path, chosen)
    click.echo(f"The ledger {path} is restored from {chosen.name}.")
    if done.replaced:
        click.echo(f"The previous ledger was kept as {done.replaced}. Delete it when you no longer need it.")
    if done.losses.version != schema.HEAD:
        click.echo(
            f"It is of version {done.losses.version}; the next command that opens it brings it to {schema.HEAD}."
        )


@db.command(name="verify")
@json_option
@env_option
@explaining
def verify_all(as_json: bool, env: str | None) -> None:
    """Compare the ledger, the layers, the reply cache, the backups and the word lists with each other. Changes nothing.

    Exit codes: 0 all in step, 2 something was found.
    """
    with project(env) as context:
        findings = verify(_places(context))
    if as_json:
        echo_json([asdict(finding) for finding in findings])
    elif findings:
        for finding in findings:
            click.echo(_finding_text(finding))
    else:
        click.echo("Ledger, layers, cache, backups and word lists are in step.")
    sys.exit(2 if findings else 0)


@db.command()
@env_option
@explaining
def vacuum(env: str | None) -> None:
    """Shrink the ledger file: return the space of removed rows to the disk."""
    with project(env) as context:
        path = _ledger(context).store.path
        with at_rest(path):
            _known_version(path)
            before = _size(path)
            with explaining_sqlite(path), closing(writable(path)) as connection:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            after = _size(path)
    click.echo(f"The ledger {path}: {size_text(before)} before, {size_text(after)} now.")


def _ledger(context: KedroContext) -> Ledger:
    ledger: Ledger = context.catalog.load("ledger")
    return ledger


def _known_version(path: Path) -> str:
    version = schema.installed_version(path)
    schema.refuse_newer(path, version)
    if version is None:
        fail(f"{_no_ledger(path)} Nothing was changed.")
    return version


def _migrate(ledger: Ledger, version: str, to: str) -> None:
    """Back up, migrate and say so; whoever calls holds the ledger at rest."""
    path = ledger.store.path
    made = ledger.backup()
    click.echo(f"Backed up to {made}.")
    record = schema.migrate(path, to, busy_timeout=30, backup=made)
    click.echo(
        f"The ledger {path} is {record['event']} from {version} to {to}: {_rows_text(record)} rows, integrity ok."
    )


def _places(context: KedroContext) -> Places:
    """Where the catalog keeps things; read from its configuration, so that nothing is loaded that is not compared."""
    entries = context.config_loader["catalog"]
    layers = {
        name: Path(context.project_path) / entry["filepath"]
        for name, entry in entries.items()
        if str(entry.get("filepath", "")).endswith(".parquet")
    }
    cache = Path(context.project_path) / entries["llm"]["path"]
    return Places(
        ledger=_ledger(context).store.path,
        cache=cache,
        layers=layers,
        lists=_lists(context),
        present=lambda keys: context.catalog.load("llm").cached(keys),
    )


def _lists(context: KedroContext) -> Iterator[tuple[str, str]]:
    if context.catalog.exists("word_lists"):
        for each in context.catalog.load("word_lists"):
            yield each.source, hashlib.sha256(each.data).hexdigest()


def _status_text(found: Health) -> str:
    if found.state == "none":
        lines = [_no_ledger(Path(found.path))]
        if found.last_backup:
            lines.append(f"Backups kept: {found.backups}, the newest of {found.last_backup_at}: kedro db restore")
        return "\n".join(lines)
    version = found.version or "unknown"
    if found.version in schema.VERSIONS and found.version != found.head:
        version += f", the newest is {found.head}: the next command that opens it backs it up and upgrades it"
    kept = "none"
    if found.last_backup:
        kept = f"{found.last_backup_at}, {Path(found.last_backup).name} (kept: {found.backups})"
    facts = {
        "Ledger": found.path,
        "State": {"healthy": "healthy", "attention": "needs attention", "broken": "cannot be used"}[found.state],
        "Version": version,
        "Size": f"{size_text(found.size)}, {size_text(found.free_in_file)} of it free; journal (WAL) {size_text(found.wal)}",
        "Disk": f"{size_text(found.free_on_disk)} free",
        "Integrity": found.integrity or "not known",
        "Orphans": "not known" if found.foreign_keys is None else f"{found.foreign_keys:,} broken foreign keys",
        "Backup": kept,
        "At work": ", ".join(found.live_runs) or "nothing",
    }
    lines = [f"{name:<10} {safe(value)}" for name, value in facts.items()]
    if found.rows:
        lines += ["", table(("table", "rows"), found.rows.items())]
    if found.slow_queries:
        rows = [(f"{each['worst_seconds']:.2f}", each["count"], each["statement"]) for each in found.slow_queries]
        lines += ["", table(("slowest (s)", "times", "query"), rows, longest=100)]
    said = [*([found.problem] if found.problem else []), *found.attention]
    return "\n".join([*lines, *([""] if said else []), *map(safe, said)])


def _lost_text(lost: restore.Losses) -> Iterator[str]:
    """What goes when the backup takes the ledger's place."""
    yield f"The backup {lost.backup} is of {lost.made_at}, version {lost.version}."
    if not lost.ledger_there:
        yield "There is no ledger now, so nothing can be compared."
    elif lost.readable:
        differing = {name: counts for name, counts in lost.rows.items() if counts[0] != counts[1]}
        if differing or lost.words or lost.batches:
            yield "The ledger has what the backup has not; this is lost:"
        else:
            yield "The ledger holds no more than the backup."
    else:
        yield "The ledger is damaged; as far as it can be read, this is lost:"
    if lost.batches:
        yield f"  {len(lost.batches):,} batches: {_some(lost.batches)}"
    if lost.words:
        yield f"  {counted(len(lost.words), 'word')}: {_some(lost.words)}"
    for name, ids in (("words", lost.words), ("batches", lost.batches)):
        if lost.ledger_there and ids is None:
            yield f"  {name}: which ones cannot be read"
    for name, (old, new) in lost.rows.items():
        if old is None:
            yield f"  {name}: cannot be read; {counted(new, 'row')} in the backup"
        elif old != new:
            yield f"  {name}: {counted(old, 'row')} now, {new:,} in the backup"
    if not lost.readable or lost.batches or lost.words:
        yield (
            f"Words imported since {lost.made_at} must be imported again. Paid replies are in the cache and are not paid "
            "again."
        )


def _finding_text(finding: Inconsistency) -> str:
    examples = ", ".join(safe(example, 160) for example in finding.examples)
    more = " …" if finding.count > len(finding.examples) else ""
    return f"{safe(finding.what)}: {finding.count:,} ({examples}{more}). What to do: {safe(finding.advice)}."


def _what(details: dict[str, Any]) -> str:
    """A rollback's batch and words, or the rows before and after."""
    if "batch_id" in details:
        return f"{details['batch_id']}: {counted(details['removed'], 'word')} removed, {details['kept']:,} kept"
    return f"{rows} rows" if (rows := _rows_text(details)) else ""


def _rows_text(details: dict[str, Any]) -> str:
    before, after = details.get("rows_before"), details.get("rows_after")
    if isinstance(before, dict) and isinstance(after, dict):
        return f"{sum(before.values()):,} → {sum(after.values()):,}"
    return ""


def _some(names: list[str]) -> str:
    return ", ".join(safe(name, 60) for name in names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")


def _no_ledger(path: Path) -> str:
    return f"There is no ledger {path} yet: `kedro run` or `kedro ingress import FILE` makes it."


def _size(path: Path) -> int:
    wal = path.with_name(path.name + "-wal")
    return path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
