"""Test that datasets replace files atomically, and that their errors say what is missing or damaged."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from kedro.io.core import DatasetError
from support.project import ROOT

from korean_flashcards.datasets import rules
from korean_flashcards.datasets.anki import AnkiPackageDataset, AnkiTemplatesDataset
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.prompt import PromptDataset
from korean_flashcards.datasets.text import TextDataset
from korean_flashcards.datasets.word_lists import WordListsDataset
from korean_flashcards.domain.errors import WordListError
from korean_flashcards.files import atomic

FRAME = pl.DataFrame({"term": ["남성", None], "tags": [["a"], []], "n": [1, 2]})
WRITERS: dict[str, tuple[type[Any], Any, Any]] = {
    "frame": (FrameDataset, FRAME, FRAME.with_columns(odd=pl.Series([object(), object()], dtype=pl.Object))),
    "text": (TextDataset, "new\n", "half a character \ud800"),
    "package": (AnkiPackageDataset, b"new", "not bytes"),
}


def message(action: Callable[[], object]) -> str:
    with pytest.raises(DatasetError) as caught:
        action()
    return str(caught.value)


@pytest.mark.parametrize(("kind", "good", "bad"), WRITERS.values(), ids=WRITERS)
def test_a_failed_save_keeps_the_old_file_and_leaves_no_temporary_file(tmp_path, kind, good, bad):
    dataset = kind(filepath=str(tmp_path / "layer" / "file.bin"))
    dataset.save(good)
    before = (tmp_path / "layer" / "file.bin").read_bytes()
    with pytest.raises(Exception):  # noqa: B017 - each writer fails differently
        dataset.save(bad)
    assert [file.name for file in (tmp_path / "layer").iterdir()] == ["file.bin"]
    assert (tmp_path / "layer" / "file.bin").read_bytes() == before


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_interrupted_write_keeps_the_old_file(tmp_path, stop):
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(stop), atomic.atomic_path(target) as path:
        path.write_text("half")
        raise stop
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"file.txt": "old"}


def test_the_old_file_can_be_read_while_the_new_one_is_written(tmp_path):
    target = tmp_path / "file.txt"
    target.write_text("old")
    with atomic.atomic_path(target) as path:
        path.write_text("new")
        assert target.read_text() == "old" and path.parent == tmp_path
    assert target.read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_a_saved_file_has_the_usual_permissions(tmp_path):
    TextDataset(filepath=str(tmp_path / "saved.txt")).save("x")
    (tmp_path / "other.txt").write_text("x")
    assert (tmp_path / "saved.txt").stat().st_mode == (tmp_path / "other.txt").stat().st_mode


WRITE_IN_THREADS = """
import os, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from korean_flashcards.files.atomic import atomic_path
folder = Path(sys.argv[1])
os.umask(0o027)
changed = os.umask
def slowly(mask):  # leave time for other threads to see a changed umask
    before = changed(mask)
    time.sleep(0.001)
    return before
os.umask = slowly
def save(number):
    with atomic_path(folder / f"saved{number % 4}.txt") as path:
        path.write_text("x")
def write(number):
    (folder / f"plain{number}.txt").write_text("x")
