"""Delete replies, words, and unused space on a disk that is full to the last byte."""

import hashlib
import random
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from support.commands import ProjectHere, prepare
from support.project import Project
from support.small_disk import mounted_disk

from korean_flashcards.llm.cache.disk_reserve import RESERVE_BYTES, DiskReserve
from korean_flashcards.llm.cache.reply_cache import ReplyCache

pytestmark = pytest.mark.slow

LIST = "term,definition,pos,topik_level\n남성,man,noun,1\n여성,woman,noun,1\n가다,to go,verb,1\n"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project after a run on three words, with 3,000 more replies that no task uses, and with the disk reserve."""

    def run(project: Project) -> None:
        project.word_list(LIST, "unit1.csv")
        result = project.kedro(
            "run", "--pipelines", "ingress,nuance,flashcards", "--params", "word_lists=unit1.csv",
            KEDRO_DATASET_VALIDATION="off",
        )  # fmt: skip
        assert result.code == 0, result.err
        cache = ReplyCache(project.folder / "data/cache")
        ((key,),) = project.ledger("SELECT key FROM tasks WHERE item_id = '남성#1' AND stage = 'nuance'")
        stored = cache.get(str(key))
        assert stored is not None
        with cache.store.unit():
            for number in range(3000):
                text = random.Random(number).randbytes(1000).hex()
                cache.put(
                    hashlib.sha256(text.encode()).hexdigest(), replace(stored, text=text, user=None, template=None)
                )
        cache.close()

    return Project(prepare(tmp_path_factory.mktemp("deleting") / "project", run))


@pytest.fixture
def project(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """The finished project on an empty disk of 60 MB. Its commands run in this process."""
    with mounted_disk(tmp_path / "disk", "size=60m") as disk:
        yield ProjectHere(finished.copied_to(disk / "project").folder, monkeypatch)
        monkeypatch.chdir(tmp_path)


def fill(project: Project, free: int = 0) -> None:
    """Fill the disk, and leave this many free bytes."""
    filler = project.folder.parent / "filler"
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        file.write(b"\0" * (shutil.disk_usage(project.folder).free - free))
        while not free and file.write(b"\0" * 4096):
            pass


@contextmanager
def filled_by_another_program(project: Project) -> Iterator[None]:
    """Fill the disk again and again as soon as replies are being exported, and free the space at the end."""
    ended = threading.Event()
    filler = project.folder.parent / "filler"

    def exporting() -> bool:
        return any(file.stat().st_size > 100_000 for file in (project.folder / "data").glob("cache-removed-*"))

    def keep_filling() -> None:
        with filler.open("ab", buffering=0) as file:
            while not ended.wait(0.001):
                with suppress(OSError):
                    while exporting() and file.write(b"\0" * max(shutil.disk_usage(filler).free, 4096)):
                        pass

    thread = threading.Thread(target=keep_filling)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        filler.unlink()


def reserve(project: Project) -> DiskReserve:
    made = DiskReserve(project.folder / "data/cache")
    made.make()
    return made


def with_large_ledger(project: Project, data: bytes = bytes(20_000_000)) -> None:
    """Add a table with this data to the ledger."""
    with closing(sqlite3.connect(project.folder / "data/ledger.db")) as connection:
        connection.execute("CREATE TABLE filler (data BLOB)")
        connection.execute("INSERT INTO filler VALUES (?)", (data,))
        connection.commit()


def size(project: Project) -> int:
    return (project.folder / "data/cache/cache.db").stat().st_size


def test_prune_works_on_a_full_disk_with_the_reserve_and_creates_it_again(project: Project) -> None:
    kept = reserve(project)
    fill(project)
    before = size(project)
    result = project.kedro("cache", "prune", "--max-mb", "0.2", "--yes")
    assert "Removed 2," in result.out and "exported to" in result.out, result.out + result.err
    assert result.code == 0 and size(project) < 200_000 < before
    assert project.kedro("cache", "verify").code == 0, "the replies of the tasks are still there"
    assert project.kedro("db", "verify").code == 0, "no reply counts as lost"
    (file,) = (project.folder / "data").glob("cache-removed-*.jsonl.zst")
    # The exported replies take up most of the space that the removal has freed.
    assert not kept.file.exists() or kept.file.stat().st_size == RESERVE_BYTES
    moved = shutil.move(file, project.folder.parent.parent / file.name)
    (project.folder.parent / "filler").unlink()
    assert project.kedro("cache", "import", str(moved)).code == 0


def test_the_reserve_is_created_again_as_soon_as_there_is_space(project: Project) -> None:
    kept = reserve(project)
    fill(project, free=3 * 2**20)
    assert project.kedro("cache", "prune", "--max-mb", "1", "--yes").code == 0
    assert kept.file.stat().st_size == RESERVE_BYTES


def test_without_the_reserve_a_removal_needs_little_space(project: Project) -> None:
    fill(project, free=4 * 2**20)
    result = project.kedro("cache", "prune", "--max-mb", "0.2", "--yes")
    assert result.code == 0 and size(project) < 200_000, result.out + result.err


def test_a_removal_that_runs_out_of_space_keeps_every_reply(project: Project) -> None:
    """A different program takes all the space after the first part of the replies has been exported."""
    cache = ReplyCache(project.folder / "data/cache")
    names = set(cache.store.names())
    cache.close()
    with filled_by_another_program(project):
        result = project.kedro("cache", "invalidate", "--older-than", "0h", "--yes")
    (file,) = (project.folder / "data").glob("cache-removed-*.jsonl.zst")
    said = re.search(r"Removed ([\d,]+) keys.*?([\d,]+) keys not removed.*disk is full", result.out, re.DOTALL)
    assert said and result.code == 2, result.out + result.err
    removed, left = (int(number.replace(",", "")) for number in said.groups())
    assert removed > 0 and removed + left == len(project.ledger("SELECT 1 FROM tasks")) + 3000
    assert len(set(cache.store.names())) == len(names) - removed, "only the exported replies were removed"
    cache.close()
    assert project.kedro("cache", "import", str(file)).code == 0
    assert set(cache.store.names()) == names
    assert project.kedro("db", "verify").code == 0


@pytest.mark.parametrize(
    "command",
    [
        "cache prune --max-mb 0.2 --yes",
        "cache invalidate --older-than 0h --yes",
        "db vacuum",
        "ingress rollback unit1 --yes",
    ],
)
def test_without_any_space_the_message_says_how_much_to_free_and_where(project: Project, command: str) -> None:
    fill(project)
    before = size(project)
    result = project.kedro(*command.split())
    assert result.code == 1 and " MB of free disk space, but the disk is full (0.0 MB free)" in result.err, result.err
    assert "Nothing was changed. Free " in result.err and str(project.folder / "data") in result.err
    assert size(project) == before


def test_vacuum_works_on_a_full_disk_with_the_reserve(project: Project) -> None:
    ledger = project.folder / "data/ledger.db"
    with_large_ledger(project)
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("DROP TABLE filler")
        connection.commit()
    kept = reserve(project)
    fill(project)
    result = project.kedro("db", "vacuum")
    assert result.code == 0, result.err
    assert ledger.stat().st_size < 2_000_000 and kept.file.stat().st_size == RESERVE_BYTES
    assert project.kedro("db", "health").code in (0, 2)


def test_a_rollback_works_on_a_full_disk_with_the_reserve(project: Project) -> None:
    kept = reserve(project)
    fill(project)
    result = project.kedro("ingress", "rollback", "unit1", "--yes")
    assert result.code == 0, result.err
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(0,)]
    (backup,) = (project.folder / "data/backups").glob("*.db.gz")
    (project.folder.parent / "filler").unlink()
    assert not kept.file.exists(), "the backup has taken up some of its space"
    assert project.kedro("db", "restore", "--yes").code == 0
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(3,)]
    assert backup.with_name(backup.name + ".sha256").exists()


def test_a_rollback_needs_only_the_space_of_a_compressed_backup(project: Project) -> None:
    with_large_ledger(project)
    fill(project, free=6 * 2**20)
    result = project.kedro("ingress", "rollback", "unit1", "--yes")
    assert result.code == 0, result.err
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(0,)]


def test_a_rollback_whose_backup_does_not_fit_changes_nothing(project: Project) -> None:
    with_large_ledger(project, random.Random(1).randbytes(8_000_000))
    fill(project, free=4 * 2**20)
    result = project.kedro("ingress", "rollback", "unit1", "--yes")
    said = re.search(
        r"needs (\S+) MB, but the disk is full \((\S+) MB free\)\. Nothing was changed\. Free (\S+) MB", result.err
    )
    assert result.code == 1 and said, result.err
    assert 8 < float(said[1]) < 10 and float(said[3]) == pytest.approx(float(said[1]) - float(said[2]), abs=0.11)
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(3,)]
    assert [file.name for file in (project.folder / "data/backups").iterdir()] in ([], [".lock"])


def test_a_rollback_without_a_folder_for_the_ledger_is_one_error_message(project: Project) -> None:
    (project.folder / "conf/local").mkdir(exist_ok=True)
    (project.folder / "conf/local/globals.yml").write_text("ledger: elsewhere/ledger.db\n", encoding="utf-8")
    result = project.kedro("ingress", "rollback", "unit1", "--yes")
    assert result.code == 1 and result.err.startswith("Error: The ledger elsewhere/ledger.db is missing"), result.err
