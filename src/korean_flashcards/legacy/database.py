"""Read an earlier system's SQLite file: words, and the analyses and cards linked to them by ``vocabulary_id``.

The file is opened read-only and as immutable, so SQLite does not create files next to it. Tables and columns may be
missing. Each unusable row is reported as a problem with its row number.

| column | becomes |
|---|---|
| korean, english, hanja, example_sentence | term, definition, hanja, example |
| notes | usage_hint |
| type | pos, a hint for the model ("word" is omitted because it adds nothing) |
| category, tags | tags |
| difficulty_level (1–10, or a name) | a tag such as "difficulty:3", because its levels are not TOPIK levels |
| position, otherwise frequency_rank | the position, because a rank is an order (``frequency`` is a count) |

``primer`` and ``term_number`` are omitted because they are computed, and ``pronunciation_guide`` is omitted because the
analysis includes the pronunciation.
"""

import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from korean_flashcards.domain.errors import LegacyError
from korean_flashcards.domain.records import Nuance
from korean_flashcards.legacy.legacy_data import (
    LONGEST,
    Found,
    Kind,
    LegacyData,
    LegacyProblem,
    LegacyWord,
    pos_hint,
    problem,
    term_of,
    text_of,
    time_of,
    whole_number,
)

MAGIC = b"SQLite format 3\0"
WORD_TABLES = ("vocabulary_master", "vocabulary_items")
_CELLS = {"english": "definition", "hanja": "hanja", "example_sentence": "example", "notes": "usage_hint"}
# The analysis fields that are stored as JSON, with the names of their columns.
_JSON_FIELDS = {"comparison": "comparison_data", "homonyms": "homonyms_data", "korean_keywords": "korean_keywords"}
_STEPS = range(1, 11)  # valid numbers in difficulty_level

Row = dict[str, Any]


