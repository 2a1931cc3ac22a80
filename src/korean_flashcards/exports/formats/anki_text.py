"""Write and read Anki text files: one line per note, with headers for Anki's File → Import."""

import io
from collections.abc import Sequence

import polars as pl

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.formats.anki_note import FIELDS, NOTE_TYPE

_NAMED, _SEVERAL = "#notetype:", "#notetype column:2"


def write(content: ExportContent) -> bytes:
    """Return the content's notes as a text file (UTF-8). Media files are not part of it."""
    return text_of(content.notes)


def read(file: bytes) -> pl.DataFrame:
    """Return the notes in a text file (``text_columns``). All columns are text.

    Raises:
        ValueError: The file is not such a text file.
    """
    try:
        headers, columns = _headers(file.decode())
        if file.count(b"\n") <= headers:
            return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        return pl.read_csv(
            file, separator="\t", has_header=False, skip_lines=headers, schema=dict.fromkeys(columns, pl.String),
            empty_string_is_null=False,
        )  # fmt: skip
    except pl.exceptions.PolarsError as error:
        raise ValueError("a line does not have the columns of the headers") from error


def expected(content: ExportContent) -> pl.DataFrame:
    """Return the frame that ``read`` must return for this content."""
    return expected_lines(content.notes)


def text_of(notes: pl.DataFrame) -> bytes:
    """Return the notes as a text file (UTF-8).

    The rows are sorted by deck, so that a deck comes before its subdecks. Otherwise, Anki would create a second deck.
    """
    file = io.BytesIO(text_headers(notes["note_type"].unique().to_list()).encode())
    file.seek(0, io.SEEK_END)
    expected_lines(notes).write_csv(file, separator="\t", include_header=False, quote_style="necessary")
    return file.getvalue()


def expected_lines(notes: pl.DataFrame) -> pl.DataFrame:
    """Return the frame that ``read`` must return for a text file with these notes."""
    values = {"GUID": pl.col("guid"), "Note type": pl.col("note_type"), "Deck": pl.col("deck")}
    values["Tags"] = pl.col("tags").list.join(" ")
    columns = text_columns(notes["note_type"].n_unique())
    named = [values.get(name, pl.col(name)).alias(name) for name in columns]
    return notes.sort("deck", maintain_order=True).select(named)


def text_columns(note_types: int = 1) -> tuple[str, ...]:
    """Return the columns of a text file with notes of this many note types."""
    return ("GUID", *(("Note type",) if note_types > 1 else ()), "Deck", "Tags", *FIELDS)


def text_headers(note_types: Sequence[str] = ()) -> str:
    """Return the file headers that tell Anki how to import the text file's columns.

    A text file has no times, so Anki cannot know which of its notes are newer than the learner's. It therefore keeps
    existing notes, unless the learner chooses "Update" during the import. With several note types, Anki assigns the
    columns to the fields by their order.
    """
    columns = text_columns(len(note_types))
    named = _SEVERAL if len(note_types) > 1 else _NAMED + next(iter(note_types), NOTE_TYPE)
    return (
        f"#separator:tab\n#html:true\n{named}\n#if matches:keep current\n#guid column:1\n"
        f"#deck column:{columns.index('Deck') + 1}\n#tags column:{columns.index('Tags') + 1}\n"
        "#columns:" + "\t".join(columns) + "\n"
    )


def _headers(text: str) -> tuple[int, tuple[str, ...]]:
    """Return the number of header lines, and the columns."""
    lines = text_headers().splitlines()
    found = text.split("\n", len(lines))[: len(lines)]
    columns = found[-1].removeprefix("#columns:").split("\t")
    known = [each for each in (text_columns(1), text_columns(2)) if list(each) == columns]
    if not known or not found[0].startswith("#separator:tab"):
        raise ValueError("it does not begin with the headers of an Anki text file")
    return len(lines), known[0]
