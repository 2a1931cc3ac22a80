"""``kedro llm doctor``: whether a run with these settings would work. Exit codes: 0 all well, 1 something is to be done."""

import sys
from collections.abc import Iterator
from copy import copy
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.context import KedroContext

from korean_flashcards.commands.llm.group import budgets, llm_settings
from korean_flashcards.commands.llm.text import breaker_text
from korean_flashcards.commands.project import env_option, explaining, project
from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.parameters import LLMParameters, Parameters
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending import totals
from korean_flashcards.llm.doctor import DoctorCheck, checks
from korean_flashcards.llm.secrets import keys_of, scrubbed


@click.command(name="doctor")
@click.option("--offline", is_flag=True, help="Make no call and try no address.")
@env_option
@explaining
def doctor(offline: bool, params: dict[str, Any] | None, env: str | None) -> None:
    """Check settings, price, key, address, budgets and breaker of every model that a run would ask.

    One tiny call a model, within the budget and recorded, shows its latency, cost, rate limits and response format. No key
    is shown. Exit codes: 0 all well, 1 something is to be done.
    """
    well = True
    with project(env, params or None) as context, context.catalog.load("ledger") as ledger:
        for check in _checks(context, ledger, offline):
            well &= check.ok
            click.echo(_line(check))
    sys.exit(0 if well else 1)


# As `kedro run` takes them.
doctor.params.append(copy(next(option for option in kedro_run.params if option.name == "params")))


def _checks(context: KedroContext, ledger: Ledger, offline: bool) -> Iterator[DoctorCheck]:
    yield DoctorCheck("settings", True, "valid")  # otherwise the project had not opened
    settings, in_file = llm_settings(context), keys_of(context)
    ledger.runs.sweep()
    asked: set[tuple[str, str | None]] = set()
    for stage in Parameters.model_validate(context.params).stages:
        own = settings.of(stage)
        for model in (own.model, *own.fallbacks):
            if (model, own.api_base) not in asked:
                asked.add((model, own.api_base))
                yield from checks(stage, model, own, ledger.budgets, ledger.rate_limits, in_file, offline)
                yield from _breaker(ledger, model)
    yield from _budgets(ledger, settings)


def _breaker(ledger: Ledger, model: str) -> Iterator[DoctorCheck]:
    for state in totals.models(ledger.store):
        if state.model == model and state.breaker:
            closed = state.breaker["state"] == "closed"
            yield DoctorCheck(
                "breaker", closed, breaker_text(state.breaker), f"`kedro llm reset {model}` closes it now"
            )


def _budgets(ledger: Ledger, settings: LLMParameters) -> Iterator[DoctorCheck]:
    for budget in budgets(ledger, settings):
        left = [
            f"{unit} {budget[f'{name}_left']:,.{digits}f} of {budget[name]:,.{digits}f}"
            for name, unit, digits in (("usd", "USD", 2), ("tokens", "tokens", 0))
            if budget[name] is not None
        ]
        of = "".join(f" of {budget[name]}" for name in ("stage", "model") if budget[name])
        empty = 0 in (budget["usd_left"], budget["tokens_left"])
        said = f"a {budget['per']}{of}: {' and '.join(left)} left"
        yield DoctorCheck("budget", not empty, said, "raise it in llm.budget, or wait")


def _line(check: DoctorCheck) -> str:
    todo = f". What to do: {check.todo}" if not check.ok and check.todo else ""
    return safe(scrubbed(f"{'ok  ' if check.ok else 'FAIL'}  {check.name:<9} {check.said}{todo}"))
