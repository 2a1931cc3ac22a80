"""Remove replies from the cache after exporting them, in small steps that need little space on a full disk."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from korean_flashcards.domain.errors import CacheError
from korean_flashcards.files.file_problems import os_reason
from korean_flashcards.llm.cache.cache_file import settle
from korean_flashcards.llm.cache.export_file import ExportFile
from korean_flashcards.llm.cache.maintenance import entry, take_out
from korean_flashcards.llm.cache.reply_cache import ReplyCache

_AT_ONCE = 50  # keys in one step
_STEP = 2 * 2**20  # bytes that SQLite writes in one step, besides the entries


@dataclass
class Removed:
    """The result of a removal. It is complete even if an exception ends the removal.

    ``file``: the export of the removed entries. ``keys``: the exported keys whose removal began. ``removed``: the number
    of keys removed. ``problem``: why the removal ended early, or None.
    """

    file: Path
    keys: list[str] = field(default_factory=list)
    removed: int = 0
    problem: str | None = None


def room_for_a_step(sizes: Sequence[int]) -> int:
    """Return how many free bytes a removal of entries of these sizes needs at any time."""
    parts = (sum(sizes[first : first + _AT_ONCE]) for first in range(0, len(sizes), _AT_ONCE))
    return _STEP + 2 * max(parts, default=0)


def remove(cache: ReplyCache, keys: Sequence[str], done: Removed) -> None:
    """Export the keys' entries to ``done.file`` and remove them, part by part. Corrupted entries stay in the cache.

    Each part is removed after its export is on disk. The space of a removed part is available for the next part. A full
    disk ends the removal with a ``problem``; the parts before it stay removed.
    """
    remaining = iter(keys)
    try:
        with ExportFile(cache, done.file) as export:
            while part := list(islice(remaining, _AT_ONCE)):
                found = [one for one in (entry(cache, key) for key in part) if one.raw and not one.problems]
                export.add(found)
                for one in found:
                    done.keys.append(one.key)
                    done.removed += take_out(cache, [one])
                settle(cache.folder)
    except CacheError as error:
        done.problem = str(error)
    except OSError as error:
        done.problem = f"{done.file} cannot be written: {os_reason(error)}."
    finally:
        if not done.keys:
            with suppress(OSError):
                done.file.unlink(missing_ok=True)
