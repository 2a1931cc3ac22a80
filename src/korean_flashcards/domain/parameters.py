"""Typed views of ``conf/*/parameters*.yml``: Kedro checks them before any node runs. Defaults live in the YAML only."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from korean_flashcards.domain.records import WORD_STAGES, CardType, Severity, Stage


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: Any) -> Any:
    """A list, also as one text: on the command line, names stand between commas or semicolons."""
    return [name.strip() for name in re.split(r"[,;]", value) if name.strip()] if isinstance(value, str) else value


ModelName = Annotated[str, Field(min_length=1)]
Models = Annotated[list[ModelName], BeforeValidator(_listed)]
Temperature = Annotated[float, Field(ge=0, le=2)]
Tokens = Annotated[int, Field(ge=1)]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh"]


class StageParameters(_Parameters):
    """``llm.stages.<stage>``: what one stage does otherwise; null: as for both."""

    model: ModelName | None = None
    api_base: str | None = None
    fallbacks: Models | None = None
    temperature: Temperature | None = None
    max_tokens: Tokens | None = None
    seed: int | None = None
    reasoning_effort: Effort | None = None
    extra_body: dict[str, Any] | None = None


class BudgetLimit(_Parameters):
    """The most that may be spent, in USD and in tokens (in and out together); null: no limit."""

    usd: Annotated[float, Field(ge=0)] | None = None
    tokens: Annotated[int, Field(ge=0)] | None = None


class PartBudget(BudgetLimit):
    """A budget of one stage, one model, or one model in one stage."""

    per: Literal["run", "day", "month"]
    stage: Stage | None = None
    model: ModelName | None = None


class BudgetParameters(_Parameters):
    """``llm.budget``: each of them holds."""

    run: BudgetLimit
    day: BudgetLimit
    month: BudgetLimit
    parts: list[PartBudget]

    def limits(self) -> list[PartBudget]:
        """Return the budgets that limit anything, those of the whole first."""
        whole = {"run": self.run, "day": self.day, "month": self.month}
        every = [PartBudget(per=per, **limit.model_dump()) for per, limit in whole.items()] + self.parts  # type: ignore[arg-type]
        return [limit for limit in every if limit.usd is not None or limit.tokens is not None]


class RateParameters(_Parameters):
    """``llm.rates``: what the provider allows a minute; null: learnt from its headers and refusals."""

    rpm: Annotated[float, Field(gt=0)] | None
    tpm: Annotated[float, Field(gt=0)] | None


class BreakerParameters(_Parameters):
    """``llm.breaker``: when a provider counts as down, and how often it is tried then; seconds."""

    failures: Annotated[int, Field(ge=1, le=10)]
    rest: Annotated[float, Field(gt=0)]
    longest_rest: Annotated[float, Field(gt=0)]
    give_up: Annotated[float, Field(ge=0)]


_Usd = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class PriceParameters(_Parameters):
    """One model of ``llm.prices``: USD for a million tokens, as providers print it; ``longest_reply`` in tokens.

    What is None has no price of its own: cached and written tokens cost ``input``, a batch costs what calls cost.
    """

    input: _Usd
    output: _Usd
    cached_input: _Usd | None = None
    cache_write: _Usd | None = None
    batch_input: _Usd | None = None
    batch_output: _Usd | None = None
    longest_reply: Annotated[int, Field(ge=1)] | None = None


class LLMParameters(_Parameters):
    """``llm``: which model is called, and how (see parameters_llm.yml for units and effects)."""

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
        """The parameters as they are for one stage: its own values over those for both."""
        own = self.stages.get(stage)
        given = {} if own is None else {name: value for name, value in own if value is not None}
        return self.model_copy(update={**given, "stages": {}})


class TaskParameters(_Parameters):
    """``tasks``: when a word is given up, and for how long a run may go silent (see parameters_tasks.yml)."""

    max_attempts: Annotated[int, Field(ge=1)]
    lease: Annotated[float, Field(gt=0)]


class FlashcardParameters(_Parameters):
    """``flashcards``: which cards are written."""

    card_types: Annotated[list[CardType], Field(min_length=1)]


class ExportParameters(_Parameters):
    """``export``: how the deck is laid out."""

    deck_name: Annotated[str, Field(min_length=1)]
    subdecks: Literal["auto", "topik_level", "tag", "none"]


_Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Threshold = Annotated[int, Field(ge=0, le=100)]
_Rating = Annotated[int, Field(ge=1, le=5)]


class QualityParameters(_Parameters):
    """``quality``: how findings make a score, and what becomes of a card with it (see parameters_quality.yml)."""

    points: dict[Severity, _Points]
    weights: dict[str, _Points]
    publish_from: _Threshold
    review_from: _Threshold
    # YAML reads a bare off as false.
    judge: Annotated[Literal["off", "sample", "review", "all"], BeforeValidator(lambda value: value or "off")]
    judge_sample: Annotated[int, Field(ge=1)]
    judge_publish_from: _Rating
    judge_review_from: _Rating

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if missing := [severity for severity in Severity if severity not in self.points]:
            raise ValueError(f"points must name {', '.join(missing)} too")
        if self.review_from > self.publish_from or self.judge_review_from > self.judge_publish_from:
            raise ValueError("what goes into the deck must be at least as good as what is reviewed: raise publish_from")
        return self


class ConfusableParameters(_Parameters):
    """``confusables``: how many of the words that a learner mixes up go where (see parameters_confusables.yml)."""

    per_word: Annotated[int, Field(ge=1)]
    candidates: Annotated[int, Field(ge=0, le=5)]
    linked: Annotated[int, Field(ge=0)]


class ReviewParameters(_Parameters):
    """``review``: which cards may go out, and who reviews."""

    required: bool
    reviewer: str | None


# What becomes of replies to another prompt, model or word's data than today's.
Stale = Literal["redo", "keep"]


class Parameters(_Parameters):
    """All parameters of the project; a name that is not here is a typing error, and said so."""

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
        """The stages that call a model, in their order."""
        return WORD_STAGES if self.quality.judge == "off" else (*WORD_STAGES, "judge")

    @model_validator(mode="after")
    def _judge_can_read(self) -> Self:
        if "judge" in self.stages and self.llm.of("judge").model.startswith("offline/"):
            raise ValueError(
                f"quality.judge is {self.quality.judge}, but {self.llm.of('judge').model} cannot judge: it would repeat the "
                "word list. Name a model in llm.stages.judge.model, or set quality.judge to off"
            )
        return self
