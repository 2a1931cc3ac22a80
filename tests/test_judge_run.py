"""Runs with the judge: it is off by default, planned, cached, has its own budget, and its failures do not affect cards."""

import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from support.model_server import ModelServer
from support.project import Project, Result

pytestmark = pytest.mark.slow

WORDS = 2
QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-planted"}


def run(project: Project, server: ModelServer, *params: str, command: str = "run") -> Result:
    given = ("llm.model=openai/gpt-4o-mini", f"llm.api_base={server.url}", f"limit={WORDS}", "llm.backoff=0", *params)
    return project.kedro(command, "--params", ",".join(given), **QUICK)


def requested(server: ModelServer) -> Counter[str]:
    return Counter(request["stage"] for request in server.requests())


def settings(project: Project, name: str, text: str) -> None:
    (project.folder / "conf" / "local" / f"parameters_{name}.yml").write_text(text, encoding="utf-8")


def test_the_judge_rates_each_word_once_and_again_after_an_edit(here: Project) -> None:
    with ModelServer() as server:
        plan = run(here, server, "quality.judge=all", command="plan").out
        assert f"Judge      {WORDS} when their cards are ready: about {WORDS} requests to openai/gpt-4o-mini" in plan
        judged = run(here, server, "quality.judge=all")
        assert judged.code == 0 and f"Judge      0 from the cache, {WORDS} requested from" in judged.out, judged.err
        assert here.frame("judgements").height == requested(server)["judge"] == WORDS

        again = run(here, server, "quality.judge=all")
        assert f"Judge      {WORDS} replies from the cache, nothing requested" in again.out
        assert requested(server)["judge"] == WORDS

        # An edited word is judged again, and the plan includes it.
        here.kedro("review", "edit", "남자", "--card", "Scene", "--field", "front", "--value", "Which man is there?")
        plan = run(here, server, "quality.judge=all", command="plan").out
        assert "Judge      1 stale, 1 cached: 1 request" in plan, plan
        run(here, server, "quality.judge=all")
        assert requested(server)["judge"] == WORDS + 1
    assert "judge (openai/gpt-4o-mini)" in here.kedro("word", "show", "남자").out
    assert here.kedro("db", "verify").code == 0
    replayed = here.kedro("cache", "show", "남자", "--stage", "judge").out
    assert "now                accepted" in replayed and "openai/gpt-4o-mini" in replayed
    assert "judge" in here.kedro("cache", "stats").out
    assert f"{WORDS} tasks: {WORDS} done" in here.kedro("tasks", "list", "--stage", "judge").out


def test_doubtful_words_are_planned_judged_and_shown_with_their_faults(here: Project) -> None:
    """The words are near a threshold if the threshold is 100. A different provider judges them.

    The server's ratings depend on the request, so any rating is good enough here.
    """
    with ModelServer() as server, ModelServer() as judge:
        settings(here, "llm", f"llm: {{stages: {{judge: {{model: mistral/judge, api_base: '{judge.url}'}}}}}}\n")
        settings(
            here,
            "quality",
            "quality: {judge: doubtful, judge_margin: 30, publish_from: 100, judge_publish_from: 2, judge_review_from: 2}\n",
        )
        keys = {"MISTRAL_API_KEY": "sk-of-the-judge"}
        given = f"llm.model=openai/gpt-4o-mini,llm.api_base={server.url},limit={WORDS},llm.price=unknown_ok"
        plan = here.kedro("plan", "--params", given, **QUICK, **keys).out
        expected = "0 requests known, for cards that exist; at most 2 more for new cards, because fewer than 20 words"
        assert expected in " ".join(plan.split()), plan
        result = here.kedro("run", "--params", given, **QUICK, **keys)
        assert result.code == 0, result.out + result.err
        requests = judge.requests()
        assert {request["stage"] for request in requests} == {"judge"} and len(requests) == WORDS
        assert {request["authorization"] for request in requests} == {"Bearer sk-of-the-judge"}
        assert {request["authorization"] for request in server.requests()} == {"Bearer sk-planted"}
        again = here.kedro("plan", "--params", given, **QUICK, **keys).out
        assert f"Judge      {WORDS} cached" in again, again
    row = json.loads(here.frame("judge_requests").filter(item_id="남자#1")["user"][0])["row"]
    assert row["example_translation"] == "That man is my younger brother."
    judged = here.frame("judgements").sort("item_id").select("item_id", "verdict", pl.col("faults").list.len())
    assert judged.rows() == [("남성#1", "review", 1), ("남자#1", "publish", 0)]
    assert "wrong_translation in Scene, back: the English is about" in here.kedro("word", "show", "남성").out


def test_failures_of_the_judge_do_not_affect_cards(here: Project) -> None:
    """The judge has a separate provider here, which first refuses one word, and later the key."""
    with ModelServer() as server, ModelServer(by_term={"남자": ["refusal"] * 9}) as judge:
        settings(here, "llm", f"llm: {{stages: {{judge: {{api_base: '{judge.url}'}}}}}}\n")
        result = run(here, server, "quality.judge=all", "llm.max_attempts=1")
        assert result.code == 0 and "Complete." in result.out, result.out + result.err
        assert here.frame("judge_failures").select("item_id", "code").rows() == [("남자#1", "refused")]
        assert here.frame("judgements").height == WORDS - 1
        assert here.frame("released_flashcards").height == here.frame("flashcards").height == 2 * WORDS
        assert "refused" in here.kedro("errors", "--stage", "judge").out
    with ModelServer() as server, ModelServer(always="401") as judge:
        settings(here, "llm", f"llm: {{stages: {{judge: {{api_base: '{judge.url}', temperature: 0.5}}}}}}\n")
        result = run(here, server, "quality.judge=all")
        assert result.code == 0 and here.frame("released_flashcards").height == 2 * WORDS, result.err


def test_the_judge_has_its_own_budget(here: Project) -> None:
    settings(here, "llm", "llm: {budget: {parts: [{per: day, stage: judge, usd: 0}]}}\n")
    with ModelServer() as server:
        result = run(here, server, "quality.judge=all")
        assert result.code == 0 and requested(server) == {"nuance": WORDS, "flashcards": WORDS}, result.err
    assert here.frame("judge_replies")["pending"].to_list() == ["budget"] * WORDS
    assert here.frame("judgements").is_empty() and here.frame("released_flashcards").height == 2 * WORDS


@pytest.mark.parametrize("command", ["run", "plan"])
def test_the_offline_model_as_a_judge_is_an_error_before_the_run(here: Project, command: str) -> None:
    result = here.kedro(command, "--params", "quality.judge=all", **QUICK)
    assert result.code == 1 and "Traceback" not in result.err
    assert "quality.judge is all, but offline/dictionary cannot judge" in result.err
    assert "or set quality.judge to off" in result.err
    assert not list(Path(here.folder, "data").rglob("*.parquet"))
