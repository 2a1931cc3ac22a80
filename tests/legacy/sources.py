"""Create data of an earlier system: SQLite files and cache folders, complete, incomplete and broken."""

import gzip
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import lz4.block
import lz4.frame

Row = dict[str, Any]

IPA = "[te.sɯ.tɯ]"


def analysis(term: str, meaning: str = "a test meaning", **changes: Any) -> Row:
    """Return the 17 fields of a valid analysis."""
    return {
        "term_number": 7, "term": f"{term}{IPA}", "ipa": IPA, "pos": "noun", "primary_meaning": meaning,
        "other_meanings": None, "metaphor": "A lantern lights the way.", "metaphor_noun": "lantern",
        "metaphor_action": "lights", "suggested_location": "a library", "anchor_object": "a brass lantern",
        "anchor_sensory": "warm light", "explanation": "The lantern shows the word.", "usage_context": None,
        "comparison": {"vs": "시험", "nuance": "시험 is an exam."}, "homonyms": None, "korean_keywords": [term],
        **changes,
    }  # fmt: skip


def card(term: str, kind: str = "Scene", **changes: Any) -> Row:
    """Return the nine columns of a valid card."""
    return {
        "position": 1, "term": f"{term}{IPA}", "term_number": 7, "tab_name": kind, "primer": "You enter.",
        "front": f"{kind}: what does {term} mean?", "back": f"{term} stands in warm light.", "tags": f"term:{term},old",
        "honorific_level": "", **changes,
    }  # fmt: skip


def analysis_row(vocabulary_id: Any, term: str, **changes: Any) -> Row:
    """Return an analysis as a row of ``nuance_data``, with JSON in three columns."""
    fields = analysis(term)
    return {
        "vocabulary_id": vocabulary_id, **fields, "comparison_data": json.dumps(fields["comparison"]),
        "homonyms_data": None, "korean_keywords": json.dumps(fields["korean_keywords"]), **changes,
    }  # fmt: skip


def card_row(vocabulary_id: Any, term: str, kind: str = "Scene", **changes: Any) -> Row:
    """Return a card as a row of ``flashcards``."""
    fields = card(term, kind)
    return {
        "vocabulary_id": vocabulary_id, "card_number": 1, "tab_name": kind, "primer": fields["primer"],
        "front_content": fields["front"], "back_content": fields["back"], "pronunciation_guide": IPA,
        "tags": json.dumps([f"term:{term}", "old"]), "honorific_level": "", "position": 1, **changes,
    }  # fmt: skip


def database(path: Path, **tables: Iterable[Row]) -> Path:
    """Create an SQLite file with these tables. The first row of each table names its columns, which have no types."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, table in tables.items():
            rows = list(table)
            names = list(rows[0])
            columns = ", ".join(f'"{column}"' for column in names)
            connection.execute(f"CREATE TABLE {name} ({columns})")
            plain = [[_plain(row.get(column)) for column in names] for row in rows]
            connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(names))})", plain)
    return path


def full_database(path: Path, terms: Iterable[str]) -> Path:
    """Create a database with a definition, an analysis, a Scene card and a Usage-Comparison card for each term."""
    numbered = list(enumerate(terms, 1))
    return database(
        path,
        vocabulary_master=[
            {"id": n, "korean": term, "english": f"meaning {n}", "hanja": None, "type": "word", "difficulty_level": 3,
             "frequency_rank": n, "notes": "a note"}
            for n, term in numbered
        ],
        nuance_data=[analysis_row(n, term) for n, term in numbered],
        flashcards=[card_row(n, term, kind) for n, term in numbered for kind in ("Scene", "Usage-Comparison")],
    )  # fmt: skip


def stage1(term: str, response: Any = None, **changes: Any) -> Row:
    """Return the content of a stage-1 cache file."""
    return {
        "vocabulary_item": {"position": 1, "term": term, "type": "noun"},
        "response": analysis(term) if response is None else response,
        "tokens": 450, "cached_at": "2025-03-01T10:00:00", **changes,
    }  # fmt: skip


def stage2(term: str, rows: Any = None, **changes: Any) -> Row:
    """Return the content of a stage-2 cache file."""
    cards = [card(term, "Scene"), card(term, "Usage-Comparison")] if rows is None else rows
    return {
        "vocabulary_item": {"position": 1, "term": term, "type": "noun"}, "stage1_result": analysis(term),
        "response": {"rows": cards}, "tokens": {"prompt_tokens": 800, "completion_tokens": 500},
        "cached_at": "2025-03-01T11:00:00", **changes,
    }  # fmt: skip


def put(folder: Path, stage: str, content: Any, packed: str = "", name: str = "") -> str:
    """Write one cache file and return its path relative to the folder.

    ``content`` is a JSON value or bytes. ``packed`` names the compression: gzip, lz4, lz4 block, or empty for none.
    """
    data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    name = name or f"{hashlib.sha256(data).hexdigest()}.json"
    compressors = {"": bytes, "gzip": gzip.compress, "lz4": lz4.frame.compress, "lz4 block": lz4.block.compress}
    data = compressors[packed](data)
    file = folder / stage / name[:2] / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file.relative_to(folder).as_posix()


def full_cache(folder: Path, terms: Iterable[str]) -> Path:
    """Create a cache folder with both stages of each term. Files are uncompressed, gzip or lz4, in turn."""
    compressions = ("", "gzip", "lz4")
    for number, term in enumerate(terms):
        item = {"vocabulary_item": {"position": number + 1, "term": term, "type": "noun"}}
        put(folder, "stage1", stage1(term, **item), compressions[number % 3])
        put(folder, "stage2", stage2(term, **item), compressions[(number + 1) % 3])
    return folder


def snapshot(path: Path) -> Mapping[str, tuple[bytes, int]]:
    """Return the bytes and modification time of the file, or of every file in the folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {str(file): (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value
