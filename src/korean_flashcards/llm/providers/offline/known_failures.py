"""Remember which requests the offline model failed, so that the same code does not compose the same replies again.

A word that fails because of its row in the list fails again in the next run. Loading the analyzer to find that out takes
seconds and hundreds of megabytes.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from korean_flashcards.domain.records import FailureCode, Stage
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.llm.providers.offline.composition import Refusal


class KnownFailures:
    """Remember the offline model's replies to requests that failed: a refusal, or a text that was rejected.

    Args:
        file: The JSON file to store them in, or None to forget them.
        version: Returns the version of the code, the data, and the libraries that decide the replies. The failures of other
            versions are forgotten.
    """

    def __init__(self, file: Path | None = None, version: Callable[[], str] = str) -> None:
        self._file, self._version = file, version
        self._changed = False

    def of(self, request: tuple[Stage, str]) -> str | Refusal | None:
        """Return the reply to a request (the stage and the user text) that failed, or None if none is known."""
        return self._known.get(_name(request)) if self._file else None

    def add(self, request: tuple[Stage, str], reply: str | Refusal) -> None:
        """Note the reply to a request that failed."""
        if self._file and self._known.get(name := _name(request)) != reply:
            self._known[name] = reply
            self._changed = True

    def save(self) -> None:
        """Store the failures. If the file cannot be written, the replies are composed again."""
        if self._file and self._changed:
            content = {"version": self._version(), "failures": self._known}
            with suppress(OSError), atomic_path(self._file) as path:
                path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            self._changed = False

    @cached_property
    def _known(self) -> dict[str, str | Refusal]:
        # A damaged file can contain any JSON.
        with suppress(OSError, ValueError, TypeError, LookupError, AttributeError):
            content = json.loads(self._file.read_bytes()) if self._file else {}
            if content["version"] == self._version():
                return {name: _reply(reply) for name, reply in content["failures"].items()}
        return {}


def _reply(stored: str | list[str]) -> str | Refusal:
    return stored if isinstance(stored, str) else Refusal(FailureCode(stored[0]), stored[1])


def _name(request: tuple[Stage, str]) -> str:
    return hashlib.blake2b("\0".join(request).encode(), digest_size=16).hexdigest()
