"""Format a plan for a terminal."""

from collections.abc import Iterator, Sequence

from korean_flashcards.domain.calls import names_model
from korean_flashcards.domain.line_wrap import wrapped
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.llm.pricing.price_list import did_you_mean
from korean_flashcards.planning.addresses import PlannedModel
from korean_flashcards.planning.budget_forecast import Budget
from korean_flashcards.planning.estimate import Costs
from korean_flashcards.planning.plan import ASSUMED_SPEED, RunPlan, StagePlan
from korean_flashcards.planning.ranges import Range
from korean_flashcards.summary.summary_text import duration

# Text for states with a reason, after the number of words.
_REASONS = {
    "retry": "to retry after earlier failures: {}",
    "stale": "stale and requested again: {}",
    "kept": "kept without a new request: {}",
    "dead": "dead and no longer requested: {} (to retry: `kedro tasks retry WORD`)",
}
_FEW = 8  # maximum number of stale words that are named
_PER = {"run": "This run", "day": "Today", "month": "This month"}
_VERDICTS = {
    "enough": "enough",
    "unknown": "enough",
    "perhaps": "perhaps not enough",
    "short": "NOT enough",
}


def plan_lines(plan: RunPlan) -> list[str]:
    """Return the plan as lines of text: the stages, models, budgets, duration, and basis of the estimates."""
    lines = [line for stage in plan.stages for line in _stage_lines(stage)]
    if plan.missing:
        lines.append(_line("Missing", f"{plan.missing.sentence} {plan.missing.advice}"))
    if not plan.spends:
        return lines
    if plan.outdated:
        lines.append(_line("Outdated", f"{outdated_sentence(plan)} To keep them, pass --params stale=keep."))
    lines += [_line("Model", text) for text in (_model_text(model, plan.models) for model in plan.models)]
    lines += [_line("Warning", f"{text}.") for text in plan.warnings]
    lines += [_line("Address", text) for text in plan.provider_calls]
    lines += [_line("Budget", budget_text(budget)) for budget in plan.budgets]
    lines += [_line("No limit", text) for text in _unlimited(plan)]
    return [*lines, _line("Time", _time(plan)), _line("Estimated", _basis(plan))]


def request_count(plan: RunPlan) -> str:
    """Return the number of requests, preceded by "about" if the number is partly an estimate."""
    about = "about " if any(stage.later for stage in plan.stages) else ""
    return f"{about}{counted(plan.requests, 'request')}"


def outdated_sentence(plan: RunPlan) -> str:
    """Return how many paid replies are requested again because an upgrade changed the prompts."""
    are = counted(plan.outdated, "reply was", "replies were")
    return f"{are} generated with the prompts of an earlier version of the project."


def money(usd: Range) -> str:
    """Format an amount in USD, with the low and high estimates after the typical estimate: "USD 1.90 (1.10–2.60)"."""
    decimals = 2 if usd.high >= 1 else 4
    low, typical, high = (usd_number(value, decimals) for value in usd)
    return f"USD {typical}" if low == high else f"USD {typical} ({low}–{high})"


def _stage_lines(stage: StagePlan) -> Iterator[str]:
    counts = [f"{sum(reasons.values()):,} {state}" for state, reasons in stage.states.items()]
    if stage.waiting:
        counts.append(f"{stage.waiting:,} when their {'cards' if stage.stage == 'judge' else 'analyses'} are ready")
    about = "about " if stage.later else ""
    requested = (
        f"{about}{counted(stage.requests, 'request')} to {stage.model}" if stage.requests else "nothing to request"
    )
    # A request names its model.
    assumed = "" if stage.requests else f" ({stage.model_name})"
    yield _line(stage.stage.capitalize(), f"{', '.join(counts) or 'no words'}{assumed}: {requested}")
    for state, text in _REASONS.items():
        for reason, words in stage.states.get(state, {}).items():
            yield _line("", f"{counted(words, 'word')} {text.format(reason)}{_named(stage, state, reason)}")
    if stage.own_prompt:
        yield _line("", f"with the prompt {stage.own_prompt}")
    if not stage.requests:
        return
    if stage.later_basis:
        known = counted(stage.requests - stage.later, "request")
        yield _line("", f"{known} known, for cards that exist; {stage.later_basis}")
    if stage.tokens_in is None or stage.tokens_out is None:
        yield _line("", "free (offline model)")
        return
    yield _line("", f"{_tokens(stage.tokens_in)} tokens in, {_tokens(stage.tokens_out)} out")
    yield from (_line("", text) for text in _prices(stage))


