"""Write the table as a Parquet file, for analyses with pandas, Polars, or DuckDB. The columns keep their types.

The file's metadata has the title and the source of the cards as JSON, under the key ``korean_flashcards``.
"""

import io
import json

import polars as pl

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.table_text import as_text, typed_table

_METADATA_KEY = "korean_flashcards"


def write(content: ExportContent) -> bytes:
    """Return the table as a Parquet file, compressed with Zstandard."""
    source = json.dumps({"title": content.title, "details": dict(content.details)}, ensure_ascii=False, default=str)
    file = io.BytesIO()
    typed_table(content).write_parquet(file, compression="zstd", metadata={_METADATA_KEY: source})
    return file.getvalue()


def read(file: bytes) -> pl.DataFrame:
    """Return the table's values as text. Raises ValueError if the file is damaged."""
    try:
        return as_text(pl.read_parquet(io.BytesIO(file)))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ValueError("it is not a Parquet file") from error


def expected(content: ExportContent) -> pl.DataFrame:
    """Return what ``read`` must return."""
    return as_text(typed_table(content))
