"""Count the words that a run left pending, with the reason and the advice for each group."""

from collections.abc import Sequence

import polars as pl
from pydantic import BaseModel

from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import PendingCode

_WHAT_TO_DO = {
    PendingCode.BUDGET: "Raise llm.budget, or run again when there is room in the budget",
    PendingCode.QUOTA: "Add credit to your provider account, then run again",
    PendingCode.OUTAGE: "Run again later",
    PendingCode.RATE_LIMIT: "Run again later, or set llm.rates to the provider's limits",
    PendingCode.TIMEOUT: "Raise llm.timeout or lower llm.concurrency, then run again",
    PendingCode.CACHE_ONLY: "To request new replies, turn off llm.cache_only",
    PendingCode.BATCH: "Run again later to fetch the replies",
    PendingCode.ANALYSIS: "Run again when the new analysis can be requested",
}


class Waiting(BaseModel):
    """The number of words that a run left pending for a reason unrelated to the words themselves.

    ``calls`` is the number of calls made for these words, and ``cost_usd`` their maximum cost, or None if it is unknown.
    """

    code: PendingCode
    message: str
    words: int
    calls: int = 0
    cost_usd: float | None = 0.0

    @property
    def sentence(self) -> str:
        """Return how many words are pending, why, and what to do."""
        return f"{counted(self.words, 'word')} {self._state()}. {_WHAT_TO_DO[self.code]}."

    def _state(self) -> str:
        """Return what happened to the words. Words for which calls were made are never called "not requested"."""
        if self.code is PendingCode.BATCH:
            return f"pending at the provider: {self.message}"
        if not self.calls:
            return f"not requested: {self.message}"
        billed = " made"
        if self.cost_usd is None:
            billed = " may be billed, at an unknown price"
        elif self.cost_usd:
            billed = f" may be billed, up to USD {usd_number(self.cost_usd, 4)}"
        return f"without a usable reply: {self.message}; {counted(self.calls, 'call')}{billed}"


def waiting_words(replies: Sequence[pl.DataFrame], pending: set[str]) -> list[Waiting]:
    """Count the pending words by reason, most frequent reason first. Each word counts once, and so does each call.

    ``replies``: the replies of the stages that this run executed. Reasons from earlier runs may no longer apply.
    """
    if not replies:
        return []
    columns = ("item_id", "key", "pending", "message", "attempts", "cost_usd")
    held = pl.concat([frame.select(columns) for frame in replies]).filter(
        pl.col("pending").is_not_null() & pl.col("item_id").is_in(pending)
    )
    first_of_key = pl.col("key").is_first_distinct()
    counts = (
        held.unique("item_id", keep="first", maintain_order=True)
        .group_by("pending", "message", requested=pl.col("attempts") > 0)
        .agg(
            words=pl.len(),
            calls=pl.col("attempts").filter(first_of_key).sum(),
            usd=pl.col("cost_usd").filter(first_of_key).sum(),
            unpriced=pl.col("cost_usd").is_null().any(),
        )
        .sort("words", "message", "requested", descending=[True, False, False])
    )
    return [
        Waiting(
            code=PendingCode(row["pending"]), message=row["message"], words=row["words"], calls=row["calls"],
            cost_usd=None if row["unpriced"] else row["usd"],
        )
        for row in counts.iter_rows(named=True)
    ]  # fmt: skip
