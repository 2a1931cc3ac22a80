"""Write the cards as a JSON document with the project's version and the source of the cards.

``docs/reference/cards.schema.json`` describes the document. Each card is on a line of its own.
"""

import json

import polars as pl

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.document_schema import SCHEMA, SCHEMA_VERSION
from korean_flashcards.exports.table_text import as_text, typed_table


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
    start = json.dumps(head, ensure_ascii=False, indent=1, default=str).removesuffix("\n}")
    cards = table.write_ndjson().rstrip("\n").replace("\n", ",\n")
    return f'{start},\n "cards": [\n{cards}\n]\n}}\n'.encode()


def read(file: bytes) -> pl.DataFrame:
    """Return the cards' values as text. Raises ValueError if the file is damaged."""
    try:
        document = json.loads(file)
        columns, cards = document["columns"], document["cards"]
        frame = pl.DataFrame(cards, schema=columns if not cards else None, infer_schema_length=None)
        return as_text(frame.select(columns))
    except (ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise ValueError("it is not a JSON document with cards") from error


def expected(content: ExportContent) -> pl.DataFrame:
    """Return what ``read`` must return."""
    return as_text(typed_table(content))