def read_database(path: Path) -> LegacyData:
    """Return the words in the file. Raises LegacyError if the file is not a database or has no word table."""
    with _opened(path) as connection:
        return _Reader(connection, path).read()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file read-only. If it has a journal, which ``immutable`` would ignore, open a temporary copy."""
    with tempfile.TemporaryDirectory(prefix="legacy-") as folder:
        try:
            journals = [beside for end in ("-wal", "-journal") if (beside := Path(f"{path}{end}")).exists()]
            file = path
            if any(beside.stat().st_size for beside in journals):
                file = Path(folder) / path.name
                for part in (path, *journals):
                    shutil.copyfile(part, file.parent / part.name)
            options = "mode=ro&immutable=1" if file is path else "mode=rw"
            with closing(sqlite3.connect(f"{file.resolve().as_uri()}?{options}", uri=True)) as connection:
                connection.text_factory = _decoded
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise LegacyError(
                f"{path} cannot be read: {error}. Nothing was imported, and the file is unchanged. Repair a copy with "
                "`sqlite3 FILE .recover` and import the copy."
            ) from error


def _decoded(data: bytes) -> str:
    """Decode text in UTF-8 or CP949, which older Korean programs used. Invalid bytes become replacement characters."""
    for encoding in ("utf-8", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


class _Reader:
    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._problems: list[LegacyProblem] = []
        self._analyses: dict[str, list[Found]] = {}
        self._cards: dict[str, list[Found]] = {}

    def read(self) -> LegacyData:
        names = [
            str(row[0]) for row in self._connection.execute("SELECT name FROM sqlite_master WHERE type <> 'index'")
        ]
        tables = {name.lower() for name in names}
        word_tables = [name for name in WORD_TABLES if name in tables]
        if not word_tables:
            raise LegacyError(
                f"{self._path} has no table {' or '.join(WORD_TABLES)}. Found: "
                f"{', '.join(sorted(names)) or 'no table'}. Nothing was imported."
            )
        linked = self._linked_table(word_tables, tables)
        rows = {name: list(self._rows(name, "word")) for name in word_tables}
        known = {_id(row): term_of(row.get("korean")) for _, row in rows[linked]}
        if "nuance_data" in tables:
            self._read_analyses(known)
        if "flashcards" in tables:
            self._read_cards(known)
        words = [self._word(where, row, name == linked) for name in word_tables for where, row in rows[name]]
        return LegacyData([word for word in words if word], self._problems)

    def _linked_table(self, word_tables: list[str], tables: set[str]) -> str:
        """Return the table that ``vocabulary_id`` refers to: the foreign key's target, or otherwise the first table."""
        for name in {"nuance_data", "flashcards"} & tables:
            for key in self._connection.execute(f"PRAGMA foreign_key_list({name})"):
                if str(key[2]).lower() in word_tables:
                    return str(key[2]).lower()
        return word_tables[0]

    def _rows(self, table: str, what: Kind) -> Iterator[tuple[str, Row]]:
        """Yield each row in a table with its location as text.

        Column names are lowercase, and ``#`` is the row number.
        """
        number = 0
        try:
            try:
                cursor = self._connection.execute(f'SELECT rowid AS "#", * FROM "{table}"')
            except sqlite3.OperationalError:  # a view, or a table without row numbers
                cursor = self._connection.execute(f'SELECT NULL AS "#", * FROM "{table}"')
            names = [str(column[0]).lower() for column in cursor.description]
            for number, values in enumerate(cursor, 1):
                row = dict(zip(names, values, strict=True))
                row["#"] = row["#"] or number
                yield f"{table}, row {_id(row)}", row
        except sqlite3.Error as error:
            why = f"the table cannot be read after row {number}: {error}"
            self._problems.append(problem(table, what, why))

    def _word(self, where: str, row: Row, linked: bool) -> LegacyWord | None:
        term = term_of(row.get("korean"))
        if not term:
            self._problems.append(problem(where, "word", "the korean column has no text"))
            return None
        values = {cell: self._cell(where, row, column) for column, cell in _CELLS.items()}
        values |= {"pos": pos_hint(self._cell(where, row, "type")), "tags": ",".join(self._tags(where, row))}
        cards = self._cards.get(_id(row), [])[::-1] if linked else []
        return LegacyWord(
            where=where,
            term=term,
            values={name: value for name, value in values.items() if value},
            position=whole_number(row.get("position")) or whole_number(row.get("frequency_rank")),
            analyses=self._analyses.get(_id(row), [])[::-1] if linked else [],
            cards=[cards] if cards else [],
        )

    def _cell(self, where: str, row: Row, column: str) -> str:
        value = row.get(column)
        text = text_of(value)
        if isinstance(value, bytes) or len(text) > LONGEST:
            what = "bytes, not text" if isinstance(value, bytes) else f"{len(text):,} characters long"
            self._partly(where, "word", f"{column} is {what}")
            return ""
        return text

    def _tags(self, where: str, row: Row) -> list[str]:
        """Return the row's tags, plus one tag each for category and difficulty_level. Tags have no spaces or commas."""
        tags = [self._cell(where, row, "category"), *self._own_tags(where, row)]
        level = self._cell(where, row, "difficulty_level")
        if level and re.fullmatch(r"[-+.\d]+", level) and whole_number(level) not in _STEPS:
            self._partly(where, "word", f"difficulty_level is {level[:20]}, which is not between 1 and 10")
        elif level:
            tags.append(f"difficulty:{whole_number(level) or level[:40].lower()}")
        return list(dict.fromkeys("_".join(re.sub(r"[,;]", " ", tag).split()) for tag in tags if tag.strip()))

    def _own_tags(self, where: str, row: Row, what: Kind = "word") -> list[str]:
        """Return the values in ``tags``, which is either JSON or comma-separated text."""
        text = text_of(row.get("tags"))
        if not text.startswith(("[", "{", '"')):
            return re.split(r"[,;]", text)
        tags = self._json(where, "tags", text, what)
        if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
            return [text_of(tag) for tag in tags]
        if tags is not None:
            self._partly(where, what, f"tags is not a list of strings: {text[:40]}")
        return []

    def _json(self, where: str, column: str, text: str, what: Kind) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            self._partly(where, what, f"{column} is not JSON ({str(error)[:80]})")
            return None

    def _partly(self, where: str, what: Kind, why: str) -> None:
        self._problems.append(problem(where, what, f"{why}; this value was omitted", skipped=False))

    def _read_analyses(self, known: Mapping[str, str]) -> None:
        for where, row in self._rows("nuance_data", "analysis"):
            word = _id(row, "vocabulary_id")
            if self._is_orphan(where, word, known, "analysis"):
                continue
            fields = {name: row[name] for name in Nuance.model_fields if row.get(name) is not None}
            fields |= {name: self._json_field(where, row, name, column) for name, column in _JSON_FIELDS.items()}
            # The ID identifies the word even if the analysis does not name it.
            fields["term"] = fields.get("term") or known[word]
            found = Found(where, fields, time_of(row.get("updated_at") or row.get("created_at")))
            self._analyses.setdefault(word, []).append(found)

    def _json_field(self, where: str, row: Row, name: str, column: str) -> Any:
        """Return the column's value, parsed as JSON. Comma-separated keywords are returned unchanged."""
        value = row.get(column, row.get(name))
        text = _decoded(value) if isinstance(value, bytes) else value
        if not isinstance(text, str) or (name == "korean_keywords" and not text.lstrip().startswith(("[", "{", '"'))):
            return text
        return self._json(where, column, text, "analysis") if text.strip() else None

    def _read_cards(self, known: Mapping[str, str]) -> None:
        for where, row in self._rows("flashcards", "cards"):
            word = _id(row, "vocabulary_id")
            if self._is_orphan(where, word, known, "cards"):
                continue
            card = {
                # Scene cards are in the deck "Korean::Scene".
                "tab_name": text_of(row.get("tab_name") or row.get("deck_name")).rpartition("::")[2],
                "front": text_of(row.get("front_content")),
                "back": text_of(row.get("back_content")),
                "tags": self._own_tags(where, row, "cards"),
                "honorific_level": text_of(row.get("honorific_level")),
            }
            found = Found(where, [card], time_of(row.get("updated_at") or row.get("created_at")))
            self._cards.setdefault(word, []).append(found)

    def _is_orphan(self, where: str, word: str, known: Mapping[str, str], what: Kind) -> bool:
        if word not in known:
            why = f"vocabulary_id {word[:40]} does not match any word" if word else "vocabulary_id is empty"
            self._problems.append(problem(where, what, why))
        return word not in known


def _id(row: Row, column: str = "id") -> str:
    """Return an ID as text, regardless of its stored type. For a word without an ID, return the row number."""
    value = row.get(column)
    if value is None and column == "id":
        value = row["#"]
    return str(whole_number(value) or text_of(value))
