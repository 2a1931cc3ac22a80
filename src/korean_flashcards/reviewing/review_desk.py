"""Carry out what the review page asks for: show cards, preview edits, and record decisions in the ledger."""

from collections import Counter
from collections.abc import Sequence
from threading import RLock
from typing import Any

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import FlashcardsError, ReviewError
from korean_flashcards.domain.plurals import counted
from korean_flashcards.formats.anki_note import NoteTemplates
from korean_flashcards.ledger.reviews.recorded import By, Reviewed
from korean_flashcards.ledger.reviews.undo import Undoable
from korean_flashcards.review.fields import checked, typed_value
from korean_flashcards.review.parts import Action, Part, part_of
from korean_flashcards.reviewing import page_requests as asked
from korean_flashcards.reviewing.changed_fields import edit_fields
from korean_flashcards.reviewing.item_view import item_view, part_view
from korean_flashcards.reviewing.note_preview import NotePreview
from korean_flashcards.reviewing.review_item import Item
from korean_flashcards.reviewing.review_queue import ReviewQueue, digest
from korean_flashcards.reviewing.review_session import ReviewSession, trial_edits

_DONE = {Action.APPROVE: "approved", Action.REJECT: "rejected", Action.EDIT: "edited", Action.DROP: "edit discarded"}


