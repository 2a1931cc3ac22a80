"""`kedro run` with an OpenAI-compatible server: no word is lost, and no reply is paid for twice."""

import re
import signal
import sys
import time
from collections import Counter

import pytest
from support.model_server import ModelServer
from support.project import Project, kill

pytestmark = pytest.mark.slow

WORDS = 60
QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-planted-secret-0123456789"}


def options(server: ModelServer, *more: str) -> list[str]:
    """Return the arguments for a run of both stages with the first WORDS words of the sample list."""
    return [
        "run",
        "--params",
        f"llm.model=openai/test,llm.price=unknown_ok,llm.api_base={server.url},limit={WORDS}," + ",".join(more),
    ]


def valid_replies(server: ModelServer) -> Counter[str]:
    """Count the valid replies to each request (model and messages) in the server's log."""
    return Counter(request["sha256"] for request in server.requests() if request["behavior"] == "ok")


def test_a_second_run_with_a_model_sends_nothing(project: Project) -> None:
    with ModelServer(latency=0.05) as server:
        first = project.kedro(*options(server), PYTHONPROFILEIMPORTTIME="1", **QUICK)
        assert first.code == 0, first.err
        assert not re.search(r"\| +kiwipiepy", first.err), "only the process that checks replies loads the analyzer"
        assert f"{WORDS} requested from openai/test" in first.out
        stages = project.frame("calls")["stage"].to_list()
        assert stages == ["nuance"] * WORDS + ["flashcards"] * WORDS, "the layer has all calls of the run"
        assert set(valid_replies(server).values()) == {1} and len(server.requests()) == 2 * WORDS
        again = project.kedro(
            *options(server, "llm.concurrency=3", "llm.timeout=9"), PYTHONPROFILEIMPORTTIME="1", **QUICK
        )
        assert again.code == 0 and again.out.count("nothing requested") == 2
        assert len(server.requests()) == 2 * WORDS
        assert not re.search(r"\| +litellm", again.err)
    assert project.frame("flashcards")["item_id"].n_unique() == WORDS
    assert "source:openai/test" in project.frame("flashcards")["tags"][0].to_list()


def test_after_a_killed_run_only_missing_replies_are_requested(here: Project) -> None:
    with ModelServer(latency=0.2) as server:
        process = here.start(*options(server, "llm.concurrency=5"), **QUICK)
        deadline = time.monotonic() + 60
        while len(server.requests()) < WORDS // 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        kill(process)
        before = len(server.requests())
        assert WORDS // 2 <= before < WORDS
        result = here.kedro(*options(server, "llm.concurrency=5"), **QUICK)
        assert result.code == 0, result.err
        # The replies to the five calls that were active are lost, so up to five requests are sent again.
        assert 2 * WORDS <= len(server.requests()) <= 2 * WORDS + 5
    assert here.frame("flashcards")["item_id"].n_unique() == WORDS


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process at once on any signal")
def test_a_terminated_run_waits_for_its_calls_and_reports_pending_words(here: Project) -> None:
    with ModelServer(latency=0.5) as server:
        process = here.start(*options(server, "llm.concurrency=5"), **QUICK)
        deadline = time.monotonic() + 60
        while len(server.requests()) < 12 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        made = len(server.requests())
        assert process.returncode == 1 and "in flight, so that no reply is lost" in said, said
        ((known,),) = here.ledger("SELECT count(*) FROM vocabulary_items")
        assert f"Still pending: {known - made:,} analyses, and the cards for {known:,} words." in said
        assert all(request["delivered"] for request in server.requests())
        assert here.ledger("SELECT count(*) FROM llm_calls WHERE outcome = 'ok'") == [(made,)]
        assert here.kedro(*options(server), **QUICK).code == 0
        assert len(server.requests()) == 2 * WORDS, "nothing was requested twice"


@pytest.mark.parametrize("fault", ["429", "500", "reset", "malformed"])
def test_a_tenth_of_calls_failing_loses_no_word(here: Project, fault: str) -> None:
    with ModelServer(latency=0.02, shares={fault: 0.1}) as server:
        result = here.kedro(*options(server, "llm.backoff=0.05"), **QUICK)
        assert result.code == 0, result.err
        faults = sum(request["behavior"] == fault for request in server.requests())
        assert faults > 0 and set(valid_replies(server).values()) == {1}
    assert here.frame("flashcards")["item_id"].n_unique() == WORDS


def test_a_word_that_always_fails_does_not_stop_the_others(here: Project) -> None:
    with ModelServer(by_term={"남자": ["refusal"] * 9}) as server:
        result = here.kedro(*options(server, "llm.max_attempts=2", "llm.backoff=0"), **QUICK)
        assert result.code == 2 and "INCOMPLETE" in result.out
        failure = here.frame("nuance_failures").row(0, named=True)
        assert (failure["term"], failure["code"]) == ("남자", "refused")
        assert "sorry" in failure["text"]
        again = here.kedro(*options(server, "llm.max_attempts=2", "llm.backoff=0"), **QUICK)
        assert again.code == 2 and f"{WORDS - 1} from the cache, 1 requested" in again.out


def test_an_invalid_key_stops_the_run_at_once_and_is_never_shown(project: Project) -> None:
    with ModelServer(always="401") as server:
        result = project.kedro(*options(server), **QUICK)
        assert result.code == 1 and "Traceback" not in result.err
        assert result.err.splitlines()[-1].startswith("Error: openai/test rejects every call"), result.err
        assert len(server.requests()) <= 16
    written = b"".join(file.read_bytes() for file in (project.folder / "data").rglob("*") if file.is_file())
    assert "planted-secret" not in result.err + result.out and b"planted-secret" not in written


def test_a_changed_prompt_sends_requests_only_for_its_stage(here: Project) -> None:
    with ModelServer() as server:
        here.kedro(*options(server), **QUICK)
        prompt = here.folder / "conf/base/prompts/flashcards.md"
        prompt.write_text(prompt.read_text(encoding="utf-8") + "\nOne more rule.\n", encoding="utf-8")
        result = here.kedro(*options(server), **QUICK)
        assert f"{WORDS} replies from the cache, nothing requested" in result.out
        assert len(server.requests()) == 3 * WORDS


def test_a_server_without_json_schema_works(here: Project) -> None:
    with ModelServer(rejects_schema=True) as server:
        result = here.kedro(*options(server), **QUICK)
        assert result.code == 0, result.err
        assert {request["format"] for request in server.requests()} == {"json_schema", "json_object"}
