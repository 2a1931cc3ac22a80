"""``kedro tasks``: list tasks with the reason for each failure, and retry, drop, or prioritize them."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

import click

from korean_flashcards.commands.failure_codes import check_codes
from korean_flashcards.commands.layout import detailed_table, wrapped
from korean_flashcards.commands.project import (
    CommandGroup,
    WholeNumber,
    agreed,
    dry_run_option,
    env_option,
    explaining,
    fail,
    json_option,
    open_ledger,
    yes_option,
)
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.domain.failures import advice
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.tasks import task_changes, task_list
from korean_flashcards.ledger.tasks.task_changes import Changes
from korean_flashcards.ledger.tasks.task_list import Filters

_words = click.argument("words", nargs=-1, metavar="[WORD]...")
_batch = click.option("--batch", default=None, help="Choose the words in this batch (see `kedro ingress list`).")
_code = click.option("--code", "codes", multiple=True, help="Choose tasks that failed with this code (repeatable).")
_stage = click.option(
    "--stage",
    "stages",
    multiple=True,
    type=click.Choice(task_list.STAGES),
    help="Choose tasks in this stage (repeatable).",
)


def _state(known: tuple[str, ...]) -> Callable[[Any], Any]:
    return click.option(
        "--state", "states", multiple=True, type=click.Choice(known), help="Choose tasks in this state (repeatable)."
    )


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Pass the words and the filter options to the command as a single ``filters`` argument."""

    @functools.wraps(command)
    def filtered(**given: Any) -> Any:
        names = set(given) & {"words", "states", "stages", "codes", "batch", "stale"}
        return command(filters=Filters(**{name: given.pop(name) for name in names}), **given)

    return filtered


@click.group(
    name="tasks",
    cls=CommandGroup,
    examples=(
        "kedro tasks list --state dead",
        "kedro tasks retry --code timeout",
        "kedro tasks prioritize 9 남성",
    ),
    lazy_subcommands={
        "show": "korean_flashcards.commands.old_names.tasks_show",
    },
)
def tasks() -> None:
    """List, retry, drop, and prioritize tasks. A task is one stage (nuance, flashcards, or judge) for one word."""


@tasks.command(name="list", examples=("kedro tasks list --state dead", "kedro tasks list --stale"))
@_words
@_state(task_list.STATES)
@_stage
@_code
@_batch
@click.option("--stale", is_flag=True, help="Choose tasks with a stale reply: the prompt, model, or data has changed.")
@click.option("--limit", type=WholeNumber(1), default=50, show_default=True, help="List at most this many tasks.")
@json_option
@env_option
@explaining
@_filters
def list_tasks(filters: Filters, limit: int, as_json: bool, env: str | None) -> None:
    """List tasks in queue order.

    With --stale, lists the tasks that are stale for the next `kedro run`, as `kedro plan` does.
    """
    with _listed_ledger(filters, env) as ledger:
        found = task_list.listing(ledger.store, filters, limit)
    if not found.rows:
        check_codes(filters.codes)
    if as_json:
        echo_json(asdict(found))
    elif found.rows:
        _print_listing(found)
    else:
        click.echo(
            "No tasks match." if filters != Filters() else "There are no tasks yet. Run `kedro ingress import FILE`."
        )


@tasks.command(examples=("kedro tasks retry --code timeout", "kedro tasks retry --all-dead"))
@_words
@_state(task_changes.RETRIED)
@_stage
@_code
@_batch
@click.option("--all-dead", is_flag=True, help="Choose every dead letter, as --state dead does.")
@yes_option
@dry_run_option
@env_option
@explaining
@_filters
def retry(filters: Filters, all_dead: bool, yes: bool, dry_run: bool, env: str | None) -> None:
    """Retry failed, dead, and dropped tasks in the next `kedro run`.

    Records from an earlier system are requested again, at a cost, only if WORD or --batch selects them.
    """
    if all_dead:
        filters = replace(filters, states=(*filters.states, "dead"))
    _need_filters(filters, "--state dead|failed|dropped, --code, --batch, --stage, or --all-dead")
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        planned = task_changes.retry(ledger.store, filters, dry_run=True)
        if planned.records and not dry_run:
            agreed(
                f"Tasks with a record from an earlier system: {planned.records:,}. You will pay for new records in "
                "the next run. Request them again?",
                yes,
                f"request {counted(planned.records, 'record')} from an earlier system again in the next run, at a cost",
            )
        changes = planned if dry_run else task_changes.retry(ledger.store, filters)
    _check_codes(filters, changes)
    click.echo(_changed_line(changes, "Queued {} again", dry_run))
    if changes.records:
        click.echo(
            f"Records from an earlier system: {changes.records:,}. These records stay in use until "
            "`kedro run` replaces them."
        )
        click.echo("`kedro run --params stale=keep` keeps these records.")
    _print_left(changes, "the reply is in the cache; change the prompt or the model to get a different reply")


