"""Test that runs that reach one ledger through different paths see each other."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.filled_ledger import fill
from support.ledger import fresh_ledger, ledger_at

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger.db import backups
from korean_flashcards.ledger.db.health import health
from korean_flashcards.llm.client import LLMClient


def _file_link(folder: Path, ledger: Path) -> Path:
    (folder / "link.db").symlink_to(ledger)
    return folder / "link.db"


def _folder_link(folder: Path, ledger: Path) -> Path:
    (folder / "linked").symlink_to(ledger.parent, target_is_directory=True)
    return folder / "linked" / ledger.name


def _chain(folder: Path, ledger: Path) -> Path:
    second = _folder_link(folder, ledger)
    (folder / "chain.db").symlink_to(Path("linked") / second.name)
    return folder / "chain.db"


def _dotted(folder: Path, ledger: Path) -> Path:
    return folder / ".." / folder.name / ".." / ledger.parent.name / ledger.name


def _relative(folder: Path, ledger: Path) -> Path:
    return Path(os.path.relpath(ledger))


@pytest.mark.parametrize("other_path", [_file_link, _folder_link, _chain, _dotted, _relative])
def test_a_run_sees_a_run_that_uses_a_different_path(tmp_path: Path, other_path: Callable[[Path, Path], Path]) -> None:
    (tmp_path / "links").mkdir()
    with fresh_ledger(tmp_path / "data") as one:
        run_id = one.runs.wait_for_others("same")
        with ledger_at(other_path(tmp_path / "links", tmp_path / "data" / "ledger.db")) as two:
            assert two.runs.alive(run_id) and two.runs.sweep() == 0
            assert one.runs.alive(two.runs.wait_for_others("same"))
    assert list((tmp_path / "links").glob(".runs")) == []


def test_a_link_that_leads_nowhere_is_an_unmounted_disk_and_nothing_is_created(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "data" / "ledger.db")
    with pytest.raises(LedgerError, match=r"the disk is not mounted.*Mount the disk"):
        ledger_at(tmp_path / "link.db").runs.enter("run")
    assert [file.name for file in tmp_path.iterdir()] == ["link.db"]


def test_an_empty_file_at_the_target_of_a_link_becomes_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ledger.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "data" / "ledger.db")
    with ledger_at(tmp_path / "link.db") as one, ledger_at(tmp_path / "data" / "ledger.db") as two:
        assert two.runs.alive(one.runs.enter("run"))


def test_the_cache_is_opened_at_its_real_path(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "cache", target_is_directory=True)
    assert LLMClient(tmp_path / "link")._cache.folder == (tmp_path / "cache").resolve()


def test_the_health_of_a_ledger_that_is_not_mounted_names_the_backups(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    fill(ledger)
    made = backups.make(ledger, None)
    ledger.unlink()
    ledger.symlink_to(tmp_path / "unmounted" / "ledger.db")
    found = health(ledger)
    assert (found.state, found.backups, found.last_backup) == ("broken", 1, str(made))
