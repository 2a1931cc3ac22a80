"""Nodes of ingress: pure functions from the lists' bytes to the vocabulary and what did not get in."""

import json
import re
from typing import Any

import polars as pl
from pydantic import ValidationError

from korean_flashcards.contracts import RejectCode, VocabularyItem
from korean_flashcards.errors import WordListError
from korean_flashcards.formats.word_list import HEADERS, read_word_list
from korean_flashcards.frames import FrameBuilder, frame_of
from korean_flashcards.korean.hangul import has_hangul

_ROWS_SCHEMA = {"file": pl.String, "row": pl.Int64, "text": pl.String, **dict.fromkeys(HEADERS, pl.String),
                "other": pl.String, "extra_cells": pl.Int64}  # fmt: skip
_ITEM_SCHEMA = {
    "item_id": pl.String, "term": pl.String, "homograph": pl.Int64, "term_number": pl.Int64, "pos": pl.String,
    "definition": pl.String, "hanja": pl.String, "topik_level": pl.Int64, "example": pl.String,
    "example_translation": pl.String, "usage_hint": pl.String, "ipa": pl.String, "frequency": pl.Int64,
    "tags": pl.List(pl.String), "file": pl.String, "row": pl.Int64,
}  # fmt: skip
_REJECT_SCHEMA = {"file": pl.String, "row": pl.Int64, "code": pl.String, "reason": pl.String, "text": pl.String}
_DUPLICATE_SCHEMA = {"file": pl.String, "row": pl.Int64, "term": pl.String, "definition": pl.String,
                     "item_id": pl.String, "first_file": pl.String, "first_row": pl.Int64}  # fmt: skip


def read_rows(word_lists: dict[str, bytes]) -> pl.DataFrame:
    """Return all rows of all lists, files in name order.

    Columns: file, row (1-based, the header is row 1), text, the known columns of ``formats.word_list.HEADERS`` (String,
    null where blank or absent), other (JSON of the columns that are kept and not used), extra_cells.
    Raises WordListError for a file that cannot be read as a list.
    """
    rows = (
        {
            "file": name,
            "row": row.row,
            "text": row.text,
            **{column: row.values.get(column) or None for column in HEADERS},
            "other": json.dumps(row.other, ensure_ascii=False) if row.other else None,
            "extra_cells": row.extra_cells,
        }
        for name, data in sorted(word_lists.items())
        for row in read_word_list(name, data)
    )
    return frame_of(rows, _ROWS_SCHEMA)


