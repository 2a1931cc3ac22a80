"""Read the decisions that a colleague made on an offline page, and record them in the ledger, each one only once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.reviews.recorded import By, Reviewed
from korean_flashcards.review.fields import checked, typed_value
from korean_flashcards.review.parts import Action, Part, Review, Shown, fingerprint
from korean_flashcards.reviewing.changed_fields import edit_fields
from korean_flashcards.reviewing.page_requests import DecisionRequest
from korean_flashcards.reviewing.review_item import Item
from korean_flashcards.reviewing.review_session import ReviewSession

_Text = Annotated[str, Field(max_length=20_000)]


class Decision(DecisionRequest):
    """A decision about a card or an analysis. A rejection has a reason, and an edit has values by field."""

    action: Literal["approve", "reject", "edit", "drop"]
    reason: _Text | None = None
    values: dict[str, _Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.action == "reject") != bool(self.reason) or (self.action == "edit") != bool(self.values):
            raise ValueError("a rejection has a reason, and an edit has values")
        return self


class DecisionFile(BaseModel):
    """The file that the offline page downloads."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["korean-flashcards-review"]
    version: Literal[1]
    bundle: Annotated[str, Field(max_length=100)]
    project_id: str | None
    reviewer: Annotated[str, Field(max_length=200)] | None
    decisions: list[Decision]


class Imported(NamedTuple):
    """What became of the decisions about a card or an analysis.

    Attributes:
        part: The card or analysis.
        result: "applied", "unchanged" (they were imported before), or "conflict".
        text: What was decided, or why it was not applied.
    """

    part: Part
    result: Literal["applied", "unchanged", "conflict"]
    text: str


def read_decisions(file: bytes, name: str, project_id: str | None) -> DecisionFile:
    """Return the decisions in a file.

    Raises:
        ReviewError: The file is damaged, is not such a file, or is from a different project.
    """
    try:
        found = DecisionFile.model_validate(json.loads(file))
    except (ValueError, ValidationError, RecursionError) as error:
        raise ReviewError(
            f"{name} is damaged, or it is not a file with decisions from a page of `kedro review export`. "
            "Nothing was changed."
        ) from error
    if found.project_id != project_id:
        raise ReviewError(f"{name} is from a page of a different project. Nothing was changed.")
    return found


def import_decisions(session: ReviewSession, file: DecisionFile, by: By, dry_run: bool) -> list[Imported]:
    """Record the decisions in the ledger, and return what became of them.

    Decisions about a part whose text was changed or reviewed after the export are not recorded.
    """
    ordered = sorted(enumerate(file.decisions), key=lambda each: (each[1].part, each[0]))
    grouped = {part: [each[1] for each in theirs] for part, theirs in groupby(ordered, lambda each: each[1].part)}
    words = {part.item_id for part in grouped}
    items = {item.part: item for item in [*session.items("nuance", words), *session.items("flashcards", words)]}
    said: dict[Part, list[Review]] = {}
    for review in session.ledger.reviews.all(words):
        said.setdefault(review.part, []).append(review)
    return [
        _imported(session, items.get(part), decisions, said.get(part, ()), by, dry_run)
        for part, decisions in grouped.items()
    ]


def _imported(
    session: ReviewSession, item: Item | None, decisions: Sequence[Decision], said: Sequence[Review], by: By, dry_run: bool
) -> Imported:  # fmt: skip
    part, shown = decisions[0].part, decisions[0].shown
    if item is None:
        return Imported(part, "conflict", "it does not exist anymore")
    later = [review for review in said if review.number > shown.last_review]
    if later and _same(decisions, later, by) and _as_edited(item, decisions, later):
        return Imported(part, "unchanged", "imported before")
    if item.shown != shown:
        return Imported(
            part, "conflict", f"since then {later[-1]}" if later else "its text has changed since the export"
        )
    try:
        if not dry_run:
            _apply(session, item, decisions, by)
    except ReviewError as error:
        return Imported(part, "conflict", str(error))
    return Imported(part, "applied", ", ".join(_sentences(decisions)))


def _apply(session: ReviewSession, item: Item, decisions: Sequence[Decision], by: By) -> None:
    """Record the decisions one after another. Each one is about what the one before left."""
    (row,) = session.generated(item.part.item_id, item.part.name)
    shown = item.shown
    for decision in decisions:
        reviewed = _recorded(session, row, decision, shown, By(by.reviewer, _reason(decision)))
        shown = Shown(fingerprint(item.part, reviewed.row), reviewed.number)


def _recorded(session: ReviewSession, row: Mapping[str, Any], decision: Decision, shown: Shown, by: By) -> Reviewed:
    reviews = session.ledger.reviews
    if decision.action == "edit":
        return edit_fields(session, row, decision.values, by, shown)
    if decision.action == "drop":
        return reviews.drop(row, [], by, shown)
    return reviews.decide(Action(decision.action), [row], by, {decision.part: shown})[0]


def _same(decisions: Sequence[Decision], later: Sequence[Review], by: By) -> bool:
    """Return whether the first reviews after the export are these decisions."""
    return len(later) >= len(decisions) and all(
        review.action == decision.action
        and review.reviewer == by.reviewer
        and (decision.action != "reject" or review.reason == _reason(decision))
        for decision, review in zip(decisions, later, strict=False)
    )


def _as_edited(item: Item, decisions: Sequence[Decision], later: Sequence[Review]) -> bool:
    """Return whether the text is still as these decisions left it. The ledger stores no edited text with a review."""
    values: dict[str, str] = {}
    for decision in decisions:
        values = {} if decision.action == "drop" else {**values, **decision.values}
    if not values:
        return True
    row = item.row
    try:
        typed = {field: typed_value(item.part, field, text) for field, text in values.items()}
        stored = checked(item.part, row, typed)
    except ReviewError:
        return False
    left = later[len(decisions) - 1].fingerprint
    return left == item.shown.fingerprint and all(row[field] == value for field, value in stored.items())


def _reason(decision: Decision) -> str | None:
    return clean(decision.reason).strip() if decision.reason else None


def _sentences(decisions: Sequence[Decision]) -> Iterator[str]:
    done = {"approve": "approved", "reject": "rejected", "edit": "edited", "drop": "edits discarded"}
    for decision in decisions:
        what = f" ({', '.join(decision.values)})" if decision.values else ""
        why = f": {_reason(decision)}" if decision.reason else ""
        yield f"{done[decision.action]}{what}{why}"
