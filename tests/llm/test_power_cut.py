"""Test a power cut: a call is booked, and its task is done, only after its reply was synced to disk."""

import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from support.model_server import TESTS, ModelServer
from support.requests_to_send import TEMPLATE, NuanceRuns, make_requests, settings, words

from korean_flashcards.domain.calls import Call
from korean_flashcards.domain.errors import CacheError
from korean_flashcards.domain.requests import ChatReply
from korean_flashcards.llm.cache import entry_store
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.dispatch import reply_writer
from korean_flashcards.llm.null_services import NULL_PORTS


class PowerCuts:
    """Cuts the power in thought: of the cache's log, only what was synced before is left on the disk."""

    def __init__(self, cache: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cache, self.copy = cache, copy
        self.synced = self.cuts = 0
        self.lost: set[str] = set()
        monkeypatch.setattr(entry_store, "_flush", self._flush)

    def _flush(self, file: int) -> None:
        size = os.fstat(file).st_size
        os.fsync(file)
        self.synced = size

    def check(self, keys: Sequence[str]) -> None:
        """Note which of these replies a power cut at this moment would destroy."""
        if not keys:
            return
        shutil.rmtree(self.copy, ignore_errors=True)
        self.copy.mkdir()
        shutil.copy(self.cache / "cache.db", self.copy)
        (self.copy / "cache.db-wal").write_bytes((self.cache / "cache.db-wal").read_bytes()[: self.synced])
        self.lost |= set(keys) - LLMClient(self.copy).cached(keys)
        self.cuts += 1


def test_a_power_cut_destroys_no_reply_that_counts_as_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cuts = PowerCuts(tmp_path / "cache", tmp_path / "after", monkeypatch)

    class Budgets(type(NULL_PORTS.budgets)):  # type: ignore[misc]
        def record(self, calls: Sequence[Call]) -> None:
            cuts.check([call.key for call in calls])

    class Claims(type(NULL_PORTS.claims)):  # type: ignore[misc]
        def settle(self, replies: Iterable[ChatReply]) -> None:
            cuts.check([reply.key for reply in replies])

    ports = replace(NULL_PORTS, budgets=Budgets(), claims=Claims())
    with ModelServer(latency=0.1) as server:
        replies = LLMClient(tmp_path / "cache").complete(
            TEMPLATE, make_requests(words(60)), settings(server.url, concurrency=8), ports
        )
    assert len(replies) == 60
    assert cuts.cuts >= 4 and cuts.lost == set()


@pytest.mark.parametrize("failures", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_replies_are_written_again_after_a_failed_sync(
    client: LLMClient, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    left = [OSError(errno.EIO, "Input/output error")] * failures

    def flush(file: int) -> None:
        if left:
            raise left.pop()
        os.fsync(file)

    monkeypatch.setattr(entry_store, "_flush", flush)
    requests = make_requests(words(100))
    with ModelServer(latency=0.1) as server:
        with pytest.raises(CacheError, match=r"Input/output error.*All paid replies from this run are stored"):
            client.complete(TEMPLATE, requests, settings(server.url, concurrency=5))
        made = len(server.requests())
    assert made < 50 and len(client.cached(request.key for request in requests)) == made and not left


def test_replies_that_cannot_be_synced_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their calls are booked, because they were paid for, but their tasks are not done."""

    def flush(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(entry_store, "_flush", flush)
    monkeypatch.setattr(reply_writer, "PATIENCE", 0.2)
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(50)))
    with ModelServer(latency=0.1) as server:
        with pytest.raises(
            CacheError, match=r"^\d paid repl.*will pay again for: 단어\d, .*Input/output error"
        ) as raised:
            runs.run(todo, server.url, concurrency=2)
        answered = [request["term"] for request in server.requests()]
    assert len(answered) < 20 and all(term in str(raised.value) for term in answered)
    assert runs.sql("SELECT count(*) FROM llm_calls") == [(len(answered),)]
    assert runs.sql("SELECT count(*) FROM tasks WHERE state = 'done'") == [(0,)]


@pytest.mark.slow
def test_replies_in_a_deleted_cache_are_named(
    client: LLMClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply_writer, "PATIENCE", 0.2)
    with ModelServer(latency=0.1) as server:

        def delete() -> None:
            while len(server.requests()) < 10:
                time.sleep(0.01)
            shutil.rmtree(tmp_path / "cache")

        deleting = threading.Thread(target=delete)
        deleting.start()
        with pytest.raises(CacheError, match=r"^\d+ paid repl.*will pay again for: 단어"):
            client.complete(TEMPLATE, make_requests(words(200)), settings(server.url, concurrency=5))
        deleting.join()
        assert len(server.requests()) < 50


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_the_kernel_sees_a_sync_in_each_second_of_calls(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    program = (
        "import sys; from pathlib import Path; from korean_flashcards.llm.client import LLMClient;"
        "from support.requests_to_send import *;"
        "LLMClient(Path(sys.argv[1])).complete(TEMPLATE, make_requests(words(60)), settings(sys.argv[2], concurrency=5))"
    )
    with ModelServer(latency=0.3) as server:
        strace = ["strace", "-f", "-y", "-ttt", "-e", "trace=fsync,fdatasync", "-o", str(trace)]
        paths = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
        command = [*strace, sys.executable, "-c", program, str(tmp_path / "cache"), server.url]
        ran = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True)
        if "ptrace" in ran.stderr:
            pytest.skip("strace may not trace processes here")
        assert ran.returncode == 0, ran.stderr
        done = sorted(reply["done_at"] for reply in server.replies())
    lines = trace.read_text(encoding="utf-8").splitlines()
    synced = [float(line.split()[1]) for line in lines if "cache.db-wal" in line]
    late = [at for at in done if not any(at < sync < at + 1.5 for sync in synced)]
    assert len(done) == 60 and late == []