def _named(stage: StagePlan, state: str, reason: str) -> str:
    """Return the stale words in parentheses, or an empty string if there are none or too many to list."""
    words = stage.stale.get(reason, []) if state == "stale" else []
    return f" ({', '.join(words)})" if 0 < len(words) <= _FEW else ""


def _prices(stage: StagePlan) -> list[str]:
    if stage.costs is not None:
        return _costs(stage.costs)
    if stage.refused:
        suggestion = did_you_mean(stage.model)
        correct = f".{suggestion} If the name is correct," if suggestion else ":"
        return [
            f"price unknown, so the model is not called{correct} set llm.prices, or pass --params llm.price=unknown_ok."
        ]
    return ["price unknown: budgets in USD do not apply"]


def _costs(costs: Costs) -> list[str]:
    lines = [money(costs.plain)]
    if costs.prompt_cache:
        lines.append(f"{money(costs.prompt_cache)} with the provider's prompt cache")
    if costs.batch:
        lines.append(f"{money(costs.batch)} in a batch")
    return lines


def budget_text(budget: Budget) -> str:
    """Return a budget's remaining amount and its verdict: "Today: USD 5.00 of 5.00 left, enough"."""
    parts = ", ".join(filter(None, (budget.stage, budget.model)))
    left = []
    if budget.usd is not None and budget.limits_usd:
        left.append(f"USD {usd_number(budget.usd_left or 0.0)} of {usd_number(budget.usd)}")
    if budget.tokens is not None:
        left.append(f"{budget.tokens_left:,} of {counted(budget.tokens, 'token')}")
    if budget.requests is not None:
        left.append(f"{budget.requests_left:,} of {counted(budget.requests, 'request')}")
    parts = ", ".join(filter(None, (parts, budget.zone and f"in {budget.zone}")))
    of = f" ({parts})" if parts else ""
    if not budget.applies:
        return f"{_PER[budget.per]}{of}: does not apply, because no stage or fallback calls this model"
    said = [f"{' and '.join(left)} left, {_verdict_text(budget)}"] if left else []
    return f"{_PER[budget.per]}{of}: {'; '.join([*said, *_unpriced_text(budget)])}"


def _verdict_text(budget: Budget) -> str:
    """Return the verdict and, if the reservations are the reason for it, the maximum cost of one call."""
    most = {"usd": f"USD {usd_number(budget.call_usd, 4)}", "tokens": counted(budget.call_tokens, "token")}
    reserved = " and ".join(most[unit] for unit in budget.reserving)
    each = "each request of a batch" if budget.batch else "each call"
    because = f": {each} reserves up to {reserved}" if reserved else ""
    pending = " (words beyond the budget stay pending)" if budget.verdict == "short" else ""
    return f"{_VERDICTS[budget.verdict]}{because}{pending}"


def _unpriced_text(budget: Budget) -> Iterator[str]:
    """Yield a clause about calls that a USD budget cannot cover because their price is unknown."""
    if budget.unpriced and budget.usd is not None:
        to = f" to calls to {' and '.join(budget.unpriced)}" if budget.limits_usd else ""
        whose = "its price is" if len(budget.unpriced) == 1 else "their prices are"
        models = f"the price of {budget.unpriced[0]} is" if len(budget.unpriced) == 1 and not to else whose
        yield f"the budget of USD {usd_number(budget.usd)} does not apply{to}, because {models} unknown"