with ThreadPoolExecutor(8) as pool:
    for number in range(400):
        pool.submit(save, number)
        pool.submit(write, number)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_files_written_at_the_same_time_all_have_the_permissions_of_the_umask(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-c", WRITE_IN_THREADS, str(tmp_path)], env=environment, check=True)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert len(modes) == 404 and set(modes.values()) == {0o640}, modes


def test_a_frame_is_loaded_as_it_was_saved(tmp_path):
    dataset = FrameDataset(filepath=str(tmp_path / "a" / "frame.parquet"))
    dataset.save(FRAME)
    assert dataset.load().equals(FRAME) and dataset.load().schema == FRAME.schema
    assert dataset.preview(1)["data"] == [["남성", "['a']", "1"]]


@pytest.mark.parametrize("text", ["", "a\tb\t\n", "한글\n\n", " leading"])
def test_a_text_is_loaded_as_it_was_saved(tmp_path, text):
    dataset = TextDataset(filepath=str(tmp_path / "file.tsv"))
    dataset.save(text)
    assert dataset.load() == text
    assert (tmp_path / "file.tsv").read_bytes() == text.encode()


@pytest.mark.parametrize("kind", [FrameDataset, TextDataset])
def test_the_error_for_a_missing_layer_names_the_command_that_creates_it(tmp_path, kind):
    dataset = kind(filepath=str(tmp_path / "nuance.parquet"))
    assert not dataset.exists()
    assert "nuance.parquet does not exist yet. Run `kedro run` first" in message(dataset.load)


DAMAGES = {
    "empty": (b"", "it is empty"),
    "short": (b"PAR1", "parts of it cannot be read"),
    "text": (b"not a table at all", "it is not a Parquet file"),
    "truncated": (None, "its end is missing"),
}


@pytest.mark.parametrize(("damage", "reason"), DAMAGES.values(), ids=DAMAGES)
def test_the_error_for_a_damaged_layer_says_that_paid_replies_are_kept(tmp_path, damage, reason):
    path = tmp_path / "nuance.parquet"
    FrameDataset(filepath=str(path)).save(FRAME)
    path.write_bytes(path.read_bytes()[:-20] if damage is None else damage)
    said = message(FrameDataset(filepath=str(path)).load)
    assert said == (
        f"The layer nuance ({path}) is damaged: {reason}. Run `kedro run` to rebuild it. This costs nothing: replies that "
        "you paid for come from the cache."
    )
    for file in (path, tmp_path / "none.parquet"):
        assert FrameDataset(filepath=str(file), optional=True).load().is_empty()


def test_the_error_for_a_damaged_text_names_the_file_and_the_command(tmp_path):
    path = tmp_path / "report.html"
    path.write_bytes(b"\xff\xfe\x00")
    said = message(TextDataset(filepath=str(path)).load)
    assert "report.html" in said and "kedro run" in said


def prompt(folder: Path, data: bytes) -> Any:
    (folder / "nuance.md").write_bytes(data)
    return PromptDataset(filepath=str(folder / "nuance.md")).load()


@pytest.mark.parametrize(
    "data",
    [b"# Role\r\nYou are.\r\n", b"# Role\nYou are.", b"\n# Role\nYou are.\n\n", b"\xef\xbb\xbf# Role\nYou are.\n"],
    ids=["CRLF", "no final newline", "blank lines", "BOM"],
)
def test_line_endings_and_a_bom_do_not_change_the_version_of_a_prompt(tmp_path, data):
    read = prompt(tmp_path, data)
    assert (read.name, read.text) == ("nuance", "# Role\nYou are.")
    assert read.version == prompt(tmp_path, b"# Role\nYou are.\n").version
    assert read.version != prompt(tmp_path, b"# Role\nYou are!\n").version


@pytest.mark.parametrize("data", [None, b"", b" \n\t\n"])
def test_a_missing_or_empty_prompt_is_an_error(tmp_path, data):
    if data is not None:
        (tmp_path / "nuance.md").write_bytes(data)
    said = message(PromptDataset(filepath=str(tmp_path / "nuance.md")).load)
    assert "nuance.md is missing or empty. Nothing was sent." in said


def test_word_lists_are_the_files_of_a_folder_and_its_subfolders(tmp_path):
    found = ["a.TSV", "b.csv", "c.txt", "unit 1/b.csv", "unit 1/deep/d.xlsx"]
    ignored = ["README.md", "._b.csv", ".hidden.csv", ".git/x.csv", "unit 1/.x/y.csv", "unit 1/README.txt", "~$d.xlsx"]
    for name in [*found, *ignored]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "folder.csv").mkdir()
    lists = WordListsDataset(path=str(tmp_path)).load()
    assert [(file.name, file.data.decode()) for file in lists] == [(name, name) for name in found]
    assert [file.source for file in lists] == [(tmp_path / file.name).resolve().as_posix() for file in lists]


