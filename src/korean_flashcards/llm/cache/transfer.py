"""Export cached replies to a file of JSON lines, usually zstd-compressed, and import such a file into a reply cache.

The first line of the file names the format, and the last line gives the number of lines in between. Each line in
between contains either everything stored for one key or a template's key parts, along with a SHA-256 checksum.
Corrupted lines are detected and skipped.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import zstandard

from korean_flashcards.domain.cache_key import key_of
from korean_flashcards.domain.errors import CacheError
from korean_flashcards.llm.cache.export_file import FORMAT, VERSION, ExportFile, json_line, opened_export
from korean_flashcards.llm.cache.maintenance import CacheEntry, key_with
from korean_flashcards.llm.cache.packing import DamagedError
from korean_flashcards.llm.cache.replies import (
    ArchivedReply,
    StoredReply,
    read_archive,
    read_reply,
)
from korean_flashcards.llm.cache.reply_cache import ReplyCache

_LONGEST = 2**26  # maximum number of bytes in a line
_AT_ONCE = 200  # entries in one transaction; other processes wait until it ends
_KEY = re.compile(r"[^/\s]{1,200}")


@dataclass
class Merged:
    """The result of an import, mostly as lists of keys.

    ``new``: imported keys. ``present``: keys whose reply is already in the cache. ``conflicts``: keys with a different
    reply in the cache. The cached reply is kept. ``damaged``: skipped lines, with the reason. ``archived``: the
    number of new archived replies.
    """

    new: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    archived: int = 0


@dataclass(frozen=True)
class _Kept:
    key: str
    reply: StoredReply | None
    archived: list[ArchivedReply]


class _LineError(Exception):
    """Raised when a line of an export must be skipped. The error message gives the reason."""


def write_export(cache: ReplyCache, file: Path, kept: Iterable[CacheEntry]) -> int:
    """Write each entry, preceded by its template's key parts. Return the number of keys written.

    A file with a suffix such as .jsonl is plain text; other files are compressed. Corrupted entries are skipped.
    """
    remaining = iter(kept)
    with ExportFile(cache, file) as export:
        while part := list(islice(remaining, _AT_ONCE)):
            export.add(part)
    return export.keys


def merge(cache: ReplyCache, file: Path, wanted: Collection[str] | None = None, dry_run: bool = False) -> Merged:
    """Import replies from the file: all of them, or only those with ``wanted`` keys. Existing replies are not changed.

    Raises:
        CacheError: The file is not a reply cache export.
    """
    merged = Merged()
    found = _read(cache, file, merged, dry_run)
    while batch := list(islice(found, _AT_ONCE)):
        chosen = [one for one in batch if wanted is None or one.key in wanted]
        if dry_run:
            for one in chosen:
                _compare(cache, one, merged)
        elif chosen:
            with cache.store.unit():
                for one in chosen:
                    _store(cache, one, merged)
    return merged


def _store(cache: ReplyCache, one: _Kept, merged: Merged) -> None:
    if _compare(cache, one, merged) and one.reply:
        cache.put(one.key, one.reply)
    if one.archived:
        merged.archived += cache.archive(one.key, *one.archived)


def _compare(cache: ReplyCache, one: _Kept, merged: Merged) -> bool:
    """Add the key to the result. Return whether the key's reply in the cache is missing or damaged."""
    if one.reply is None:
        return False
    there = cache.readable(one.key)
    if there is None:
        merged.new.append(one.key)
        return True
    (merged.present if there.text == one.reply.text else merged.conflicts).append(one.key)
    return False


def _read(cache: ReplyCache, file: Path, merged: Merged, dry_run: bool) -> Iterator[_Kept]:
    """Yield the stored data for each key in the file, and store the file's templates in the cache."""
    templates: dict[str, dict[str, Any]] = {}
    for number, entry in _entries(file, merged):
        try:
            if "template" in entry:
                name, parts = entry["template"], entry["parts"]
                if key_with(parts, "") != name:
                    raise _LineError("the template does not match its name")
                templates[name] = parts
                if not dry_run:
                    cache.note_parts(name, parts)
            else:
                yield _kept(entry, templates, cache)
        except _LineError as error:
            merged.damaged.append(f"{file}, line {number:,}: {error}")
        except (KeyError, TypeError, ValueError):
            merged.damaged.append(f"{file}, line {number:,}: a field is missing or has an invalid value")


def _kept(entry: dict[str, Any], templates: dict[str, dict[str, Any]], cache: ReplyCache) -> _Kept:
    """Read and check one key's entry. Raises _LineError."""
    key = entry["key"]
    try:
        reply = read_reply(json_line(entry["reply"])) if entry["reply"] is not None else None
        archived = read_archive(json_line(entry["archived"]))
    except DamagedError as error:
        raise _LineError(str(error)) from error
    if not _KEY.fullmatch(key):
        raise _LineError("invalid key")
    if reply and reply.template and reply.user is not None:
        parts = templates.get(reply.template) or cache.parts(reply.template)
        if parts and key_with(parts, reply.user) != key:
            raise _LineError("the key does not match the entry")
    return _Kept(key, reply, archived)


def _entries(file: Path, merged: Merged) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each intact entry with its line number. Raises CacheError if the file is not a reply cache export."""
    number, counted = 1, None
    try:
        with opened_export(file) as lines:
            _check_header(file, lines.readline(_LONGEST))
            while line := lines.readline(_LONGEST):
                number += 1
                try:
                    value = json.loads(line)
                    if "lines" in value:
                        counted = value["lines"]
                        continue
                    if key_of(value["entry"]) != value["sha256"]:
                        raise ValueError
                    yield number, value["entry"]
                except (ValueError, TypeError, KeyError):
                    merged.damaged.append(f"{file}, line {number:,}: the line was changed or truncated")
    except zstandard.ZstdError as error:
        if number == 1:
            raise _no_export(file) from error
        merged.damaged.append(f"{file}: the file cannot be read after line {number:,} ({error})")
        return
    except OSError as error:
        raise CacheError(f"{file} cannot be read: {error.strerror}. Nothing was imported.") from error
    if counted is None:
        merged.damaged.append(f"{file}: the file is incomplete (it ends after line {number:,})")


def _check_header(file: Path, line: bytes) -> None:
    try:
        header = json.loads(line)
        known = header["format"] == FORMAT
        version = header["version"]
    except (ValueError, TypeError, KeyError):
        known, version = False, 0
    if not known:
        raise _no_export(file)
    if version != VERSION:
        raise CacheError(
            f"{file} is a version {version} export, but this release can read only version {VERSION}. Nothing was "
            "imported. Update this project, or export the replies again with this release."
        )


def _no_export(file: Path) -> CacheError:
    return CacheError(
        f"{file} is not a reply cache export. Nothing was imported. `kedro cache export FILE` creates one."
    )
