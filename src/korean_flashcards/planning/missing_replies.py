"""Find the replies of finished tasks that are no longer in the cache, so that nobody pays for them again unawares."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.parameters import Stale
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.tasks.done_replies import DoneReply, total_usd
from korean_flashcards.llm.client import LLMClient

_EXAMPLES = 3  # words that are named


@dataclass(frozen=True, slots=True)
class MissingReplies:
    """The replies of finished tasks that are missing from the cache and that a run would request again.

    Attributes:
        words: The word and the stage of each reply.
        paid: Number of replies that would cost money. The offline model's replies are free.
        usd: What the calls for these replies cost, or None if their price is unknown.
    """

    words: tuple[str, ...] = ()
    paid: int = 0
    usd: float | None = None

    @classmethod
    def of(cls, replies: Sequence[DoneReply], free: bool) -> "MissingReplies":
        """Create the summary of one stage's replies. ``free``: whether the stage uses the offline model."""
        words = tuple(reply.named for reply in replies)
        return cls(words) if free else cls(words, len(replies), total_usd(replies))

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def sentence(self) -> str:
        """Return what is missing, as a sentence."""
        named = ", ".join(self.words[:_EXAMPLES]) + (", …" if len(self.words) > _EXAMPLES else "")
        if not self.paid:
            return f"{counted(len(self.words), 'reply is', 'replies are')} missing from the reply cache ({named})."
        are = counted(self.paid, "reply that was paid for is", "replies that were paid for are")
        return f"{are} missing from the reply cache ({named})."

    @property
    def cost(self) -> str:
        """Return the cost of the replies: "about USD 0.24"."""
        return "at an unknown price" if self.usd is None else f"about USD {usd_number(self.usd, 4)}"

    @property
    def advice(self) -> str:
        """Return how to restore the replies, or that they are free."""
        if not self.paid:
            return "The offline model generates them again, free of charge."
        pay = "pays for them again, at an unknown price" if self.usd is None else f"pays {self.cost} for them again"
        return (
            "Restore the cache folder from a copy, or import an export with `kedro cache import FILE`. Otherwise, a run "
            f"{pay}, after it has asked you."
        )


def missing_replies(
    stage: Stage, done: Iterable[DoneReply], requests: pl.DataFrame, words: Collection[str] | None,
    models: Collection[str], prompt_version: str, llm: LLMClient, stale: Stale,
) -> list[DoneReply]:  # fmt: skip
    """Return the replies that a run would request again, although a finished task has used them.

    Replies that would be requested again anyway, because of a new prompt or model, do not count. With stale=keep, the run
    would keep such replies, so they count.

    Args:
        stage: The stage.
        done: The replies of all finished tasks.
        requests: The stage's requests (columns: ``stages.stage.REQUEST_SCHEMA``).
        words: Item IDs of the words in the run, or None for all words.
        models: The stage's model and its fallbacks.
        prompt_version: Version of the stage's prompt.
        llm: The model client, whose cache is read.
        stale: Which stale replies the run requests again.

    Raises:
        CacheDamagedError: Replies are missing because the cache is damaged.
    """
    planned = {item_id: (key, state) for item_id, key, state in requests.select("item_id", "key", "state").iter_rows()}
    candidates = []
    for reply in done:
        if reply.stage != stage or (words is not None and reply.item_id not in words):
            continue
        # A word whose analysis is missing has no request for its cards yet.
        key, state = planned.get(reply.item_id, (None, "new"))
        current = reply.prompt_version == prompt_version and reply.model in models
        needed = reply.key == key or reply.pinned or (key is None and current) or stale == "keep"
        if state == "new" and needed:
            candidates.append(reply)
    present = llm.cached(reply.key for reply in candidates)
    missing = [reply for reply in candidates if reply.key not in present]
    if missing:
        llm.check_cache()
    return missing


def added(parts: Iterable[MissingReplies]) -> MissingReplies:
    """Return the sum of several stages' missing replies."""
    found = [part for part in parts if part]
    known = [part.usd for part in found if part.usd is not None]
    words = tuple(word for part in found for word in part.words)
    return MissingReplies(words, sum(part.paid for part in found), sum(known) if known else None)
