"""Keep the list of cards and analyses to review in order, and notice what other people and runs change meanwhile."""

import hashlib
from collections.abc import Sequence

from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.reviews.undo import ReviewMark
from korean_flashcards.review.parts import Part
from korean_flashcards.reviewing.page_requests import ReviewFilter
from korean_flashcards.reviewing.review_item import Item
from korean_flashcards.reviewing.review_session import ReviewSession


class _Ranked:
    """The items of a stage in a fixed order: worst score first. Reviews do not change the order."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = {item.part: item for item in items}
        self.ranks = {item.part: rank for rank, item in enumerate(items)}


class ReviewQueue:
    """The cards and analyses of a session, worst score first.

    Only the words that were reviewed since the last request are read again, so a list of 10,000 words stays quick.
    """

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._stages: dict[Stage, _Ranked] = {}
        self._meanings: dict[str, str] = {}
        self._mark = ReviewMark()

    def refresh(self) -> None:
        """Take over what has been reviewed or generated since the last request."""
        if self._session.layers.refresh():
            self._stages.clear()
            self._meanings.clear()
        self._mark, words = self._session.ledger.reviews.changes_since(self._mark)
        if words:
            for stage, ranked in self._stages.items():
                ranked.items.update((item.part, item) for item in self._session.items(stage, words))

    def find(self, part: Part) -> Item | None:
        """Return the card or analysis, or None if the last run did not create it."""
        return self._ranked("flashcards" if part.tab_name else "nuance").items.get(part)

    def selected(self, wanted: ReviewFilter) -> list[Item]:
        """Return the items that a filter selects."""
        return [item for item in self._ranked(wanted.stage).items.values() if self._fits(item, wanted)]

    def at(self, wanted: ReviewFilter, part: Part | None, step: int) -> tuple[Item | None, int, int]:
        """Return (item, place, count): the next or previous item that a filter selects, its place from 1, and their number.

        Args:
            wanted: The filter.
            part: The part from which to step, or None for the start of the list.
            step: 1: the first item after the part. -1: the last item before it. 0: the part, whether it is selected or
                not.
        """
        selected, ranks = self.selected(wanted), self._ranked(wanted.stage).ranks
        if part is not None and step == 0 and (found := self.find(part)):
            rank = ranks.get(part, 0)
            return found, 1 + sum(ranks[item.part] < rank for item in selected), len(selected)
        rank = -1 if part is None else ranks.get(part, -1)
        places = [place for place, item in enumerate(selected) if (ranks[item.part] - rank) * (step or 1) > 0]
        if not places:
            return None, 0, len(selected)
        place = places[-1] if step < 0 else places[0]
        return selected[place], place + 1, len(selected)

    def _ranked(self, stage: Stage) -> _Ranked:
        if stage not in self._stages:
            self._stages[stage] = _Ranked(self._session.items(stage))
        return self._stages[stage]

    def _fits(self, item: Item, wanted: ReviewFilter) -> bool:
        return (
            _has_state(item, wanted.show)
            and wanted.verdict in ("", item.verdict)
            and wanted.card in ("", item.part.name)
            and (not wanted.word or self._is_about(item.part.item_id, wanted.word.strip().casefold()))
        )

    def _is_about(self, item_id: str, text: str) -> bool:
        if not self._meanings:
            nuance = self._session.layers.load("nuance").select("item_id", "primary_meaning")
            self._meanings = {name: meaning.casefold() for name, meaning in nuance.iter_rows()}
        return text in item_id or text in self._meanings.get(item_id, "")


def digest(items: Sequence[Item]) -> str:
    """Return a hash of a selection, which changes if an item is added, removed, or reviewed."""
    names = (f"{item.part.item_id}\x1f{item.part.tab_name}\x1f{item.last_review}" for item in items)
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def _has_state(item: Item, show: str) -> bool:
    if show == "waiting":
        return item.needs_review
    if show == "conflict":
        return item.in_conflict
    return show in ("all", item.state)
