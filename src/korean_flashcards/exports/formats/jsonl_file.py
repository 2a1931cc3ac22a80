"""Write one JSON object per card and line (JSON Lines), for scripts that read a card at a time."""

import io
import json

import polars as pl

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.table_text import as_text, typed_table


def write(content: ExportContent) -> bytes:
    """Return the cards as lines of JSON in UTF-8."""
    file = io.BytesIO()
    typed_table(content).write_ndjson(file)
    return file.getvalue()


def read(file: bytes) -> pl.DataFrame:
    """Return the cards' values as text. Raises ValueError if the file is damaged."""
    if not file:
        return pl.DataFrame()
    if not file.endswith(b"\n"):
        raise ValueError("its end is missing")
    try:
        # polars loses the order of more than 32 columns.
        columns = list(json.loads(file[: file.index(b"\n")]))
        return as_text(pl.read_ndjson(io.BytesIO(file), infer_schema_length=None).select(columns))
    except (pl.exceptions.PolarsError, ValueError, TypeError) as error:
        raise ValueError("a line is not a JSON object") from error


def expected(content: ExportContent) -> pl.DataFrame:
    """Return what ``read`` must return. A file without cards does not name the columns."""
    text = as_text(typed_table(content))
    return text if text.height else pl.DataFrame()
