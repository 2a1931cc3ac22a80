"""``kedro db``: check, back up, restore, migrate, and verify the ledger file.

Exit codes: 0 = success; 1 = error; 2 = problems were found.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from korean_flashcards.commands.db.compared_files import compared_files
from korean_flashcards.commands.db.ledger_files import ledger_files
from korean_flashcards.commands.db.text import event_lines, finding_text, health_text, loss_lines, no_ledger, rows_text
from korean_flashcards.commands.disk_room import making_room
from korean_flashcards.commands.layout import detailed_table
from korean_flashcards.commands.project import (
    CommandGroup,
    FilePath,
    agreed,
    env_option,
    explaining,
    fail,
    json_option,
    yes_option,
)
from korean_flashcards.commands.project_files import project_files
from korean_flashcards.commands.renamed import renamed
from korean_flashcards.commands.terminal import echo_json, size_text
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.dangling_links import dangling_link
from korean_flashcards.ledger.db import backups, restore, schema
from korean_flashcards.ledger.db.backup_files import listing
from korean_flashcards.ledger.db.health import at_rest, health
from korean_flashcards.ledger.db.problems import access_problem
from korean_flashcards.ledger.db.rebuild import problem_of, rebuild
from korean_flashcards.ledger.db.sqlite import read_only
from korean_flashcards.ledger.db.vacuum import room_to_shrink, shrink
from korean_flashcards.ledger.db.verify import verify
from korean_flashcards.ledger.facade import Ledger


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
    """Check, back up, restore, and migrate the ledger file.

    Exit codes: 0 = success; 1 = error; 2 = problems were found.
    """


@db.command(name="health", examples=("kedro db health",))
@json_option
@env_option
@explaining
def health_command(as_json: bool, env: str | None) -> None:
    """Check the health of the ledger.

    Shows the ledger's size, version, integrity, backups, active runs, and slowest queries. Exit codes: 0 = healthy (or
    no ledger yet); 1 = missing, corrupted, unreadable, or newer than this release; 2 = needs attention.
    """
    found = health(ledger_files(env).ledger.store.path)
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo(health_text(found))
    sys.exit({"broken": 1, "attention": 2}.get(found.state, 0))


db.add_command(renamed("db status", "db health", health_command, "status"))


@db.command(examples=("kedro db upgrade",))
@env_option
@explaining
def upgrade(env: str | None) -> None:
    """Upgrade the ledger to the version that this release needs.

    Backs up the ledger first. Every command that opens the ledger also upgrades it.
    """
    ledger = ledger_files(env).ledger
    path = ledger.store.path
    with at_rest(path):
        version = _known_version(path)
        if version == schema.HEAD:
            click.echo(f"The ledger {path} is already at the newest version, {version}. Nothing was changed.")
            return
        _migrate(ledger, version, schema.HEAD)


@db.command(examples=("kedro db downgrade 0006",))
@click.argument("version", type=click.Choice(schema.VERSIONS))
@yes_option
@env_option
@explaining
def downgrade(version: str, yes: bool, env: str | None) -> None:
    """Downgrade the ledger to VERSION, for use with an older release.

    Lists what would be lost, asks for confirmation, and backs up the ledger. Install the older release afterward: the
    current release would upgrade the ledger again as soon as a command opens it.
    """
    ledger = ledger_files(env).ledger
    path = ledger.store.path
    with at_rest(path):
        installed = _known_version(path)
        if installed <= version:
            click.echo(f"The ledger {path} is at version {installed}. Nothing was changed.")
            return
        with read_only(path) as connection:
            lost = schema.lost_by_downgrade(connection, installed, version)
    consequence = "This will be lost:" if lost else "Nothing will be lost."
    click.echo(f"Downgrading from {installed} to {version}. {consequence}", err=True)
    for line in lost:
        click.echo(f"  - {line}", err=True)
    agreed(f"Downgrade the ledger {path} to version {version}?", yes, f"downgrade the ledger to version {version}")
    with at_rest(path):
        _migrate(ledger, _known_version(path), version)


@db.command(examples=("kedro db history",))
@json_option
@env_option
@explaining
def history(as_json: bool, env: str | None) -> None:
    """List the events in the ledger file's history, newest first.

    Events include creation, upgrades, restores, and batch rollbacks.
    """
    path = ledger_files(env).ledger.store.path
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
        rows = [
            (local_time(event["at"]), event["event"], event["from_version"], event["to_version"]) for event in events
        ]
        click.echo("\n".join(detailed_table(("at", "event", "from", "to"), rows, map(event_lines, events))))
    else:
        click.echo(no_ledger(path))


@db.command(examples=("kedro db backup",))
@json_option
@env_option
@explaining
def backup(as_json: bool, env: str | None) -> None:
    """Back up the ledger to a compressed file.

    Prints the file's checksum. Backups are safe while runs are active. Deletes the oldest backups if there are more
    than `keep_backups` (catalog_ledger.yml).
    """
    ledger = ledger_files(env).ledger
    made = ledger.backup()
    facts = {"file": str(made), "size": made.stat().st_size, "sha256": backups.sha256(made)}
    kept = len(listing(ledger.store.path))
    if as_json:
        echo_json({**facts, "kept": kept})
    else:
        click.echo(f"Backup  {facts['file']}\nsize    {size_text(made.stat().st_size)}\nsha256  {facts['sha256']}")
        click.echo(f"Backups kept: {kept} (maximum {ledger.keep_backups}).")


@db.command(name="restore", examples=("kedro db restore", "kedro db restore ledger-20261129T031500123456Z.db.gz"))
@click.argument("file", type=FilePath(), required=False)
@click.option("--replace-link", is_flag=True, help="Use the backup in place of a link that leads nowhere.")
@yes_option
@env_option
@explaining
def restore_backup(file: Path | None, replace_link: bool, yes: bool, env: str | None) -> None:
    """Restore the newest backup, or the backup FILE.

    Checks the backup, lists what would be lost, and asks for confirmation. The previous ledger is kept in the same
    folder.
    """
    path = project_files(env).ledger.store.path
    link = _dangling(path, replace_link)
    chosen = restore.choose(path, file)
    said = (
        [f"The link {link} is replaced with the backup {chosen.name}. The ledger at its target is not used anymore."]
        if link
        else loss_lines(restore.losses(path, chosen))
    )
    for line in said:
        click.echo(line, err=True)
    agreed(
        f"Replace the ledger {path} with the backup {chosen.name}?",
        yes,
        f"replace the ledger {path} with the backup {chosen.name}",
    )
    if link:
        link.unlink()
    done = restore.restore(path, chosen)
    click.echo(f"Restored the ledger {path} from {chosen.name}.")
    if done.replaced:
        click.echo(f"The previous ledger was kept as {done.replaced}. Delete that file when you no longer need it.")
    if done.losses.version != schema.HEAD:
        click.echo(f"The restored ledger is at version {done.losses.version}.")
        click.echo(f"The next command that opens the ledger upgrades it to version {schema.HEAD}.")


@db.command(examples=("kedro db repair",))
@yes_option
@env_option
@explaining
def repair(yes: bool, env: str | None) -> None:
    """Repair a corrupted ledger from its readable rows.

    Use this command if there is no backup, or if the newest backup is too old. Asks for confirmation. The corrupted
    ledger is kept in the same folder. The next `kedro run` imports the lists whose rows were lost, and uses the cached
    replies.
    """
    path = ledger_files(env).ledger.store.path
    problem = problem_of(path)
    found = f"is corrupted ({problem})" if problem else "has no problems that SQLite can find"
    click.echo(f"The ledger {path} {found}.", err=True)
    agreed(f"Build a new ledger from the rows that can be read in {path}?", yes, f"repair the ledger {path}")
    done = rebuild(path)
    saved = {name: count for name, count in done.salvaged.rows.items() if count}
    click.echo(f"Repaired the ledger {path}. It has {counted(sum(saved.values()), 'row')}.")
    if done.salvaged.incomplete:
        click.echo(f"Rows were lost in {', '.join(done.salvaged.incomplete)}.")
    if done.salvaged.dropped:
        click.echo(f"{counted(done.salvaged.dropped, 'row')} left out, because the rows that they refer to were lost.")
    if "llm_calls" in done.salvaged.incomplete:
        click.echo("Budgets do not count the calls that were lost. `kedro llm calls` lists the other calls.")
    click.echo(f"The previous ledger was kept as {done.replaced}. Delete that file when you no longer need it.")
    click.echo("`kedro run` imports the missing words again. Replies in the cache are not paid for again.")


@db.command(name="verify", examples=("kedro db verify",))
@json_option
@env_option
@explaining
def verify_all(as_json: bool, env: str | None) -> None:
    """Check that the ledger and the project's other files agree.

    The other files are the layers, the reply cache, the backups, and the word lists. Exit codes: 0 = no problems; 1 =
    error; 2 = problems were found.
    """
    findings = verify(compared_files(project_files(env)))
    if as_json:
        echo_json([asdict(finding) for finding in findings])
    elif findings:
        for finding in findings:
            click.echo(finding_text(finding))
    else:
        click.echo("No problems found. The ledger, layers, cache, backups, and word lists agree.")
    sys.exit(2 if findings else 0)


@db.command(examples=("kedro db vacuum",))
@env_option
@explaining
def vacuum(env: str | None) -> None:
    """Shrink the ledger file by reclaiming space from deleted rows."""
    files = ledger_files(env)
    path = files.ledger.store.path
    with at_rest(path):
        _known_version(path)
        before = _size(path)
        with making_room(path.parent, room_to_shrink(path), f"Shrinking the ledger {path}", files.cache):
            shrink(path)
        after = _size(path)
    click.echo(f"Size of the ledger {path}: {size_text(before)} before, {size_text(after)} now.")


def _dangling(path: Path, replace_link: bool) -> Path | None:
    """Return the link that leads nowhere and is to be replaced, if there is one. Raises LedgerError if it must stay."""
    link = dangling_link(path)
    # A link of a folder may hold more than the ledger.
    if not (replace_link and link == path) and (problem := access_problem(path)):
        raise problem
    return link


def _known_version(path: Path) -> str:
    """Return the ledger's version, or exit with a message if there is no ledger or it is newer than this release."""
    version = schema.installed_version(path)
    schema.refuse_newer(path, version)
    if version is None:
        fail(f"{no_ledger(path)} Nothing was changed.")
    return version


def _migrate(ledger: Ledger, version: str, to: str) -> None:
    """Back up and migrate the ledger, and print the result. The caller must lock the ledger with ``at_rest``."""
    path = ledger.store.path
    made = ledger.backup()
    click.echo(f"Backed up to {made}.")
    record = schema.migrate(path, to, busy_timeout=30, backup=made)
    click.echo(
        f"The ledger {path} was {record['event']} from {version} to {to} ({rows_text(record)} rows, integrity ok)."
    )


def _size(path: Path) -> int:
    wal = path.with_name(path.name + "-wal")
    return path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
