"""`kedro run` with calls that get no usable reply: the summary reports them, at the cost that the ledger booked."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.model_server import ModelServer
from support.project import Project, Result, unwrapped

pytestmark = pytest.mark.slow

QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test-0123456789"}
PRICES = "openai/test: {input: 1, output: 10}, openai/spare: {input: 1, output: 10}"
WORDS = 3


def run(project: Project, server: ModelServer, *more: str, fallback: str = "") -> Result:
    """Run both stages for WORDS words, with short timeouts and waits."""
    given = f"llm: {{prices: {{{PRICES}}}, fallbacks: [{fallback}]}}\n"
    (project.folder / "conf" / "local" / "parameters_llm.yml").write_text(given, encoding="utf-8")
    words = project.word_list("term,definition\n" + "".join(f"단어{n},meaning {n}\n" for n in range(WORDS)))
    params = [
        "llm.model=openai/test", f"llm.api_base={server.url}", f"word_lists={words}", "llm.timeout=1", "llm.max_pause=2",
        "llm.backoff=0.01", "llm.max_attempts=2", "llm.breaker.give_up=1", "llm.max_tokens=500", *more,
    ]  # fmt: skip
    return project.kedro("run", "--yes", "--params", ",".join(params), **QUICK)


def booked(project: Project) -> tuple[Any, ...]:
    """Return the calls, the tokens, and the USD in the ledger."""
    return project.ledger("SELECT count(*), sum(tokens_in), sum(tokens_out), total(usd) FROM llm_calls")[0]


def summed(folder: Path) -> tuple[Any, ...]:
    """Return the same sums from the summary file."""
    summary = json.loads((folder / "data" / "08_reporting" / "run_summary.json").read_text(encoding="utf-8"))
    names = ("attempts", "tokens_in", "tokens_out", "cost_usd")
    return tuple(sum(cost[name] for cost in summary["costs"]) for name in names)


@pytest.mark.parametrize(
    ("behavior", "reason"), [("hang", "timeout"), ("429", "rate_limit"), ("500", "outage"), ("quota", "quota")]
)
def test_words_without_a_reply_are_reported_with_their_calls_and_cost(
    here: Project, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], behavior: str, reason: str
) -> None:
    with ModelServer(always=behavior, retry_after=None) as server:
        result = run(here, server)
        sent = len(server.requests())
    out, (calls, _, _, usd) = unwrapped(result.out), booked(here)
    assert result.code == 2, result.err
    assert calls == sent and summed(here.folder) == pytest.approx(booked(here))
    in_calls = f" in {calls} calls" if calls > WORDS else ""
    assert "not requested" not in out and f"{WORDS} requested from openai/test{in_calls}, " in out
    assert f"nuance: 0 of {WORDS} words done · {WORDS} pending" in unwrapped(
        result.out + caplog.text + capfd.readouterr().err
    )
    assert set(here.frame("nuance_replies")["pending"]) == {reason}
    assert f"{WORDS} words without a usable reply: " in out
    billed = f"{calls} calls may be billed, up to USD {usd:.4f}" if usd else f"{calls} calls made"
    assert billed in out and ("at most USD" in out) == bool(usd) == (behavior == "hang")
    page = (here.folder / "data" / "08_reporting" / "report.html").read_text(encoding="utf-8")
    assert billed in page and "not requested" not in page


def test_calls_to_a_model_that_timed_out_are_part_of_the_sum_if_a_fallback_replied(here: Project) -> None:
    with ModelServer(broken_models={"test": "hang"}) as server:
        result = run(here, server, fallback=f"{{model: openai/spare, api_base: '{server.url}'}}")
    out, (calls, _, _, usd) = unwrapped(result.out), booked(here)
    assert result.code == 0, result.err
    assert summed(here.folder) == pytest.approx(booked(here)) and calls > 2 * WORDS and usd > 0
    assert f"{WORDS} requested from openai/test and openai/spare in " in out and "booked at their maximum" in out


def test_words_that_were_never_sent_are_reported_as_not_requested(here: Project) -> None:
    with ModelServer() as server:
        result = run(here, server, "llm.cache_only=true")
    assert f"{WORDS} words not requested: llm.cache_only is on" in unwrapped(result.out)
    assert "nothing requested" in result.out
