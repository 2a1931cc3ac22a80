"""Test repairs: JSON faults are fixed locally, invalid fields are requested again, and then the whole reply."""

import json
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.project import ROOT
from support.requests_to_send import NuanceRuns, words

from korean_flashcards.domain.requests import Prompt
from korean_flashcards.llm.cache.replies import PART, REPLACED
from korean_flashcards.llm.replay import replayed


def prompt(name: str) -> Prompt:
    return Prompt(name, (ROOT / "conf" / "base" / "prompts" / f"{name}.md").read_text(encoding="utf-8"))


@pytest.fixture
def runs(tmp_path: Path) -> NuanceRuns:
    return NuanceRuns(tmp_path, prompt("nuance"), repair_prompt=prompt("repair"))


@pytest.mark.parametrize("behavior", ["fenced", "trailing_comma", "single_quotes"])
def test_json_that_can_be_fixed_locally_costs_no_call(runs: NuanceRuns, behavior: str) -> None:
    todo = runs.take("배#1", "말#1")
    with ModelServer(by_term={"배": [behavior]}) as server:
        replies = runs.run(todo, server.url)
        assert len(server.requests()) == 2
    assert replies["code"].null_count() == 2
    assert runs.sql("SELECT term, fixed FROM llm_calls ORDER BY term") == [("말", 0), ("배", 1)]


def test_only_an_invalid_field_is_requested_again(runs: NuanceRuns) -> None:
    todo = runs.take("배#1")
    with ModelServer(by_term={"배": ["bad_ipa"]}) as server:
        replies = runs.run(todo, server.url)
        request, repair = server.requests()
    assert (request["kind"], repair["kind"]) == ("ask", "repair")
    assert repair["tokens_in"] + repair["tokens_out"] < 0.2 * (request["tokens_in"] + request["tokens_out"])
    assert replies["code"].to_list() == [None] and replies["attempts"].to_list() == [2]
    assert runs.sql("SELECT kind, outcome FROM llm_calls ORDER BY number") == [("ask", "contract"), ("repair", "ok")]
    kept = [one.today.partition(":")[0] for one in replayed(runs.client._cache, replies["key"][0], "배")]
    assert kept == ["contract", "not read", "accepted"], "the reply to a repair is not a complete reply"
    # The cache has the repaired reply, so the next run sends nothing and reads the same.
    with ModelServer() as silent:
        assert runs.run(todo, silent.url)["text"].equals(replies["text"])
        assert silent.requests() == []


def test_a_field_with_a_finding_is_requested_once_more(runs: NuanceRuns) -> None:
    todo = runs.take("배#1", "말#1")
    with ModelServer(by_term={"배": ["other_ipa"]}) as server:
        replies = runs.run(todo, server.url)
        requests = [(request["term"], request["kind"]) for request in server.requests()]
    assert sorted(requests) == [("말", "ask"), ("배", "ask"), ("배", "repair")]
    read = {json.loads(text)["term"][0]: json.loads(text) for text in replies["text"]}
    assert read["배"]["ipa"] == "[pɛ]" and read["배"]["metaphor"]
    assert runs.sql("SELECT kind, outcome FROM llm_calls WHERE term = '배' ORDER BY number") == [
        ("ask", "ok"), ("repair", "ok"),
    ]  # fmt: skip
    # The first reply is archived.
    assert [one.outcome for one in runs.client._cache.archived(replies["key"][0])] == [REPLACED, PART]
    with ModelServer() as silent:
        assert runs.run(todo, silent.url)["text"].equals(replies["text"])
        assert silent.requests() == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["other_ipa", "malformed", "400", "500", "401"])
def test_an_accepted_reply_stays_accepted_if_its_repair_fails(runs: NuanceRuns, fault: str) -> None:
    todo = runs.take("배#1")
    with ModelServer(by_term={"배": ["other_ipa", fault]}) as server:
        replies = runs.run(todo, server.url)
        assert [request["kind"] for request in server.requests()] == ["ask", "repair"]
    assert replies["code"].to_list() == [None] and json.loads(replies["text"][0])["ipa"] == "[toŋ.nip̚]"
    assert runs.task("배#1")[0] == "done"


def test_a_reply_with_findings_is_not_repaired_if_the_budget_is_spent(runs: NuanceRuns) -> None:
    todo = runs.take("배#1")
    prices = {"openai/test": {"input": 0.0, "output": 10.0}}
    budget = {"run": {"usd": 0.02}}
    with ModelServer(by_term={"배": ["other_ipa"]}) as server:
        replies = runs.run(todo, server.url, price="known", prices=prices, max_tokens=2000, budget=budget)
        assert len(server.requests()) == 1
    assert replies["code"].to_list() == replies["pending"].to_list() == [None]


