"""Define the node that adds recordings and pictures to the notes, and choose the files for a package."""

import logging
from collections.abc import Mapping

import polars as pl

from korean_flashcards.domain.errors import ExportError
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.safe_text import one_line
from korean_flashcards.formats.anki_note import MEDIA_FIELDS
from korean_flashcards.formats.media_files import word_media
from korean_flashcards.formats.note_media import image, media_name, missing, referenced, sound

logger = logging.getLogger(__name__)

_NAMED = 5  # files in the message


def add_media(complete_notes: pl.DataFrame, words: pl.DataFrame, media: Mapping[str, bytes | None]) -> pl.DataFrame:
    """Return the notes with the recordings and pictures of their words (``anki_note.MEDIA_FIELDS``).

    Args:
        complete_notes: One note per card.
        words: The words in the run.
        media: The content of each file in the media folder, by path. None: a link to a file that is not in the folder.
    """
    if not media:
        return complete_notes
    full = {path: content for path, content in media.items() if content}
    found = word_media(words.select("item_id", "term", "homograph").iter_rows(), [*full])
    unused = found.unused | {path: _without_content(content) for path, content in media.items() if not content}
    if unused:
        _warn(unused)
    rows = {item_id: dict.fromkeys(MEDIA_FIELDS, "") | {"item_id": item_id} for item_id, _ in found.fields}
    for (item_id, name), path in found.fields.items():
        rows[item_id][name] = (image if name == "Image" else sound)(media_name(path, full[path]))
    added = pl.DataFrame([*rows.values()], dict.fromkeys(("item_id", *MEDIA_FIELDS), pl.String))
    filled = complete_notes.drop(MEDIA_FIELDS).join(added, on="item_id", how="left", maintain_order="left")
    return filled.with_columns(pl.col(MEDIA_FIELDS).fill_null("")).select(complete_notes.columns)


def media_of(notes: pl.DataFrame, media: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """Return the media files that the notes refer to, by their names in Anki.

    Raises:
        ExportError: A file was changed or removed after the notes were laid out.
    """
    found = referenced(notes, media)
    if (without := missing(notes, found)).height:
        words = without["Term"].unique(maintain_order=True)
        raise ExportError(
            f"{counted(words.len(), 'word')} of the deck had a recording or a picture that has been changed or removed "
            f"since the last export, such as {words[0]}. Nothing was exported. Run `kedro run --pipeline=export` first."
        )
    return found


def _without_content(content: bytes | None) -> str:
    return "it is a link to a file outside the folder" if content is None else "it is empty"


def _warn(unused: Mapping[str, str]) -> None:
    named = [one_line(f"{path} ({reason})") for path, reason in sorted(unused.items())[:_NAMED]]
    more = f", and {len(unused) - _NAMED:,} more" if len(unused) > _NAMED else ""
    logger.warning(
        "Not used: %s in the media folder: %s%s. See “Media” in docs/anki.md.",
        counted(len(unused), "file"),
        ", ".join(named),
        more,
    )
