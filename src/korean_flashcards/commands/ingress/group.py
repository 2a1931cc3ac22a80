"""``kedro ingress``: word lists as batches — taken in, looked at, taken back.

Exit codes of ``import``: 0 everything is in the ledger, 1 a list could not be read, 2 rows of a list were rejected.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from kedro.framework.cli.utils import LazyGroup

from korean_flashcards.commands.ingress.text import (
    LIST_HEADERS,
    in_env,
    list_row,
    result_line,
    rolled_back,
    status_lines,
    would_go,
)
from korean_flashcards.commands.project import (
    Age,
    CommandGroup,
    agreed,
    env_option,
    explaining,
    fail,
    json_option,
    open_ledger,
)
from korean_flashcards.commands.terminal import echo_json, safe, table
from korean_flashcards.datasets.word_lists import read_lists
from korean_flashcards.domain.plurals import counted
from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger import batches
from korean_flashcards.ledger.words.imports import ImportOptions, ImportResult
from korean_flashcards.ledger.words.rollback import cleanup as clear_away

_DAY = click.DateTime(["%Y-%m-%d"])


class _Ingress(CommandGroup, LazyGroup):
    """Exit codes as CommandGroup, commands imported when they are called as LazyGroup."""


@click.group(
    name="ingress",
    cls=_Ingress,
    lazy_subcommands={"import-legacy": "korean_flashcards.commands.ingress.legacy.import_legacy"},
)
def ingress() -> None:
    """Word lists: import them as batches, see what became of them, take them back."""


@ingress.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--batch-id", default=None, help="Name of the batch (default: the file's name); one file only.")
@click.option("--tag", default=None, help="A label to find the batches by: `kedro ingress list --tag`.")
@click.option("--priority", type=click.IntRange(1, 10), default=5, show_default=True, help="Higher is worked on first.")
@click.option(
    "--on-duplicate", type=click.Choice(["skip", "update", "keep"]), default="skip", show_default=True,
    help="A word that is there with the same meaning: leave it, take the row's values over, or keep both.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@json_option
@env_option
@explaining
def import_lists(files: tuple[Path, ...], as_json: bool, env: str | None, **options: Any) -> None:
    """Take word lists (.csv, .tsv, .txt), or folders of them, into the ledger.

    Exit codes: 0 everything is in the ledger, 1 a list could not be read, 2 rows were rejected.
    """
    lists = _read(files)
    lines = sum(one.data.count(b"\n") for one in lists)
    with open_ledger(env) as ledger, _progress(lines, quiet=as_json) as progress:
        results = ledger.imports.take(lists, ImportOptions(**options), progress)
    if as_json:
        echo_json([asdict(result) for result in results])
    else:
        _print_results(results, options["dry_run"], env)
    raise SystemExit(_exit_code(results))


@ingress.command(name="list")
@click.option("--status", "state", type=click.Choice(batches.STATES), default=None)
@click.option("--tag", default=None)
@click.option("--since", type=_DAY, default=None, metavar="DATE", help="Imported on this day or later (2026-11-23).")
@click.option("--until", type=_DAY, default=None, metavar="DATE", help="Imported on this day or earlier.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@json_option
@env_option
@explaining
def list_batches(
    state: str | None, tag: str | None, since: datetime | None, until: datetime | None, limit: int,
    as_json: bool, env: str | None,
) -> None:  # fmt: skip
    """The batches, newest first."""
    first, last = _utc(since), _utc(until + timedelta(days=1) if until else None)
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        found = batches.listing(ledger.store, state, tag, first, last, limit)
    if as_json:
        echo_json(asdict(found))
    elif found.rows:
        click.echo(table(LIST_HEADERS, map(list_row, found.rows)))
        if found.more:
            click.echo(f"… and {found.more:,} more (--limit)")
    else:
        click.echo("There are no such batches. `kedro ingress import FILE` makes one.")


@ingress.command
@click.argument("batch")
@json_option
@env_option
@explaining
def status(batch: str, as_json: bool, env: str | None) -> None:
    """All about a BATCH: counts, progress of its words, each reject with row, code, reason and text."""
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        found = batches.status(ledger.store, batch)
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo("\n".join(status_lines(found)))


@ingress.command
@click.argument("batch")
@click.option("--yes", is_flag=True, help="Do not ask; also where cards of its words are in a deck.")
@env_option
@explaining
def rollback(batch: str, yes: bool, env: str | None) -> None:
    """Take back what only this BATCH brought; a backup is made first.

    On a terminal it says what goes and asks. Elsewhere it asks for --yes only where cards of the words are in a deck.
    """
    with open_ledger(env) as ledger:
        if sys.stdin.isatty() and not yes:
            agreed(would_go(batch, batches.only_here(ledger.store, batch)), yes)
            yes = True
        done = ledger.rollback(batch, yes)
    click.echo(rolled_back(done, env))


@ingress.command
@click.option("--older-than", type=Age(), required=True, metavar="AGE", help="Such as 12h, 30d, 4w.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@env_option
@explaining
def cleanup(older_than: timedelta, dry_run: bool, env: str | None) -> None:
    """Forget old batches that hold no word (failed, or all rows rejected) and old runs; never a word."""
    with open_ledger(env) as ledger:
        gone = clear_away(ledger.store, ledger.runs, older_than, dry_run)
    click.echo(
        f"{'Dry run, nothing was removed. It would be' if dry_run else 'Removed'}: "
        f"{counted(gone.batches, 'batch', 'batches')} that held no word, {counted(gone.runs, 'ended run')}."
    )


def _read(paths: tuple[Path, ...]) -> list[ListFile]:
    """All lists, each once, before anything is imported. Raises WordListError for a path that is not there."""
    lists: dict[str, ListFile] = {}
    for path in paths:
        try:
            found = read_lists(path)
        except OSError as error:
            fail(f"{path} cannot be read: {error.strerror}. Nothing was imported.")
        if not found:
            fail(f"There is no word list (.csv, .tsv, .txt) in {path}. Nothing was imported.")
        lists |= {one.source: one for one in found}
    return list(lists.values())


@contextmanager
def _progress(lines: int, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    """A bar of rows and their rate on a terminal, nothing elsewhere; ``lines`` is about how many rows there will be."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    # Saves 30 ms where there is no terminal.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    rows = TextColumn("{task.completed:,.0f} rows{task.fields[rate]}")
    with Progress(BarColumn(), rows, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        importing = bar.add_task("rows", total=lines, rate="")

        def show(rows: int) -> None:
            speed = bar.tasks[importing].speed
            bar.update(importing, advance=rows, rate=f", {speed:,.0f} a second" if speed else "")

        yield show


def _print_results(results: list[ImportResult], dry_run: bool, env: str | None) -> None:
    if dry_run:
        click.echo("Dry run, nothing was changed. It would be:")
    for result in results:
        click.echo(result_line(result), err=result.state == "failed")
    if not dry_run:
        for result in results:
            if result.rejected and not result.already:
                click.echo(f"Rejected rows and why: kedro ingress status {safe(result.batch_id)}{in_env(env)}")


def _exit_code(results: list[ImportResult]) -> int:
    if any(result.state == "failed" for result in results):
        return 1
    return 2 if any(result.rejected and not result.already for result in results) else 0


def _utc(day: datetime | None) -> str | None:
    """Midnight here, as the ledger writes times."""
    return day.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if day else None
