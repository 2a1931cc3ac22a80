"""Test that a copy of the cache's file alone contains every reply, and that temporary files of killed runs go away."""

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.project import Project
from support.requests_to_send import TEMPLATE, make_requests, settings, words

from korean_flashcards.files.temporary_files import clear_temporary
from korean_flashcards.llm.cache.replies import StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.client import LLMClient

REPLY = StoredReply("{}", 1, 1, None, 0.1, 1, "m", "nuance", "2026-11-01T08:00:00Z")


def names_in_copy(folder: Path) -> set[str]:
    """Return the names of the entries in a copy of cache.db, without its write-ahead log."""
    copy = folder.with_name("copy.db")
    shutil.copyfile(folder / "cache.db", copy)
    with closing(sqlite3.connect(copy)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        return {name for (name,) in connection.execute("SELECT key FROM Cache")} if "Cache" in tables else set()


def test_after_close_a_copy_of_the_file_is_complete_although_other_threads_keep_their_connections(
    tmp_path: Path,
) -> None:
    cache, opened, done = ReplyCache(tmp_path / "cache"), threading.Event(), threading.Event()

    def store() -> None:
        cache.put("other", REPLY)
        opened.set()
        done.wait(30)

    thread = threading.Thread(target=store)
    thread.start()
    opened.wait(30)
    cache.put("own", REPLY)
    try:
        assert names_in_copy(cache.folder) == set(), "SQLite leaves both replies in the log"
        cache.close()
        assert names_in_copy(cache.folder) == {"own", "other"}
    finally:
        done.set()
        thread.join()


def test_a_copy_is_complete_after_each_process_although_a_different_one_keeps_the_cache_open(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from korean_flashcards.llm.cache.reply_cache import ReplyCache
        cache = ReplyCache(Path(sys.argv[1]))
        cache.open()
        print("open", flush=True)
        sys.stdin.read()
    """)
    folder = tmp_path / "cache"
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == "open\n"
        cache = ReplyCache(folder)
        cache.put("key", REPLY)
        cache.close()
        assert names_in_copy(folder) == {"key"}
    finally:
        process.communicate("")


def test_after_a_dispatch_a_copy_is_complete(tmp_path: Path) -> None:
    requests = make_requests(words(20))
    client = LLMClient(tmp_path / "cache")
    with ModelServer() as server:
        client.complete(TEMPLATE, requests, settings(server.url))
    client.close()
    assert names_in_copy(tmp_path / "cache") >= {request.key for request in requests}


@pytest.mark.parametrize(
    ("name", "cleared"),
    [
        (".nuance.parquet.1a2b3c4d.parquet", True), (".manifest.1a2b3c4d", True), (".index.html.00000000.html", True),
        ("nuance.parquet", False), (".gitkeep", False), (".notes.2026.txt", False), (".nuance.parquet.1a2b3c4", False),
    ],
)  # fmt: skip
def test_only_the_names_of_temporary_files_are_cleared(tmp_path: Path, name: str, cleared: bool) -> None:
    (tmp_path / "docs").mkdir()
    file = tmp_path / "docs" / name
    file.touch()
    assert clear_temporary(tmp_path) == cleared
    assert file.exists() != cleared


@pytest.mark.slow
def test_the_next_run_deletes_what_a_killed_run_left_behind(finished: Project, tmp_path: Path) -> None:
    data = finished.copied_to(tmp_path / "project").folder / "data"
    left = [
        data / "03_primary" / ".nuance.parquet.1a2b3c4d.parquet", data / ".runs" / "20261101T080000Z-1a2b3c4d.lock",
        data / "08_reporting" / "data_docs" / ".index.html.1a2b3c4d.html",
    ]  # fmt: skip
    kept = [data / "01_raw" / ".list.csv.1a2b3c4d.csv", data / "04_feature" / ".notes"]
    for file in (*left, *kept):
        file.touch()
    an_hour_ago = time.time() - 3600
    os.utime(left[1], (an_hour_ago, an_hour_ago))
    result = Project(tmp_path / "project").kedro("run", "--pipelines=reporting")
    assert result.code == 0, result.err
    assert [file for file in left if file.exists()] == []
    assert [file for file in kept if not file.exists()] == []
