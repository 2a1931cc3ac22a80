"""Test that a run names a file or folder that it cannot write: before it spends anything, and while it saves."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from kedro.io.core import DatasetError
from support.model_server import ModelServer
from support.project import ROOT, Project
from support.small_disk import mounted_disk

from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.manifest import ManifestDataset
from korean_flashcards.datasets.text import TextDataset
from korean_flashcards.files.output_places import unwritable

ENTROPY = pl.DataFrame({"text": [os.urandom(200).hex() for _ in range(8000)]})


def refused(project: Project, *messages: str) -> None:
    """Check that the run ends with these messages before it sends a request."""
    with ModelServer() as server:
        params = f"llm.model=openai/test,llm.api_base={server.url},llm.price=unknown_ok,llm.confirm_above_usd=null"
        result = project.kedro("run", "--params", params, OPENAI_API_KEY="sk-test")
        assert result.code == 1 and server.requests() == [], result.out + result.err
    assert all(message in result.err for message in messages), result.err
    assert (
        "Nothing was run or spent." in result.err and len(result.err.splitlines()) == 1 and ".probe" not in result.err
    )


def test_a_read_only_folder_is_named_before_anything_is_spent(here: Project) -> None:
    with mounted_disk(here.folder / "data/07_model_output", "ro"):
        refused(here, "data/07_model_output cannot be written: the disk is read-only. Make the disk writable, then")


@pytest.mark.slow
def test_a_full_disk_is_named_before_anything_is_spent(here: Project) -> None:
    with mounted_disk(here.folder / "data/08_reporting/data_docs", "size=1m"):
        refused(here, "data/08_reporting/data_docs cannot be written: the disk is full. Free disk space, then")


def folder_for_the_deck(data: Path) -> None:
    (data / "07_model_output/korean.apkg").mkdir(parents=True)


def file_for_a_folder(data: Path) -> None:
    shutil.rmtree(data / "04_feature", ignore_errors=True)
    (data / "04_feature").write_text("", encoding="utf-8")


def missing_disk(data: Path) -> None:
    shutil.rmtree(data / "03_primary", ignore_errors=True)
    (data / "03_primary").symlink_to(data / "disk/03_primary")


BLOCKS: dict[str, tuple[Callable[[Path], None], str]] = {
    "folder": (
        folder_for_the_deck,
        "data/07_model_output/korean.apkg cannot be written: it is a folder, not a file. Move",
    ),
    "file": (file_for_a_folder, "data/04_feature is a file, not a folder. Move it away, then"),
    "link": (missing_disk, "which does not exist. Mount the disk, or remove the link, then"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("block", "message"), BLOCKS.values(), ids=BLOCKS)
def test_something_in_the_way_is_named_before_anything_is_spent(here, block, message):
    block(here.folder / "data")
    refused(here, message)


AS_ANOTHER_USER = """
import os, sys
from pathlib import Path
from korean_flashcards.files.output_places import unwritable
os.setuid(65534)
print(unwritable([Path(sys.argv[1])]))
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("mode", [0o755, 0o700], ids=["the folder", "a folder above it"])
def test_a_folder_without_permission_is_named(mode: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(mode)
        (Path(place) / "data").mkdir(mode=0o755)
        run = [sys.executable, "-c", AS_ANOTHER_USER, f"{place}/data/new/deck.apkg"]
        result = subprocess.run(run, capture_output=True, text=True, encoding="utf-8")
    permission = "cannot be written: you do not have permission. Allow access to "
    assert permission in result.stdout, result.stderr


def test_folders_that_can_be_written_are_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert unwritable([tmp_path / "data/a.parquet", tmp_path / "data/new/deeper/b.parquet"]) is None
    assert list(tmp_path.rglob("*")) == [tmp_path / "data"]


SAVES: dict[str, tuple[Callable[..., Any], Any]] = {
    "frame": (FrameDataset, ENTROPY),
    "text": (TextDataset, "x" * 2_000_000),
    "manifest": (lambda filepath: ManifestDataset(filepath=filepath, columns=["text"]), ENTROPY),
}


@pytest.mark.parametrize(("kind", "content"), SAVES.values(), ids=SAVES)
def test_a_disk_that_fills_up_is_named_without_the_words_of_a_library(tmp_path, monkeypatch, kind, content):
    monkeypatch.chdir(tmp_path)
    with mounted_disk(tmp_path / "disk", "size=1m"):
        (tmp_path / "disk/file.bin").write_text("old", encoding="utf-8")
        with pytest.raises(DatasetError) as caught:
            kind(filepath=str(tmp_path / "disk/file.bin")).save(content)
        assert str(caught.value) == (
            "disk/file.bin cannot be written: the disk is full. The previous file is unchanged, and replies that you paid "
            "for are in the cache. Free disk space. Then run the same command again."
        )
        assert (tmp_path / "disk/file.bin").read_text() == "old" and len(list((tmp_path / "disk").iterdir())) == 1


@pytest.mark.slow
def test_a_disk_that_fills_up_during_an_export_is_named(finished: Project, here: Project) -> None:
    shutil.copytree(finished.folder / "data", here.folder / "data", dirs_exist_ok=True)
    folder = here.folder / "data/07_model_output"
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    with mounted_disk(folder, "size=1500k"):
        for name, content in before.items():
            (folder / name).write_bytes(content)
        (folder / "other").write_bytes(b"\0" * (shutil.disk_usage(folder).free - 50_000))
        result = here.kedro("run", "--pipeline=export")
        assert result.code == 1 and "the disk is full" in result.err and "Errno" not in result.err, result.err
        assert "thrift" not in result.err and "Free disk space" in result.err
        assert (folder / "korean.apkg").read_bytes() == before["korean.apkg"]
