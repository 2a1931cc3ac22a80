"""Rate limits, slow servers and the number of parallel calls, from the command line."""

import itertools
import json
import time
from typing import Any

import pytest
from support.ledger import ledger_at
from support.model_server import ModelServer
from support.project import Project, unwrapped

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.llm.providers.endpoints import Endpoint

pytestmark = pytest.mark.slow

QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test-0123456789"}


def model(server: ModelServer, *more: str) -> str:
    return ",".join(["llm.model=openai/test", "llm.price=unknown_ok", f"llm.api_base={server.url}", *more])


def most_in_flight(server: ModelServer) -> int:
    calls = [(request["at"], request["done_at"]) for request in server.requests() if request["done_at"]]
    changes = sorted([(start, 1) for start, _ in calls] + [(end, -1) for _, end in calls])
    return max(itertools.accumulate(change for _, change in changes))


def old_maximum(project: Project, most: int) -> None:
    text = f"llm: {{max_concurrency: {most}}}\n"
    (project.folder / "conf" / "local" / "parameters_llm.yml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("most", [1, 3, 20])
def test_llm_concurrency_is_a_maximum(here: Project, most: int) -> None:
    # The calls must take longer than sending them, also on a busy machine.
    with ModelServer(latency=0.02 * most) as server:
        result = here.kedro("run", "--params", model(server, f"llm.concurrency={most}", "limit=40"), **QUICK)
        assert result.code == 0, result.err
        assert most_in_flight(server) == most
    assert "max_concurrency" not in result.err


@pytest.mark.parametrize(("given", "most"), [("limit=30", 4), ("llm.concurrency=2,limit=30", 2)])
def test_an_old_maximum_is_used_with_a_message_and_the_command_line_wins(here: Project, given: str, most: int) -> None:
    old_maximum(here, 4)
    with ModelServer(latency=0.05) as server:
        result = here.kedro("run", "--params", model(server, given), **QUICK)
        assert result.code == 0, result.err
        assert most_in_flight(server) == most
    assert "llm.max_concurrency is now llm.concurrency" in result.err and f"llm.concurrency={most}." in result.err


@pytest.mark.parametrize(
    ("script", "more", "said"),
    [
        ({"always": "429", "retry_after": None}, "llm.max_pause=1", "rate_limit: Rate limit reached"),
        ({"always": "429", "retry_after": "7200"}, "limit=3", "rate limit reached; no calls possible until"),
        ({"always": "hang"}, "llm.timeout=0.5", "Raise llm.timeout or lower llm.concurrency, then run again"),
        (
            {"from_call": (2, "503"), "retry_after": None},
            "llm.max_pause=1,llm.backoff=0.05",
            "no reply from openai/test",
        ),
    ],
)
def test_a_run_that_the_provider_stops_exits_with_2_and_the_next_one_continues(
    here: Project, script: dict[str, Any], more: str, said: str
) -> None:
    words = "words=남자;남성;독립"
    with ModelServer(**script) as server:
        result = here.kedro("run", "--params", model(server, more, words), **QUICK)
        assert result.code == 2 and "Traceback" not in result.err, result.err
        assert said in unwrapped(result.out), result.out
    assert here.ledger("SELECT count(*) FROM tasks WHERE attempts > 0 OR state IN ('failed', 'dead')") == [(0,)]
    here.kedro("llm", "reset", "--rates")
    with ModelServer() as server:
        again = here.kedro("run", "--params", model(server, words), **QUICK)
        assert again.code == 0, again.out + again.err


def test_parameters_of_a_release_without_max_pause_work(here: Project) -> None:
    path = here.folder / "conf" / "base" / "parameters_llm.yml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if "max_pause:" not in line]
    path.write_text("\n".join(kept), encoding="utf-8")
    assert here.kedro("run", "--params", "limit=3", **QUICK).code == 0


@pytest.mark.parametrize(("tokens", "timeout", "enough"), [(128, 120, True), (100, 2, False), (128, 2, False)])
def test_the_doctor_compares_the_time_per_reply_with_the_timeout(
    here: Project, tokens: int, timeout: float, enough: bool
) -> None:
    with ModelServer(latency=0.5, tokens_out=tokens) as server:
        given = model(server, f"llm.timeout={timeout}")
        result = here.kedro("llm", "doctor", "--params", given, **QUICK)
        assert result.code == (0 if enough else 1), result.out
        shown = unwrapped(result.out)
        assert "a reply in the nuance stage takes about" in shown and "tokens per second" in shown
        assert ("What to do: set llm.timeout to" in shown) is not enough
        # The plan uses the measured speed, and after a run the measured time per reply.
        plan = json.loads(here.kedro("plan", "--params", f"{given},limit=3", "--json", **QUICK).out)
        stage = plan["stages"][0]
        assert stage["latency"] == pytest.approx(445 / stage["speed"]) and stage["speed"] < tokens / 0.5
        here.kedro("run", "--params", f"{given},limit=2", **QUICK)
        plan = json.loads(here.kedro("plan", "--params", f"{given},limit=3", "--json", **QUICK).out)
        assert plan["stages"][0]["timed_calls"] == 2 and 0.5 <= plan["stages"][0]["latency"] < 1.5
        result = here.kedro("llm", "doctor", "--params", given, **QUICK)
        assert "in your last 2 calls" in unwrapped(result.out)


@pytest.mark.parametrize(("wait", "code"), [(600, 0), (3000, 1)])
def test_the_doctor_reports_a_known_limit_and_sends_no_call(here: Project, wait: float, code: int) -> None:
    here.kedro("ingress", "list")
    with ModelServer() as server:
        with ledger_at(here.folder / "data" / "ledger.db") as ledger:
            rates = RatesSeen(requests=60, requests_left=0, requests_reset_s=wait)
            ledger.rate_limits.seen(Endpoint("openai/test", server.url).key, rates)
        result = here.kedro("llm", "doctor", "--params", model(server), **QUICK)
        assert server.requests() == []
    at = time.strftime("%H:%M", time.localtime(time.time() + wait))
    assert result.code == code
    assert f"openai/test: rate limit reached; resets at {at}" in unwrapped(result.out) or at < "01:00"
