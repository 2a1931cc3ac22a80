"""Test a disk that fills up during a run: requests stop early enough to store every paid reply."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.requests_to_send import NuanceRuns, words

from korean_flashcards.domain.errors import CacheError


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount an empty disk of 80 MB. Only root on Linux can do that."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(disk)]
    if sys.platform != "linux" or not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_disk_that_fills_up_loses_no_paid_reply(small_disk: Path) -> None:
    runs = NuanceRuns(small_disk)
    todo = runs.take(*(f"{word}#1" for word in words(200)))
    priced = {
        "concurrency": 10,
        "price": "known",
        "prices": {"openai/test": {"input": 1, "output": 1}},
        "max_tokens": 1000,
    }
    filler = small_disk / "other file"
    with ModelServer(latency=0.1) as server:

        def fill_up() -> None:
            while len(server.requests()) < 40:
                time.sleep(0.02)
            filler.write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 8 * 2**20))

        filling = threading.Thread(target=fill_up)
        filling.start()
        with pytest.raises(CacheError, match=r"less than 32 MB is free.*Free disk space"):
            runs.run(todo, server.url, **priced)
        filling.join()
        made = len(server.requests())
        assert 40 <= made < 200
        assert runs.sql("SELECT count(*) FROM llm_calls WHERE outcome = 'ok'") == [(made,)]
        assert runs.sql("SELECT count(*) FROM llm_reservations") == [(0,)]

        filler.unlink()
        replies = runs.run(todo, server.url, **priced)
        assert replies["text"].null_count() == 0
        terms = [request["term"] for request in server.requests()]
        assert len(terms) == len(set(terms)) == 200, "nothing was paid twice"


def test_nothing_is_requested_on_a_full_disk(small_disk: Path) -> None:
    runs = NuanceRuns(small_disk)
    todo = runs.take("배#1")
    (small_disk / "filler").write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 16 * 2**20))
    with ModelServer() as server:
        with pytest.raises(CacheError, match="you pay nothing more"):
            runs.run(todo, server.url)
        assert server.requests() == []
