"""``kedro ingress``: import word lists as batches, list them, and roll them back.

Exit codes of ``import``: 0 = everything was imported; 1 = a list could not be read; 2 = some rows were rejected.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from kedro.utils import find_kedro_project

from korean_flashcards.commands.disk_room import changing_ledger
from korean_flashcards.commands.ingress.text import (
    in_env,
    list_lines,
    note_lines,
    rejected_lines,
    rejected_rows,
    result_line,
    rollback_question,
    rolled_back,
    status_lines,
)
from korean_flashcards.commands.project import (
    Age,
    CommandGroup,
    FilePath,
    WholeNumber,
    agreed,
    dry_run_option,
    env_option,
    explaining,
    fail,
    json_option,
    open_ledger,
    project,
    yes_option,
)
from korean_flashcards.commands.project_files import project_files
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.datasets.word_lists import list_path, read_lists
from korean_flashcards.domain.plurals import counted
from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger import batches
from korean_flashcards.ledger.words.imports import ImportOptions, ImportResult, exit_code
from korean_flashcards.ledger.words.rollback import cleanup as clear_away
from korean_flashcards.planning.exported_before import restore_exported_words
from korean_flashcards.planning.missing_ledger import check_ledger

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(
    name="ingress",
    cls=CommandGroup,
    examples=(
        "kedro ingress import unit3.csv --tag unit3 --priority 7",
        "kedro ingress list",
        "kedro ingress status unit3",
        "kedro ingress rollback unit3",
    ),
    lazy_subcommands={
        "import-legacy": "korean_flashcards.commands.ingress.legacy.import_legacy",
    },
)
def ingress() -> None:
    """Import word lists as batches, list them, and roll them back."""


@ingress.command(name="import", examples=("kedro ingress import unit3.csv --tag unit3 --priority 7",))
@click.argument("files", nargs=-1, required=True, type=FilePath(), metavar="FILE...")
@click.option(
    "--batch-id", default=None, help="Name the batch (default: the file name). Only allowed with a single FILE."
)
@click.option("--tag", default=None, help="Label the batches with this tag (see `kedro ingress list --tag`).")
@click.option(
    "--priority",
    type=WholeNumber(1, 10),
    default=5,
    show_default=True,
    help="Set the words' priority, from 1 to 10. Higher priorities run first.",
)
@click.option(
    "--on-duplicate", type=click.Choice(["skip", "update", "keep"]), default="skip", show_default=True,
    help="Choose what to do if a row's word and meaning already exist: skip the row, update the word, or keep both.",
)  # fmt: skip
@dry_run_option
@json_option
@env_option
@explaining
def import_lists(files: tuple[Path, ...], as_json: bool, env: str | None, **options: Any) -> None:
    """Import word lists, or folders of lists.

    Reads .csv, .tsv, .txt, and .xlsx files, and prints how each list was read: its columns, and anything unusual.
    Exit codes: 0 = everything was imported; 1 = a list could not be read; 2 = some rows were rejected.
    """
    lists = _read(files)
    lines = sum(one.data.count(b"\n") for one in lists)
    with project(env) as context:
        check_ledger(context.catalog, asking=not options["dry_run"])
        with context.catalog.load("ledger") as ledger, _progress(lines, quiet=as_json) as progress:
            if not options["dry_run"]:
                restore_exported_words(context.catalog, ledger)
            results = ledger.imports.take(lists, ImportOptions(**options), progress)
    if as_json:
        # Only a dry run has the rejected rows. Otherwise, `kedro ingress status` lists them.
        hidden = set() if options["dry_run"] else {"rejects"}
        echo_json([{name: value for name, value in asdict(one).items() if name not in hidden} for one in results])
    else:
        _print_results(results, options["dry_run"], env)
    raise SystemExit(exit_code(results))


@ingress.command(name="list", examples=("kedro ingress list --tag unit3", "kedro ingress list --since 2026-11-23"))
@click.option(
    "--status", "state", type=click.Choice(batches.STATES), default=None, help="List only batches in this state."
)
@click.option("--tag", default=None, help="List only batches with this tag.")
@click.option(
    "--since",
    type=_DAY,
    default=None,
    metavar="DATE",
    help="List only batches imported on or after this day, such as 2026-11-23.",
)
@click.option(
    "--until", type=_DAY, default=None, metavar="DATE", help="List only batches imported on or before this day."
)
@click.option("--limit", type=WholeNumber(1), default=20, show_default=True, help="List at most this many batches.")
@json_option
@env_option
@explaining
def list_batches(
    state: str | None, tag: str | None, since: datetime | None, until: datetime | None, limit: int,
    as_json: bool, env: str | None,
) -> None:  # fmt: skip
    """List imported batches, newest first."""
    first, last = _utc(since), _utc(until + timedelta(days=1) if until else None)
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        found = batches.listing(ledger.store, state, tag, first, last, limit)
    if as_json:
        echo_json(asdict(found))
    elif found.rows:
        click.echo("\n".join(list_lines(found.rows)))
        if found.more:
            click.echo(f"… and {found.more:,} more (--limit)")
    elif any((state, tag, since, until)):
        click.echo("No batches match.")
    else:
        click.echo("There are no batches yet. Import a word list with `kedro ingress import FILE`.")


# The old name of the command still works.
_old_list = copy(list_batches)
_old_list.hidden = True
ingress.add_command(_old_list, "list-batches")


@ingress.command(examples=("kedro ingress status unit3", "kedro ingress status --json"))
@click.argument("batch", required=False)
@json_option
@env_option
@explaining
def status(batch: str | None, as_json: bool, env: str | None) -> None:
    """Show the progress, warnings, and rejected rows of a BATCH.

    Without BATCH, lists the rejected rows in the newest version of every imported list.
    """
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        if batch is None:
            rejects = ledger.vocabulary.rejects(None).to_dicts()
            _print(rejects, rejected_lines(rejects), as_json)
        else:
            found = batches.status(ledger.store, batch)
            _print(asdict(found), status_lines(found, env), as_json)


@ingress.command(examples=("kedro ingress rollback unit3",))
@click.argument("batch")
@yes_option
@env_option
@explaining
def rollback(batch: str, yes: bool, env: str | None) -> None:
    """Remove a BATCH and the words that only this batch contains.

    Backs up the ledger first. Asks for confirmation on a terminal. Without a terminal, --yes is required only if cards
    for these words are in a deck.
    """
    with open_ledger(env) as ledger:
        if sys.stdin.isatty() and not yes:
            agreed(rollback_question(batch, batches.only_here(ledger.store, batch)), yes, f"roll back {batch}")
            yes = True
        with changing_ledger(ledger, f"Rolling back {batch}", project_files(env).cache):
            done = ledger.rollback(batch, yes)
    click.echo(rolled_back(done, env))


@ingress.command(examples=("kedro ingress cleanup --older-than 30d --dry-run",))
@click.option(
    "--older-than",
    type=Age(),
    required=True,
    metavar="AGE",
    help="Remove batches and runs that ended more than this long ago, such as 12h, 30d, or 4w.",
)
@dry_run_option
@env_option
@explaining
def cleanup(older_than: timedelta, dry_run: bool, env: str | None) -> None:
    """Remove old, empty batches and the records of old runs.

    Words are never removed. A batch contains no words if its import failed or all of its rows were rejected.
    """
    with open_ledger(env) as ledger, changing_ledger(ledger, "The cleanup", project_files(env).cache):
        gone = clear_away(ledger.store, ledger.runs, older_than, dry_run)
    click.echo(
        f"{'Dry run: nothing was changed. This would remove' if dry_run else 'Removed'} "
        f"{counted(gone.batches, 'batch', 'batches')} without words and {counted(gone.runs, 'ended run')}."
    )


def _read(paths: tuple[Path, ...]) -> list[ListFile]:
    """Read each word list once. Raises WordListError if a path does not exist."""
    lists: dict[str, ListFile] = {}
    for path in paths:
        try:
            found = read_lists(list_path(path, find_kedro_project(Path.cwd())))
        except OSError as error:
            fail(f"{path} cannot be read: {error.strerror}. Nothing was imported.")
        if not found:
            fail(f"There is no word list (.csv, .tsv, .txt, .xlsx) in {path}. Nothing was imported.")
        lists |= {one.source: one for one in found}
    return list(lists.values())


@contextmanager
def _progress(lines: int, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    """Show a progress bar on a terminal and yield the function that advances it. Without a terminal, yield None.

    ``lines`` is the approximate number of rows.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    # Imported here, which saves 30 ms without a terminal.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    rows = TextColumn("{task.completed:,.0f} rows{task.fields[rate]}")
    with Progress(BarColumn(), rows, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        importing = bar.add_task("rows", total=lines, rate="")

        def show(rows: int) -> None:
            speed = bar.tasks[importing].speed
            bar.update(importing, advance=rows, rate=f", {speed:,.0f} per second" if speed else "")

        yield show


def _print(data: Any, lines: list[str], as_json: bool) -> None:
    if as_json:
        echo_json(data)
    else:
        click.echo("\n".join(lines))


def _print_results(results: list[ImportResult], dry_run: bool, env: str | None) -> None:
    if dry_run:
        click.echo("Dry run: nothing was changed. The result would be:")
    for result in results:
        click.echo(result_line(result), err=result.state == "failed")
        for line in note_lines(result):
            click.echo(line)
        if result.rejects:
            click.echo("\n".join(rejected_rows(result.file, result.rejects)[1:]))
    if not dry_run:
        for result in results:
            if result.rejected and not result.already:
                click.echo(f"To see the rejected rows: kedro ingress status {safe(result.batch_id)}{in_env(env)}")


def _utc(day: datetime | None) -> str | None:
    """Return the start of the local day as a UTC time in the ledger's format."""
    return day.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if day else None
