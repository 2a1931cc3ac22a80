"""``kedro costs``: show what all recorded calls have cost, by stage, model, prompt, day, or word list."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from korean_flashcards.commands.costs.text import cost_lines
from korean_flashcards.commands.llm.group import record_interrupted_calls
from korean_flashcards.commands.project import (
    ExampleCommand,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    project,
)
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.ledger.spending.spending_groups import GROUPINGS, GroupBy, grouped_costs


class Day(click.ParamType):  # type: ignore[type-arg]
    """A day, such as 2026-11-29."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            found = datetime.strptime(str(value).strip(), "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is not a day. Write it as YYYY-MM-DD, such as 2026-11-29.", param, ctx)
        # Time zones move the first and the last day that Python knows out of its range.
        if not date.min.year < found.year < date.max.year:
            self.fail(f"{value!r} is too far away.", param, ctx)
        return found


@click.command(
    name="costs",
    cls=ExampleCommand,
    examples=("kedro costs --by model", "kedro costs --by day --from 2026-11-01", "kedro costs --by list --json"),
)
@click.option(
    "--by",
    type=click.Choice(GROUPINGS),
    default="stage",
    show_default=True,
    help="Show the costs by stage, model, prompt version, day, or word list.",
)
@click.option("--from", "first", type=Day(), metavar="DAY", help="Include only calls on or after this day.")
@click.option("--to", "last", type=Day(), metavar="DAY", help="Include only calls on or before this day.")
@json_option
@env_option
@explaining
def costs(by: GroupBy, first: date | None, last: date | None, as_json: bool, env: str | None) -> None:
    """Show what all recorded calls have cost, and their tokens.

    Includes failed calls, and the calls of the judge, of experiments, and of `kedro llm doctor`. "hits" counts replies
    from the cache, which cost nothing. Days are days in the budgets' time zone. A word in several lists counts toward
    the list that added it. `kedro llm calls` lists single calls, and `kedro runs list` lists runs.
    """
    if first and last and last < first:
        fail(f"--from {first} is after --to {last}. Give the earlier day with --from.")
    with project(env) as context, ledger_of(context) as ledger:
        record_interrupted_calls(context, ledger)
        found = grouped_costs(ledger.store, by, first, last)
    if as_json:
        echo_json({
            "by": by, "from": first and first.isoformat(), "to": last and last.isoformat(), "zone": found.zone,
            "rows": [{by: name, **asdict(sums)} for name, sums in found.rows],
            "total": asdict(found.total), "experiments": asdict(found.experiments),
        })  # fmt: skip
    else:
        click.echo("\n".join(cost_lines(found, by, narrowed=bool(first or last))))
