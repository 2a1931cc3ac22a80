"""Test that each paid reply is requested once, stored at once, and found again, even after a crash."""

import asyncio
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.requests_to_send import TEMPLATE, make_requests, settings, words

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.llm.client import LLMClient

RUN = """
import json, os, sys
from pathlib import Path
from support.requests_to_send import TEMPLATE, about, make_requests, settings, words
from korean_flashcards.llm.client import LLMClient

url, folder, count, die_after = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
accepted = 0

def accept(text):
    global accepted
    accepted += 1
    if accepted == die_after:
        os._exit(9)

replies = LLMClient(folder).complete(TEMPLATE, make_requests(words(count), accept), settings(url))
print(json.dumps({"failed": sum(reply.code is not None for reply in replies), "litellm": "litellm" in sys.modules}))
"""


def run_in_process(url: str, folder: Path, count: int, die_after: int = 0) -> subprocess.CompletedProcess[str]:
    """Complete ``count`` requests in a separate process, which dies at reply number ``die_after`` unless that is 0."""
    tests = Path(__file__).parents[1]
    program = f"import sys; sys.path[:0] = [{str(tests)!r}, {str(tests.parent / 'src')!r}]\n{textwrap.dedent(RUN)}"
    arguments = [sys.executable, "-c", program, url, str(folder), str(count), str(die_after)]
    return subprocess.run(arguments, capture_output=True, text=True, encoding="utf-8", timeout=60)


def test_replies_are_in_the_order_of_the_requests(client: LLMClient) -> None:
    terms = words(60)
    with ModelServer(shares={"500": 0.3}) as server:
        replies = client.complete(TEMPLATE, make_requests(terms), settings(server.url))
    assert [json.loads(reply.text or "")["korean_keywords"] for reply in replies] == [[term] for term in terms]


def test_equal_requests_are_sent_once_and_all_get_the_reply(client: LLMClient) -> None:
    with ModelServer() as server:
        replies = client.complete(TEMPLATE, make_requests(["배", "말", "배", "배"]), settings(server.url))
        assert len(server.requests()) == 2
    assert replies[0] == replies[2] == replies[3] != replies[1]


def test_a_second_run_sends_nothing_and_reports_the_cost_of_the_replies(client: LLMClient, tmp_path: Path) -> None:
    with ModelServer() as server:
        paid = client.complete(TEMPLATE, make_requests(words(10)), settings(server.url))
        again = LLMClient(tmp_path / "cache").complete(TEMPLATE, make_requests(words(10)), settings(server.url))
        assert len(server.requests()) == 10
    assert [(reply.cached, reply.text, reply.tokens_in, reply.tokens_out, reply.attempts) for reply in again] == [
        (True, reply.text, reply.tokens_in, reply.tokens_out, reply.attempts) for reply in paid
    ]
    assert all(reply.tokens_in > 0 and reply.tokens_out > 0 and not reply.cached for reply in paid)


def test_timeout_concurrency_and_retries_do_not_change_what_is_cached(client: LLMClient) -> None:
    with ModelServer() as server:
        client.complete(TEMPLATE, make_requests(words(3)), settings(server.url))
        client.complete(
            TEMPLATE, make_requests(words(3)), settings(server.url, timeout=9, concurrency=1, max_attempts=1)
        )
        assert len(server.requests()) == 3


def test_cached_returns_the_keys_that_need_no_call(client: LLMClient) -> None:
    requests = make_requests(words(4))
    assert client.cached(request.key for request in requests) == set()
    with ModelServer() as server:
        client.complete(TEMPLATE, requests[:2], settings(server.url))
    assert client.cached(request.key for request in requests) == {request.key for request in requests[:2]}


def test_constructing_a_client_creates_no_file(tmp_path: Path) -> None:
    LLMClient(tmp_path / "cache")
    assert list(tmp_path.iterdir()) == []


def test_no_requests_give_no_replies(client: LLMClient) -> None:
    assert client.complete(TEMPLATE, [], settings("http://127.0.0.1:9/v1")) == []


def test_a_cached_reply_that_is_no_longer_accepted_is_requested_again(client: LLMClient) -> None:
    with ModelServer() as server:

        def stricter(text: str) -> None:
            if len(server.requests()) == 1:
                raise ReplyError(FailureCode.CONTRACT, "the contract has changed")

        client.complete(TEMPLATE, make_requests(["배"]), settings(server.url))
        (reply,) = client.complete(TEMPLATE, make_requests(["배"], stricter), settings(server.url))
        assert len(server.requests()) == 2
    assert (reply.cached, reply.code) == (False, None)


@pytest.mark.slow
def test_after_a_crash_only_the_missing_replies_are_requested(tmp_path: Path) -> None:
    with ModelServer(latency=0.05) as server:
        died = run_in_process(server.url, tmp_path / "cache", count=100, die_after=40)
        assert died.returncode == 9, died.stderr
        kept = LLMClient(tmp_path / "cache").cached(request.key for request in make_requests(words(100)))
        assert len(kept) == 39
        before = len(server.requests())
        finished = LLMClient(tmp_path / "cache").complete(TEMPLATE, make_requests(words(100)), settings(server.url))
        assert len(server.requests()) - before == 61
    assert all(reply.code is None for reply in finished)


def test_a_fully_cached_run_makes_no_call_and_does_not_import_litellm(client: LLMClient, tmp_path: Path) -> None:
    with ModelServer() as server:
        client.complete(TEMPLATE, make_requests(words(20)), settings(server.url))
        ran = run_in_process(server.url, tmp_path / "cache", count=20)
        assert len(server.requests()) == 20
    assert json.loads(ran.stdout) == {"failed": 0, "litellm": False}


@pytest.mark.slow
def test_a_run_in_a_new_process_prints_nothing_to_stderr(tmp_path: Path) -> None:
    with ModelServer(tokens_in=40, shares={"reset": 0.1, "500": 0.1}) as server:
        ran = run_in_process(server.url, tmp_path / "cache", count=40)
    assert json.loads(ran.stdout) == {"failed": 0, "litellm": True}
    assert ran.stderr == ""


def test_the_client_works_while_an_event_loop_is_running(client: LLMClient) -> None:
    async def notebook_cell(url: str) -> int:
        return len(client.complete(TEMPLATE, make_requests(words(5)), settings(url)))

    with ModelServer() as server:
        assert asyncio.run(notebook_cell(server.url)) == 5
        assert client.complete(TEMPLATE, make_requests(["배"]), settings(server.url))[0].code is None


@pytest.mark.parametrize("model", ["offline/nothing", "offline/"])
def test_an_unknown_offline_model_is_refused_with_the_name_of_the_known_one(client: LLMClient, model: str) -> None:
    with pytest.raises(SettingsError, match="offline/dictionary"):
        client.model_version(model)


def test_only_the_offline_model_has_a_version_in_its_name(client: LLMClient) -> None:
    assert client.model_version("openrouter/anthropic/claude-sonnet-4") == "openrouter/anthropic/claude-sonnet-4"
    assert client.model_version("offline/dictionary").startswith("offline/dictionary@")
