"""Typed views of ``conf/*/parameters*.yml``: Kedro checks them before any node runs. Defaults live in the YAML only."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from korean_flashcards.contracts import CardType


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
    """``llm``: which model is asked, and how (see parameters_llm.yml for units and effects)."""

    model: Annotated[str, Field(min_length=1)]
    api_base: str | None
    temperature: Annotated[float, Field(ge=0, le=2)] | None
    max_tokens: Annotated[int, Field(ge=1)] | None
    concurrency: Annotated[int, Field(ge=1, le=1000)]
    timeout: Annotated[float, Field(gt=0)]
    max_attempts: Annotated[int, Field(ge=1, le=10)]
    backoff: Annotated[float, Field(ge=0)]
    max_wait: Annotated[float, Field(ge=0)]


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
