"""Validate the parameters in ``conf/*/parameters*.yml`` before any node runs. Only the YAML files define defaults."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from korean_flashcards.domain.records import WORD_STAGES, CardType, Severity, Stage


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: Any) -> Any:
    """Return a list of names. A string, as on the command line, is split at commas and semicolons."""
    return [name.strip() for name in re.split(r"[,;]", value) if name.strip()] if isinstance(value, str) else value


ModelName = Annotated[str, Field(min_length=1)]
Models = Annotated[list[ModelName], BeforeValidator(_listed)]
Temperature = Annotated[float, Field(ge=0, le=2)]
Tokens = Annotated[int, Field(ge=1)]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh"]


class StageParameters(_Parameters):
    """Validate ``llm.stages.<stage>``: the settings that differ in one stage. Null means the setting for all stages."""

    model: ModelName | None = None
    api_base: str | None = None
    fallbacks: Models | None = None
    temperature: Temperature | None = None
    max_tokens: Tokens | None = None
    seed: int | None = None
    reasoning_effort: Effort | None = None
    extra_body: dict[str, Any] | None = None


class BudgetLimit(_Parameters):
    """Limit the spending, in USD, in tokens (prompt and reply together) and in requests. Null means no limit."""

    usd: Annotated[float, Field(ge=0)] | None = None
    tokens: Annotated[int, Field(ge=0)] | None = None
    requests: Annotated[int, Field(ge=0)] | None = None


class PartBudget(BudgetLimit):
    """Limit the spending of one stage, of one model, or of one model in one stage."""

    per: Literal["run", "day", "month"]
    stage: Stage | None = None
    model: ModelName | None = None


class BudgetParameters(_Parameters):
    """Validate ``llm.budget``. All budgets apply together."""

    run: BudgetLimit
    day: BudgetLimit
    month: BudgetLimit
    parts: list[PartBudget]

    def limits(self) -> list[PartBudget]:
        """Return the budgets that set a limit. The overall budgets come first."""
        whole = {"run": self.run, "day": self.day, "month": self.month}
        every = [PartBudget(per=per, **limit.model_dump()) for per, limit in whole.items()] + self.parts  # type: ignore[arg-type]
        return [limit for limit in every if (limit.usd, limit.tokens, limit.requests) != (None, None, None)]


class RateParameters(_Parameters):
    """Validate ``llm.rates``: requests and tokens per minute. If null, a limit is learned from the provider's replies."""

    rpm: Annotated[float, Field(gt=0)] | None
    tpm: Annotated[float, Field(gt=0)] | None


class BreakerParameters(_Parameters):
    """Validate ``llm.breaker``: the settings of the circuit breaker. Times are in seconds."""

    failures: Annotated[int, Field(ge=1, le=10)]
    rest: Annotated[float, Field(gt=0)]
    longest_rest: Annotated[float, Field(gt=0)]
    give_up: Annotated[float, Field(ge=0)]


_Usd = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class PriceParameters(_Parameters):
    """Validate one model in ``llm.prices``: USD per million tokens. ``longest_reply`` is in tokens.

    Without separate prices, cached tokens and cache writes cost ``input``, and batches cost the same as calls.
    """

    input: _Usd
    output: _Usd
    cached_input: _Usd | None = None
    cache_write: _Usd | None = None
    batch_input: _Usd | None = None
    batch_output: _Usd | None = None
    longest_reply: Annotated[int, Field(ge=1)] | None = None


class LLMParameters(_Parameters):
    """Validate ``llm``: which model is called, and how. See parameters_llm.yml for units and effects."""

    model: ModelName
    api_base: str | None
    fallbacks: Models
    stages: dict[Stage, StageParameters]
    temperature: Temperature | None
    max_tokens: Tokens | None
    seed: int | None
    reasoning_effort: Effort | None
    extra_body: dict[str, Any] | None
    mode: Literal["calls", "batch"]
    batch_wait: Annotated[float, Field(ge=0)]
    cache_only: bool
    repair: bool
    repair_findings: bool
    concurrency: Annotated[int, Field(ge=1, le=1000)]
    max_concurrency: Annotated[int, Field(ge=1, le=1000)]
    timeout: Annotated[float, Field(gt=0)]
    max_attempts: Annotated[int, Field(ge=1, le=10)]
    backoff: Annotated[float, Field(ge=0)]
    max_wait: Annotated[float, Field(ge=0)]
    price: Literal["known", "unknown_ok"]
    prices: dict[ModelName, PriceParameters]
    confirm_above_usd: Annotated[float, Field(ge=0)] | None
    budget: BudgetParameters
    rates: RateParameters
    breaker: BreakerParameters

    def of(self, stage: Stage) -> "LLMParameters":
        """Return the parameters for one stage, with the stage's own settings in place of the general ones."""
        own = self.stages.get(stage)
        given = {} if own is None else {name: value for name, value in own if value is not None}
        return self.model_copy(update={**given, "stages": {}})


