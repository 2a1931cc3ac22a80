"""Validate the parameters in ``conf/*/parameters*.yml`` before any node runs. The YAML files define the defaults."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, LiteralString, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from korean_flashcards.domain.calls import names_model
from korean_flashcards.domain.empty_values import NARROWING
from korean_flashcards.domain.explanation_language import ENGLISH, LanguageCode
from korean_flashcards.domain.records import WORD_STAGES, CardType, Severity, Stage
from korean_flashcards.domain.web_address import address_problem


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: Any) -> Any:
    """Return a list of names. A string, as passed on the command line, is split on commas and semicolons."""
    return [name.strip() for name in re.split(r"[,;]", value) if name.strip()] if isinstance(value, str) else value


def _no_switch(kind: LiteralString) -> BeforeValidator:
    """Return a validator that rejects true and false, which pydantic would treat as 1 and 0."""

    def checked(value: Any) -> Any:
        if isinstance(value, bool):
            raise PydanticCustomError(kind, "true and false are not numbers")
        return value

    return BeforeValidator(checked)


Whole = Annotated[int, _no_switch("not_whole")]
Number = Annotated[float, _no_switch("not_a_number")]


def _named(value: Any) -> Any:
    """Return the value, but reject an empty string, which would widen the run to all words."""
    if isinstance(value, str) and not value.strip():
        raise ValueError(_EMPTY)
    return value


def _some_words(value: Any) -> Any:
    """Return the words, but reject an empty list."""
    words = re.split(r"[,;]", value) if isinstance(value, str) else value
    if isinstance(words, list) and not any(str(word).strip() for word in words if word is not None):
        raise ValueError(_EMPTY)
    return value


def _web_address(value: str) -> str:
    """Return a server's address without surrounding spaces, after checking that it is a web address."""
    if problem := address_problem(value.strip()):
        raise ValueError(problem)
    return value.strip()


_EMPTY = "an empty value would not restrict the run. Set a value, or use null for no restriction"
ModelName = Annotated[str, Field(min_length=1)]
Address = Annotated[str, Field(min_length=1), AfterValidator(_web_address)] | None


class FallbackParameters(_Parameters):
    """A fallback model in ``llm.fallbacks``.

    Without an address, the model is called at its provider's default address.
    """

    model: ModelName
    api_base: Address = None

    @model_validator(mode="before")
    @classmethod
    def _name_is_enough(cls, value: Any) -> Any:
        return {"model": value} if isinstance(value, str) else value


Fallbacks = Annotated[list[FallbackParameters], BeforeValidator(_listed)]
Temperature = Annotated[Number, Field(ge=0, le=2)]
Tokens = Annotated[Whole, Field(ge=1)]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh"]


class StageParameters(_Parameters):
    """The parameters in ``llm.stages.<stage>``, which override the general ones. Null means no override."""

    model: ModelName | None = None
    api_base: Address = None
    fallbacks: Fallbacks | None = None
    temperature: Temperature | None = None
    max_tokens: Tokens | None = None
    seed: Whole | None = None
    reasoning_effort: Effort | None = None
    extra_body: dict[str, Any] | None = None


class BudgetLimit(_Parameters):
    """Limits on spending in USD, on tokens (prompt and reply combined), and on requests. Null means no limit."""

    usd: Annotated[Number, Field(ge=0)] | None = None
    tokens: Annotated[Whole, Field(ge=0)] | None = None
    requests: Annotated[Whole, Field(ge=0)] | None = None


class PartBudget(BudgetLimit):
    """A spending limit for one stage, one model, or one model in one stage."""

    per: Literal["run", "day", "month"]
    stage: Stage | None = None
    model: ModelName | None = None

    def covers(self, stage: Stage, model: str) -> bool:
        """Return whether the budget limits the stage's calls to the model.

        A model name without a provider covers the model at every provider.
        """
        return self.stage in (None, stage) and (self.model is None or names_model(self.model, model))


class BudgetParameters(_Parameters):
    """The parameters in ``llm.budget``. All budgets apply at the same time."""

    run: BudgetLimit
    day: BudgetLimit
    month: BudgetLimit
    parts: list[PartBudget]

    def limits(self) -> list[PartBudget]:
        """Return the budgets that set a limit, starting with the overall budgets."""
        whole = {"run": self.run, "day": self.day, "month": self.month}
        every = [PartBudget(per=per, **limit.model_dump()) for per, limit in whole.items()] + self.parts  # type: ignore[arg-type]
        return [limit for limit in every if (limit.usd, limit.tokens, limit.requests) != (None, None, None)]


