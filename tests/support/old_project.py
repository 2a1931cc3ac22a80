"""Copy the current project with the conf, lists, ledger, and cache from before the restructuring (tests/fixtures)."""

import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

from support.project import ROOT, Project

FIXTURE = ROOT / "tests" / "fixtures" / "project_before_restructuring"


def old_project(folder: Path) -> Project:
    """Copy the current code, and replace the user's files with the fixture's files."""
    project = Project.copy_to(folder)
    for name in ("conf", "data/01_raw"):
        shutil.rmtree(project.folder / name)
    for name in ("conf", "data"):
        shutil.copytree(FIXTURE / name, project.folder / name, dirs_exist_ok=True)
    (project.folder / "conf" / "local").mkdir(exist_ok=True)
    return project


def note_guids(package: Path) -> set[str]:
    """Return the GUIDs of the notes in an .apkg file."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(package) as archive:
        archive.extract("collection.anki2", folder)
        with closing(sqlite3.connect(Path(folder) / "collection.anki2")) as connection:
            return {guid for (guid,) in connection.execute("SELECT guid FROM notes")}
