"""Plan a run: estimate each stage's requests, tokens, cost, and duration, and check the budgets."""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import polars as pl
import yaml
from pydantic import TypeAdapter, ValidationError

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import LLMParameters, Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.yaml_text import yaml_problem
from korean_flashcards.files.prompt_files import own_prompt
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.spending.budget_limits import Spent
from korean_flashcards.ledger.spending.budgets import LedgerBudgets
from korean_flashcards.ledger.spending.past_calls import ExtraTokens, PastCall, extra_tokens, past_calls, probe_speed
from korean_flashcards.ledger.spending.rate_limits import LedgerRateLimits
from korean_flashcards.ledger.tasks.done_replies import DoneReply, done_replies
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.dispatch.routes import call_maximum
from korean_flashcards.llm.pricing.prices import price_of
from korean_flashcards.llm.pricing.tokens import TokenCounter, most_tokens, request_tokens
from korean_flashcards.llm.providers.endpoints import Endpoint
from korean_flashcards.planning.addresses import (
    PlannedModel,
    limits_any_call,
    planned_models,
    provider_calls,
    unencrypted_keys,
)
from korean_flashcards.planning.budget_forecast import Budget, Need, forecast
from korean_flashcards.planning.estimate import Costs, Seconds, Work, costs, seconds
from korean_flashcards.planning.missing_replies import MissingReplies, added, missing_replies
from korean_flashcards.planning.ranges import NOTHING, Range, total
from korean_flashcards.planning.rehearsal import Named, Rehearsed, RehearsedLedger, States, rehearse
from korean_flashcards.planning.shipped_prompts import earlier_replies
from korean_flashcards.stages.task import REQUESTED

# Minimum number of past calls for estimates. With fewer calls, the worked examples in the prompts are used.
ENOUGH_CALLS = 10
# Reply tokens per second, until there are enough past calls. Hosted models generate 30 to 150.
ASSUMED_SPEED = 50.0
# Reservations count one token per byte of a prompt. English prose has 4 to 5 bytes per token, Korean has fewer.
MOST_BYTES_PER_TOKEN = 5

Lengths = dict[Stage, Range]


@dataclass(frozen=True, slots=True)
class StagePlan:
    """The plan for one stage.

    Attributes:
        states: Number of words by state and reason (``stages.stage.REQUEST_SCHEMA``).
        stale: Item IDs, by reason, of words whose replies will be requested again.
        waiting: Number of words that have no analysis yet or, for the judge, no cards yet.
        requests: Total number of requests, including ``later``.
        later: Estimated number of requests for the ``waiting`` words.
        later_basis: For the judge, a clause that explains the number ``later``, or None if it needs no explanation.
        tokens_in: Input tokens, or None for the offline model.
        tokens_out: Output tokens, or None for the offline model.
        approximate: Whether tokens are counted with a different model's tokenizer.
        own_calls: Number of past calls on which the estimates of reply lengths, repairs, and repeated calls are based.
            Zero if the estimates are based on the examples in the prompts, without repairs.
        price: The source of the price, or None if the price is unknown.
        refused: Whether calls to the model are blocked because its price is unknown (see ``llm.price``).
        costs: Costs in USD, or None if the price is unknown.
        usd: Cost in this run's mode (calls or batch), or None if the price is unknown.
        latency: Seconds per call.
        seconds: Duration, or None for a batch, which can take up to a day.
        timed_calls: Number of past calls on which ``latency`` is based.
        speed: Reply tokens per second, measured by `kedro llm doctor`; None if there are past calls or no measurement.
        call_usd: Maximum cost of one call in USD, which is reserved before the call is sent. Zero if the price is unknown.
        call_tokens: Maximum number of tokens in one call.
        missing: The replies of finished tasks that are missing from the cache.
        outdated: Number of requested words with a paid reply to a prompt of an earlier version of the project.
        own_prompt: The prompt's file if it is not in conf/base; otherwise None.
    """

    stage: Stage
    model: str
    states: States
    stale: Named
    waiting: int
    requests: int
    later: int
    tokens_in: Range | None
    tokens_out: Range | None
    approximate: bool
    own_calls: int
    price: str | None
    refused: bool
    costs: Costs | None
    usd: Range | None
    latency: float | None
    seconds: Seconds | None
    timed_calls: int = 0
    speed: float | None = None
    call_usd: float = 0.0
    call_tokens: int = 0
    missing: MissingReplies = field(default_factory=MissingReplies)
    outdated: int = 0
    later_basis: str | None = None
    own_prompt: str | None = None

    @property
    def free(self) -> bool:
        """Return whether this stage uses the offline model."""
        return self.model.startswith(OFFLINE_PREFIX)

    @property
    def model_name(self) -> str:
        """Return the model's display name."""
        return "offline model" if self.free else self.model


