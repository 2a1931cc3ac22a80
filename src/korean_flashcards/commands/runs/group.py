"""``kedro runs``: list recorded runs, and show one run with its figures by stage."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import click

from korean_flashcards.commands.project import (
    Age,
    CommandGroup,
    WholeNumber,
    env_option,
    explaining,
    json_option,
    open_ledger,
)
from korean_flashcards.commands.runs.text import day_lines, run_lines, runs_table
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.domain.line_wrap import COLUMNS
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger import run_history

_WIDE = 200  # columns without a terminal, so that a script or a file gets uncut values

_since = click.option(
    "--since", type=Age(), metavar="AGE", default=None, help="Show only this recent period, such as 12h, 7d, or 4w."
)


@click.group(
    name="runs",
    cls=CommandGroup,
    examples=("kedro runs list --since 7d", "kedro runs show", "kedro runs days --since 4w"),
)
def runs() -> None:
    """List runs and imports with their results, costs, and durations."""


@runs.command(name="list", examples=("kedro runs list --since 7d", "kedro runs list --exit-code 1 --exit-code 2"))
@click.option("--limit", type=WholeNumber(1), default=20, show_default=True, help="List at most this many runs.")
@_since
@click.option(
    "--exit-code",
    "exit_codes",
    multiple=True,
    type=click.Choice(("0", "1", "2")),
    help="List only runs with this exit code (repeatable).",
)
@json_option
@env_option
@explaining
def list_runs(limit: int, since: timedelta | None, exit_codes: tuple[str, ...], as_json: bool, env: str | None) -> None:
    """List runs and imports, newest first.

    Results: complete (exit code 0), failed (1), incomplete (2), killed, active, or unknown (older releases). The
    column "hits" counts replies from the cache, and "misses" counts requests for which calls were made. A terminal too
    narrow for all columns leaves these two out.
    """
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        codes = [int(code) for code in exit_codes]
        found, total = run_history.listing(ledger.store, limit, _after(since), codes)
    if as_json:
        # `kedro runs show --json` has all parameters.
        echo_json([{name: value for name, value in asdict(run).items() if name != "parameters"} for run in found])
    elif not found:
        narrowed = since or exit_codes
        click.echo("No runs match." if narrowed else "There are no recorded runs yet. `kedro run` starts one.")
    else:
        click.echo(runs_table(found, COLUMNS if sys.stdout.isatty() else _WIDE))
        if total > len(found):
            click.echo(f"{counted(total - len(found), 'older run')} not shown (--limit).")


@runs.command(name="show", examples=("kedro runs show", "kedro runs show 1a2b3c4d --json"))
@click.argument("run", required=False, metavar="[RUN]")
@json_option
@env_option
@explaining
def show(run: str | None, as_json: bool, env: str | None) -> None:
    """Show a run with all its figures, by stage.

    RUN is the run's ID, or the beginning or end of the ID. Without RUN, the newest run is shown.
    """
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        found = run_history.find(ledger.store, run)
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo("\n".join(run_lines(found)))


@runs.command(name="days", examples=("kedro runs days --since 4w",))
@_since
@json_option
@env_option
@explaining
def days(since: timedelta | None, as_json: bool, env: str | None) -> None:
    """List the sums of all runs and imports by day (UTC), newest first.

    Includes the runs that `kedro ingress cleanup` has removed.
    """
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        found = run_history.by_day(ledger.store, _after(since))
    if as_json:
        echo_json([asdict(day) for day in found])
    elif not found:
        click.echo("No runs match." if since else "There are no recorded runs yet. `kedro run` starts one.")
    else:
        click.echo("\n".join(day_lines(found)))


def _after(since: timedelta | None) -> str | None:
    return (datetime.now(UTC) - since).strftime("%Y-%m-%dT%H:%M:%SZ") if since else None
