"""Provide a valid frame for every suite, and a validator that checks one."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
from offline.sample import CARDS, NUANCE, VOCABULARY

from korean_flashcards.ledger.spending.past_calls import CALL_SCHEMA
from korean_flashcards.pipelines.export.manifest_nodes import MANIFEST_SCHEMA
from korean_flashcards.pipelines.reporting.counts import COUNT_SCHEMA
from korean_flashcards.validation.validator import SuiteValidator

BASE = Path(__file__).parents[2] / "conf" / "base"
SUITES = BASE / "expectations"
FINDING_SCHEMA = dict.fromkeys(("item_id", "term", "tab_name", "code", "severity", "field", "message"), pl.String)
QUALITY_SCHEMA = {
    "item_id": pl.String, "term": pl.String, "tab_name": pl.String, "score": pl.Int64, "verdict": pl.String,
    "errors": pl.Int64, "warnings": pl.Int64, "reasons": pl.List(pl.String),
}  # fmt: skip


def call(number: int, **changes: object) -> dict[str, object]:
    return {
        "number": number, "at": "2026-11-25T03:00:00+00:00", "run_id": "a", "stage": "nuance", "term": "배", "model": "m",
        "provider": "p", "prompt_version": "0" * 12, "key": f"{number:064x}", "kind": "ask", "attempt": 1, "outcome": "ok",
        "message": None, "tokens_in": 100, "tokens_out": 50, "tokens_cached": 10, "tokens_reasoning": 0, "usd": 0.01,
        "latency_s": 1.5, "queue_s": 0.0, "fixed": 0, "batch": 0, **changes,
    }  # fmt: skip


def finding(number: int) -> dict[str, object]:
    where = {"item_id": f"배#{number}", "term": "배", "tab_name": None if number % 2 else "Scene"}
    return where | {"code": "boilerplate", "severity": "note", "field": "metaphor", "message": f"Said {number} times."}


def score(number: int) -> dict[str, object]:
    where = {"item_id": f"배#{number // 2}", "term": "배", "tab_name": None if number % 2 else "Scene"}
    return where | {"score": 90, "verdict": "publish", "errors": 0, "warnings": 1, "reasons": ["It is short."]}


def file(name: str) -> dict[str, object]:
    return {
        "export": name, "bytes": 10, "sha256": "0" * 64, "decks": 1, "cards": 3, "cards_by_type": "Hanja 1, Scene 2",
        "layer_cards": 3, "layer_by_type": "Hanja 1, Scene 2", "models": ["m"], "prompts": ["0" * 12],
    }  # fmt: skip


COUNTS = dict.fromkeys(COUNT_SCHEMA, 0) | {
    "words": 10, "nuance_replies": 9, "nuance_settled": 9, "nuance": 8, "nuance_failures": 1, "flashcard_replies": 8,
    "flashcards_settled": 8, "words_with_cards": 8, "flashcards": 20, "scored_cards": 20, "released": 18,
    "held": 2, "decided": 20, "failure_share": 0.0, "cards_per_word": 2.5,
}  # fmt: skip
LISTS = [
    {"batch_id": name, "file": f"{name}.csv", "rows": 10, "imported": 7, "duplicates": 2, "rejected": 1} for name in "ab"
]  # fmt: skip
LAYERS = {
    "import_counts": pl.DataFrame(LISTS),
    "vocabulary": VOCABULARY,
    "nuance": NUANCE,
    "flashcards": CARDS,
    "calls": pl.DataFrame([call(number) for number in range(8)], schema=CALL_SCHEMA),
    "findings": pl.DataFrame([finding(number) for number in range(8)], schema=FINDING_SCHEMA),
    "quality": pl.DataFrame([score(number) for number in range(8)], schema=QUALITY_SCHEMA),
    "layer_counts": pl.DataFrame([COUNTS], schema=COUNT_SCHEMA),
    "export_manifest": pl.DataFrame(
        [file(name) for name in ("deck", "anki_text", "cards_tsv", "cards_json")], schema=MANIFEST_SCHEMA
    ),
}


def validator(suite: Path, results: Path, run: str = "2026-11-25T03.00.00.000000Z", keep: int = 5) -> SuiteValidator:
    return SuiteValidator(str(suite), str(results), keep, str(BASE / "data_docs" / "page.html.j2"), run)


@cache
def a_folder() -> Path:
    """Return a folder for results that no test reads. Each process has one, so it checks equal data once."""
    return Path(mkdtemp(prefix="results-"))


def with_row(frame: pl.DataFrame, index: int, /, **changes: object) -> pl.DataFrame:
    """Return the frame with some values of one row replaced."""
    here = pl.int_range(pl.len()) == index
    return frame.with_columns(
        pl.when(here).then(pl.lit(value, frame.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in changes.items()
    )
