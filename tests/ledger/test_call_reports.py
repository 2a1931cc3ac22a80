"""Test the call reports for `kedro errors` and `kedro llm`: counts and totals are correct, and queries use indexes."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from support.ledger import fill_ledger
from support.many_calls import ledger_of_calls

from korean_flashcards.domain.calls import Call
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.parameters import PartBudget
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending import call_reports, totals
from korean_flashcards.ledger.spending.call_reports import CallFilters, FailureRow
from korean_flashcards.ledger.word_history import request_keys

CALL = Call(
    at=time.time(), stage="nuance", term="배", model="openai/a", provider="openai", prompt_version="p", key="f" * 64,
    kind="ask", attempt=1, outcome="ok", message=None, tokens_in=900, tokens_out=100, tokens_cached=0, tokens_reasoning=0,
    usd=0.01, latency_s=1.0, queue_s=0.0,
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Yield a ledger with 1,000 calls for 100 words."""
    with ledger_of_calls(tmp_path, 1000) as ledger:
        yield ledger


def kinds(ledger: Ledger, **filters: Any) -> dict[tuple[str, str], tuple[int, int]]:
    found = call_reports.failures(ledger.store, CallFilters(**filters))
    return {(each.code, each.model): (each.calls, each.words) for each in found}


def test_failed_calls_are_counted_by_code_and_model_with_the_latest_examples(ledger: Ledger) -> None:
    assert kinds(ledger) == {("malformed", "openai/even"): (100, 10), ("timeout", "openai/odd"): (100, 10)}

    (malformed, timeout) = call_reports.failures(ledger.store, CallFilters())

    assert malformed.examples[0] == {"word": "낱말0", "message": "message 1000"}
    assert len({one["word"] for one in malformed.examples}) == 3
    assert (timeout.first, timeout.last) == ("2026-09-21T14:13:25Z", "2026-09-21T14:29:55Z")
    assert call_reports.count(ledger.store) == 1000


def test_filters_select_failures(ledger: Ledger) -> None:
    assert set(kinds(ledger, codes=("timeout",))) == {("timeout", "openai/odd")}
    assert set(kinds(ledger, models=("openai/even",))) == {("malformed", "openai/even")}
    assert kinds(ledger, since="2026-09-21T14:29:55Z") == {
        ("malformed", "openai/even"): (1, 1), ("timeout", "openai/odd"): (1, 1)
    }  # fmt: skip
    assert kinds(ledger, stages=("flashcards",)) == kinds(ledger, codes=("refused",)) == {}
    with pytest.raises(LedgerError, match="There is no prompt version v3 in the ledger"):
        kinds(ledger, prompts=("v3",))


def test_unknown_codes_are_counted(ledger: Ledger) -> None:
    ledger.budgets.record([replace(CALL, outcome="a_new_one"), replace(CALL, outcome="zzz")])
    assert {code for code, _ in kinds(ledger)} == {"a_new_one", "malformed", "timeout", "zzz"}


def test_failed_words_without_a_call_are_counted_once(ledger: Ledger) -> None:
    fill_ledger(ledger, ["배#1", "문#1"])
    with ledger.store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE tasks SET state = 'dead', code = 'no_definition', message = 'none', model = 'offline/dictionary@1', "
            "prompt_version = 'abc', settled = '2026-10-01T00:00:00Z' WHERE item_id = '배#1' AND stage = 'nuance'"
        )
    late = [
        FailureRow("nuance", "no_definition", "offline/dictionary@1", "abc", "배", 0, 1, None, None, "again"),
        FailureRow("flashcards", "no_card_type", "offline/dictionary@1", "abc", "문", 0, 1, None, None, "none fits"),
    ]

    found = {each.code: each for each in call_reports.failures(ledger.store, CallFilters(), late)}

    assert (found["no_definition"].given_up, found["no_definition"].calls) == (1, 0)
    assert found["no_definition"].examples == [{"word": "배", "message": "none"}]
    assert found["no_card_type"].examples == [{"word": "문", "message": "none fits"}]


