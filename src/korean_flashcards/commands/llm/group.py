"""``kedro llm``: show models' state and spending, reset circuit breakers, and check whether models work."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, get_args

import click
from kedro.framework.context import KedroContext

from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.llm.text import budget_lines, model_lines, repair_lines, spent_text
from korean_flashcards.commands.project import CommandGroup, env_option, explaining, json_option, open_ledger, project
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending import totals
from korean_flashcards.llm.pricing.prices import price_of


@click.group(
    name="llm",
    cls=CommandGroup,
    examples=(
        "kedro llm doctor",
        "kedro llm status",
        "kedro llm reset openai/gpt-4o-mini",
        "kedro llm calls --not-reported",
        "kedro llm batches list",
    ),
    lazy_subcommands={
        "doctor": "korean_flashcards.commands.llm.doctor.doctor",
        "calls": "korean_flashcards.commands.llm.calls.calls",
        "batches": "korean_flashcards.commands.llm.batches.batches",
        "replay": "korean_flashcards.commands.old_names.llm_replay",
    },
)
def llm() -> None:
    """Show model status and calls, check models, and manage provider batches."""


@llm.command(examples=("kedro llm status",))
@json_option
@env_option
@explaining
def status(as_json: bool, env: str | None) -> None:
    """Show each model's circuit breaker, rate limits and spending.

    Also shows the budgets, the repairs and the interrupted calls.
    """
    with project(env) as context, context.catalog.load("ledger") as ledger:
        settings = llm_settings(context)
        found = {
            "models": [
                {**asdict(each), "priced": price_of(each.model, settings.prices) is not None}
                for each in totals.models(ledger.store, models_of(settings))
            ],
            "budgets": budgets(ledger, settings),
            "repairs": [asdict(each) for each in totals.repairs(ledger.store)],
            "interrupted": totals.interrupted(ledger.store)._asdict(),
        }
    if as_json:
        echo_json(found)
    else:
        click.echo("\n".join(_status_lines(found)))


@llm.command(examples=("kedro llm reset openai/gpt-4o-mini", "kedro llm reset --rates"))
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option("--rates", is_flag=True, help="Also discard learned rate limits.")
@click.option(
    "--interrupted", is_flag=True, help="Also record a cost of USD 0 for calls that were in flight when a run crashed."
)
@env_option
@explaining
def reset(models: tuple[str, ...], rates: bool, interrupted: bool, env: str | None) -> None:
    """Close circuit breakers, so that runs call the models again.

    Closes the circuit breaker of each MODEL, or by default of all models.
    """
    only = list(models) or None
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        closed = ledger.breakers.reset(only)
        discarded = ledger.rate_limits.reset(only) if rates else 0
        lost = totals.write_off(ledger.store, only) if interrupted else None
    click.echo(f"Closed {counted(closed, 'circuit breaker')}." if closed else "No circuit breaker was open.")
    if rates:
        click.echo(f"Discarded the learned rate limits for {counted(discarded, 'model')}.")
    if lost is not None and not lost.calls:
        click.echo("No calls were interrupted.")
    elif lost is not None:
        click.echo(f"Booked {counted(lost.calls, 'interrupted call')} at USD 0.")
        click.echo(f"Removed from the budgets: {spent_text(lost.usd, lost.tokens)}.")
        click.echo("If the provider does bill these calls, you have spent more than the budgets show.")


def llm_settings(context: KedroContext) -> LLMParameters:
    """Return the project's validated ``llm`` parameters."""
    return LLMParameters.model_validate(context.params["llm"])


def models_of(settings: LLMParameters) -> list[str]:
    """Return every model that a run could call, fallbacks last. Leaves out the offline model, which needs no calls."""
    stages = [settings.of(stage) for stage in get_args(Stage)]
    names = [each.model for each in stages] + [name for each in stages for name in each.fallbacks]
    return [name for name in dict.fromkeys(names) if not name.startswith(OFFLINE_PREFIX)]


def budgets(ledger: Ledger, settings: LLMParameters) -> list[dict[str, Any]]:
    """Return each budget that has a limit, with the amounts spent, reserved and left, in USD, tokens and requests.

    ``zone`` is the time zone that the budget's days follow, or None if its clock does not differ from the machine's.
    """
    found, zone = [], ledger.budgets.foreign_zone()
    for limit in settings.budget.limits():
        spent = ledger.budgets.spent(limit)
        found.append({
            **limit.model_dump(), **{f"{name}_{what}": value for name, what, value in (
                ("usd", "spent", spent.usd), ("usd", "reserved", spent.reserved_usd),
                ("tokens", "spent", spent.tokens), ("tokens", "reserved", spent.reserved_tokens),
                ("requests", "spent", spent.requests), ("requests", "reserved", spent.reserved_requests),
            )},
            "usd_left": spent.usd_left(limit),
            "tokens_left": spent.tokens_left(limit),
            "requests_left": spent.requests_left(limit),
            "zone": zone if limit.per != "run" else None,
        })  # fmt: skip
    return found


def _status_lines(found: dict[str, Any]) -> Iterator[str]:
    if not found["models"]:
        yield "Only the offline model is configured, and no other model has been called yet."
    for model in found["models"]:
        yield safe(model["model"])
        yield from model_lines(model)
    yield ""
    yield from budget_lines(found["budgets"])
    yield ""
    yield from repair_lines(found["repairs"])
    if (lost := found["interrupted"])["calls"]:
        yield ""
        yield from wrapped(
            f"Calls in flight when a run crashed: {lost['calls']:,}. They are booked at their maximum cost: "
            f"{spent_text(lost['usd'], lost['tokens'])}. If the provider does not bill them, "
            "`kedro llm reset --interrupted` books them at USD 0.",
            indent=0,
        )
