"""``kedro tasks``: what is requested, what failed and why, and what a person can do about it."""

import functools
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import click

from korean_flashcards.commands.project import (
    CommandGroup,
    agreed,
    dry_run_option,
    env_option,
    explaining,
    fail,
    json_option,
    open_ledger,
    yes_option,
)
from korean_flashcards.commands.terminal import echo_json, safe, table
from korean_flashcards.domain.failures import advice
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.tasks import task_changes, task_list
from korean_flashcards.ledger.tasks.task_changes import Changes
from korean_flashcards.ledger.tasks.task_list import Filters

_words = click.argument("words", nargs=-1, metavar="[WORD]...")
_batch = click.option("--batch", default=None, help="Choose the words of this batch (`kedro ingress list`).")
_code = click.option("--code", "codes", multiple=True, help="Choose tasks that failed with this code (repeatable).")
_stage = click.option(
    "--stage", "stages", multiple=True, type=click.Choice(task_list.STAGES), help="Choose this stage (repeatable)."
)


def _state(known: tuple[str, ...]) -> Callable[[Any], Any]:
    return click.option(
        "--state", "states", multiple=True, type=click.Choice(known), help="Choose this state (repeatable)."
    )


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hand the words and the options over as one ``filters``."""

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
    """List, retry, drop and prioritize tasks: one per word and stage (nuance, flashcards, judge)."""


@tasks.command(name="list")
@_words
@_state(task_list.STATES)
@_stage
@_code
@_batch
@click.option("--stale", is_flag=True, help="Choose tasks whose reply is stale: an older prompt, model or word data.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="List at most this many.")
@json_option
@env_option
@explaining
@_filters
def list_tasks(filters: Filters, limit: int, as_json: bool, env: str | None) -> None:
    """List tasks in the order of the queue."""
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        found = task_list.listing(ledger.store, filters, limit)
    if as_json:
        echo_json(asdict(found))
    elif found.rows:
        _print_listing(found)
    else:
        click.echo(
            "There are no such tasks." if filters != Filters() else "There are no tasks: `kedro ingress import`."
        )


@tasks.command
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
    """Retry failed, dead and dropped tasks with the next `kedro run`.

    Records of an earlier system are requested again, and paid, only if WORD or --batch names them.
    """
    if all_dead:
        filters = replace(filters, states=(*filters.states, "dead"))
    _need_filters(filters, "--state dead|failed|dropped, --code, --batch, --stage or --all-dead")
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        planned = task_changes.retry(ledger.store, filters, dry_run=True)
        if planned.records and not dry_run:
            agreed(
                f"{counted(planned.records, 'task')} with a record of an earlier system: the next run pays for a new one. "
                "Request them again?",
                yes,
            )
        changes = planned if dry_run else task_changes.retry(ledger.store, filters)
    click.echo(_changed_line(changes, "back in the queue", dry_run))
    if changes.records:
        click.echo(
            f"{changes.records:,} with a record of an earlier system: it stays in use until `kedro run` has another "
            "(stale=keep goes on using it)."
        )
    _say_left(changes, "its reply is in the cache; change the prompt or the model to get another")


@tasks.command
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
    """Drop tasks: they are neither requested nor counted as missing. `kedro tasks retry` restores them."""
    _need_filters(filters, "--state, --code, --batch or --stage")
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        changes = task_changes.drop(ledger.store, filters, dry_run)
    click.echo(_changed_line(changes, "dropped", dry_run))
    _say_left(changes, "its reply is paid for and stays in use")


@tasks.command
@click.argument("priority", type=click.IntRange(1, 10))
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
    """Set the PRIORITY of words: 1 to 10, higher runs first."""
    _need_filters(filters, "--state, --code, --batch or --stage")
    with open_ledger(env) as ledger:
        changes = task_changes.prioritize(ledger.store, priority, filters, dry_run)
    click.echo(_changed_line(changes, f"at priority {priority}", dry_run))
    if changes.left:
        click.echo(f"{counted(sum(changes.left.values()), 'task')} had it already.")


def _need_filters(filters: Filters, options: str) -> None:
    if filters == Filters():
        fail(f"Say which: a WORD (a headword, or an item id such as 배#2), or {options}. Nothing was changed.")


def _by_state(states: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in states.items())


def _print_listing(found: task_list.TaskListing) -> None:
    click.echo(f"{counted(sum(found.states.values()), 'task')}: {_by_state(found.states)}")
    headers = ("word", "stage", "state", "priority", "attempts", "code", "why")
    click.echo(table(headers, map(_listed, found.rows)))
    if found.more:
        click.echo(f"… and {found.more:,} more (--limit)")
    _advise({row["code"] for row in found.rows if row["state"] == "dead"})


def _listed(row: dict[str, Any]) -> tuple[Any, ...]:
    why = "; ".join(filter(None, (row["message"], row["stale"] and f"stale: {row['stale']}")))
    return row["item_id"], row["stage"], row["state"], row["priority"], row["attempts"], row["code"], why


def _advise(codes: set[str]) -> None:
    if codes:
        click.echo("\nDead letters wait for you: `kedro tasks retry --code CODE` puts them back into the queue.")
        for code in sorted(codes):
            click.echo(f"  {safe(code)}: {advice(code)}")


def _changed_line(changes: Changes, became: str, dry_run: bool) -> str:
    if not changes.changed:
        return "Nothing to change."
    count = sum(changes.changed.values())
    words = counted(changes.words, "word")
    line = f"{counted(count, 'task')} of {words} {became} ({_by_state(changes.changed)})."
    return f"Dry run, nothing was changed. It would be: {line}" if dry_run else line


def _say_left(changes: Changes, done: str) -> None:
    why = {"done": done, "running": "a run is at work on it", "pending": "it waits in the queue already"}
    for state, count in changes.left.items():
        click.echo(f"{counted(count, 'task')} {state}, left alone: {why.get(state, 'it was dropped already')}.")