class RateParameters(_Parameters):
    """The parameters in ``llm.rates``: limits per minute.

    If a limit is null, it is learned from the provider's responses.
    """

    rpm: Annotated[Number, Field(gt=0)] | None
    tpm: Annotated[Number, Field(gt=0)] | None


class BreakerParameters(_Parameters):
    """The parameters in ``llm.breaker``: the circuit breaker's settings. Times are in seconds."""

    failures: Annotated[Whole, Field(ge=1, le=10)]
    rest: Annotated[Number, Field(gt=0)]
    longest_rest: Annotated[Number, Field(gt=0)]
    give_up: Annotated[Number, Field(ge=0)]


_Usd = Annotated[Number, Field(ge=0, allow_inf_nan=False)]


class PriceParameters(_Parameters):
    """One model's prices in ``llm.prices``, in USD per million tokens. ``longest_reply`` is in tokens.

    If ``cached_input`` or ``cache_write`` is null, the ``input`` price applies. If a batch price is null, the price for
    calls applies.
    """

    input: _Usd
    output: _Usd
    cached_input: _Usd | None = None
    cache_write: _Usd | None = None
    batch_input: _Usd | None = None
    batch_output: _Usd | None = None
    longest_reply: Annotated[Whole, Field(ge=1)] | None = None


# Parallel calls at the start of a run. The number grows up to ``llm.concurrency`` while replies stay fast.
_FIRST_CALLS = 16


