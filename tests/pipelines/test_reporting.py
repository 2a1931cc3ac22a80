"""Reporting: counts of layers that real nodes created, and the recorded calls."""

from pathlib import Path
from typing import Any

import polars as pl
from offline.sample import CARDS, NUANCE, VOCABULARY
from sqlalchemy import update
from support.many_calls import ledger_of_calls
from validation.layers import LAYERS

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.spending.past_calls import CALL_SCHEMA
from korean_flashcards.pipelines.archive.nodes import list_all_calls
from korean_flashcards.pipelines.reporting.counts import COUNT_SCHEMA, count_layers, list_calls
from korean_flashcards.stages.stage import FAILURE_SCHEMA, REPLY_SCHEMA

WORDS = VOCABULARY["item_id"].to_list()


def replies(items: list[str], waiting: tuple[str, ...] = ()) -> pl.DataFrame:
    rows = ({"item_id": item, "pending": "budget" if item in waiting else None} for item in items)
    return frame_of(rows, REPLY_SCHEMA)


def failures(*items: str) -> pl.DataFrame:
    return frame_of(({"item_id": item, "code": "timeout"} for item in items), FAILURE_SCHEMA)


def counts(**changes: Any) -> dict[str, Any]:
    frames = {
        "words": VOCABULARY, "nuance_replies": replies(WORDS), "nuance": NUANCE, "nuance_failures": failures(),
        "flashcard_replies": replies(WORDS), "flashcards": CARDS, "flashcard_failures": failures(),
        "quality": CARDS.select("item_id", "tab_name"), "released_flashcards": CARDS, "held_flashcards": CARDS.clear(),
        "calls": LAYERS["calls"], "export_manifest": LAYERS["export_manifest"], **changes,
    }  # fmt: skip
    frame = count_layers(**frames)
    assert dict(frame.schema) == COUNT_SCHEMA and frame.height == 1
    return frame.row(0, named=True)


def test_the_counts_of_a_complete_run_add_up() -> None:
    row = counts()
    assert row["nuance_settled"] == row["nuance_replies"] == row["flashcards_settled"] == row["words_with_cards"] == 129
    assert (row["flashcards"], row["cards_without_nuance"], row["failed_words"], row["calls"]) == (332, 0, 0, 8)
    assert round(row["cards_per_word"], 2) == 2.57
    assert row["scored_cards"] == row["decided"] == row["released"] == 332 and row["held"] == 0


def test_a_reply_is_settled_when_it_is_a_record_a_failure_or_pending() -> None:
    first, second, third, *_ = WORDS
    some = NUANCE.filter(~pl.col("item_id").is_in([first, second]))
    waits = replies(WORDS, waiting=(second,))
    row = counts(nuance=some, nuance_replies=waits, nuance_failures=failures(first))
    assert (row["nuance_settled"], row["nuance_waiting"], row["nuance_failures"]) == (129, 1, 1)
    assert row["cards_without_nuance"] == CARDS.filter(pl.col("item_id").is_in([first, second])).height
    assert counts(nuance=some, nuance_replies=waits)["nuance_settled"] == 128, (
        "the first word is neither a record nor a failure"
    )
    late = counts(flashcard_failures=failures(third), flashcard_replies=replies(WORDS[3:]), flashcards=CARDS.clear())
    assert (late["flashcards_settled"], late["flashcard_failures"]) == (0, 1), (
        "a failure without a reply settles no reply"
    )
    assert (
        round(counts(nuance_failures=failures(first), flashcard_failures=failures(first, third))["failure_share"], 4)
        == 0.0155
    )


def test_empty_layers_do_not_divide_by_zero() -> None:
    nothing = counts(
        words=VOCABULARY.clear(), nuance=NUANCE.clear(), flashcards=CARDS.clear(), nuance_replies=replies([]),
        quality=CARDS.clear(), released_flashcards=CARDS.clear(), flashcard_replies=replies([]),
        calls=LAYERS["calls"].clear(),
    )  # fmt: skip
    assert (nothing["failure_share"], nothing["cards_per_word"], nothing["failed_calls"]) == (0.0, 0.0, 0)


def test_every_recorded_call_is_a_row(tmp_path: Path) -> None:
    with ledger_of_calls(tmp_path, 30) as ledger:
        frame = list_all_calls(ledger)
    assert dict(frame.schema) == CALL_SCHEMA and frame["number"].to_list() == list(range(1, 31))
    assert frame["outcome"].value_counts().sort("outcome").rows() == [("malformed", 3), ("ok", 24), ("timeout", 3)]


def test_the_rules_for_calls_see_only_the_calls_of_this_run(tmp_path: Path) -> None:
    with ledger_of_calls(tmp_path, 30) as ledger:
        assert list_calls(ledger, replies([])).is_empty(), "no run is active"
        run_id = ledger.runs.enter("run")
        assert list_calls(ledger, replies([])).is_empty()
        with ledger.store.write() as connection:
            connection.execute(update(llm_calls).where(llm_calls.c.number > 27).values(run_id=run_id))
        assert list_calls(ledger, replies([]))["number"].to_list() == [28, 29, 30]