@dataclass(frozen=True, slots=True)
class RunPlan:
    """The plan for all stages.

    Attributes:
        usd: Cost, or None if a price is unknown.
        seconds: Duration, or None if it is unknown.
        models: The models that the run may call, with their addresses.
        warnings: Warnings about keys that would be sent unencrypted.
        provider_calls: Warnings about models without a custom address, if a different model has one. The run
            asks the user to confirm these models if ``llm.confirm_addresses`` is set.
    """

    mode: Literal["calls", "batch"]
    cache_only: bool
    confirm_above_usd: float | None
    stages: list[StagePlan]
    requests: int
    usd: Range | None
    seconds: Seconds | None
    budgets: list[Budget]
    models: list[PlannedModel] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    provider_calls: list[str] = field(default_factory=list)

    @property
    def missing(self) -> MissingReplies:
        """Return the replies of finished tasks that are missing from the cache, for all stages."""
        return added(stage.missing for stage in self.stages)

    @property
    def outdated(self) -> int:
        """Return the number of replies that an earlier version's prompts produced and this run pays for again."""
        return sum(stage.outdated for stage in self.stages if not stage.free)

    @property
    def spends(self) -> bool:
        """Return whether the run sends any requests that can cost money."""
        return any(stage.requests and not stage.free for stage in self.stages)

    @property
    def judges(self) -> bool:
        """Return whether the judge model is one of the stages."""
        return any(stage.stage == "judge" for stage in self.stages)

    @property
    def asks_first(self) -> bool:
        """Return whether the cost may exceed ``confirm_above_usd``, or False if the price is unknown."""
        limit = self.confirm_above_usd
        return self.spends and limit is not None and self.usd is not None and self.usd.high > limit


class PlannedLedger(RehearsedLedger, Protocol):
    """The ledger as a plan uses it, implemented by ``ledger.facade.Ledger``."""

    @property
    def store(self) -> LedgerStore: ...

    @property
    def budgets(self) -> LedgerBudgets: ...

    @property
    def rate_limits(self) -> LedgerRateLimits: ...


