"""Tell whether an exported file has cards, so that an empty export does not replace it."""

import json
import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import closing
from pathlib import Path


def has_cards(path: Path) -> bool:
    """Return whether an exported file has cards. A file that cannot be read, or of an unknown kind, counts as one."""
    try:
        match path.suffix:
            case ".json":
                return bool(json.loads(path.read_bytes()))
            case ".tsv":
                return path.read_bytes().count(b"\n") > 1
            case ".txt":
                return any(not line.startswith(b"#") for line in path.read_bytes().splitlines())
            case ".apkg":
                return _notes(path) > 0
    except (OSError, ValueError, KeyError, sqlite3.Error, zipfile.BadZipFile, zlib.error):
        return True
    return True


def _notes(path: Path) -> int:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as package:
        database = package.extract("collection.anki2", folder)
        with closing(sqlite3.connect(database)) as connection:
            return int(connection.execute("SELECT count(*) FROM notes").fetchone()[0])
