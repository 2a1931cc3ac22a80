"""Test the sums of calls for `kedro costs`: every grouping has the same total, which matches that of the budgets."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from support.ledger import fresh_ledger
from support.many_calls import ledger_of_calls

from korean_flashcards.domain.calls import Call
from korean_flashcards.domain.run_record import RunResult, RunStart, StageFigures
from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger.db.llm_tables import llm_spending
from korean_flashcards.ledger.db.tables import ledger_settings, tasks
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending.spending_groups import GROUPINGS, CallSums, GroupBy, grouped_costs

CALL = Call(
    at=datetime(2026, 11, 29, 14, 59, tzinfo=UTC).timestamp(), stage="nuance", term="배", model="openai/a",
    provider="openai", prompt_version="p" * 64, key="1" * 64, kind="ask", attempt=1, outcome="ok", message=None,
    tokens_in=900, tokens_out=100, tokens_cached=500, tokens_reasoning=0, usd=0.25, latency_s=1.0, queue_s=0.0,
)  # fmt: skip
LATER = CALL.at + 120  # past midnight in Seoul


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Yield a ledger whose budgets use the time zone of Seoul. 배 is in two lists: 배#1 in both, 배#2 only in the second."""
    with fresh_ledger(tmp_path) as ledger:
        _set_zone(ledger, "Asia/Seoul")
        _import(ledger, "one.csv", "배,ship\n문,door\n")
        _import(ledger, "two.csv", "배,ship\n배,pear\n")
        yield ledger


def _set_zone(ledger: Ledger, zone: str) -> None:
    with ledger.store.write() as connection:
        connection.execute(update(ledger_settings).where(ledger_settings.c.name == "budget_zone").values(value=zone))


def _import(ledger: Ledger, name: str, rows: str, source: str | None = None) -> None:
    ledger.imports.take([ListFile(name, source or name, f"term,definition\n{rows}".encode())])


def _rows(ledger: Ledger, by: GroupBy, *period: date | None) -> dict[str, tuple[int, float]]:
    return {name: (sums.calls, sums.usd) for name, sums in grouped_costs(ledger.store, by, *period).rows}


def test_calls_are_grouped_by_stage_model_prompt_and_day(ledger: Ledger) -> None:
    judge = replace(CALL, stage="judge", model="openai/b", prompt_version="q" * 64, at=LATER, usd=1.0)
    ledger.budgets.record([CALL, replace(CALL, outcome="timeout", usd=0.5), judge])

    assert _rows(ledger, "stage") == {"judge": (1, 1.0), "nuance": (2, 0.75)}
    assert _rows(ledger, "model") == {"openai/b": (1, 1.0), "openai/a": (2, 0.75)}
    assert _rows(ledger, "prompt") == {f"judge {'q' * 12}": (1, 1.0), f"nuance {'p' * 12}": (2, 0.75)}
    assert list(_rows(ledger, "day").items()) == [("2026-11-30", (1, 1.0)), ("2026-11-29", (2, 0.75))]


def test_days_are_those_of_the_budgets(ledger: Ledger) -> None:
    ledger.budgets.record([CALL, replace(CALL, at=LATER)])
    with ledger.store.read() as connection:
        sums = connection.execute(select(llm_spending.c.day, func.sum(llm_spending.c.calls)).group_by("day")).tuples()
        assert dict(sums.all()) == {name: calls for name, (calls, _) in _rows(ledger, "day").items()}


@pytest.mark.parametrize(
    ("first", "last", "calls"), [(29, 29, 1), (30, 30, 1), (29, 30, 2), (28, 28, 0), (30, None, 1), (None, 29, 1)]
)
@pytest.mark.parametrize("by", GROUPINGS)
def test_the_first_and_the_last_day_are_included(
    ledger: Ledger, by: GroupBy, first: int | None, last: int | None, calls: int
) -> None:
    ledger.budgets.record([CALL, replace(CALL, at=LATER)])
    found = grouped_costs(ledger.store, by, *(day and date(2026, 11, day) for day in (first, last)))
    assert found.total.calls == sum(sums.calls for _, sums in found.rows) == calls


