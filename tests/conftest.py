"""Define fixtures for all tests: copies of the project, before or after a run."""

import gc
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support.commands import ProjectHere
from support.once import once
from support.project import Project, Result

# The suite starts hundreds of Python processes. Without bytecode, each would compile the package for over a second.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Collecting creates objects that live until the end. Searching them for garbage would take a fifth of the time.
gc.disable()
# Times are measured in benchmarks. On a busy machine, any example can take long. A function-scoped fixture stays an error.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

LONGEST = ("test_list_changes", "test_long_list", "test_kill_series", "test_damage_drill", "test_pair_series")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first. If one of them started last, the other processes would wait for it."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


def pytest_collection_finish() -> None:
    """Exempt the modules and the collected tests from garbage collection, and collect what the tests leave behind."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Return one test process more than there are cores, because many tests wait for servers and other processes.

    The slow tests wait most. With them, one more process is worth the time that its start takes.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    more = 1 if "not slow" in config.option.markexpr else 2
    return more + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a copy of the project in which nothing has been run."""
    return Project.copy_to(tmp_path / "project")


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the project whose commands run in this process, which saves their start-up time."""
    return ProjectHere(project.folder, monkeypatch)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, first_run: tuple[Path, Result]) -> Project:
    """Return a project after one ``kedro run``, for tests that only read."""
    return Project(first_run[0]).copied_to(tmp_path_factory.mktemp("finished") / "project")


@pytest.fixture
def finished_here(finished: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return the finished project. Its commands run in this process."""
    return ProjectHere(finished.folder, monkeypatch)


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return the folder of a project after one ``kedro run``, and its result. All test processes share the run."""

    def make(folder: Path) -> None:
        result = Project.copy_to(folder / "project").kedro("run")
        assert result.code == 0, result.err
        (folder / "ended.json").write_text(json.dumps(asdict(result)), encoding="utf-8")

    folder = once(tmp_path_factory, "first-run", make)
    return folder / "project", Result(**json.loads((folder / "ended.json").read_text(encoding="utf-8")))