def check_rows(word_rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return (candidates, rejects, warnings).

    ``candidates`` has the columns of VocabularyItem with homograph 1 throughout; ``rejects`` and ``warnings``: file, row,
    code, reason, text. Raises WordListError when not one row is a word.
    """
    candidates, rejects, warnings = (FrameBuilder(schema) for schema in (_ITEM_SCHEMA, _REJECT_SCHEMA, _REJECT_SCHEMA))
    for row in word_rows.iter_rows(named=True):
        try:
            item, notes = _item(row)
        except _RowError as error:
            rejects.add(_problem(row, error.code, str(error)))
        else:
            candidates.add(item.model_dump())
            for code, reason in notes:
                warnings.add(_problem(row, code, reason))
    if not candidates.height:
        first = rejects.frame().row(0, named=True)
        raise WordListError(
            f"None of the {rejects.height} rows in {', '.join(word_rows['file'].unique().sort())} is a word. First: row "
            f"{first['row']}, {first['reason']}. Check the term column and the encoding. Nothing was imported."
        )
    return candidates.frame(), rejects.frame(), warnings.frame()


def assign_identity(candidates: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Number the homographs of each headword in order of appearance; the same meaning again is a duplicate.

    Returns (vocabulary, duplicates): ``vocabulary`` has the columns of VocabularyItem; ``duplicates`` has file, row, term,
    definition, and item_id, first_file, first_row of the row that came first.
    """
    vocabulary, duplicates = FrameBuilder(_ITEM_SCHEMA), FrameBuilder(_DUPLICATE_SCHEMA)
    homographs: dict[str, list[dict[str, Any]]] = {}
    for row in candidates.iter_rows(named=True):
        known = homographs.setdefault(row["term"], [])
        first = next((item for item in known if _same_meaning(item, row)), None)
        if first is None:
            item = {**row, "homograph": len(known) + 1, "item_id": f"{row['term']}#{len(known) + 1}"}
            known.append(item)
            vocabulary.add(item)
        else:
            duplicates.add(
                {column: row[column] for column in ("file", "row", "term", "definition")}
                | {"item_id": first["item_id"], "first_file": first["file"], "first_row": first["row"]}
            )
    return vocabulary.frame(), duplicates.frame()


def count_rows(
    word_rows: pl.DataFrame, vocabulary: pl.DataFrame, duplicates: pl.DataFrame, rejects: pl.DataFrame
) -> pl.DataFrame:
    """Return one row a file: file, rows, imported, duplicates, rejected, each counted from its own dataset.

    Raises WordListError when they do not add up: then a row was lost, which is a bug worth reporting.
    """
    counts = word_rows.group_by("file").len("rows").sort("file").cast({"rows": pl.Int64})
    for name, frame in {"imported": vocabulary, "duplicates": duplicates, "rejected": rejects}.items():
        counts = counts.join(frame.group_by("file").len(name).cast({name: pl.Int64}), on="file", how="left")
    counts = counts.fill_null(0)
    lost = counts.filter(pl.col("rows") != pl.col("imported") + pl.col("duplicates") + pl.col("rejected"))
    if lost.height:
        raise WordListError(
            f"The rows of {lost['file'][0]} do not add up: {lost.row(0, named=True)}. This is a bug in the pipeline; "
            "your list is unchanged. Please report it with the list."
        )
    return counts


class _RowError(Exception):
    def __init__(self, code: RejectCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def _problem(row: dict[str, Any], code: str, reason: str) -> dict[str, Any]:
    return {"file": row["file"], "row": row["row"], "code": code, "reason": reason, "text": row["text"]}


def _item(row: dict[str, Any]) -> tuple[VocabularyItem, list[tuple[str, str]]]:
    """Return the row as an item and its warnings as (code, reason); raise _RowError when it is none."""
    term = " ".join((row["term"] or "").split())
    if row["extra_cells"]:
        raise _RowError(RejectCode.EXTRA_CELLS, f"{row['extra_cells']} more cells than the header has: quote the text")
    if not term:
        raise _RowError(RejectCode.NO_TERM, "the term is empty")
    if not has_hangul(term):
        raise _RowError(RejectCode.NO_HANGUL, f"the term {term[:40]!r} has no Hangul syllable")
    if {"[", "]"} & set(term):
        # The nuance record writes the IPA there: "남성[nam.sʌŋ]".
        raise _RowError(RejectCode.INVALID, f"the term {term[:40]!r} has square brackets: write the word alone")
    level, warnings = _topik_level(row["topik_level"])
    values = {column: row[column] for column in ("pos", "definition", "hanja", "example", "example_translation",
                                                 "usage_hint", "ipa", "file", "row")}  # fmt: skip
    try:
        item = VocabularyItem(
            item_id=f"{term}#1", term=term, homograph=1, topik_level=level, frequency=_number(row["frequency"]),
            term_number=_number(row["position"]) or row["row"] - 1, tags=_tags(row["tags"]), **values,
        )  # fmt: skip
    except ValidationError as error:
        raise _row_error(error) from error
    return item, warnings


def _row_error(error: ValidationError) -> _RowError:
    first = error.errors()[0]
    column = first["loc"][0] if first["loc"] else "row"
    if first["type"] == "string_too_long":
        limit, length = first["ctx"]["max_length"], len(str(first["input"]))
        return _RowError(RejectCode.TOO_LONG, f"the {column} has {length:,} characters, {limit} are allowed")
    return _RowError(RejectCode.INVALID, f"the {column} is not valid: {first['msg']}")


def _topik_level(text: str | None) -> tuple[int | None, list[tuple[str, str]]]:
    """Read "3", "3.0", "TOPIK 3", "3급"; anything else is null with a warning."""
    if not text:
        return None, []
    match = re.fullmatch(r"(?:(?:topik|level)[\s_-]*)?([1-6])(?:\.0|급)?", text, re.IGNORECASE)
    if match:
        return int(match[1]), []
    return None, [("topik_level", f"the TOPIK level {text[:40]!r} is not 1 to 6 and is left out")]


def _number(text: str | None) -> int | None:
    """A positive whole number, with thousands separators or ".0" allowed; null for anything else."""
    match = re.fullmatch(r"(\d{1,15})(?:\.0+)?", (text or "").replace(",", ""))
    return (int(match[1]) or None) if match else None


def _tags(text: str | None) -> list[str]:
    """Tags separated by commas or semicolons; a space inside a tag becomes an underscore (Anki separates by spaces)."""
    return ["_".join(tag.split()) for tag in re.split(r"[,;]", text or "") if tag.strip()]


def _same_meaning(item: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether ``row`` adds nothing to ``item``: same hanja where both have one, and the same definition or none."""
    if item["hanja"] and row["hanja"] and item["hanja"] != row["hanja"]:
        return False
    return not row["definition"] or _plain(row["definition"]) == _plain(item["definition"])


def _plain(definition: str | None) -> str:
    """A definition without case, punctuation and a leading article or "to", for comparing."""
    words = re.sub(r"[^\w\s]", " ", (definition or "").casefold()).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in {"a", "an", "the", "to"} else words)
