"""`kedro llm status`, `reset` and `doctor` from the command line."""

import json
import re
import sqlite3
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from support.commands import ProjectHere, prepare
from support.ledger import ledger_at
from support.model_server import ModelServer
from support.project import Project

from korean_flashcards.domain.line_wrap import width
from korean_flashcards.domain.local_time import zone_named
from korean_flashcards.domain.parameters import BreakerParameters
from korean_flashcards.ledger.db.llm_tables import llm_calls, llm_rates
from korean_flashcards.ledger.facade import Ledger

pytestmark = pytest.mark.slow

QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test-0123456789"}
MODEL = "llm.model=openai/test"
PRICED = "llm: {prices: {openai/test: {input: 100, output: 1000}}}\n"


@pytest.fixture
def priced(here: Project) -> Project:
    """A project whose model has a price: USD 100 per million input tokens and USD 1,000 per million output tokens."""
    (here.folder / "conf" / "local" / "parameters_llm.yml").write_text(PRICED, encoding="utf-8")
    return here


@pytest.fixture(scope="module")
def after_a_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project after a run on three words: one refusal, one reply cut short, one reply fixed locally."""

    def run(project: Project) -> None:
        (project.folder / "conf" / "local" / "parameters_llm.yml").write_text(PRICED, encoding="utf-8")
        with ModelServer(by_term={"남자": ["refusal"] * 9, "남성": ["malformed"], "독립": ["fenced"]}) as server:
            given = f"{MODEL},llm.api_base={server.url},llm.max_tokens=500,llm.max_attempts=2,llm.backoff=0"
            assert project.kedro("run", "--yes", "--params", f"{given},words=남자,독립,남성", **QUICK).code == 2

    return prepare(tmp_path_factory.mktemp("llm") / "project", run)


@pytest.fixture
def requested(after_a_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of that project. Its commands run in this process."""
    return ProjectHere(Project(after_a_run).copied_to(tmp_path / "project").folder, monkeypatch)


def ledger_of(project: Project) -> Ledger:
    return ledger_at(project.folder / "data" / "ledger.db")


def checks(out: str) -> dict[str, str]:
    """Return the results of the doctor's checks by name. If a name occurs twice, the last result counts."""
    return {line[6:15].strip(): line[:4].strip() for line in out.splitlines() if not line.startswith(" ")}


def unwrapped(out: str) -> str:
    return " ".join(out.split())


def test_status_shows_what_was_spent_and_what_is_left(requested: Project) -> None:
    ((calls, tokens, usd),) = requested.ledger("SELECT count(*), sum(tokens_in + tokens_out), sum(usd) FROM llm_calls")

    result = requested.kedro("llm", "status")

    assert result.code == 0
    for time_ in ("today", "this month", "last run"):
        assert f"  {time_:<12} {calls} calls, USD {usd:.4f}, {tokens:,} tokens" in result.out
    left = re.search(r"^last run +all +USD +5\.0000 +([\d.]+) +0\.0000 +([\d.]+)$", result.out, re.MULTILINE)
    assert left and float(left[1]) == pytest.approx(usd, abs=1e-4)
    assert float(left[1]) + float(left[2]) == pytest.approx(5, abs=1e-3)
    assert "1 reply fixed without a call. Requesting new replies instead would have cost about USD 0." in unwrapped(
        result.out
    )
    assert "in flight when a run died" not in result.out
    assert max(map(width, result.out.splitlines())) <= 80
    found = json.loads(requested.kedro("llm", "status", "--json").out)
    assert found["models"][0]["today"] == {"calls": calls, "usd": pytest.approx(usd), "tokens": tokens}


def test_status_shows_open_breakers_and_reset_closes_them(here: Project) -> None:
    here.kedro("ingress", "list")
    with ledger_of(here) as ledger:
        breaker = BreakerParameters(failures=5, rest=300, longest_rest=300, give_up=600)
        for model in ("openai/a", "openai/b"):
            ledger.breakers.open(model, "timeout: no reply", breaker)
        learned = {"model": "openai/a", "rpm": 40.0, "source": "refusals", "changed": time.time()}
        with ledger.store.write() as connection:
            connection.execute(insert(llm_rates).values(learned))

    shown = unwrapped(here.kedro("llm", "status").out)
    assert len(re.findall(r"breaker open since [^,]+, next trial call in \d+ s \(timeout: no reply\)", shown)) == 2
    assert "40 requests per minute (learned from rejected calls)" in shown

    assert here.kedro("llm", "reset", "openai/a").out == "Closed 1 circuit breaker.\n"
    assert here.ledger("SELECT model FROM llm_breakers") == [("openai/b",)]
    assert here.kedro("llm", "reset", "--rates").out == (
        "Closed 1 circuit breaker.\nDiscarded the learned rate limits for 1 model.\n"
    )
    assert here.kedro("llm", "reset").out == "No circuit breaker was open.\n"
    assert here.ledger("SELECT count(*) FROM llm_rates") == [(0,)]