def without_old_names(llm: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``llm`` parameters with any old names replaced by the current ones.

    ``max_concurrency`` is the old name of ``concurrency``.
    """
    current = dict(llm)
    most = current.pop("max_concurrency", None)
    return current if most is None else current | {"concurrency": most}


class LLMParameters(_Parameters):
    """The parameters in ``llm``: which model is called, and how. See parameters_llm.yml for units and effects."""

    model: ModelName
    api_base: Address
    fallbacks: Fallbacks
    stages: dict[Stage, StageParameters]
    temperature: Temperature | None
    max_tokens: Tokens | None
    seed: Whole | None
    reasoning_effort: Effort | None
    extra_body: dict[str, Any] | None
    mode: Literal["calls", "batch"]
    batch_wait: Annotated[Number, Field(ge=0)]
    cache_only: bool
    repair: bool
    repair_findings: bool
    concurrency: Annotated[Whole, Field(ge=1, le=1000)]
    timeout: Annotated[Number, Field(gt=0)]
    max_attempts: Annotated[Whole, Field(ge=1, le=10)]
    backoff: Annotated[Number, Field(ge=0)]
    max_wait: Annotated[Number, Field(ge=0)]
    max_pause: Annotated[Number, Field(gt=0)] = 900.0  # the default for parameter files of releases without it
    price: Literal["known", "unknown_ok"]
    prices: dict[ModelName, PriceParameters]
    confirm_above_usd: Annotated[Number, Field(ge=0)] | None
    # Older projects do not have these three parameters.
    confirm_addresses: bool = True
    confirm_missing: bool = True
    confirm_upgrade: bool = True
    budget: BudgetParameters
    rates: RateParameters
    breaker: BreakerParameters

    @model_validator(mode="before")
    @classmethod
    def _reads_old_names(cls, values: Any) -> Any:
        return without_old_names(values) if isinstance(values, Mapping) else values

    @property
    def first_calls(self) -> int:
        """Return the number of parallel calls at the start of a run."""
        return min(self.concurrency, _FIRST_CALLS)

    def of(self, stage: Stage) -> "LLMParameters":
        """Return the parameters for one stage, with the stage's own settings in place of the general ones.

        ``api_base`` applies only to ``model``, so a stage with a different model does not use that address.
        """
        own = self.stages.get(stage)
        given = {} if own is None else {name: value for name, value in own if value is not None}
        if given.get("model", self.model) != self.model:
            given.setdefault("api_base", None)
        return self.model_copy(update={**given, "stages": {}})


class TaskParameters(_Parameters):
    """The parameters in ``tasks``: attempts per word, and a run's lease in seconds. See parameters_tasks.yml."""

    max_attempts: Annotated[Whole, Field(ge=1)]
    lease: Annotated[Number, Field(gt=0)]


class FlashcardParameters(_Parameters):
    """The parameters in ``flashcards``: which card types are generated."""

    card_types: Annotated[list[CardType], Field(min_length=1)]


# What to do with words that no list contains anymore.
GoneWords = Literal["keep", "suspend", "remove"]


class IngressParameters(_Parameters):
    """The parameters in ``ingress``: what to do with words that no list contains anymore."""

    gone: GoneWords = "keep"


# The cards that the export can make from a word's analysis and example, without a model call.
ExtraCard = Literal["reverse", "cloze"]


class ExportParameters(_Parameters):
    """The parameters in ``export``: the deck's name and subdecks, whose cards it contains, and what else is on them."""

    deck_name: Annotated[str, Field(min_length=1)]
    subdecks: Literal["auto", "topik_level", "tag", "none"]
    # Older projects do not have these parameters.
    only_selected: bool = False
    extra_cards: Annotated[list[ExtraCard], BeforeValidator(_listed)] = []
    speech: bool = False
    # ``exports.card_filter`` defines the filters.
    filters: Annotated[dict[str, Any], BeforeValidator(lambda value: {} if value is None else value)] = {}


_Points = Annotated[Number, Field(ge=0, allow_inf_nan=False)]
_Threshold = Annotated[Whole, Field(ge=0, le=100)]
_Rating = Annotated[Whole, Field(ge=1, le=5)]


# Which words the judge rates.
Judging = Literal["off", "sample", "doubtful", "review", "all"]


class QualityParameters(_Parameters):
    """The parameters in ``quality``: how scores are computed and which scores hold cards back.

    See parameters_quality.yml.
    """

    points: dict[Severity, _Points]
    weights: dict[str, _Points]
    publish_from: _Threshold
    review_from: _Threshold
    # YAML parses an unquoted off as false.
    judge: Annotated[Judging, BeforeValidator(lambda value: value or "off")]
    judge_sample: Annotated[Whole, Field(ge=1)]
    judge_margin: _Threshold = 10  # the default for parameter files of releases without it
    judge_publish_from: _Rating
    judge_review_from: _Rating

    @property
    def thresholds(self) -> tuple[int, int]:
        """Return the lowest scores for the verdicts "publish" and "review"."""
        return self.publish_from, self.review_from

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if missing := [severity for severity in Severity if severity not in self.points]:
            raise ValueError(
                f"points has no value for {' and '.join(missing)}. Set the number of points to deduct, 0 or more"
            )
        for publish, review in (("publish_from", "review_from"), ("judge_publish_from", "judge_review_from")):
            if getattr(self, review) > getattr(self, publish):
                raise ValueError(
                    f"{review} ({getattr(self, review)}) is higher than {publish} ({getattr(self, publish)}). "
                    f"Raise {publish} or lower {review}"
                )
        return self


class ConfusableParameters(_Parameters):
    """The parameters in ``confusables``: how many similar words are listed and used. See parameters_confusables.yml."""

    per_word: Annotated[Whole, Field(ge=1)]
    candidates: Annotated[Whole, Field(ge=0, le=5)]
    linked: Annotated[Whole, Field(ge=0)]


class ReviewParameters(_Parameters):
    """The parameters in ``review``: whether cards need approval, and the reviewer's name."""

    required: bool
    reviewer: str | None


# What to do with replies to an earlier prompt, model or row: request new ones, or keep the old ones.
Stale = Literal["redo", "keep", "all"]


class Parameters(_Parameters):
    """All of the project's parameters. An unknown name is an error, because it is probably a typo."""

    limit: Annotated[Whole, Field(ge=1)] | None
    batch: Annotated[str | Whole | None, BeforeValidator(_named)]
    priority_min: Annotated[Whole, Field(ge=1, le=10)] | None
    words: Annotated[list[str] | str | None, BeforeValidator(_some_words)]
    word_lists: Annotated[str | None, BeforeValidator(_named)]
    stale: Stale
    # Older projects do not have this parameter.
    language: LanguageCode = ENGLISH
    tasks: TaskParameters
    llm: LLMParameters
    ingress: IngressParameters = IngressParameters()
    flashcards: FlashcardParameters
    export: ExportParameters
    confusables: ConfusableParameters
    quality: QualityParameters
    review: ReviewParameters

    @property
    def narrowed(self) -> bool:
        """Return whether the parameters select some of the words."""
        return any(getattr(self, name) is not None for name in NARROWING)

    @property
    def separate_export(self) -> bool:
        """Return whether a run exports to separate files, because it does not export the whole deck."""
        return (self.narrowed and self.export.only_selected) or bool(self.export.filters)

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
