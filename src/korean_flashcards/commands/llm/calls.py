"""``kedro llm calls``: list recorded calls and correct a call's recorded cost."""

from typing import Any

import click

from korean_flashcards.commands.layout import fitted_table
from korean_flashcards.commands.llm.group import llm_settings, models_of, record_interrupted_calls
from korean_flashcards.commands.model_names import check_models
from korean_flashcards.commands.project import (
    CommandGroup,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    open_ledger,
    project,
)
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.spending import call_reports, corrections

# The largest number of tokens that the ledger can add up safely.
_MOST_TOKENS = 10**12
_MOST_USD = 10**9
_SHOWN = 20
_TOKENS = click.IntRange(0, _MOST_TOKENS)


@click.group(
    name="calls",
    cls=CommandGroup,
    invoke_without_command=True,
    examples=(
        "kedro llm calls --not-reported",
        "kedro llm calls correct 12 --tokens-in 900 --tokens-out 400 --usd 0.0021",
    ),
)
@click.option(
    "--limit", type=click.IntRange(1), default=_SHOWN, show_default=True, help="Show at most this many calls."
)
@click.option("--all", "everything", is_flag=True, help="Show all calls.")
@click.option("--model", help="Show only calls to this model.")
@click.option(
    "--not-reported", "unreported", is_flag=True, help="Show only calls whose usage the provider did not report."
)
@json_option
@env_option
@click.pass_context
@explaining
def calls(
    context: click.Context, limit: int, everything: bool, model: str | None, unreported: bool, as_json: bool,
    env: str | None,
) -> None:  # fmt: skip
    """List recorded calls, newest first.

    The last column marks calls whose tokens and cost do not come from the provider. "counted" means that this project
    counted the tokens because the provider reported no counts or impossible ones. "reserved" means that the maximum is
    recorded because the tokens could not be counted or the run was killed. "corrected" means that you corrected the
    call.
    """
    if context.invoked_subcommand:
        return
    with project(env) as opened, ledger_of(opened) as ledger:
        record_interrupted_calls(opened, ledger)
        found, total = corrections.listing(ledger.store, None if everything else limit, model, unreported)
        if model and not found:
            check_models([model], [*models_of(llm_settings(opened)), *call_reports.models(ledger.store)])
    if as_json:
        echo_json(found)
    elif not found:
        click.echo("No call fits." if model or unreported else "There are no recorded calls.")
    else:
        click.echo(
            fitted_table(("call", "at", "stage", "word", "outcome", "in", "out", "USD", "source"), map(_row, found))
        )
        if total > len(found):
            click.echo(f"{counted(total - len(found), 'older call')} not shown (--limit, --all).")


@calls.command(examples=("kedro llm calls correct 12 --tokens-in 900 --tokens-out 400 --usd 0.0021",))
@click.argument("number", type=click.IntRange(1, 2**62), metavar="NUMBER")
@click.option("--tokens-in", type=_TOKENS, help="Set the number of input tokens, including cached tokens.")
@click.option("--tokens-out", type=_TOKENS, help="Set the number of output tokens, including reasoning tokens.")
@click.option("--usd", type=float, help="Set the cost in USD.")
@env_option
@explaining
def correct(number: int, tokens_in: int | None, tokens_out: int | None, usd: float | None, env: str | None) -> None:
    """Correct the token counts and cost of the call with this NUMBER.

    Use this command if you know a call's true cost, for example from the provider's bill. Also corrects the totals that
    the budgets use. Amounts that you omit stay unchanged.
    """
    if tokens_in is None and tokens_out is None and usd is None:
        fail("Nothing to correct. Give at least one of --tokens-in, --tokens-out, and --usd. Nothing was changed.")
    if usd is not None and not 0 <= usd <= _MOST_USD:
        fail(f"--usd must be 0 or more, but it is {usd:g}. Nothing was changed.")
    with open_ledger(env) as ledger:
        done = corrections.correct(ledger.store, number, tokens_in, tokens_out, usd)
    click.echo(f"Call {number} ({safe(done.after['stage'])}, {safe(done.after['term'])}, {safe(done.after['model'])}):")
    click.echo(f"  before  {_amounts(done.before)}")
    click.echo(f"  now     {_amounts(done.after)}, corrected")


def _row(call: dict[str, Any]) -> tuple[Any, ...]:
    usd = "?" if call["usd"] is None else usd_number(call["usd"], 6)
    source = "" if call["booked"] == "reported" else call["booked"]
    amounts = (f"{call['tokens_in']:,}", f"{call['tokens_out']:,}", usd)
    return (call["number"], local_time(call["at"])[:16], call["stage"], call["term"], call["outcome"], *amounts, source)


def _amounts(call: Any) -> str:
    usd = "price unknown" if call["usd"] is None else f"USD {usd_number(call['usd'], 6)}"
    return f"{counted(call['tokens_in'], 'token')} in, {call['tokens_out']:,} out, {usd}"