def _model_text(model: PlannedModel, models: Sequence[PlannedModel]) -> str:
    """Return a line about a model: its name, its address, its key variable, and any missing API key.

    A fallback is shown with its price if the price differs from that of the model that it replaces.
    """
    notes = []
    if model.fallback and model.usd_per_million and model.usd_per_million not in _usual_prices(model, models):
        into, out = model.usd_per_million
        notes.append(f"USD {into:g} in, {out:g} out per million tokens")
    if model.key:
        notes.append(f"sends {model.key}")
    noted = f" ({'; '.join(notes)})" if notes else ""
    role = " (fallback)" if model.fallback else ""
    missing = f". {model.missing_key} Until then, nothing is sent" if model.missing_key else ""
    return f"{model.model}{role} at {model.address}{noted}{missing}"


def _usual_prices(fallback: PlannedModel, models: Sequence[PlannedModel]) -> set[tuple[float, float] | None]:
    """Return the price of the stages' own model, or nothing if these models have different prices."""
    found = {
        model.usd_per_million for model in models if not model.fallback and set(model.stages) & set(fallback.stages)
    }
    return found if len(found) == 1 else set()


def _unlimited(plan: RunPlan) -> Iterator[str]:
    """Yield a warning about the models to which no budget applies because their price is unknown."""
    if any(stage.refused for stage in plan.stages):
        return
    unpriced = dict.fromkeys(model.model for model in plan.models if not (model.priced or _is_limited(model, plan)))
    if unpriced:
        whose = "its price is" if len(unpriced) == 1 else "their prices are"
        yield (
            f"No budget limits the calls to {' and '.join(unpriced)}: {whose} unknown, and no budget in tokens or "
            "requests applies. Set one, for example with --params llm.budget.day.tokens=1000000, or set the price in "
            "llm.prices."
        )


def _is_limited(model: PlannedModel, plan: RunPlan) -> bool:
    """Return whether budgets in tokens or requests limit all calls to the model."""
    stages = {
        budget.stage
        for budget in plan.budgets
        if (budget.tokens, budget.requests) != (None, None)
        and (budget.model is None or names_model(budget.model, model.model))
    }
    return None in stages or stages.issuperset(model.stages)


def _time(plan: RunPlan) -> str:
    if plan.seconds is None:
        return "up to a day for a batch; a later run fetches the replies"
    low, high = duration(plan.seconds.low), duration(plan.seconds.high)
    return f"about {low if low == high else f'{low} to {high}'} at the current rate limits and concurrency"


def _basis(plan: RunPlan) -> str:
    """Describe the basis of the estimates and anything that they do not include."""
    paid = [stage for stage in plan.stages if stage.requests and not stage.free]
    parts = [
        f"{stage.stage} from your last {counted(stage.own_calls, 'call')}, including repairs and repeated calls"
        for stage in paid
        if stage.own_calls
    ]
    if others := [stage.stage for stage in paid if not stage.own_calls]:
        names = " and ".join(filter(None, (", ".join(others[:-1]), others[-1])))
        parts.append(
            f"{names} from the examples in the prompts, {_speed(paid)}; reasoning, repairs, and repeated calls "
            "are not included"
        )
    if any(stage.approximate for stage in paid):
        parts.append(
            "tokens counted with a different model's tokenizer, because the model's own tokenizer is not public"
        )
    return "; ".join(parts)


def _speed(paid: list[StagePlan]) -> str:
    """Describe the basis of the time per call for the stages with too few past calls."""
    unknown = [stage for stage in paid if not stage.own_calls]
    if timed := sum(stage.timed_calls for stage in unknown):
        return f"with the average time per reply in your last {counted(timed, 'call')}"
    if speeds := [stage.speed for stage in unknown if stage.speed]:
        return f"at {min(speeds):.3g} tokens per second, as measured by `kedro llm doctor`"
    return f"at {ASSUMED_SPEED:g} tokens per second"


def _tokens(tokens: Range) -> str:
    low, typical, high = (f"{round(value):,}" for value in tokens)
    return typical if low == high else f"{typical} ({low}–{high})"


def _line(title: str, text: str) -> str:
    return wrapped(text, f"{title:<10} ")
