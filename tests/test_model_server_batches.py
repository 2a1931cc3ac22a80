"""Test the batch API of the model server through litellm."""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from types import ModuleType
from typing import Any

import pytest
from support.model_server import ModelServer

from korean_flashcards.formats.nuance_reply import read_nuance

WORDS = [f"단어{n}" for n in range(10)]


@pytest.fixture(scope="module")
def litellm() -> Iterator[ModuleType]:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm

    litellm.suppress_debug_info = True
    yield litellm


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """Run all calls in one loop, because litellm's clients do not work after their loop has ended."""
    with asyncio.Runner() as runner:
        yield runner


class Provider:
    """Make litellm's calls to one server, synchronously."""

    def __init__(self, litellm: ModuleType, loop: asyncio.Runner, server: ModelServer) -> None:
        self._litellm = litellm
        self._loop = loop
        self._access = {
            "custom_llm_provider": "openai", "api_base": server.url, "api_key": "sk-test", "max_retries": 0,
        }  # fmt: skip

    def upload(self, words: list[str]) -> Any:
        data = "".join(json.dumps(line(word), ensure_ascii=False) + "\n" for word in words).encode()
        return self._run(self._litellm.acreate_file(file=("words.jsonl", data), purpose="batch", **self._access))

    def submit(self, file_id: str, **metadata: str) -> Any:
        return self._run(
            self._litellm.acreate_batch(
                completion_window="24h", endpoint="/v1/chat/completions", input_file_id=file_id, metadata=metadata,
                **self._access,
            )
        )  # fmt: skip

    def look(self, batch_id: str) -> Any:
        return self._run(self._litellm.aretrieve_batch(batch_id=batch_id, **self._access))

    def cancel(self, batch_id: str) -> Any:
        return self._run(self._litellm.acancel_batch(batch_id=batch_id, **self._access))

    def listed(self, **options: Any) -> Any:
        return self._run(self._litellm.alist_batches(**options, **self._access))

    def lines(self, file_id: str) -> dict[str, Any]:
        """Return the lines of a file by custom_id."""
        content = self._run(self._litellm.afile_content(file_id=file_id, **self._access))
        return {found["custom_id"]: found for found in map(json.loads, content.text.splitlines())}

    def _run(self, call: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run(call)


def line(word: str) -> dict[str, Any]:
    """Return the line of the input file for a word. The word is its custom_id."""
    messages = [{"role": "user", "content": json.dumps({"term": word}, ensure_ascii=False)}]
    body = {"model": "test", "messages": messages}
    return {"custom_id": word, "method": "POST", "url": "/v1/chat/completions", "body": body}


def test_a_batch_is_uploaded_completes_and_is_read(litellm: ModuleType, loop: asyncio.Runner) -> None:
    with ModelServer(batch_seconds=0.3) as server:
        provider = Provider(litellm, loop, server)
        file = provider.upload(WORDS)
        made = provider.submit(file.id, run="7")
        soon = provider.look(made.id).status
        while (batch := provider.look(made.id)).status != "completed":
            time.sleep(0.05)
        results = provider.lines(batch.output_file_id)
        kinds = Counter(request["endpoint"] for request in server.requests())
        executed = [request for request in server.requests() if request["endpoint"] == "batch line"]
    assert (file.purpose, made.status, soon) == ("batch", "validating", "in_progress")
    assert (batch.metadata, batch.input_file_id, batch.error_file_id) == ({"run": "7"}, file.id, None)
    assert (batch.request_counts.total, batch.request_counts.completed, batch.request_counts.failed) == (10, 10, 0)
    # Results are not in the order of the lines, so that code which relies on the order fails.
    assert list(results) == WORDS[::-1]
    for word, result in results.items():
        assert result["response"]["status_code"] == 200
        read_nuance(result["response"]["body"]["choices"][0]["message"]["content"], word, 1)
        assert result["response"]["body"]["usage"]["completion_tokens"] > 0
    assert (kinds["POST /v1/files"], kinds["POST /v1/batches"]) == (1, 1)
    assert [(request["term"], request["kind"], request["status"]) for request in executed] == [
        (word, "ask", 200) for word in WORDS
    ]


def test_failed_lines_are_in_the_error_file_and_succeed_when_sent_again(
    litellm: ModuleType, loop: asyncio.Runner
) -> None:
    with ModelServer(batch_result={"500": 0.4, "malformed": 0.3}) as server:
        provider = Provider(litellm, loop, server)
        batch = provider.look(provider.submit(provider.upload(WORDS).id).id)
        output, errors = provider.lines(batch.output_file_id), provider.lines(batch.error_file_id)
        again = provider.look(provider.submit(provider.upload(list(errors)).id).id)
        behaviors = Counter(request["behavior"] for request in server.requests() if request["term"])
    assert output.keys() | errors.keys() == set(WORDS) and not output.keys() & errors.keys()
    assert {result["response"]["status_code"] for result in errors.values()} == {500}
    assert batch.request_counts.failed == len(errors) == behaviors["500"] > 0 < behaviors["malformed"]
    assert (again.error_file_id, again.request_counts.completed) == (None, len(errors))


@pytest.mark.parametrize("end", ["expired", "cancelled"])
@pytest.mark.slow
def test_a_batch_that_does_not_complete_returns_the_processed_lines(
    litellm: ModuleType, loop: asyncio.Runner, end: str
) -> None:
    script = {"batch_seconds": 60} if end == "cancelled" else {"batch_end": end}
    with ModelServer(**script, batch_done=0.3) as server:
        provider = Provider(litellm, loop, server)
        made = provider.submit(provider.upload(WORDS).id)
        if end == "cancelled":
            assert provider.cancel(made.id).status == "cancelling"
        batch = provider.look(made.id)
        done, undone = provider.lines(batch.output_file_id), provider.lines(batch.error_file_id)
    assert batch.status == end
    assert sorted(done) == WORDS[:3] and sorted(undone) == WORDS[3:]
    assert {result["error"]["code"] for result in undone.values()} == {f"batch_{end}"}


@pytest.mark.slow
def test_a_whole_batch_fails_by_the_script_or_because_of_a_duplicate_line(
    litellm: ModuleType, loop: asyncio.Runner
) -> None:
    import openai  # litellm does not convert the SDK's errors in these calls

    with ModelServer(batch_end="failed") as server:
        provider = Provider(litellm, loop, server)
        scripted = provider.look(provider.submit(provider.upload(WORDS).id).id)
        twice = provider.submit(provider.upload(["배", "배"]).id)
        with pytest.raises(openai.BadRequestError):
            provider.cancel(twice.id)
        with pytest.raises(openai.NotFoundError):
            provider.submit("file-99")
        worked = [request for request in server.requests() if request["term"]]
    assert (scripted.status, scripted.output_file_id, scripted.errors.data[0].code) == (
        "failed", None, "token_limit_exceeded",
    )  # fmt: skip
    assert (twice.errors.data[0].code, twice.errors.data[0].line) == ("duplicate_custom_id", 2)
    assert worked == []


def test_a_batch_is_found_by_its_metadata_if_the_reply_was_lost(litellm: ModuleType, loop: asyncio.Runner) -> None:
    import openai  # litellm does not convert the SDK's errors in these calls

    with ModelServer(endpoint_faults={"POST /v1/batches": ["lost", "503"]}) as server:
        provider = Provider(litellm, loop, server)
        file = provider.upload(WORDS)
        with pytest.raises(openai.APIConnectionError):
            provider.submit(file.id, run="1")
        with pytest.raises(openai.InternalServerError):
            provider.submit(file.id, run="2")
        provider.submit(file.id, run="3")
        newest = provider.listed(limit=1)
        older = provider.listed(after=newest.data[0].id)
    assert ([batch.metadata["run"] for batch in newest.data], newest.has_more) == (["3"], True)
    assert ([batch.metadata["run"] for batch in older.data], older.has_more) == (["1"], False)
