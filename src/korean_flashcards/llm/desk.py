"""Where a fan-out says what it is about to ask and what came of it, so that several runs can share the work."""

from collections.abc import Sequence
from typing import Protocol

from korean_flashcards.chat import ChatReply
from korean_flashcards.tasks import Claims


class Desk(Protocol):
    """Questions by key. Methods block (they write to a disk) and may be called from any thread."""

    def claim(self, keys: Sequence[str]) -> Claims:
        """Take what nobody else is asking; the caller settles or releases it."""
        ...

    def settle(self, replies: Sequence[ChatReply]) -> None:
        """Note replies, which are in the cache by now, and failures."""
        ...

    def renew(self) -> None:
        """Say that this run is still at work; cheap, for it is called often."""
        ...

    def lapsed(self) -> bool:
        """Whether this run was silent for too long since the last call: what it claimed may be another's by now."""
        ...

    def release(self) -> None:
        """Give back what was claimed and not settled."""
        ...


class OwnDesk:
    """Nobody else asks, and nothing is noted: for use of the client without a ledger."""

    def claim(self, keys: Sequence[str]) -> Claims:
        """Grant everything."""
        return Claims(granted=keys, failed={})

    def settle(self, replies: Sequence[ChatReply]) -> None:
        """Nothing to note."""

    def renew(self) -> None:
        """Nothing to renew."""

    def lapsed(self) -> bool:
        """Never."""
        return False

    def release(self) -> None:
        """Nothing to give back."""
