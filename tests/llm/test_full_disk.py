"""Test a disk that fills up during a run: every paid reply is stored, or named."""

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl
import pytest
from support.model_server import ModelServer
from support.requests_to_send import NuanceRuns, words
from support.small_disk import mounted_disk

from korean_flashcards.domain.errors import CacheError
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.dispatch import reply_writer

PRICED = {
    "concurrency": 10, "price": "known", "prices": {"openai/test": {"input": 1, "output": 1}}, "max_tokens": 1000,
}  # fmt: skip


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield an empty disk of 80 MB."""
    with mounted_disk(tmp_path / "disk", "size=80m") as disk:
        yield disk


@pytest.mark.slow
def test_requests_stop_while_the_disk_still_has_room_for_replies(small_disk: Path) -> None:
    runs = NuanceRuns(small_disk)
    todo = runs.take(*(f"{word}#1" for word in words(200)))
    filler = small_disk / "other file"
    with ModelServer(latency=0.1) as server:

        def fill_up() -> None:
            while len(server.requests()) < 40:
                time.sleep(0.02)
            filler.write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 8 * 2**20))

        filling = threading.Thread(target=fill_up)
        filling.start()
        with pytest.raises(CacheError, match=r"less than 32 MB of free space.*Free disk space"):
            runs.run(todo, server.url, **PRICED)
        filling.join()
        made = len(server.requests())
        assert 40 <= made < 200
        assert runs.sql("SELECT count(*) FROM llm_calls WHERE outcome = 'ok'") == [(made,)]
        assert runs.sql("SELECT count(*) FROM llm_reservations") == [(0,)]

        filler.unlink()
        replies = runs.run(todo, server.url, **PRICED)
        assert replies["text"].null_count() == 0
        terms = [request["term"] for request in server.requests()]
        assert len(terms) == len(set(terms)) == 200, "nothing was paid twice"


def test_nothing_is_requested_on_a_full_disk(small_disk: Path) -> None:
    runs = NuanceRuns(small_disk)
    todo = runs.take("배#1")
    (small_disk / "filler").write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 16 * 2**20))
    with ModelServer() as server:
        with pytest.raises(CacheError, match="there are no further costs"):
            runs.run(todo, server.url)
        assert server.requests() == []


@contextmanager
def filling_up(disk: Path, when: Callable[[], bool], until: Callable[[], bool] | None = None) -> Iterator[None]:
    """Fill the disk to the last byte when a condition holds, once or again and again until another condition holds."""
    ended = threading.Event()
    filler = disk / "other file"

    def fill() -> None:
        while not when() and not ended.wait(0.01):
            pass
        with filler.open("ab", buffering=0) as file:
            while not ended.wait(0.005):
                with suppress(OSError):
                    while True:
                        file.write(b"\0" * min(shutil.disk_usage(disk).free or 1, 2**20))
                if until is None or until():
                    break
        if until is not None and not ended.is_set():
            filler.unlink()

    thread = threading.Thread(target=fill)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        filler.unlink(missing_ok=True)


def stored(runs: NuanceRuns, todo: pl.DataFrame, server: ModelServer) -> tuple[list[str], set[str]]:
    """Return the terms that the server answered, and those of them whose replies are stored."""
    answered = [request["term"] for request in server.requests() if request["status"] == 200]
    keys = runs.plan(todo, server.url, **PRICED).select("item_id", "key").iter_rows()
    return answered, {item_id.split("#")[0] for item_id, key in keys if runs.client.cached([key])}


@pytest.mark.slow
def test_replies_in_flight_fit_on_a_disk_that_is_full_to_the_last_byte(small_disk: Path) -> None:
    runs = NuanceRuns(small_disk)
    todo = runs.take(*(f"{word}#1" for word in words(200)))
    with ModelServer(latency=0.3) as server:
        with (
            filling_up(small_disk, lambda: len(server.requests()) >= 35),
            pytest.raises(CacheError, match=r"disk is full.*All paid replies from this run are stored"),
        ):
            runs.run(todo, server.url, **PRICED)
        answered, kept = stored(runs, todo, server)
        assert 35 <= len(answered) < 60 and kept == set(answered)
        assert runs.sql("SELECT count(*) FROM llm_calls WHERE outcome = 'ok'") == [(len(answered),)]
        replies = runs.run(todo, server.url, **PRICED)
        assert replies["text"].null_count() == 0 and len(server.requests()) == 200, "nothing was paid twice"


@pytest.mark.slow
def test_replies_are_stored_when_the_disk_has_space_again(small_disk: Path, tmp_path: Path) -> None:
    """Another program takes the reserved space, too, but frees it while the run waits."""
    runs = NuanceRuns(tmp_path)
    runs.client = LLMClient(small_disk / "cache")
    todo = runs.take(*(f"{word}#1" for word in words(200)))
    full_since: list[float] = []

    def full() -> bool:
        return len(server.requests()) >= 35 and full_since.append(time.monotonic()) is None

    with ModelServer(latency=0.3) as server:
        with (
            filling_up(small_disk, full, lambda: time.monotonic() > full_since[0] + 4),
            pytest.raises(CacheError, match=r"disk is full.*All paid replies from this run are stored"),
        ):
            runs.run(todo, server.url, **PRICED)
        answered, kept = stored(runs, todo, server)
        assert 35 <= len(answered) < 60 and kept == set(answered)


@pytest.mark.slow
def test_each_lost_reply_is_named_if_the_disk_stays_full(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger is on another disk, so each call is booked."""
    monkeypatch.setattr(reply_writer, "PATIENCE", 1.0)
    runs = NuanceRuns(tmp_path)
    runs.client = LLMClient(small_disk / "cache")
    todo = runs.take(*(f"{word}#1" for word in words(200)))
    with ModelServer(latency=0.3) as server:
        with (
            filling_up(small_disk, lambda: len(server.requests()) >= 35, lambda: False),
            pytest.raises(CacheError) as raised,
        ):
            runs.run(todo, server.url, **PRICED)
        answered, kept = stored(runs, todo, server)
        lost = set(answered) - kept
        said = re.match(r"(\d+) paid repl.*? will pay again for: (.*?)\.", str(raised.value))
        assert said, raised.value
        assert lost and (int(said[1]), set(said[2].split(", "))) == (len(lost), lost)
        assert len(answered) < 60, "no request was sent on the full disk"
        assert runs.sql("SELECT count(*) FROM tasks WHERE stage = 'nuance' AND state = 'done'") == [(len(kept),)]
        assert runs.sql("SELECT count(*) FROM llm_calls WHERE outcome = 'ok'") == [(len(answered),)]