def test_the_calls_of_a_word_are_listed_even_if_the_ledger_no_longer_has_it(ledger: Ledger) -> None:
    calls = call_reports.calls_for(ledger.store, "낱말7")

    assert [call["number"] for call in calls] == list(range(7, 1000, 100))
    assert round(sum(call["usd"] for call in calls), 9) == 0.01
    assert len(request_keys(ledger.store, "낱말7", ["nuance"])) == len({call["key"] for call in calls}) > 0
    with pytest.raises(LedgerError, match="The word 없다 is not in the ledger"):
        request_keys(ledger.store, "없다", ["nuance"])


def test_a_key_is_found_by_a_unique_prefix(ledger: Ledger) -> None:
    ledger.budgets.record([CALL, replace(CALL, key="fe" + "0" * 62)])
    assert call_reports.key_starting_with(ledger.store, "ffffff") == CALL.key
    assert call_reports.key_starting_with(ledger.store, "abcdef") is None
    with pytest.raises(LedgerError, match="Several keys begin with f: fe0"):
        call_reports.key_starting_with(ledger.store, "f")
    assert call_reports.stage_and_word(ledger.store, CALL.key) == ("nuance", "배")
    assert request_keys(ledger.store, "배", ["flashcards"]) == []


def test_repairs_are_counted_with_their_cost_and_the_mean_cost_of_a_call(ledger: Ledger) -> None:
    (one,) = totals.repairs(ledger.store)
    assert (one.model, one.fixed, one.requests, one.repaired) == ("openai/odd", 100, 50, 50)
    assert (one.tokens, round(one.usd, 9), one.call_tokens) == (50_000, 0.05, 1000)
    assert one.call_usd == pytest.approx(0.001)


def test_interrupted_calls_are_written_off_only_once_in_calls_and_totals(ledger: Ledger) -> None:
    lost = replace(CALL, outcome="interrupted", tokens_in=0, tokens_out=5000, usd=0.25)
    ledger.budgets.record([CALL, lost, replace(lost, model="openai/b")])
    day = PartBudget(per="day", usd=1.0)
    assert (ledger.budgets.spent(day).usd, ledger.budgets.spent(day).tokens) == (pytest.approx(0.51), 11_000)
    assert totals.interrupted(ledger.store) == (2, 0.5, 10_000)

    assert totals.write_off(ledger.store, ["openai/b"]) == (1, 0.25, 5000)
    assert ledger.budgets.spent(day).usd == pytest.approx(0.26)
    assert totals.write_off(ledger.store) == (1, 0.25, 5000)

    assert (ledger.budgets.spent(day).usd, ledger.budgets.spent(day).tokens) == (pytest.approx(0.01), 1000)
    assert totals.write_off(ledger.store) == (0, 0, 0)
    assert totals.interrupted(ledger.store) == (2, 0, 0)


QUERIES: dict[str, Callable[[LedgerStore], Any]] = {
    "errors": lambda store: call_reports.failures(store, CallFilters()),
    "errors --code": lambda store: call_reports.failures(store, CallFilters(codes=("timeout",))),
    "word show": lambda store: request_keys(store, "낱말7", ["nuance"]),
    "llm status": totals.models,
    "llm status, repairs": totals.repairs,
    "llm status, interrupted": totals.interrupted,
    "cache show KEY": lambda store: call_reports.key_starting_with(store, "ffffff"),
    "llm reset --interrupted": totals.write_off,
}


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_uses_an_index(ledger: Ledger, name: str) -> None:
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    QUERIES[name](ledger.store)
    event.remove(Engine, "before_cursor_execute", note)
    with ledger.store.read() as connection:
        plans = [
            row[3]
            for statement, parameters in seen
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plans
    large = ("SCAN llm_calls", "SCAN tasks", "SCAN vocabulary_items")
    assert [plan for plan in plans if plan.startswith(large) and "INDEX" not in plan] == []
