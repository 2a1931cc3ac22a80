"""``kedro llm``: the models — how they are doing, what was spent and saved, what they answered, whether one works."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, get_args

import click
from kedro.framework.cli.utils import LazyGroup
from kedro.framework.context import KedroContext

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


class _LLM(CommandGroup, LazyGroup):
    """Exit codes as CommandGroup, commands imported when they are called as LazyGroup."""


@click.group(
    name="llm",
    cls=_LLM,
    lazy_subcommands={
        "replay": "korean_flashcards.commands.llm.replay.replay",
        "doctor": "korean_flashcards.commands.llm.doctor.doctor",
    },
)
def llm() -> None:
    """The models: how they are doing, what was spent and saved, what they answered, whether one works."""


@llm.command()
@json_option
@env_option
@explaining
def status(as_json: bool, env: str | None) -> None:
    """Of each model breaker, rates and spending; the budgets; what repairs saved; calls that died with a run."""
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


@llm.command()
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option("--rates", is_flag=True, help="Forget also what was learnt of the rates.")
@click.option("--interrupted", is_flag=True, help="Count calls that died with a run at nothing from now on.")
@env_option
@explaining
def reset(models: tuple[str, ...], rates: bool, interrupted: bool, env: str | None) -> None:
    """Close the circuit breaker of each MODEL (of all models when none is named): it is asked again at once."""
    only = list(models) or None
    with open_ledger(env) as ledger:
        ledger.runs.sweep()
        closed = ledger.breakers.reset(only)
        forgotten = ledger.rate_limits.reset(only) if rates else 0
        lost = totals.write_off(ledger.store, only) if interrupted else None
    click.echo(f"{counted(closed, 'breaker')} closed." if closed else "No breaker was open.")
    if rates:
        click.echo(f"Rates of {counted(forgotten, 'model')} forgotten.")
    if lost is not None:
        click.echo(
            f"{counted(lost.calls, 'interrupted call')} written off: {spent_text(lost.usd, lost.tokens)} less count against "
            "the budgets."
            + (" If the provider's bill has them, the budgets are short by as much." if lost.calls else "")
        )


def llm_settings(context: KedroContext) -> LLMParameters:
    """The ``llm`` parameters of the project, checked."""
    return LLMParameters.model_validate(context.params["llm"])


def models_of(settings: LLMParameters) -> list[str]:
    """Every model that a run could ask, the stages' own before fallbacks; the embedded one is none."""
    stages = [settings.of(stage) for stage in get_args(Stage)]
    names = [each.model for each in stages] + [name for each in stages for name in each.fallbacks]
    return [name for name in dict.fromkeys(names) if not name.startswith(OFFLINE_PREFIX)]


def budgets(ledger: Ledger, settings: LLMParameters) -> list[dict[str, Any]]:
    """Each budget that limits something, and what is spent, reserved and left of it; USD and tokens."""
    found = []
    for limit in settings.budget.limits():
        spent = ledger.budgets.spent(limit)
        found.append({
            **limit.model_dump(), **{f"{name}_{what}": value for name, what, value in (
                ("usd", "spent", spent.usd), ("usd", "reserved", spent.reserved_usd),
                ("tokens", "spent", spent.tokens), ("tokens", "reserved", spent.reserved_tokens),
            )},
            "usd_left": spent.usd_left(limit),
            "tokens_left": spent.tokens_left(limit),
        })  # fmt: skip
    return found


def _status_lines(found: dict[str, Any]) -> Iterator[str]:
    if not found["models"]:
        yield "No model but the embedded one is set, and none was asked so far."
    for model in found["models"]:
        yield safe(model["model"])
        yield from model_lines(model)
    yield ""
    yield from budget_lines(found["budgets"])
    yield ""
    yield from repair_lines(found["repairs"])
    if (lost := found["interrupted"])["calls"]:
        yield (
            f"In flight when a run died: {counted(lost['calls'], 'call')}. They are booked at their maximum cost: "
            f"{spent_text(lost['usd'], lost['tokens'])}. If the provider's bill does not list them, "
            "`kedro llm reset --interrupted` writes them off."
        )
