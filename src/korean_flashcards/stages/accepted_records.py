"""Parse each reply only once: keep the record in an accepted reply until the node that needs the record takes it."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import TypeAdapter

from korean_flashcards.domain.records import Stage

T = TypeVar("T")

# Records. They take about 2 KB each. Further replies are parsed again.
_MOST = 100_000
NAME_BYTES = 16


def _no_store(names: Collection[bytes]) -> None:
    """Store nothing."""


class AcceptedReplies(NamedTuple):
    """The replies that earlier runs of this code accepted, so that they need not be parsed to accept them again.

    Attributes:
        names: A hash of each reply's text and of everything else that decides whether it is accepted.
        add: Stores the names of more accepted replies.
    """

    names: Collection[bytes] = frozenset()
    add: Callable[[Collection[bytes]], None] = _no_store

    def without_storing(self) -> "AcceptedReplies":
        """Return the same replies, without storing more of them."""
        return AcceptedReplies(self.names)


class AcceptedRecords(Generic[T]):
    """The records in the replies that this process accepted, as JSON.

    Args:
        stage: The stage of the replies.
        kind: The type of a record.
        parse: Returns the record in a reply's text, or raises ``ReplyError``. The result must depend only on the text and
            the other arguments.
    """

    def __init__(self, stage: Stage, kind: Any, parse: Callable[..., T]) -> None:
        self._stage = stage
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        self._parse = parse
        self._records: dict[bytes, bytes] = {}
        self._earlier: Collection[bytes] = ()
        self._new: set[bytes] = set()

    @contextmanager
    def reusing(self, earlier: AcceptedReplies | None) -> Iterator[None]:
        """Accept the replies that earlier runs accepted without parsing them. At the end, store the new ones."""
        self._new = set()
        if earlier is None:
            yield
            return
        self._earlier = earlier.names
        try:
            yield
        finally:
            self._earlier = ()
        if self._new:
            earlier.add(self._new)

    def accept(self, text: str, *request: str) -> None:
        """Parse the record in a reply, and keep it, unless an earlier run accepted the reply.

        Args:
            text: The reply's text.
            request: The other arguments of ``parse``.

        Raises:
            ReplyError: The reply is not usable.
        """
        name = self._name(text, request)
        if name in self._earlier:
            return
        record = self._parse(text, *request)
        if len(self._records) < _MOST:
            self._records[name] = self._adapter.dump_json(record)
        self._new.add(name)

    def take(self, text: str, *request: str) -> T:
        """Return the record in a reply. The record is not kept any longer."""
        kept = self._records.pop(self._name(text, request), None)
        return self._parse(text, *request) if kept is None else self._adapter.validate_json(kept)

    def _name(self, text: str, request: tuple[str, ...]) -> bytes:
        return blake2b("\0".join((self._stage, *request, text)).encode(), digest_size=NAME_BYTES).digest()
