"""Find the right key for an entry of the reply cache whose key is damaged.

A key is a SHA-256 hash, so two different keys differ in almost all of their digits. A text that differs from a known
key in only a few digits is this key with damage.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

KEY_DIGITS = 64
_KEY = re.compile(rf"[0-9a-f]{{{KEY_DIGITS}}}")
_PART = 4  # digits
# A key with so few wrong digits has at least one part without a wrong digit.
_MOST_WRONG = KEY_DIGITS // _PART - 1


def is_key(text: str) -> bool:
    """Return whether the text is a well-formed key."""
    return _KEY.fullmatch(text) is not None


class KnownKeys:
    """Keys that may be the right key of a damaged entry. Texts that are not well-formed keys are left out."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = frozenset(filter(is_key, keys))

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def similar(self, damaged: str) -> str | None:
        """Return the only key that differs from the text in a few digits, or None if there is no such key."""
        if len(damaged) != KEY_DIGITS:
            return None
        candidates = {key for part in _parts(damaged) for key in self._by_part.get(part, ())}
        near = [key for key in candidates if _wrong_digits(damaged, key) <= _MOST_WRONG]
        return near[0] if len(near) == 1 else None

    @cached_property
    def _by_part(self) -> dict[tuple[int, str], list[str]]:
        found = defaultdict[tuple[int, str], list[str]](list)
        for key in self._keys:
            for part in _parts(key):
                found[part].append(key)
        return found


def right_key(found: str, requested: KnownKeys, seen: KnownKeys) -> str | None:
    """Return the key that the text was before it was damaged, or None if it is unknown.

    Args:
        found: The key in the damaged file.
        requested: The keys of requests, according to the ledger.
        seen: The keys in the damaged file, including its index. They may be damaged, too.
    """
    if found in requested:
        return found
    return requested.similar(found) or (found if is_key(found) else seen.similar(found))


def _parts(key: str) -> Iterable[tuple[int, str]]:
    return [(at, key[at : at + _PART]) for at in range(0, KEY_DIGITS, _PART)]


def _wrong_digits(damaged: str, key: str) -> int:
    return sum(one != other for one, other in zip(damaged, key, strict=True))
