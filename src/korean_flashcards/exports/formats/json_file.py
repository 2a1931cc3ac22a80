"""Write the cards as a JSON document with the project's version and the source of the cards.

``docs/reference/cards.schema.json`` describes the document. Each card is on a separate line.
"""

import io
import json

import polars as pl

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.document_schema import SCHEMA, SCHEMA_VERSION
from korean_flashcards.exports.table_text import as_text, typed_table

_START, _END = b',\n "cards": [\n', b"\n]\n}\n"
# Line breaks inside a value are escaped, so these bytes are only between two cards.
_BETWEEN, _LINE_BREAK = b",\n", b"\n"
_CLOSE = b"\n}"


def write(content: ExportContent) -> bytes:
    """Return the cards as a JSON document in UTF-8."""
    table = typed_table(content)
    head = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "title": content.title,
        "details": dict(content.details),
        "columns": table.columns,
    }
    start = json.dumps(head, ensure_ascii=False, indent=1, default=str).encode().removesuffix(_CLOSE)
    lines = io.BytesIO()
    table.write_ndjson(lines)
    cards = lines.getvalue().removesuffix(_LINE_BREAK).replace(_LINE_BREAK, _BETWEEN)
    return b"".join([start, _START, cards, _END])


def read(file: bytes) -> pl.DataFrame:
    """Return the cards' values as text. Raises ValueError if the file is damaged.

    Polars reads 40,000 cards ten times as fast from lines as Python reads the document.
    """
    start, found, rest = file.partition(_START)
    try:
        columns = json.loads(start + _CLOSE)["columns"]
        if not found or not rest.endswith(_END):
            raise ValueError("its end is missing")
        lines = rest.removesuffix(_END).replace(_BETWEEN, _LINE_BREAK)
        cards = pl.read_ndjson(io.BytesIO(lines), infer_schema_length=None) if lines else pl.DataFrame(schema=columns)
        return as_text(cards.select(columns))
    except (ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise ValueError("it is not a JSON document with cards") from error


def expected(content: ExportContent) -> pl.DataFrame:
    """Return what ``read`` must return."""
    return as_text(typed_table(content))