def plan_run(
    stages: Sequence[Stage], load: Callable[[str], Any], words: pl.DataFrame | None, confusables: pl.DataFrame | None,
    parameters: Parameters, llm: LLMClient, ledger: PlannedLedger, under_way: bool, counted: set[str] | None = None,
) -> RunPlan:  # fmt: skip
    """Return the plan for the stages.

    Args:
        stages: The stages to plan, in order.
        load: Function that returns a prompt or a layer by name.
        words: The words in the run; needed for the first stage.
        confusables: Easily confused words; needed for the first stage.
        parameters: The run's parameters.
        llm: The model client, whose cache is read.
        ledger: A copy of the ledger (``Ledger.rehearsal``), because planning writes to it.
        under_way: Whether the run has begun. If it has, the money already spent counts against the run budget.
        counted: Keys of requests that other plans have counted. See ``rehearse``.

    Raises:
        SettingsError: The estimates or the price list cannot be read, or a model's provider is unknown.
    """
    settings, lengths = parameters.llm, reply_lengths(load("reply_lengths"))
    card_types, analysis = len(parameters.flashcards.card_types), lengths["nuance"]
    # The rehearsal changes the tasks.
    done, chosen = done_replies(ledger.store), None if words is None else set(words["item_id"])
    plans = []
    for rehearsed in rehearse(stages, load, words, confusables, parameters, llm, ledger, counted):
        own = settings.of(rehearsed.stage)
        calls = past_calls(ledger.store, rehearsed.stage, rehearsed.template.model)
        models = {rehearsed.template.model, *(llm.model_version(fallback.model) for fallback in own.fallbacks)}
        version = rehearsed.template.prompt_version
        lost = missing_replies(
            rehearsed.stage, done, rehearsed.requests, chosen, models, version, llm, parameters.stale
        )
        plan = _stage_plan(rehearsed, own, calls, ledger, lengths, analysis, card_types)
        requested = rehearsed.requests.filter(pl.col("state").is_in(REQUESTED))["item_id"]
        tasks = ledger.queue.tasks(plan.stage, requested) if plan.requests else {}
        outdated = earlier_replies(plan.stage, tasks.values())
        plans.append(replace(plan, states=_with_missing(plan.states, rehearsed.requests, lost),
                             missing=MissingReplies.of(lost, plan.free), outdated=outdated,
                             own_prompt=own_prompt(load(f"{plan.stage}_prompt").file)))  # fmt: skip
        if rehearsed.stage == "nuance" and len(calls) >= ENOUGH_CALLS:
            analysis = Range.of_sample([call.tokens_out - call.tokens_reasoning for call in calls])
    return _run_plan(plans, settings, ledger, under_way)


def plan_requests(found: Rehearsed, parameters: Parameters, ledger: PlannedLedger, reply: Range) -> RunPlan:
    """Return the plan for the requests of one stage, for requests that are not a run's own.

    Args:
        found: The requests.
        parameters: The parameters for model calls.
        ledger: A copy of the ledger, which is only read.
        reply: The tokens in a reply.
    """
    # The requests contain everything, so no replies of earlier stages are still to come.
    lengths: Lengths = {"nuance": NOTHING, "flashcards": NOTHING, "judge": NOTHING, found.stage: reply}
    plan = _stage_plan(found, parameters.llm.of(found.stage), [], ledger, lengths, NOTHING, 0)
    return _run_plan([plan], parameters.llm, ledger, under_way=False)


def joined_plan(plans: Sequence[RunPlan], parameters: Parameters, ledger: PlannedLedger) -> RunPlan:
    """Return the plan of several runs in a row as one plan, whose budgets have to cover all of them.

    Args:
        plans: The plans of the runs.
        parameters: The parameters whose budgets apply.
        ledger: The ledger, which is only read.
    """
    stages = [stage for plan in plans for stage in plan.stages]
    priced = [plan.usd for plan in plans if plan.usd is not None]
    settings = parameters.llm
    return RunPlan(
        mode=settings.mode, cache_only=all(plan.cache_only for plan in plans),
        confirm_above_usd=settings.confirm_above_usd, stages=stages, requests=sum(plan.requests for plan in plans),
        usd=total(priced) if len(priced) == len(plans) else None, seconds=_sum([plan.seconds for plan in plans]),
        budgets=_budgets(stages, settings, ledger, under_way=False),
        models=list(dict.fromkeys(model for plan in plans for model in plan.models)),
        warnings=list(dict.fromkeys(text for plan in plans for text in plan.warnings)),
        provider_calls=list(dict.fromkeys(text for plan in plans for text in plan.provider_calls)),
    )  # fmt: skip


