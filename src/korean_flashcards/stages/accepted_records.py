"""Parse each reply only once: keep the record in an accepted reply until the node that needs the record takes it."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

# Records. They take about 2 KB each. Further replies are parsed again.
_MOST = 100_000


class AcceptedRecords(Generic[T]):
    """The records in the replies that this process accepted, as JSON.

    Args:
        kind: The type of a record.
        parse: Returns the record in a reply's text, or raises ``ReplyError``. The result must depend only on the text and
            the other arguments.
    """

    def __init__(self, kind: Any, parse: Callable[..., T]) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        self._parse = parse
        self._records: dict[bytes, bytes] = {}

    def accept(self, text: str, *request: str) -> T:
        """Parse the record in a reply, and keep it.

        Args:
            text: The reply's text.
            request: The other arguments of ``parse``.
        """
        record = self._parse(text, *request)
        if len(self._records) < _MOST:
            self._records[_name(text, request)] = self._adapter.dump_json(record)
        return record

    def take(self, text: str, *request: str) -> T:
        """Return the record in a reply. The record is not kept any longer."""
        kept = self._records.pop(_name(text, request), None)
        return self._parse(text, *request) if kept is None else self._adapter.validate_json(kept)


def _name(text: str, request: tuple[str, ...]) -> bytes:
    return blake2b("\0".join((*request, text)).encode(), digest_size=16).digest()
