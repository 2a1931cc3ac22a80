"""Define the requests that the review page sends. Other values, and unknown ones, are refused."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from korean_flashcards.domain.records import Stage
from korean_flashcards.review.parts import ANALYSIS, ANALYSIS_NAME, Part, Shown

# Longer than any field may be, so that the check of the field can say what is wrong.
_Text = Annotated[str, Field(max_length=20_000)]
_Name = Annotated[str, Field(max_length=200)]


class PageRequest(BaseModel):
    """A request of the review page."""

    model_config = ConfigDict(extra="forbid")


class PartRequest(PageRequest):
    """A request about a word's card, or about its analysis (``card`` is "analysis")."""

    item_id: _Name
    card: _Name

    @property
    def part(self) -> Part:
        """Return the part."""
        return Part(self.item_id, ANALYSIS if self.card == ANALYSIS_NAME else self.card)


class ReviewFilter(PageRequest):
    """The cards or analyses to review.

    ``show`` is "waiting" (unreviewed, changed, or in conflict), "conflict", "all", or a review state. Empty values of the
    other filters select everything. ``word`` is part of a headword or of a meaning.
    """

    stage: Stage = "flashcards"
    show: Literal["waiting", "conflict", "all", "unreviewed", "changed", "approved", "edited", "rejected"] = "waiting"
    verdict: _Name = ""
    card: _Name = ""
    word: _Name = ""


class CardRequest(PageRequest):
    """A request for the card at a place in the list.

    Attributes:
        filter: The list.
        at: A card or an analysis, in the list or not. None: the start of the list.
        step: 1 for the first card after ``at``, -1 for the last card before it, or 0 for ``at`` itself.
    """

    filter: ReviewFilter
    at: PartRequest | None = None
    step: Literal[-1, 0, 1] = 0


class DecisionRequest(PartRequest):
    """An approval. ``fingerprint`` and ``last_review`` identify what the reviewer saw."""

    fingerprint: _Name
    last_review: int = Field(ge=0)

    @property
    def shown(self) -> Shown:
        """Return what the reviewer saw."""
        return Shown(self.fingerprint, self.last_review)


class RejectRequest(DecisionRequest):
    """A rejection with its reason."""

    reason: _Text


class EditRequest(DecisionRequest):
    """An edit: the new texts by field."""

    values: dict[_Name, _Text] = Field(min_length=1, max_length=30)


class PreviewRequest(PartRequest):
    """Texts to try out, by field."""

    values: dict[_Name, _Text] = Field(max_length=30)


class SelectionRequest(PageRequest):
    """A request for the number of cards that a filter selects."""

    filter: ReviewFilter


class ApproveAllRequest(SelectionRequest):
    """An approval of all cards that a filter selects. ``digest`` identifies the selection that the reviewer confirmed."""

    digest: _Name


class EmptyRequest(PageRequest):
    """A request without values."""
