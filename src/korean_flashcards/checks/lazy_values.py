"""Change the values of a record only when they are read. Most rules read few of them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class LazyValues(Mapping[str, Any]):
    """A mapping in which some values are replaced with those that functions return.

    Args:
        values: The mapping.
        changes: The functions, by the names of the values that they replace.
    """

    def __init__(self, values: Mapping[str, Any], changes: dict[str, Callable[[], Any]]) -> None:
        self._values, self._changes = values, changes
        self._changed: dict[str, Any] = {}

    def change(self, name: str, value: Callable[[], Any]) -> None:
        """Replace a value that has not been read yet."""
        self._changes[name] = value

    def __getitem__(self, name: str) -> Any:
        if name not in self._changes:
            return self._values[name]
        if name not in self._changed:
            self._changed[name] = self._changes[name]()
        return self._changed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._values, *self._changes)))

    def __len__(self) -> int:
        return len(self._values.keys() | self._changes.keys())
