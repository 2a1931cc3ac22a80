"""Define the filters that select cards for an export, with the same names and values wherever they are written."""

from datetime import date, timedelta
from typing import Annotated, Any, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import Whole
from korean_flashcards.domain.records import CARD_TYPES, PartOfSpeech
from korean_flashcards.exports.card_columns import EXTRA_CARD_TYPES
from korean_flashcards.exports.filter_values import Day, Levels, Names, as_text, names
from korean_flashcards.exports.nearest_names import unknown_names
from korean_flashcards.exports.sql_filter import condition

REVIEW_STATES = ("approved", "edited", "changed", "needed", "none")


def _chosen(kind: str, known: tuple[str, ...], plural: str | None = None) -> BeforeValidator:
    """Return a validator for names that must be in ``known``, regardless of case."""
    by_lower = {each.lower(): each for each in known}

    def checked(value: Any) -> Any:
        found = names(value)
        if unknown := [name for name in found if name.lower() not in by_lower]:
            raise ValueError(unknown_names(kind, unknown, known, plural))
        return tuple(by_lower[name.lower()] for name in found)

    return BeforeValidator(checked)


def _condition(expression: str) -> str:
    try:
        condition(expression)
    except SettingsError as error:
        raise ValueError(str(error)) from None
    return expression


def _is_reversed(first: date | timedelta | None, last: date | timedelta | None) -> bool:
    """Return whether a period ends before it begins. That of a date and an age depends on the day of the export."""
    if isinstance(first, timedelta) and isinstance(last, timedelta):
        return first < last
    return isinstance(first, date) and isinstance(last, date) and first > last


CardTypes = Annotated[tuple[str, ...], _chosen("card type", (*CARD_TYPES, *EXTRA_CARD_TYPES))]
PartsOfSpeech = Annotated[tuple[str, ...], _chosen("part of speech", get_args(PartOfSpeech), "parts of speech")]
Reviews = Annotated[tuple[str, ...], _chosen("review state", REVIEW_STATES)]
Score = Annotated[Whole, Field(ge=0, le=100)]
Condition = Annotated[str, AfterValidator(_condition)]


class CardFilter(BaseModel):
    """The cards to select. A card must meet every filter that has a value.

    Names are separated by commas. They are compared regardless of case.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    deck: Names | None = Field(default=None, description="Cards in these decks, with their subdecks.")
    list: Names | None = Field(default=None, description="Words in these word lists, by file name.")
    level: Levels | None = Field(default=None, description="TOPIK levels and ranges, such as 1-3; none = no level.")
    tags_any: Names | None = Field(default=None, description="Cards with at least one of these tags.")
    tags_all: Names | None = Field(default=None, description="Cards with all of these tags.")
    tags_none: Names | None = Field(default=None, description="Cards without any of these tags.")
    part_of_speech: PartsOfSpeech | None = Field(default=None, description="Parts of speech, such as noun,verb.")
    card_type: CardTypes | None = Field(default=None, description="Card types, such as Scene.")
    card_type_not: CardTypes | None = Field(default=None, description="All card types except these.")
    words: Names | None = Field(default=None, description="Words, or item IDs such as 배#2.")
    score_min: Score | None = Field(default=None, description="Cards with at least this score (0 to 100).")
    score_max: Score | None = Field(default=None, description="Cards with at most this score (0 to 100).")
    review: Reviews | None = Field(default=None, description=f"Review states: {', '.join(REVIEW_STATES)}.")
    imported_since: Day | None = Field(
        default=None, description="Words imported on or after this date (or age: 7d, 4w)."
    )
    imported_until: Day | None = Field(default=None, description="Words imported on or before this date (or age).")
    changed_since: Day | None = Field(default=None, description="Cards that changed on or after this date (or age).")
    changed_until: Day | None = Field(default=None, description="Cards that changed on or before this date (or age).")
    where: Condition | None = Field(default=None, description="Cards that meet an SQL condition, such as 'score < 80'.")

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.score_min is not None and self.score_max is not None and self.score_min > self.score_max:
            raise ValueError(f"score_min ({self.score_min}) is higher than score_max ({self.score_max})")
        for kind in ("imported", "changed"):
            first, last = getattr(self, f"{kind}_since"), getattr(self, f"{kind}_until")
            if _is_reversed(first, last):
                raise ValueError(
                    f"{kind}_since ({as_text(first)}) is later than {kind}_until ({as_text(last)}), so no card meets both"
                )
        return self

    def with_changes(self, other: "CardFilter") -> "CardFilter":
        """Return these filters, updated with the values of ``other``."""
        return self.model_copy(update={name: value for name, value in other if value is not None})

    def given(self) -> dict[str, str]:
        """Return the filters that have a value, in the form in which a user writes them."""
        return {name: as_text(value) for name, value in self if value is not None}