@tasks.command(examples=("kedro tasks drop 남성", "kedro tasks drop --batch unit3 --stage flashcards"))
@_words
@_state(task_changes.DROPPED)
@_stage
@_code
@_batch
@dry_run_option
@env_option
@explaining
@_filters
def drop(filters: Filters, dry_run: bool, env: str | None) -> None:
    """Drop tasks so that runs skip them.

    Dropped tasks do not count as missing. `kedro tasks retry` restores them.
    """
    _need_filters(filters, "--state, --code, --batch, or --stage")
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        changes = task_changes.drop(ledger.store, filters, dry_run)
    _check_codes(filters, changes)
    click.echo(_changed_line(changes, "Dropped {}", dry_run))
    _print_left(changes, "the reply is paid for and stays in use")


@tasks.command(examples=("kedro tasks prioritize 9 남성", "kedro tasks prioritize 2 --batch unit3"))
@click.argument("priority", type=WholeNumber(1, 10))
@_words
@_state(task_list.STATES)
@_stage
@_code
@_batch
@dry_run_option
@env_option
@explaining
@_filters
def prioritize(priority: int, filters: Filters, dry_run: bool, env: str | None) -> None:
    """Set the PRIORITY of tasks, from 1 to 10. Higher priorities run first."""
    _need_filters(filters, "--state, --code, --batch, or --stage")
    with open_ledger(env) as ledger:
        changes = task_changes.prioritize(ledger.store, priority, filters, dry_run)
    _check_codes(filters, changes)
    click.echo(_changed_line(changes, f"Set priority {priority} for {{}}", dry_run))
    if changes.left:
        click.echo(f"{counted(sum(changes.left.values()), 'task')} already had this priority.")


@contextmanager
def _listed_ledger(filters: Filters, env: str | None) -> Iterator[Ledger]:
    """Yield the ledger, or a copy that contains the plan of the next run if stale tasks are listed."""
    if filters.stale:
        # Imported here, because only this option needs the pipelines, which take a second to import.
        from korean_flashcards.commands.planned_tasks import planned_ledger

        with planned_ledger(env) as planned:
            yield planned
        return
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        yield ledger


def _check_codes(filters: Filters, changes: Changes) -> None:
    if not changes.changed and not changes.left:
        check_codes(filters.codes)


def _need_filters(filters: Filters, options: str) -> None:
    if filters == Filters():
        fail(f"Give a WORD (a headword, or an item ID such as 배#2), or {options}. Nothing was changed.")


def _by_state(states: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in states.items())


def _print_listing(found: task_list.TaskListing) -> None:
    click.echo(f"{counted(sum(found.states.values()), 'task')}: {_by_state(found.states)}")
    headers = ("word", "stage", "state", "priority", "attempts", "code")
    rows = ((row["item_id"], *(row[name] for name in headers[1:])) for row in found.rows)
    click.echo("\n".join(detailed_table(headers, rows, map(_details, found.rows))))
    if found.more:
        click.echo(f"… and {found.more:,} more (--limit)")
    _advise({row["code"] for row in found.rows if row["state"] == "dead"})


def _details(row: dict[str, Any]) -> list[str]:
    """Return the task's failure message and the reason why its reply is stale."""
    return [*filter(None, [row["message"]]), *([f"stale: {row['stale']}"] if row["stale"] else [])]


def _advise(codes: set[str]) -> None:
    if codes:
        click.echo("\nDead letters are not retried automatically.")
        click.echo("`kedro tasks retry --code CODE` queues them again.")
        for code in sorted(codes):
            click.echo("\n".join(wrapped(f"{code}: {advice(code)}", hanging=2)))


def _changed_line(changes: Changes, done: str, dry_run: bool) -> str:
    """Return the number of changed tasks and their previous states. ``done`` is a message with a placeholder."""
    if not changes.changed:
        return "Nothing to change."
    affected = f"{counted(sum(changes.changed.values()), 'task')} of {counted(changes.words, 'word')}"
    before = _by_state(changes.changed)
    if dry_run:
        return f"Dry run: nothing was changed. This would affect {affected} ({before})."
    return f"{done.format(affected)} (before: {before})."


def _print_left(changes: Changes, done: str) -> None:
    why = {"done": done, "running": "a run is working on it", "pending": "already in the queue"}
    for state, count in changes.left.items():
        line = f"Unchanged: {counted(count, f'{state} task')} ({why.get(state, 'already dropped')})."
        click.echo("\n".join(wrapped(line, indent=0)))
