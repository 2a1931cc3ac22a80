"""Test that all runs on a ledger share rate limits and circuit breakers."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from support.ledger import fresh_ledger, ledger_at
from support.parameters import llm_parameters

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.domain.parameters import RateParameters
from korean_flashcards.ledger.db.llm_tables import llm_breakers, llm_rates
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending.rate_limits import RAISE, USED_SHARE

NONE = RateParameters(rpm=None, tpm=None)
RULES = llm_parameters(breaker={"rest": 5, "longest_rest": 12}).breaker


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as book:
        yield book


def set_columns(ledger: Ledger, table: object, **columns: object) -> None:
    with ledger.store.write() as connection:
        connection.execute(update(table).values(**columns))  # type: ignore[arg-type]


def test_without_a_limit_calls_are_sent_at_once(ledger: Ledger) -> None:
    assert ledger.rate_limits.slots("m", 10, 1000, NONE) is None


def test_calls_of_all_runs_are_spaced_evenly(tmp_path: Path, ledger: Ledger) -> None:
    rates = RateParameters(rpm=60, tpm=None)
    with ledger_at(tmp_path / "ledger.db") as other:
        times = [one for book in (ledger, other, ledger) for one in book.rate_limits.slots("m", 50, 0, rates) or []]
    gaps = [later - before for before, later in itertools.pairwise(times)]
    assert len(set(times)) == 150 and gaps == pytest.approx([gaps[0]] * 149)
    # Every period of one minute has at most 60 calls, and not many fewer.
    in_a_minute = [sum(start <= one < start + 60 for one in times) for start in times[:90]]
    assert min(in_a_minute) >= 55 and max(in_a_minute) <= 60


def test_the_stricter_of_token_and_request_limits_applies(ledger: Ledger) -> None:
    first, second = ledger.rate_limits.slots("m", 2, 2000, RateParameters(rpm=6000, tpm=60_000)) or []
    assert second - first == pytest.approx(2 / USED_SHARE)


def test_limits_from_response_headers_apply_and_calls_wait_for_the_reset(ledger: Ledger) -> None:
    ledger.rate_limits.seen("m", RatesSeen(requests=120, requests_left=0, requests_reset_s=7))
    now = time.time()
    first, second = ledger.rate_limits.slots("m", 2, 0, NONE) or []
    assert 5 < first - now <= 7.1
    assert second - first == pytest.approx(0.5 / USED_SHARE)


def test_the_stricter_of_configured_and_learned_limits_applies(ledger: Ledger) -> None:
    ledger.rate_limits.seen("m", RatesSeen(requests=600))
    first, second = ledger.rate_limits.slots("m", 2, 0, RateParameters(rpm=60, tpm=None)) or []
    assert second - first == pytest.approx(1 / USED_SHARE)


def gap(ledger: Ledger) -> float:
    first, second = ledger.rate_limits.slots("m", 2, 0, NONE) or []
    return second - first


@pytest.mark.parametrize("rpm", [3, 240, 6000])
def test_a_learned_rate_is_raised_only_after_calls_succeeded_at_it(ledger: Ledger, rpm: float) -> None:
    ledger.rate_limits.refused("m", accepted_rpm=rpm, wait=0)
    ledger.rate_limits.refused("m", accepted_rpm=2 * rpm, wait=0)  # the lowest counts
    set_columns(ledger, llm_rates, changed=time.time() - 3600)
    assert gap(ledger) == pytest.approx(60 / (USED_SHARE * rpm), rel=1e-3), "time alone raises nothing"
    assert ledger.rate_limits.raise_rate("m", since=time.time() - 60) == rpm
    assert gap(ledger) == pytest.approx(60 / (USED_SHARE * RAISE * rpm), rel=1e-3)
    assert ledger.rate_limits.raise_rate("m", since=time.time() - 60) is None, "no call succeeded at the new rate yet"


@pytest.mark.parametrize("wait", [10, 3599, 86_400, 1e12])
def test_a_stored_wait_is_at_most_an_hour(ledger: Ledger, wait: float) -> None:
    for store in (
        lambda model: ledger.rate_limits.refused(model, None, wait),
        lambda model: ledger.rate_limits.refused(model, 60, wait),
        lambda model: ledger.rate_limits.seen(model, RatesSeen(requests=9, requests_left=0, requests_reset_s=wait)),
    ):
        ledger.rate_limits.reset()
        store("m")
        assert min(wait, 3600) - 5 < ledger.rate_limits.free_at("m") - time.time() <= 3600


def test_a_learned_limit_is_discarded_when_it_is_high_enough(ledger: Ledger) -> None:
    ledger.rate_limits.refused("m", accepted_rpm=19_000, wait=0)
    assert ledger.rate_limits.slots("m", 2, 0, NONE) is None
    ledger.rate_limits.refused("m", accepted_rpm=9_000, wait=0)
    set_columns(ledger, llm_rates, next_call=0)
    ledger.rate_limits.raise_rate("m", since=time.time())
    assert ledger.rate_limits.slots("m", 2, 0, NONE) is None


def test_all_runs_see_an_open_breaker_and_one_of_them_makes_the_test_call(tmp_path: Path, ledger: Ledger) -> None:
    opened = ledger.breakers.open("openai/m", "provider_outage: 503", RULES)
    assert opened.state == "open" and opened.rest_s == 5 and opened.probe_at > time.time() + 4
    with ledger_at(tmp_path / "ledger.db") as other:
        assert other.breakers.breaker("openai/m") == opened
        assert not other.breakers.probe("openai/m", 30)  # too early
        set_columns(ledger, llm_breakers, probe_at=time.time() - 1)
        assert [book.breakers.probe("openai/m", 30) for book in (other, ledger)] == [True, False]
        assert other.breakers.breaker("openai/m").state == "half_open"


def test_a_failed_test_call_doubles_the_wait_up_to_the_longest(ledger: Ledger) -> None:
    ledger.breakers.open("m", "503", RULES)
    rests = [ledger.breakers.still_down("m", "503", RULES.longest_rest).rest_s for _ in range(3)]
    assert rests == [10, 12, 12]
    ledger.breakers.close("m")
    assert ledger.breakers.breaker("m").state == "closed"


def test_another_test_call_is_allowed_after_the_first_one_times_out(ledger: Ledger) -> None:
    ledger.breakers.open("m", "503", RULES)
    set_columns(ledger, llm_breakers, probe_at=time.time() - 1)
    assert ledger.breakers.probe("m", lasting=0)
    assert ledger.breakers.probe("m", lasting=30)


def test_opening_an_open_breaker_does_not_change_its_wait(ledger: Ledger) -> None:
    first = ledger.breakers.open("m", "503", RULES)
    ledger.breakers.still_down("m", "503", RULES.longest_rest)
    again = ledger.breakers.open("m", "500", RULES)
    assert again.rest_s == 10 and again.opened == first.opened


def test_a_reset_affects_only_the_named_models(ledger: Ledger) -> None:
    ledger.breakers.open("m", "503", RULES)
    ledger.rate_limits.refused("m", 60, 0)
    ledger.rate_limits.refused("other", 60, 0)
    assert (ledger.breakers.reset(["m"]), ledger.rate_limits.reset(["m"])) == (1, 1)
    assert ledger.rate_limits.slots("m", 1, 0, NONE) is None and ledger.rate_limits.slots("other", 1, 0, NONE)