def test_interrupted_calls_are_shown_and_can_be_booked_at_zero(requested: Project) -> None:
    with ledger_of(requested) as ledger, ledger.store.write() as connection:
        connection.execute(llm_calls.update().where(llm_calls.c.number == 1).values(outcome="interrupted"))
    ((usd, tokens),) = requested.ledger("SELECT usd, tokens_in + tokens_out FROM llm_calls WHERE number = 1")
    ((before,),) = requested.ledger("SELECT sum(usd) FROM llm_spending")
    assert "Calls in flight when a run crashed: 1." in requested.kedro("llm", "status").out

    result = requested.kedro("llm", "reset", "--interrupted")

    assert "Booked 1 interrupted call at USD 0.\n" in result.out
    assert f"Removed from the budgets: USD {usd:.4f}, {tokens:,} tokens.\n" in result.out
    assert requested.ledger("SELECT sum(usd) FROM llm_spending") == [(pytest.approx(before - usd),)]
    assert "No calls were interrupted." in requested.kedro("llm", "reset", "--interrupted").out


def test_cached_replies_are_shown_with_the_verdict_of_the_current_parser(requested: Project) -> None:
    shown = json.loads(requested.kedro("cache", "show", "남성", "--json").out)
    entries = {each["reply"]["stage"]: each for each in shown}
    analysis = entries["nuance"]
    assert {stage: each["reply"]["now"] for stage, each in entries.items()} == {
        "nuance": "accepted", "flashcards": "accepted"
    }  # fmt: skip
    (cut,) = analysis["archived"]
    assert (cut["outcome"], cut["now"].split(":")[0]) == ("cut_short", "cut_short")

    by_key = requested.kedro("cache", "show", analysis["key"][:8])

    assert by_key.code == 0 and by_key.out.startswith(f"{analysis['key']}  남성")
    assert "archived (cut_short: the reply ends" in by_key.out and "now                accepted" in by_key.out
    assert '"metaphor_noun": "lantern"' in by_key.out
    (only,) = json.loads(requested.kedro("cache", "show", "남성", "--stage", "flashcards", "--json").out)
    assert only["reply"]["stage"] == "flashcards"


def test_showing_a_missing_reply_is_an_error(here: Project) -> None:
    nothing = here.kedro("cache", "show", "abcdef")
    assert nothing.code == 1 and "The cache has no reply for abcdef" in nothing.err
    assert here.kedro("cache", "show", "없다").code == 1


def test_the_doctor_passes_for_the_offline_model(here: Project) -> None:
    result = here.kedro("llm", "doctor")
    assert result.code == 0 and set(checks(result.out).values()) == {"ok"}
    assert "the offline model: it is free and needs no key or network" in unwrapped(result.out)
    assert here.ledger("SELECT count(*) FROM llm_calls") == [(0,)]


def test_the_doctor_sends_one_small_call_within_the_budget_and_records_it(priced: Project) -> None:
    with ModelServer(rejects_schema=True) as server:
        given = f"{MODEL},llm.api_base={server.url}"
        result = priced.kedro("llm", "doctor", "--params", given, **QUICK)
        assert result.code == 0, result.out
        assert list(checks(result.out)) == [
            "settings", "model", "price", "key", "address", "call", "rates", "format", "time", "budget"
        ]  # fmt: skip
        assert "json_object: the provider rejects json_schema" in unwrapped(result.out)
        requested = len(server.requests())
        poor = priced.kedro("llm", "doctor", "--params", f"{given},llm.budget.day.usd=0.0001", **QUICK)
        assert (
            poor.code == 1
            and checks(poor.out)["call"] == "FAIL"
            and "budget of USD 0.0001 for today" in unwrapped(poor.out)
        )
        offline = priced.kedro("llm", "doctor", "--offline", "--params", given, **QUICK)
        assert offline.code == 0 and "not tried (--offline)" in offline.out
        assert len(server.requests()) == requested
    ((kind, outcome, usd, tokens),) = priced.ledger("SELECT kind, outcome, usd, tokens_out FROM llm_calls")
    assert (kind, outcome) == ("probe", "ok") and usd > 0 and tokens > 0
    assert priced.ledger("SELECT sum(usd) FROM llm_spending") == [(usd,)]
    assert priced.ledger("SELECT count(*) FROM llm_reservations") == [(0,)]