@pytest.mark.slow
def test_only_the_model_that_replied_repairs_its_reply(runs: NuanceRuns) -> None:
    """Let the first words open the breaker while the model still replies to the last. The fallback must not repair it."""
    down = ["눈", "말", "문", "물"]
    todo = runs.take(*(f"{word}#1" for word in [*down, "배"]))
    script = {word: ["503"] for word in down} | {"배": ["other_ipa"]}
    breaker = {"failures": 2, "rest": 60, "longest_rest": 60, "give_up": 60}
    with ModelServer(by_term=script, latency=0.2, capacity=1) as server:
        other = {"model": "openai/other", "api_base": server.url}
        replies = runs.run(todo, server.url, fallbacks=[other], breaker=breaker, concurrency=5)
        requested = [(request["term"], request["model"]) for request in server.requests()]
    assert [one for one in requested if one[0] == "배"] == [("배", "test")] and "other" in dict(requested).values()
    assert replies["code"].null_count() == 5 and replies["model"][-1] == "openai/test"
    assert runs.run(todo, "http://127.0.0.1:9", fallbacks=[other])["text"].equals(replies["text"])


def test_findings_are_not_repaired_without_repair_findings(runs: NuanceRuns) -> None:
    todo = runs.take("배#1")
    with ModelServer(by_term={"배": ["other_ipa"]}) as server:
        runs.run(todo, server.url, repair_findings=False)
        assert len(server.requests()) == 1


def test_after_a_failed_repair_the_whole_reply_is_requested_again(runs: NuanceRuns) -> None:
    todo = runs.take("배#1")
    with ModelServer(by_term={"배": ["bad_ipa", "malformed"]}) as server:
        replies = runs.run(todo, server.url, max_attempts=2)
        kinds = [request["kind"] for request in server.requests()]
    assert kinds == ["ask", "repair", "ask"] and replies["code"].to_list() == [None]


@pytest.mark.parametrize("fault", ["400", "500"])
def test_after_a_rejected_repair_the_whole_reply_is_requested_again(runs: NuanceRuns, fault: str) -> None:
    todo = runs.take("배#1")
    with ModelServer(by_term={"배": ["bad_ipa", fault]}) as server:
        assert runs.run(todo, server.url)["code"].to_list() == [None]
        assert [request["kind"] for request in server.requests()] == [
            "ask",
            "repair",
            "ask" if fault == "400" else "repair",
        ]


def test_a_word_stays_pending_if_its_repair_gets_no_reply(runs: NuanceRuns) -> None:
    todo = runs.take("배#1")
    with ModelServer(by_term={"배": ["bad_ipa", *["500"] * 30]}) as server:
        assert runs.run(todo, server.url, max_attempts=3)["pending"].to_list() == ["outage"]
        assert len(server.requests()) == 3


def test_a_word_fails_if_all_its_repairs_fail(runs: NuanceRuns) -> None:
    todo = runs.take("배#1")
    with ModelServer(by_term={"배": ["bad_ipa"] * 20}) as server:
        replies = runs.run(todo, server.url, max_attempts=2)
        kinds = [request["kind"] for request in server.requests()]
    assert replies["code"].to_list() == ["contract"] and kinds == ["ask", "repair", "ask", "repair"]


def test_the_whole_reply_is_requested_again_without_repair(runs: NuanceRuns) -> None:
    todo = runs.take("배#1")
    with ModelServer(by_term={"배": ["bad_ipa"]}) as server:
        replies = runs.run(todo, server.url, repair=False)
        assert [request["kind"] for request in server.requests()] == ["ask", "ask"]
    assert replies["code"].to_list() == [None]


def test_repairs_cost_less_than_a_fifth_of_full_retries(runs: NuanceRuns) -> None:
    todo = runs.take(*(f"{word}#1" for word in words(60)))
    shares = {"fenced": 0.05, "trailing_comma": 0.05, "bad_ipa": 0.05, "missing_field": 0.05}
    with ModelServer(shares=shares, seed=4) as server:
        replies = runs.run(todo, server.url)
        log = server.requests()
    first = {request["sha256"]: request for request in reversed(log) if request["kind"] == "ask"}
    faulty = [request for request in first.values() if request["behavior"] != "ok"]
    extra = [r for r in log if r["kind"] == "repair" or r["attempt"] > 1]
    assert replies["code"].null_count() == 60 and len(faulty) >= 8

    def tokens(requests: list[dict[str, int]]) -> int:
        return sum(request["tokens_in"] + request["tokens_out"] for request in requests)

    assert tokens(extra) < 0.2 * tokens(faulty)


def test_cache_only_reads_stored_replies_without_sending(runs: NuanceRuns) -> None:
    todo = runs.take("배#1", "말#1")
    with ModelServer(by_term={"배": ["refusal"] * 9}) as server:
        first = runs.run(todo, server.url)
        before = len(server.requests())
        again = runs.run(todo, server.url, cache_only=True)
        assert len(server.requests()) == before
    assert first["code"].to_list() == ["refused", None]
    assert again["pending"].to_list() == ["cache_only", None] and again["text"][1] == first["text"][1]