class ReviewDesk:
    """The review of one person, as the page shows it.

    Each method answers one kind of request with JSON-compatible values. Methods raise ReviewError if something has changed
    since it was shown, and DatasetError if a layer cannot be read. They may be called from any thread.
    """

    def __init__(self, session: ReviewSession, by: By, templates: NoteTemplates) -> None:
        self._session, self._by, self.templates = session, by, templates
        self._queue, self._preview = ReviewQueue(session), NotePreview(session, templates)
        self._undoable: list[tuple[Action, list[Undoable]]] = []
        self._lock = RLock()
        self.counts: Counter[str] = Counter()

    def start(self, _request: asked.EmptyRequest) -> dict[str, Any]:
        """Return what the page needs once: the templates, the values to filter by, and the reviewer's name."""
        with self._lock:
            self._queue.refresh()
            items = self._queue.selected(asked.ReviewFilter(show="all"))
            return {
                **{name: getattr(self.templates, name) for name in ("front", "back", "css")},
                "cards": sorted({item.part.name for item in items}),
                "verdicts": sorted({item.verdict for item in items if item.verdict}),
                "reviewer": self._by.reviewer,
                "undoable": len(self._undoable),
            }

    def card(self, request: asked.CardRequest) -> dict[str, Any]:
        """Return the card or analysis at a place in the list, its note, and how many the filter selects."""
        with self._lock:
            self._queue.refresh()
            part = None if request.at is None else request.at.part
            item, place, count = self._queue.at(request.filter, part, request.step)
            answer: dict[str, Any] = {"place": place, "count": count, "undoable": len(self._undoable)}
            return answer | {"item": None, "note": None} if item is None else answer | self._shown(item)

    def preview(self, request: asked.PreviewRequest) -> dict[str, Any]:
        """Return the note of a card with new texts, and the rule that they break, if any. Nothing is saved."""
        with self._lock:
            self._queue.refresh()
            part = request.part
            try:
                item, row = self._item(part), self._generated(part)
                values = {name: typed_value(part, name, text) for name, text in request.values.items()}
                trial = trial_edits(part, row, checked(part, item.row, values)) if values else []
                return {"note": self._preview.fields(part, trial), "problem": None}
            except FlashcardsError as error:
                return {"note": None, "problem": str(error)}

    def approve(self, request: asked.DecisionRequest) -> dict[str, Any]:
        """Approve a card or an analysis with its current text."""
        return self._decide(Action.APPROVE, request, self._by)

    def reject(self, request: asked.RejectRequest) -> dict[str, Any]:
        """Reject a card or an analysis."""
        reason = clean(request.reason).strip()
        if not reason:
            raise ReviewError("Give a reason for the rejection. Nothing was changed.")
        return self._decide(Action.REJECT, request, By(self._by.reviewer, reason))

    def edit(self, request: asked.EditRequest) -> dict[str, Any]:
        """Save new texts for one or several fields."""
        with self._lock:
            self._queue.refresh()
            row = self._generated(request.part)
            reviewed = edit_fields(self._session, row, request.values, self._by, request.shown)
            return self._done(Action.EDIT, [reviewed])

    def drop(self, request: asked.DecisionRequest) -> dict[str, Any]:
        """Discard all edits to a card or an analysis, and use the generated text."""
        with self._lock:
            self._queue.refresh()
            row = self._generated(request.part)
            reviewed = self._session.ledger.reviews.drop(row, [], self._by, request.shown)
            return self._done(Action.DROP, [reviewed])

    def selection(self, request: asked.SelectionRequest) -> dict[str, Any]:
        """Return how many items a filter selects, by verdict, and a hash with which they can be approved."""
        with self._lock:
            self._queue.refresh()
            items = self._queue.selected(request.filter)
            verdicts = Counter(item.verdict or "no verdict" for item in items)
            return {"count": len(items), "verdicts": dict(sorted(verdicts.items())), "digest": digest(items)}

    def approve_all(self, request: asked.ApproveAllRequest) -> dict[str, Any]:
        """Approve all items that a filter selects, in one transaction.

        Raises:
            ReviewError: The selection has changed since the reviewer confirmed it, or it is empty.
        """
        with self._lock:
            self._queue.refresh()
            items = self._queue.selected(request.filter)
            if not items or digest(items) != request.digest:
                raise ReviewError("The selection has changed since it was shown. Nothing was changed. Check it again.")
            rows = self._session.generated_rows([item.part for item in items])
            shown = {item.part: item.shown for item in items}
            reviewed = self._session.ledger.reviews.decide(Action.APPROVE, [*rows.values()], self._by, shown)
            return self._done(Action.APPROVE, reviewed)

    def undo(self, _request: asked.EmptyRequest) -> dict[str, Any]:
        """Undo the last change that was made on the page, and return the card or analysis that it was about.

        Raises:
            ReviewError: There is nothing to undo, or one of the cards has been reviewed again since then.
        """
        with self._lock:
            self._queue.refresh()
            if not self._undoable:
                raise ReviewError("There is nothing to undo.")
            # If this fails, it fails each time, so that earlier changes must remain within reach.
            action, reviewed = self._undoable.pop()
            self._session.ledger.reviews.undo(reviewed, self._by.reviewer)
            self.counts[_DONE[action]] -= len(reviewed)
            return {"done": f"Undone: {_sentence(action, [each.part for each in reviewed])}",
                    **part_view(reviewed[0].part), "undoable": len(self._undoable)}  # fmt: skip

    def _decide(self, action: Action, request: asked.DecisionRequest, by: By) -> dict[str, Any]:
        with self._lock:
            self._queue.refresh()
            row = self._generated(request.part)
            shown = {request.part: request.shown}
            return self._done(action, self._session.ledger.reviews.decide(action, [row], by, shown))

    def _done(self, action: Action, reviewed: Sequence[Reviewed]) -> dict[str, Any]:
        parts = [part_of(each.row) for each in reviewed]
        undoable = [Undoable(each.number, part, each.before) for each, part in zip(reviewed, parts, strict=True)]
        self._undoable.append((action, undoable))
        self.counts[_DONE[action]] += len(reviewed)
        return {"done": _sentence(action, parts), "undoable": len(self._undoable)}

    def _shown(self, item: Item) -> dict[str, Any]:
        try:
            note, problem = self._preview.fields(item.part), None
        except FlashcardsError as error:
            note, problem = None, str(error)
        return {"item": item_view(item, self._generated(item.part)), "note": note, "problem": problem}

    def _item(self, part: Part) -> Item:
        if (item := self._queue.find(part)) is None:
            raise ReviewError(f"{part} does not exist anymore. Nothing was changed.")
        return item

    def _generated(self, part: Part) -> dict[str, Any]:
        return self._session.generated(part.item_id, part.name)[0]


def _sentence(action: Action, parts: Sequence[Part]) -> str:
    """Return a sentence such as "남성#1 Scene approved." or "37 cards approved."."""
    return f"{parts[0] if len(parts) == 1 else counted(len(parts), _noun(parts[0]))} {_DONE[action]}."


def _noun(part: Part) -> str:
    return "card" if part.tab_name else "analysis"