def test_a_word_list_may_be_one_file_of_any_name(tmp_path):
    (tmp_path / "words.list").write_bytes(b"x")
    (only,) = WordListsDataset(path=str(tmp_path / "words.list")).load()
    assert (only.name, only.data) == ("words.list", b"x")


def test_a_list_in_the_project_is_identified_by_its_path_in_the_project(project):
    (sample,) = WordListsDataset(path=str(project.folder / "data/01_raw")).load()
    assert sample.source == "data/01_raw/sample_words.csv"


def test_a_missing_word_list_is_an_error_that_names_the_path(tmp_path):
    """Kedro wraps the error in a DatasetError. The commands show its cause."""
    with pytest.raises(DatasetError) as caught:
        WordListsDataset(path=str(tmp_path / "missing.csv")).load()
    cause = caught.value.__cause__
    assert isinstance(cause, WordListError) and str(cause).startswith("There is no word list")
    assert str(tmp_path / "missing.csv") in str(cause) and str(cause).endswith("Nothing was imported. Check the path.")


def test_an_empty_folder_has_no_lists(tmp_path):
    assert WordListsDataset(path=str(tmp_path)).load() == []


@pytest.mark.parametrize("kind", [PromptDataset, WordListsDataset, AnkiTemplatesDataset])
def test_input_files_are_never_overwritten(tmp_path, kind):
    path = tmp_path / "file"
    path.write_text("mine")
    dataset = kind(**{"filepath" if kind is PromptDataset else "path": str(path)})
    assert "read-only and cannot be saved by a node." in message(lambda: dataset.save("x"))
    assert path.read_text() == "mine"


def test_the_error_for_missing_templates_names_the_file(tmp_path):
    assert "front.html" in message(AnkiTemplatesDataset(path=str(tmp_path)).load)


def test_the_error_for_a_missing_package_names_the_command_that_creates_it(tmp_path):
    assert "--pipeline=export" in message(AnkiPackageDataset(filepath=str(tmp_path / "korean.apkg")).load)


def test_every_other_file_is_named_in_one_message(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "media").mkdir()
    for name in (
        "media/남성.mp3",
        "media/배#2.JPG",
        "words.csv",
        "unit3.docx",
        "more/deck.apkg",
        "noending",
        "README.md",
        ".hidden.csv",
    ):
        (tmp_path / name).write_bytes(b"term\n")
    assert [file.name for file in WordListsDataset(path=str(tmp_path)).load()] == ["words.csv"]
    (message,) = [record.getMessage() for record in caplog.records]
    assert message.startswith("Not read: more/deck.apkg, noending, unit3.docx. Only .csv, .tsv, .txt, and .xlsx files")


def test_the_version_of_the_checks_changes_with_their_code(tmp_path, monkeypatch):
    monkeypatch.setattr(rules, "_PACKAGE", tmp_path)
    (tmp_path / "checks").mkdir()
    file = tmp_path / "checks" / "ipa.py"
    versions = set()
    for text in ("one = 1\n", "one = 2\n"):
        file.write_text(text, encoding="utf-8")
        dataset = rules.CheckRulesDataset(folders=["checks"])
        versions |= {dataset.load(), dataset.load()}
    (tmp_path / "checks" / "ipa.pyc").write_bytes(b"1")
    assert len(versions) == 2 and rules.CheckRulesDataset(folders=["checks"]).load() in versions


def test_the_request_format_is_not_part_of_the_prompt(tmp_path: Path) -> None:
    plain, marked = (prompt(tmp_path, text.encode()) for text in ("Do it.", "<!-- request format 2 -->\n\nDo it.\n"))
    assert (plain.request_format, marked.request_format) == (1, 2)
    assert plain.text == marked.text == "Do it." and plain.version == marked.version
    (tmp_path / "nuance.md").write_text("<!-- request format 3 -->\nDo it.")
    said = message(PromptDataset(filepath=str(tmp_path / "nuance.md")).load)
    assert "is for request format 3, which this version does not know. Nothing was sent." in said