def _run_plan(plans: list[StagePlan], settings: LLMParameters, ledger: PlannedLedger, under_way: bool) -> RunPlan:
    calling = [plan.stage for plan in plans if plan.requests and not plan.free]
    times = [plan.seconds for plan in plans if plan.requests and not plan.free]
    priced = [plan.usd for plan in plans if plan.usd is not None]
    return RunPlan(
        mode=settings.mode, cache_only=settings.cache_only, confirm_above_usd=settings.confirm_above_usd, stages=plans,
        requests=sum(plan.requests for plan in plans),
        usd=total(priced) if len(priced) == len(plans) else None,
        seconds=_sum(times), budgets=_budgets(plans, settings, ledger, under_way),
        models=planned_models(calling, settings), warnings=unencrypted_keys(calling, settings),
        provider_calls=provider_calls(calling, settings),
    )  # fmt: skip


def _with_missing(states: States, requests: pl.DataFrame, lost: Sequence[DoneReply]) -> States:
    """Return the states, in which words whose reply is missing from the cache are "missing" instead of "new"."""
    words = {reply.item_id for reply in lost}
    missing = requests.filter(pl.col("item_id").is_in(words) & (pl.col("state") == "new")).height
    if not missing:
        return states
    new = {"": sum(states.get("new", {}).values()) - missing}
    others = {state: reasons for state, reasons in states.items() if state != "new"}
    return others | {"missing": {"": missing}} | ({"new": new} if new[""] else {})


