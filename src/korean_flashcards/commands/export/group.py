"""``kedro export``: write the deck, list what the next import changes, and show or change the project ID."""

import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from korean_flashcards.commands.export.import_text import change_lines
from korean_flashcards.commands.project import (
    Age,
    CommandGroup,
    WholeNumber,
    agreed,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    open_ledger,
    project,
    yes_option,
)
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.line_wrap import wrapped
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.project_ids import is_project_id

_LIMIT = 20

_limit = click.option(
    "--limit", type=WholeNumber(0), default=_LIMIT, show_default=True, help="List at most this many notes."
)


@click.group(
    name="export",
    cls=CommandGroup,
    examples=("kedro export run", "kedro export changes --since 7d", "kedro export project-id"),
)
def export() -> None:
    """Write the deck, and list what an import into Anki changes."""


@export.command(name="run", examples=("kedro export run", "kedro export run --params export.deck_name=Korean::A1"))
@click.option("--params", default="", metavar="NAME=VALUE,…", help="Set parameters for this run, as in `kedro run`.")
@_limit
@env_option
@explaining
def run_export(params: str, limit: int, env: str | None) -> None:
    """Write the deck and the text files, and list the changed notes.

    Does the same as `kedro run --pipeline=export`. Then lists the notes that the next import into Anki adds or updates.
    Exit codes: 0 = all done; 1 = error; 2 = finished but incomplete.
    """
    # Imported here because the run's modules take 0.3 s to load, and the other commands do not need them.
    from korean_flashcards.commands.run import run

    with open_ledger(env) as ledger:
        last_change = ledger.exports.last_change()
    arguments = ["--pipeline=export", *([f"--params={params}"] if params else []), *([f"--env={env}"] if env else [])]
    code: Any = 0
    try:
        run.main(arguments, prog_name="kedro export run", standalone_mode=False)
    except SystemExit as end:
        code = end.code
    if code in (0, 2):
        with open_ledger(env) as ledger:
            notes = ledger.exports.changed_since(last_change + 1)
        for line in change_lines(notes, limit):
            click.echo(wrapped(safe(line)))
    sys.exit(code)


@export.command(name="changes", examples=("kedro export changes", "kedro export changes --since 7d --json"))
@click.option(
    "--since", type=Age(), metavar="AGE", default=None, help="Show all changes of a recent period, such as 7d or 4w."
)
@_limit
@json_option
@env_option
@explaining
def changes(since: timedelta | None, limit: int, as_json: bool, env: str | None) -> None:
    """List the notes that the last export added or changed.

    An import into Anki adds or updates these notes and leaves all others unchanged.
    """
    with open_ledger(env) as ledger:
        notes = ledger.exports.changed_since(int(time.time() - since.total_seconds()) if since else None)
    if as_json:
        echo_json([asdict(note) for note in notes])
    elif not notes:
        click.echo("No exported note has changed." if since else "Nothing has been exported yet. `kedro run` exports.")
    else:
        if not since:
            click.echo(f"Changed on {local_time(datetime.fromtimestamp(max(note.changed_at for note in notes), UTC))}:")
        for line in change_lines(notes, limit):
            click.echo(wrapped(safe(line)))


@export.command(name="project-id", examples=("kedro export project-id", "kedro export project-id my-course --yes"))
@click.argument("new", required=False, metavar="[ID]")
@yes_option
@env_option
@explaining
def project_id(new: str | None, yes: bool, env: str | None) -> None:
    """Show or change the ID that keeps this project's notes apart.

    The ID is part of the GUID of each note in Anki, so the decks of two projects do not overwrite each other's notes.
    Words that were exported before keep their GUIDs, and learners keep their schedules.
    """
    with project(env) as context:
        stored = context.catalog["project_id"]
        current = stored.load()
        if new is None:
            click.echo(current or "There is no project ID yet. The first export writes a random one.")
            return
        if not is_project_id(new):
            fail(f"{new!r} cannot be a project ID. Use 4 to 40 lowercase letters a to z, digits, or hyphens.")
        with ledger_of(context) as ledger:
            exported = sum(ledger.exports.words_by_project().values())
        if new != current:
            kept = f"{counted(exported, 'exported word')} keep their GUIDs. " if exported else ""
            agreed(f"{kept}New words get GUIDs with the ID {new}. Continue?", yes, "change the project ID")
            stored.save(new)
        click.echo(f"The project ID is {new}, in {stored.path.relative_to(context.project_path)}.")
