"""``kedro llm``: show each model's state and spending, reset circuit breakers, and check whether models work."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, get_args

import click
from kedro.framework.context import KedroContext

from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.llm.text import budget_lines, model_lines, repair_lines, spent_text
from korean_flashcards.commands.model_names import check_models
from korean_flashcards.commands.project import (
    CommandGroup,
    env_option,
    explaining,
    json_option,
    ledger_of,
    project,
)
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending import totals
from korean_flashcards.llm.pricing.prices import price_of
from korean_flashcards.llm.providers.endpoints import endpoints_of, model_and_place
from korean_flashcards.planning.addresses import limits_any_call


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
    """Show models, calls, and batches, and check that models work."""


@llm.command(examples=("kedro llm status",))
@json_option
@env_option
@explaining
def status(as_json: bool, env: str | None) -> None:
    """Show each model's circuit breaker, rate limits, and spending.

    Also shows budgets, repaired replies, and interrupted calls.
    """
    with project(env) as context, ledger_of(context) as ledger:
        record_interrupted_calls(context, ledger)
        settings = llm_settings(context)
        found = {
            "models": [
                one | {"priced": price_of(one["model"], settings.prices) is not None}
                for one in _with_addresses(totals.models(ledger.store, models_of(settings)))
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

    Closes each MODEL's circuit breakers at all its addresses. By default, resets all models.
    """
    only = list(models) or None
    with project(env) as context, ledger_of(context) as ledger:
        record_interrupted_calls(context, ledger)
        stored = [each.model for each in totals.models(ledger.store)]
        known = [*models_of(llm_settings(context)), *(model_and_place(key)[0] for key in stored), *stored]
        check_models(models, known, "Nothing was changed.")
        keys = None if only is None else [key for key in stored if key in only or model_and_place(key)[0] in only]
        closed = ledger.breakers.reset(keys)
        discarded = ledger.rate_limits.reset(keys) if rates else 0
        lost = totals.write_off(ledger.store, only) if interrupted else None
    click.echo(f"Closed {counted(closed, 'circuit breaker')}." if closed else "No circuit breaker was open.")
    if rates:
        click.echo(f"Discarded the learned rate limits for {counted(discarded, 'model')}.")
    if lost is not None and not lost.calls:
        click.echo("No calls were interrupted.")
    elif lost is not None:
        click.echo(f"Booked {counted(lost.calls, 'interrupted call')} at USD 0.")
        click.echo(f"Removed from the budgets: {spent_text(lost.usd, lost.tokens)}.")
        click.echo("If the provider does bill you for these calls, you have spent more than the budgets show.")


def record_interrupted_calls(context: KedroContext, ledger: Ledger) -> None:
    """Record the calls that were in flight when their run was killed. Otherwise, only the next run would do so."""
    ledger.runs.sweep()
    ledger.budgets.settle_dead(context.catalog.load("llm").paid)


def llm_settings(context: KedroContext) -> LLMParameters:
    """Return the project's validated ``llm`` parameters."""
    return LLMParameters.model_validate(context.params["llm"])


def models_of(settings: LLMParameters) -> list[str]:
    """Return the key of every endpoint that a run could call, with fallbacks last. The offline model is left out."""
    stages = [endpoints_of(settings.of(stage)) for stage in get_args(Stage)]
    endpoints = [own for own, *_ in stages] + [fallback for _, *fallbacks in stages for fallback in fallbacks]
    return [key for key in dict.fromkeys(each.key for each in endpoints) if not key.startswith(OFFLINE_PREFIX)]


def _with_addresses(found: list[totals.ModelStatus]) -> list[dict[str, Any]]:
    """Return one entry per model, with the circuit breaker and the rate limits at each of its addresses.

    Spending is stored per model; circuit breakers and rate limits are stored per model and address.
    """
    entries: dict[str, dict[str, Any]] = {}
    for status in found:
        model, address = model_and_place(status.model)
        values = asdict(status) | {"model": model, "address": address}
        entry = entries.setdefault(model, values | {"addresses": []})
        if address is None:
            entry |= {name: values[name] for name in ("today", "month", "last_run")}
        entry["addresses"].append({name: values[name] for name in ("address", "breaker", "rates")})
    for entry in entries.values():
        _only_known_addresses(entry)
    return list(entries.values())


def _only_known_addresses(entry: dict[str, Any]) -> None:
    """Leave out the provider's default address if it has no recorded state and the model has another address."""
    places = entry["addresses"]
    known = [place for place in places if place["address"] or place["breaker"] or place["rates"]]
    entry["addresses"] = known or places[:1]
    entry |= entry["addresses"][0]


def budgets(ledger: Ledger, settings: LLMParameters) -> list[dict[str, Any]]:
    """Return every budget that has a limit, with the amounts spent, reserved, and left in USD, tokens, and requests.

    ``applies`` is False if no stage calls the budget's model. ``zone`` is the time zone of the budget's days and months, or
    None if it matches the machine's clock.
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
            "applies": limits_any_call(limit, settings),
            "zone": zone if limit.per != "run" else None,
        })  # fmt: skip
    return found


def _status_lines(found: dict[str, Any]) -> Iterator[str]:
    if not found["models"]:
        yield "Only the offline model is configured, and no other model has been called yet."
    for model in found["models"]:
        yield from model_lines(model)
    yield ""
    yield from budget_lines(found["budgets"])
    yield ""
    yield from repair_lines(found["repairs"])
    if (lost := found["interrupted"])["calls"]:
        yield ""
        yield from wrapped(
            f"Calls in flight when a run crashed: {lost['calls']:,}. These calls are recorded at their maximum cost: "
            f"{spent_text(lost['usd'], lost['tokens'])}. If the provider does not bill you for them, "
            "`kedro llm reset --interrupted` records them at USD 0.",
            indent=0,
        )
