"""``kedro export changes``: list what the next import into Anki changes."""

import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import click

from korean_flashcards.commands.export.import_text import change_lines
from korean_flashcards.commands.project import (
    Age,
    ExampleCommand,
    WholeNumber,
    env_option,
    explaining,
    json_option,
    open_ledger,
)
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.line_wrap import wrapped
from korean_flashcards.domain.local_time import local_time


@click.command(
    name="changes",
    cls=ExampleCommand,
    examples=("kedro export changes", "kedro export changes --since 7d --json"),
)
@click.option(
    "--since", type=Age(), metavar="AGE", default=None, help="Show all changes of a recent period, such as 7d or 4w."
)
@click.option("--limit", type=WholeNumber(0), default=20, show_default=True, help="List at most this many notes.")
@json_option
@env_option
@explaining
def changes(since: timedelta | None, limit: int, as_json: bool, env: str | None) -> None:
    """List the notes that the last export added or changed.

    An import into Anki adds or updates these notes and leaves all others unchanged. The list is about the whole deck, not
    about a deck of selected words (export.only_selected).
    """
    with open_ledger(env) as ledger:
        notes = ledger.exports.changed_since(int(time.time() - since.total_seconds()) if since else None)
    if as_json:
        echo_json([asdict(note) for note in notes])
    elif not notes:
        click.echo("No exported note has changed." if since else "Nothing has been exported yet. `kedro run` exports.")
    else:
        if not since:
            click.echo(
                f"Last changed on {local_time(datetime.fromtimestamp(max(note.changed_at for note in notes), UTC))}:"
            )
        for line in change_lines(notes, limit):
            click.echo(wrapped(safe(line)))
