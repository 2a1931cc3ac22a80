"""Name the media files of a package, and find the files that the notes refer to.

A media file has the hash of its content in its name. A changed file therefore has a new name, which changes the notes that
refer to it. Otherwise, Anki would keep the old file: it never replaces a media file. The name has only characters that
every system allows, and no two projects have different files with the same name.
"""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath

import polars as pl

from korean_flashcards.formats.anki_note import MEDIA_FIELDS

_PREFIX = "kf-"
_DIGITS = 24  # 96 bits, so two files never share a name
_REFERENCE = r'\[sound:[^\]]*\]|<img src="[^"]*">'


def media_name(path: str, content: bytes) -> str:
    """Return the name of a file in Anki, such as ``kf-9f86d081884c7d659a2feaa0.mp3``."""
    return f"{_PREFIX}{hashlib.sha256(content).hexdigest()[:_DIGITS]}{PurePosixPath(path).suffix.lower()}"


def sound(name: str) -> str:
    """Return the text of a field that plays a media file."""
    return f"[sound:{name}]"


def image(name: str) -> str:
    """Return the text of a field that shows a media file."""
    return f'<img src="{name}">'


def references() -> pl.Expr:
    """Return an expression for the names of the media files in each note's media fields."""
    found = pl.concat_str(MEDIA_FIELDS, separator=" ").str.extract_all(_REFERENCE)
    bare = pl.element().str.replace_all(r'^\[sound:|\]$|^<img src="|">$', "")
    return found.list.eval(bare).alias("media")


def referenced(notes: pl.DataFrame, files: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """Return the media files that the notes refer to, by name. Files that are missing are left out.

    Args:
        notes: The notes with their fields.
        files: The content of each file in the media folder, by path.
    """
    if not files:
        return {}
    named = {media_name(path, content): content for path, content in files.items() if content}
    used = notes.select(references().list.explode()).to_series().drop_nulls().unique().sort()
    return {name: named[name] for name in used if name in named}


def missing(notes: pl.DataFrame, media: Mapping[str, bytes]) -> pl.DataFrame:
    """Return the notes that refer to a media file that is not in ``media``."""
    absent = references().list.eval(~pl.element().is_in([*media])).list.any()
    return notes.filter(absent)