def reply_lengths(text: str) -> Lengths:
    """Parse the expected reply lengths from the text of estimates.yml."""
    try:
        return TypeAdapter(Lengths).validate_python(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        reason = yaml_problem(error, text) if isinstance(error, yaml.YAMLError) else "its values are not valid"
        raise SettingsError(
            f"conf/base/prompts/estimates.yml cannot be read: {reason}. Nothing was sent. The file must contain low, "
            "typical, and high values for nuance, flashcards, and judge."
        ) from error


def _stage_plan(
    found: Rehearsed, settings: LLMParameters, calls: list[PastCall], ledger: PlannedLedger, lengths: Lengths,
    analysis: Range, card_types: int,
) -> StagePlan:  # fmt: skip
    model, price = found.template.model, price_of(found.template.model, settings.prices)
    later = 0 if settings.cache_only else found.later
    requests = 0 if settings.cache_only else len(found.missing) + later
    free = model.startswith(OFFLINE_PREFIX)
    plan = StagePlan(
        stage=found.stage, model=model, states=found.states, stale=found.stale, waiting=found.waiting,
        requests=requests, later=later,
        tokens_in=None if free else NOTHING, tokens_out=None if free else NOTHING, approximate=False,
        own_calls=len(calls) if len(calls) >= ENOUGH_CALLS else 0, price=price.source if price else None,
        refused=price is None and settings.price == "known", costs=Costs(NOTHING, None, None), usd=NOTHING,
        latency=None, seconds=Seconds(0.0, 0.0), later_basis=found.later_basis if later else None,
    )  # fmt: skip
    if free or not requests:
        return plan
    counter = TokenCounter(model)
    work = _work(found, counter, calls, lengths, analysis, card_types)
    if plan.own_calls:
        work = _with_repetitions(work, extra_tokens(ledger.store, found.stage, model))
    cost = costs(work, price) if price else None
    batch = settings.mode == "batch"
    usd = None if cost is None else cost.batch if batch and cost.batch else cost.plain
    speed = None if any(not call.batch for call in calls) else probe_speed(ledger.store, model)
    latency = _latency(calls, work, speed)
    most = call_maximum(found.template, price, _longest_prompt(found, analysis, lengths, card_types), batch)
    rpm, tpm = ledger.rate_limits.limits(Endpoint(model, settings.api_base).key, settings.rates)
    return replace(
        plan, tokens_in=work.tokens_in, tokens_out=work.tokens_out, approximate=counter.approximate, costs=cost,
        usd=usd, latency=latency, timed_calls=sum(not call.batch for call in calls), speed=speed,
        call_usd=most.usd, call_tokens=most.tokens,
        seconds=None if batch else seconds(work, latency, settings.first_calls, settings.concurrency, rpm, tpm),
    )  # fmt: skip


def _work(
    found: Rehearsed, counter: TokenCounter, calls: list[PastCall], lengths: Lengths, analysis: Range, card_types: int
) -> Work:
    """Return the tokens in all requests: counted for known requests and estimated for requests still to be planned."""
    system, schema = found.template.system, found.template.schema
    known = sum(request_tokens(counter, system, ask.user, schema) for ask in found.missing)
    around = request_tokens(counter, system, "", schema)
    to_come = _replies_in_prompt(found.stage, analysis, lengths, card_types)
    tokens_in = Range.exactly(known).plus(Range.exactly(around).plus(to_come).times(found.later))
    requests = len(found.missing) + found.later
    if len(calls) >= ENOUGH_CALLS:
        tokens_out = Range.of_sample([call.tokens_out for call in calls]).times(requests)
    elif found.stage != "flashcards":
        tokens_out = lengths[found.stage].times(requests)
    else:
        cards = sum(len(json.loads(ask.user)["card_types"]) for ask in found.missing) + found.later * card_types
        tokens_out = lengths["flashcards"].times(cards)
    return Work(requests, tokens_in, tokens_out, counter.count(system))


def _replies_in_prompt(stage: Stage, analysis: Range, lengths: Lengths, card_types: int) -> Range:
    """Return the tokens of the earlier stages' replies for one word, which are part of the stage's request."""
    return analysis if stage == "flashcards" else analysis.plus(lengths["flashcards"].times(card_types))


def _longest_prompt(found: Rehearsed, analysis: Range, lengths: Lengths, card_types: int) -> int:
    """Return the maximum number of tokens in a request's prompt: exact for known requests, estimated for later ones."""
    template = found.template
    known = [most_tokens(template.system, ask.user, template.schema) for ask in found.missing]
    if found.later:
        high = _replies_in_prompt(found.stage, analysis, lengths, card_types).high
        known.append(most_tokens(template.system, "", template.schema) + math.ceil(high * MOST_BYTES_PER_TOKEN))
    return max(known)


def _with_repetitions(work: Work, each: ExtraTokens) -> Work:
    """Return the work with token counts that include the average for repairs and repeated calls."""
    into, out = (Range.exactly(tokens * work.requests) for tokens in each)
    return replace(work, tokens_in=work.tokens_in.plus(into), tokens_out=work.tokens_out.plus(out))


def _latency(calls: list[PastCall], work: Work, speed: float | None) -> float:
    """Return the mean call duration in seconds, estimated from reply length and speed if there are no past calls.

    ``speed`` is the number of tokens per second that `kedro llm doctor` measured, or None to use ASSUMED_SPEED.
    """
    own = [call.latency_s for call in calls if not call.batch]
    if own:
        return sum(own) / len(own)
    return work.tokens_out.typical / work.requests / (speed or ASSUMED_SPEED)


def _budgets(
    plans: Iterable[StagePlan], settings: LLMParameters, ledger: PlannedLedger, under_way: bool
) -> list[Budget]:
    needs = [
        Need(plan.stage, plan.model, plan.usd, plan.tokens_in.plus(plan.tokens_out), plan.requests, plan.call_usd,
             plan.call_tokens, settings.mode == "batch")
        for plan in plans
        if plan.tokens_in and plan.tokens_out and not plan.refused
    ]  # fmt: skip
    found, zone = [], ledger.budgets.foreign_zone()
    for limit in settings.budget.limits():
        of_a_new_run = limit.per == "run" and not under_way
        spent = Spent() if of_a_new_run else ledger.budgets.spent(limit)
        left = spent.usd_left(limit), spent.tokens_left(limit)
        applies = limits_any_call(limit, settings)
        found.append(forecast(limit, *left, needs, spent.requests_left(limit), zone, applies))
    return found


def _sum(times: list[Seconds | None]) -> Seconds | None:
    known = [time for time in times if time is not None]
    if len(known) < len(times):
        return None
    return Seconds(sum(time.low for time in known), sum(time.high for time in known))