def test_a_word_in_two_lists_counts_toward_the_first_and_its_homograph_toward_its_own(ledger: Ledger) -> None:
    pear = replace(CALL, key="2" * 64, usd=1.0)
    with ledger.store.write() as connection:
        connection.execute(
            update(tasks).where(tasks.c.item_id == "배#2", tasks.c.stage == "nuance").values(key=pear.key)
        )
    test = replace(CALL, kind="probe", term="ping", usd=0.0)
    ledger.budgets.record([CALL, replace(CALL, term="문"), pear, replace(CALL, term="별", usd=0.125), test])
    assert _rows(ledger, "list") == {
        "two.csv": (1, 1.0), "one.csv": (2, 0.5), "(in no list)": (1, 0.125), "(no word)": (1, 0.0)
    }  # fmt: skip


def test_lists_with_the_same_file_name_are_told_apart_by_their_paths(ledger: Ledger) -> None:
    _import(ledger, "one.csv", "별,star\n", "unit2/one.csv")
    ledger.budgets.record([CALL, replace(CALL, term="별", usd=0.125)])
    assert _rows(ledger, "list") == {"one.csv": (1, 0.25), "unit2/one.csv": (1, 0.125)}


def test_unknown_and_estimated_costs_are_counted(ledger: Ledger) -> None:
    ledger.budgets.record(
        [CALL, replace(CALL, usd=None), replace(CALL, booked="counted"), replace(CALL, booked="reserved", usd=2.0)]
    )
    total = grouped_costs(ledger.store, "model").total
    assert total == CallSums(4, None, 3600, 400, 2000, 2.5, 1, 1, 0.25, 1, 2.0)


def test_cache_hits_and_experiments_come_from_the_records_of_runs(ledger: Ledger) -> None:
    for pipelines, hits in ((["nuance"], 7), (["experiment"], None)):
        ledger.runs.enter("run", start=RunStart(pipelines, "local", {}, {}))
        ledger.budgets.record([replace(CALL, at=datetime.now(UTC).timestamp())])
        ledger.runs.conclude(RunResult(0, stages=[StageFigures("nuance", cache_hits=hits)]))
        ledger.runs.end()
    found = grouped_costs(ledger.store, "stage")
    assert [(name, sums.calls, sums.hits) for name, sums in found.rows] == [("nuance", 2, 7)]
    assert (found.total.hits, found.experiments.calls, found.experiments.usd) == (7, 1, 0.25)
    assert sum(sums.hits or 0 for _, sums in grouped_costs(ledger.store, "day").rows) == 7
    assert grouped_costs(ledger.store, "model").total.hits is None


_CALLS = st.lists(
    st.builds(
        lambda **values: replace(CALL, **values), at=st.integers(1_790_000_000, 1_790_900_000).map(float),
        stage=st.sampled_from(["nuance", "flashcards", "judge"]), term=st.sampled_from(["배", "문", "별", ""]),
        model=st.sampled_from(["openai/a", "b"]), prompt_version=st.sampled_from(["", "p" * 64]),
        key=st.sampled_from(["1" * 64, "2" * 64, ""]), kind=st.sampled_from(["ask", "repair", "probe"]),
        booked=st.sampled_from(["reported", "counted", "reserved"]), tokens_in=st.integers(0, 10**6),
        usd=st.sampled_from([None, 0.0, 0.25, 1.5]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=30)
@given(calls=_CALLS, zone=st.sampled_from(["Asia/Seoul", "America/St_Johns", "+05:45", "UTC"]))
def test_every_grouping_has_the_total_of_the_budgets(calls: list[Call], zone: str) -> None:
    with fresh_ledger() as ledger:
        _set_zone(ledger, zone)
        _import(ledger, "one.csv", "배,ship\n문,door\n")
        _import(ledger, "two.csv", "배,pear\n")
        ledger.budgets.record(calls)
        columns = (llm_spending.c.calls, llm_spending.c.tokens, llm_spending.c.usd)
        with ledger.store.read() as connection:
            budgets = tuple(connection.execute(select(*map(func.sum, columns))).one())
        for by in GROUPINGS:
            found = grouped_costs(ledger.store, by)
            assert _amounts(found.total) == budgets
            assert tuple(map(sum, zip(*(_amounts(sums) for _, sums in found.rows), strict=True))) == budgets


def _amounts(sums: CallSums) -> tuple[Any, ...]:
    return sums.calls, sums.tokens_in + sums.tokens_out, sums.usd


def test_many_calls_are_grouped_quickly(tmp_path: Path) -> None:
    with ledger_of_calls(tmp_path, 50_000) as ledger:
        started = datetime.now(UTC)
        for by in GROUPINGS:
            assert grouped_costs(ledger.store, by).total.calls == 50_000
        assert (datetime.now(UTC) - started).total_seconds() < 5
