"""Write and read Anki text files: one line per note, with headers for Anki's File → Import."""

import io
from collections.abc import Collection

import polars as pl

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.formats.anki_note import FIELDS

TEXT_COLUMNS = ("GUID", "Note type", "Deck", "Tags", *FIELDS)
_FIRST, _LAST = "#separator:tab", "#columns:" + "\t".join(TEXT_COLUMNS)


def write(content: ExportContent) -> bytes:
    """Return the content's notes as a text file (UTF-8). Media files are not part of it."""
    return text_of(content.notes)


def read(file: bytes) -> pl.DataFrame:
    """Return the notes in a text file (``TEXT_COLUMNS``). All columns are text.

    Raises:
        ValueError: The file is not such a text file.
    """
    try:
        headers, schema = _headers(file.decode()), dict.fromkeys(TEXT_COLUMNS, pl.String)
        if file.count(b"\n") <= headers:
            return pl.DataFrame(schema=schema)
        return pl.read_csv(
            file, separator="\t", has_header=False, skip_lines=headers, schema=schema, empty_string_is_null=False
        )
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
    named = [values.get(name, pl.col(name)).alias(name) for name in TEXT_COLUMNS]
    return notes.sort("deck", maintain_order=True).select(named)


def text_headers(note_types: Collection[str]) -> str:
    """Return the file headers that tell Anki how to import the columns of a text file with notes of these types.

    A text file has no times, so Anki cannot know which of its notes are newer than the learner's. It therefore keeps
    existing notes, unless the learner chooses "Update" during the import.

    A text file cannot create a note type. With a column for it, Anki skips the notes if it does not exist yet. Without
    the column, Anki would create notes of the type "Basic". If there is only one note type, the header that follows
    replaces the column, and Anki assigns the columns to the fields by name. With several, it does so by order.
    """
    named = "".join(f"#notetype:{name}\n" for name in note_types) if len(note_types) == 1 else ""
    return (
        f"{_FIRST}\n#html:true\n#notetype column:2\n{named}#if matches:keep current\n#guid column:1\n"
        "#deck column:3\n#tags column:4\n"
        f"{_LAST}\n"
    )


def _headers(text: str) -> int:
    """Return the number of header lines."""
    lines = text.split("\n", 12)
    if lines[0] != _FIRST or _LAST not in lines:
        raise ValueError("it does not begin with the headers of an Anki text file")
    return lines.index(_LAST) + 1
