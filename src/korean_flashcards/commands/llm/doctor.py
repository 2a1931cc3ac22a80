"""``kedro llm doctor``: check whether a run with these settings would work.

Exit codes: 0 = all checks passed; 1 = error or a check failed.
"""

import sys
from collections.abc import Iterator
from typing import Any

import click
from kedro.framework.context import KedroContext

from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.llm.group import budgets, llm_settings
from korean_flashcards.commands.llm.pacing_checks import limit_check, time_check
from korean_flashcards.commands.llm.text import breaker_text
from korean_flashcards.commands.project import ExampleCommand, env_option, explaining, ledger_of, project
from korean_flashcards.commands.run import run_options
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.parameters import LLMParameters, Parameters
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending import totals
from korean_flashcards.llm.doctor import DoctorCheck, checks
from korean_flashcards.llm.providers.endpoints import Endpoint, endpoints_of
from korean_flashcards.llm.secrets import keys_of, scrubbed
from korean_flashcards.planning.addresses import provider_calls

_INDENT = 16  # columns before a check's result


@click.command(
    name="doctor",
    cls=ExampleCommand,
    examples=("kedro llm doctor", "kedro llm doctor --params llm.model=openai/gpt-4o-mini"),
)
@click.option("--offline", is_flag=True, help="Check without network access: make no calls and contact no servers.")
@env_option
@explaining
def doctor(offline: bool, params: dict[str, Any] | None, env: str | None) -> None:
    """Check every model that a run would call.

    Checks each model's settings, price, API key, address, budgets, and circuit breaker. Makes one small call to each
    model, within the budget, to measure its latency, cost, rate limits, and response format. Never shows an API key.

    Exit codes: 0 = all checks passed; 1 = error or a check failed.
    """
    well = True
    with project(env, params or None) as context, ledger_of(context) as ledger:
        for check in _checks(context, ledger, offline):
            well &= check.ok
            click.echo("\n".join(_lines(check)))
    sys.exit(0 if well else 1)


# The same --params option as `kedro run`.
doctor.params.append(next(option for option in run_options() if option.name == "params"))


def _checks(context: KedroContext, ledger: Ledger, offline: bool) -> Iterator[DoctorCheck]:
    yield DoctorCheck("settings", True, "valid")  # With invalid settings, the project would not have opened.
    settings, in_file = llm_settings(context), keys_of(context)
    ledger.runs.sweep()
    requested: set[Endpoint] = set()
    stages = Parameters.model_validate(context.params).stages
    for stage in stages:
        own = settings.of(stage)
        for endpoint in endpoints_of(own):
            if endpoint not in requested:
                requested.add(endpoint)
                limit = limit_check(ledger, endpoint, own)
                if limit is not None:
                    yield limit
                yield from checks(
                    stage,
                    endpoint,
                    own,
                    ledger.budgets,
                    ledger.rate_limits,
                    in_file,
                    offline,
                    limited=limit is not None,
                )
                yield from _breaker(ledger, endpoint)
            yield from time_check(context, ledger, stage, endpoint.model, own)
    for said in provider_calls(stages, settings):
        yield DoctorCheck("address", True, f"{said} A run asks for confirmation")
    yield from _budgets(ledger, settings)


def _breaker(ledger: Ledger, endpoint: Endpoint) -> Iterator[DoctorCheck]:
    for state in totals.models(ledger.store):
        if state.model == endpoint.key and state.breaker:
            closed = state.breaker["state"] == "closed"
            todo = f"`kedro llm reset {endpoint.model}` closes it"
            yield DoctorCheck("breaker", closed, breaker_text(state.breaker), todo)


def _budgets(ledger: Ledger, settings: LLMParameters) -> Iterator[DoctorCheck]:
    for budget in budgets(ledger, settings):
        left = []
        if budget["usd"] is not None:
            left.append(f"USD {usd_number(budget['usd_left'])} of {usd_number(budget['usd'])}")
        for unit in ("tokens", "requests"):
            if budget[unit] is not None:
                left.append(f"{unit} {budget[f'{unit}_left']:,} of {budget[unit]:,}")
        of = "".join(f" of {budget[name]}" for name in ("stage", "model") if budget[name])
        empty = 0 in (budget["usd_left"], budget["tokens_left"], budget["requests_left"])
        zone = f" (in {budget['zone']})" if budget["zone"] else ""
        name = f"per {budget['per']}{zone}{of}"
        if not budget["applies"]:
            yield DoctorCheck("budget", True, f"{name}: does not apply, because no stage or fallback calls this model")
        else:
            yield DoctorCheck("budget", not empty, f"{name}: {' and '.join(left)} left", "raise llm.budget, or wait")


def _lines(check: DoctorCheck) -> Iterator[str]:
    todo = f". What to do: {check.todo}" if not check.ok and check.todo else ""
    text = scrubbed(f"{check.said}{todo}")  # Before wrapping, which could split a key.
    first, *more = wrapped(text, indent=_INDENT)
    yield f"{'ok  ' if check.ok else 'FAIL'}  {check.name:<9} {first[_INDENT:]}"
    yield from more
