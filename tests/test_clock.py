"""Commands work with a clock that is decades wrong, as on a computer with an empty battery."""

import shutil
import subprocess
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.anki import AnkiProfile
from support.commands import ran_here
from support.project import Project

CLOCK = Path(__file__).parent / "support" / "clock.c"
QUICK = {"KEDRO_DATASET_VALIDATION": "off"}


def in_year(year: int, library: Path) -> dict[str, str]:
    """Return the environment of a process whose clock shows the first of June of that year."""
    shift = int(datetime(year, 6, 1, tzinfo=UTC).timestamp() - time.time())
    return {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(shift)}


@pytest.mark.slow
@pytest.mark.parametrize("year", [1971, 2110])
def test_a_project_works_in_a_different_year_and_afterward(project: Project, tmp_path: Path, year: int) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler for the library that changes the clock")
    library = tmp_path / "clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, CLOCK, "-ldl"], check=True, timeout=60)
    (project.folder / "data/01_raw/sample_words.csv").write_text("term,definition\n사과,apple\n남성,man\n", "utf-8")
    for command in (["run"], ["run"], ["db", "backup"], ["ingress", "list"]):
        ran = project.kedro(*command, **QUICK, **in_year(year, library))
        assert (ran.code, "Traceback" in ran.err) == (0, False), (command, ran)
    assert f"{year}-06-01" in ran.out
    with zipfile.ZipFile(project.folder / "data/07_model_output/korean.apkg") as package:
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
    with AnkiProfile(tmp_path / "anki") as profile:
        imported = profile.import_package(project.folder / "data/07_model_output/korean.apkg")
    assert imported.new > 0
    for command in (["run"], ["db", "backup"], ["db", "verify"]):
        today = ran_here(project, QUICK, *command)
        assert (today.code, "Traceback" in today.err) == (0, False), (command, today)
    assert project.ledger("SELECT count(*) FROM tasks WHERE state = 'done'") == [(4,)]
