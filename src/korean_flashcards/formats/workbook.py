"""Read the sheets of an Excel workbook (.xlsx) as records of text."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import polars as pl

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.list_records import Record

_MAGIC = b"PK\x03\x04"
# The cells that a spreadsheet could not compute, by the name that the library gives the error.
_ERRORS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!",
}  # fmt: skip


def is_workbook(data: bytes) -> bool:
    """Return whether the file is a ZIP archive that contains a workbook."""
    if not data.startswith(_MAGIC):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def sheets_of(name: str, data: bytes) -> Iterator[tuple[str, list[Record]]]:
    """Yield the name and the nonempty records of each sheet. Records are numbered like the rows of the sheet.

    Raises:
        WordListError: The workbook is damaged or protected by a password.
    """
    # Imported here, because few lists are workbooks.
    import fastexcel

    try:
        reader = fastexcel.read_excel(data)
        for sheet in reader.sheet_names:
            yield sheet, _records(reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string"))
    except fastexcel.FastExcelError as error:
        raise WordListError(
            f"{name} is not an Excel workbook that can be read. Open it in a spreadsheet, save it as .xlsx without a "
            "password or as “CSV UTF-8”, and run the command again. Nothing from this list was imported."
        ) from error


def _records(sheet: Any) -> list[Record]:
    batch, errors = sheet.to_arrow_with_errors()
    failed = {one.position: _error_text(one.detail) for one in errors.errors} if errors else {}
    frame = pl.DataFrame(pl.from_arrow(batch))
    records = []
    for index, values in enumerate(frame.iter_rows()):
        cells = [failed.get((index, column)) or _text(value) for column, value in enumerate(values)]
        if any(cells):
            records.append(Record(index + 1, cells))
    return records


def _text(value: str | None) -> str:
    """Return the text of a cell. A date has no time of day unless it was entered."""
    return clean(value).strip().removesuffix(" 00:00:00") if value else ""


def _error_text(detail: str) -> str:
    """Return what the spreadsheet shows in a cell with an error, such as "#NAME?"."""
    name = detail.rpartition("Error(")[2].partition(")")[0]
    return _ERRORS.get(name, "#ERROR!")
