"""Open files with the spreadsheets that people use: LibreOffice without its window, and openpyxl."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

LIBREOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(LIBREOFFICE is None, reason="LibreOffice (soffice) is not installed")
# LibreOffice's import filter: the code of the separator, the code of the quotation mark, UTF-8.
COMMA, SEMICOLON, TAB = ("CSV:44,34,76", "CSV:59,34,76", "CSV:9,34,76")

Cells = list[list[Any]]  # openpyxl's cells, by row


def opened(file: bytes) -> dict[str, Cells]:
    """Return the rows of each sheet of a workbook, as openpyxl reads them."""
    book = openpyxl.load_workbook(io.BytesIO(file))
    return {sheet.title: [list(row) for row in sheet.iter_rows()] for sheet in book}


def saved_by_libreoffice(folder: Path, name: str, file: bytes, import_filter: str | None = None) -> bytes:
    """Return the workbook that LibreOffice saves after it has opened the file."""
    assert LIBREOFFICE
    source, target = folder / name, folder / "saved"
    source.write_bytes(file)
    options = [f"--infilter={import_filter}"] if import_filter else []
    command = [LIBREOFFICE, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", *options]
    command += ["--convert-to", "xlsx", "--outdir", str(target), str(source)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300)
    saved = target / f"{source.stem}.xlsx"
    assert saved.is_file(), ended.stdout + ended.stderr
    return saved.read_bytes()