class TaskParameters(_Parameters):
    """Validate ``tasks``: the attempts per word, and the lease of a run in seconds. See parameters_tasks.yml."""

    max_attempts: Annotated[int, Field(ge=1)]
    lease: Annotated[float, Field(gt=0)]


class FlashcardParameters(_Parameters):
    """Validate ``flashcards``: which card types are generated."""

    card_types: Annotated[list[CardType], Field(min_length=1)]


class ExportParameters(_Parameters):
    """Validate ``export``: the name of the deck and its subdecks."""

    deck_name: Annotated[str, Field(min_length=1)]
    subdecks: Literal["auto", "topik_level", "tag", "none"]


_Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Threshold = Annotated[int, Field(ge=0, le=100)]
_Rating = Annotated[int, Field(ge=1, le=5)]


class QualityParameters(_Parameters):
    """Validate ``quality``: how a score is computed, and which scores hold a card back. See parameters_quality.yml."""

    points: dict[Severity, _Points]
    weights: dict[str, _Points]
    publish_from: _Threshold
    review_from: _Threshold
    # YAML parses an unquoted off as false.
    judge: Annotated[Literal["off", "sample", "review", "all"], BeforeValidator(lambda value: value or "off")]
    judge_sample: Annotated[int, Field(ge=1)]
    judge_publish_from: _Rating
    judge_review_from: _Rating

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if missing := [severity for severity in Severity if severity not in self.points]:
            raise ValueError(f"points has no value for {' and '.join(missing)}. Add the points to deduct, 0 or more")
        for publish, review in (("publish_from", "review_from"), ("judge_publish_from", "judge_review_from")):
            if getattr(self, review) > getattr(self, publish):
                raise ValueError(
                    f"{review} ({getattr(self, review)}) is higher than {publish} ({getattr(self, publish)}). "
                    f"Raise {publish} or lower {review}"
                )
        return self


class ConfusableParameters(_Parameters):
    """Validate ``confusables``: how many similar words are listed and used. See parameters_confusables.yml."""

    per_word: Annotated[int, Field(ge=1)]
    candidates: Annotated[int, Field(ge=0, le=5)]
    linked: Annotated[int, Field(ge=0)]


class ReviewParameters(_Parameters):
    """Validate ``review``: whether cards need an approval, and the name of the reviewer."""

    required: bool
    reviewer: str | None


# What to do with replies to an earlier prompt, model or row: request them again, or keep them.
Stale = Literal["redo", "keep"]


class Parameters(_Parameters):
    """Validate all parameters of the project. An unknown name is an error, because it is probably a typo."""

    limit: Annotated[int, Field(ge=1)] | None
    batch: str | int | None
    priority_min: Annotated[int, Field(ge=1, le=10)] | None
    words: list[str] | str | None
    word_lists: str | None
    stale: Stale
    tasks: TaskParameters
    llm: LLMParameters
    flashcards: FlashcardParameters
    export: ExportParameters
    confusables: ConfusableParameters
    quality: QualityParameters
    review: ReviewParameters

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages that call a model, in the order in which they run."""
        return WORD_STAGES if self.quality.judge == "off" else (*WORD_STAGES, "judge")

    @model_validator(mode="after")
    def _judge_is_a_model(self) -> Self:
        if "judge" in self.stages and self.llm.of("judge").model.startswith("offline/"):
            raise ValueError(
                f"quality.judge is {self.quality.judge}, but {self.llm.of('judge').model} cannot judge: it can only "
                "repeat the word list. Set llm.stages.judge.model to an online model, or set quality.judge to off"
            )
        return self