def test_the_doctor_names_missing_settings_and_sends_no_call(priced: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    result = priced.kedro("llm", "doctor", "--params", "llm.model=openrouter/nobody/knows")
    assert result.code == 1
    assert checks(result.out) | {"price": "FAIL", "key": "FAIL", "call": "FAIL"} == checks(result.out)
    assert "export OPENROUTER_API_KEY=…, or add it to conf/local/credentials.yml" in unwrapped(result.out)
    assert priced.ledger("SELECT count(*) FROM llm_calls") == [(0,)]


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        ("llm.budget.day.requests=5", "only budgets in tokens and requests apply"),
        ("llm.budget.month.tokens=5", "only budgets in tokens and requests apply"),
        ("llm.budget.month.usd=5", "no budget applies, because no budget in tokens or requests is set"),
    ],
)
def test_the_doctor_counts_requests_as_a_limit_if_the_price_is_unknown(priced: Project, budget: str, said: str) -> None:
    unpriced = f"llm.model=openai/mine,llm.price=unknown_ok,{budget}"
    result = priced.kedro("llm", "doctor", "--offline", "--params", unpriced, OPENAI_API_KEY="sk-0123456789")
    assert f"unknown, but allowed (llm.price=unknown_ok): {said}" in unwrapped(result.out)


def test_the_doctor_reports_an_unreachable_server_and_a_rejected_key(priced: Project) -> None:
    dead = priced.kedro("llm", "doctor", "--params", f"{MODEL},llm.api_base=http://127.0.0.1:9/v1", **QUICK)
    assert dead.code == 1 and checks(dead.out)["address"] == "FAIL" and "check llm.api_base" in unwrapped(dead.out)
    with ModelServer(always="401") as server:
        refused = priced.kedro("llm", "doctor", "--params", f"{MODEL},llm.api_base={server.url}", **QUICK)
    assert (
        refused.code == 1
        and "FAIL  call      authentication: " in refused.out
        and "correct the API key" in unwrapped(refused.out)
    )
    assert priced.ledger("SELECT kind, outcome FROM llm_calls") == [("probe", "authentication")]
    assert "sk-test" not in refused.out


def test_budgets_in_requests_are_shown_by_all_commands(requested: Project) -> None:
    ((calls,),) = requested.ledger("SELECT count(*) FROM llm_calls")
    settings = requested.folder / "conf" / "local" / "parameters_llm.yml"
    settings.write_text(PRICED.replace("}}}", "}}, budget: {day: {requests: 250}}}"), encoding="utf-8")
    with closing(sqlite3.connect(requested.folder / "data" / "ledger.db")) as connection, connection:
        zone = "+14:00" if datetime.now().astimezone().utcoffset() < timedelta(hours=10) else "-12:00"  # type: ignore[operator]
        connection.execute("UPDATE ledger_settings SET value = ?", (zone,))
        connection.execute("UPDATE llm_spending SET day = ?", (datetime.now(zone_named(zone)).date().isoformat(),))
    status = requested.kedro("llm", "status").out
    assert re.search(rf"^today +all +requests +250 +{calls} +0 +{250 - calls}$", status, re.MULTILINE), status
    assert f"Days and months follow the ledger's time zone, {zone}." in status
    left = f"{250 - calls} of 250 requests left"
    assert f"Today (in {zone}): USD" in unwrapped(requested.kedro("plan", "--params", MODEL).out)
    for command in (("plan", "--params", MODEL), ("status",)):
        assert left in unwrapped(requested.kedro(*command).out), command
    doctor = unwrapped(requested.kedro("llm", "doctor", "--offline").out)
    assert f"per day (in {zone}): USD" in doctor and f"requests {250 - calls} of 250 left" in doctor
