"""Plan an experiment: its requests, its cost, and its budgets, before the first request is sent."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from korean_flashcards.domain.plurals import counted
from korean_flashcards.lab.experiment_ledger import ExperimentLedger
from korean_flashcards.lab.variant import ResolvedVariant
from korean_flashcards.lab.variant_layers import ExperimentInputs
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.planning.plan import RunPlan, joined_plan, plan_run
from korean_flashcards.planning.plan_text import budget_text, money, request_count


def plan_experiment(
    variants: Mapping[str, Sequence[ResolvedVariant]], inputs: ExperimentInputs, load: Callable[[str], Any],
    client: LLMClient, ledger: Ledger,
) -> dict[str, RunPlan]:  # fmt: skip
    """Return the plan of each variant (A, B), and of all variants together under the name "".

    A request that several variants or repeats need is counted once, where it is first needed.

    Args:
        variants: The repeats of each variant, by its name.
        inputs: The words and their checks.
        load: Loads the project's datasets.
        client: The model client, whose cache is read.
        ledger: The ledger. A copy of it is used.
    """
    counted_keys: set[str] = set()
    with ledger.rehearsal() as copy:
        view, plans = ExperimentLedger(copy), {}
        for name, repeats in variants.items():
            planned = [
                plan_run(
                    ("nuance", "flashcards"), one.loading(load), inputs.words, inputs.confusables, one.parameters,
                    client, view, under_way=False, counted=counted_keys,
                )
                for one in repeats
            ]  # fmt: skip
            plans[name] = joined_plan(planned, repeats[0].parameters, view)
        parameters = next(iter(variants.values()))[0].parameters
        return plans | {"": joined_plan(list(plans.values()), parameters, view)}


def price_lines(variants: Mapping[str, ResolvedVariant], plans: Mapping[str, RunPlan], words: int) -> list[str]:
    """Return the price of an experiment as lines of text."""
    together = plans[""]
    lines = [f"Experiment {counted(words, 'word')}"]
    lines += [f"{name:<10} {variant.label}: {_cost(plans[name])}" for name, variant in variants.items()]
    lines.append(f"{'Together':<10} {_cost(together)}")
    return lines + _spending_lines(together)


def judging_lines(plan: RunPlan, words: int, model: str) -> list[str]:
    """Return the price of the judge's preferences as lines of text."""
    return [f"Judge      {model}, {counted(words, 'word')} in both orders: {_cost(plan)}", *_spending_lines(plan)]


def _spending_lines(plan: RunPlan) -> list[str]:
    if not plan.spends:
        return []
    lines = [f"{'Warning':<10} {text}." for text in plan.warnings]
    lines += [f"{'Address':<10} {text}" for text in plan.provider_calls]
    return lines + [f"{'Budget':<10} {budget_text(budget)}" for budget in plan.budgets]


def _cost(plan: RunPlan) -> str:
    if not plan.requests:
        return "nothing to request, all replies are in the cache"
    if not plan.spends:
        return f"{request_count(plan)} to the offline model, free"
    price = "at an unknown price" if plan.usd is None else money(plan.usd)
    return f"{request_count(plan)}, {price}"
