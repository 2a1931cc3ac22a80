"""Text is cleaned at each entry: lists, replies, edits, and imports from an earlier system reach no record uncleaned."""

import json
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from legacy.sources import analysis_row, card_row, database
from support.commands import ProjectHere
from support.model_server import ModelServer
from support.project import Project
from support.server_faults import unclean

from korean_flashcards.domain.clean_text import clean

pytestmark = pytest.mark.slow

# As server_faults.unclean adds them to each string of a reply.
HEAD, TAIL = "\u202e", "\0\x1f\u200b\ufeff"
OUTPUT = "data/07_model_output"


@pytest.fixture
def done(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project that a test may change."""
    return ProjectHere(finished.copied_to(tmp_path / "done").folder, monkeypatch)


def dirty(text: str) -> str:
    return f"{HEAD}{unicodedata.normalize('NFD', text)}{TAIL}"


def texts(value: Any) -> Iterator[str]:
    """Yield every string in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from (name, *texts(part))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def written(project: Project) -> Iterator[tuple[str, str]]:
    """Yield every string in the layers, the exports, and the ledger's words, rows, and edits, with its place."""
    for layer in (project.folder / "data").glob("0*/*.parquet"):
        if not layer.stem.endswith("_replies"):  # the replies as the model sent them
            yield from ((layer.stem, text) for text in texts(pl.read_parquet(layer).to_dicts()))
    for name in ("cards.tsv", "anki_notes.txt"):
        if (file := project.folder / OUTPUT / name).exists():
            yield from ((name, line) for line in file.read_text(encoding="utf-8").split("\n"))
    for name in ("cards.json", "manifest.json"):
        if (file := project.folder / OUTPUT / name).exists():
            yield from ((name, text) for text in texts(json.loads(file.read_text(encoding="utf-8"))))
    yield from (("korean.apkg", text) for text in note_fields(project))
    for table in ("vocabulary_items", "import_rows", "import_batches", "overrides", "reviews"):
        rows = project.ledger(f"SELECT * FROM {table}")
        yield from ((table, part) for text in texts(rows) for part in (text, *texts(decoded(text))))


def decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def note_fields(project: Project) -> Iterator[str]:
    if not (project.folder / OUTPUT / "korean.apkg").exists():
        return
    with zipfile.ZipFile(project.folder / OUTPUT / "korean.apkg") as package:
        package.extract("collection.anki2", project.folder)
    with closing(sqlite3.connect(project.folder / "collection.anki2")) as collection:
        notes = collection.execute("SELECT flds, tags FROM notes").fetchall()
    # Anki separates fields with U+001F. In a field, it would make one field too many.
    assert len({fields.count("\x1f") for fields, _ in notes}) == 1
    for fields, tags in notes:
        yield from (*fields.split("\x1f"), tags)


def uncleaned(project: Project) -> set[str]:
    """Return the places with text that cleaning would change."""
    return {place for place, text in written(project) if clean(text) != text}


def only_list(project: Project, text: str) -> None:
    for file in (project.folder / "data/01_raw").glob("*.csv"):
        file.unlink()
    (project.folder / "data/01_raw/words.csv").write_bytes(text.encode("utf-8", "surrogatepass").replace(b"\0", b""))


def test_text_from_lists_and_replies_is_clean_up_to_the_manifest(here: Project) -> None:
    cells = (dirty("한국"), dirty("Korea"), dirty("韓\uf92a"), dirty("한국에 가요."), dirty("unit3"))
    header = "term,definition,hanja,example,tags"
    only_list(here, f"{header}\n{','.join(cells)}\n바람,wind,,,\n이자,interest,\uf9e1子,,\n")
    with ModelServer(always="unclean") as server:
        params = f"llm.model=openai/test,llm.price=unknown_ok,llm.api_base={server.url}"
        result = here.kedro("run", "--params", params, OPENAI_API_KEY="sk-planted-secret-0123456789")
        assert result.code == 0, result.out + result.err
        assert len(server.requests()) == 6
    assert here.frame("vocabulary")["term"].to_list() == ["한국", "바람", "이자"]
    assert here.frame("vocabulary")["hanja"].to_list() == ["韓浪", None, "李子"]
    assert here.frame("flashcards")["item_id"].n_unique() == 3
    assert (here.folder / OUTPUT / "manifest.json").exists()
    assert uncleaned(here) == set()


def test_text_from_edits_is_clean(done: Project) -> None:
    edits = (
        ("Scene", "front", dirty("누구예요?")),
        ("Scene", "tags", dirty("내 태그")),
        ("analysis", "primary_meaning", dirty("a man")),
        ("analysis", "korean_keywords", json.dumps(unclean(["남성", "남자"]))),
    )
    for card, field, value in edits:
        args = ("--field", field, "--value", value.replace("\0", ""), "--reason", dirty("명확하게"))
        result = done.kedro("review", "edit", unicodedata.normalize("NFD", "남성"), "--card", card, *args)
        assert result.code == 0, result.err
    result = done.kedro("run", "--pipelines=quality,export")
    assert result.code == 0, result.err
    (row,) = done.frame("released_flashcards").filter(item_id="남성#1", tab_name="Scene").to_dicts()
    assert row["front"] == "누구예요?" and "내_태그" in row["tags"]
    (nuance,) = done.frame("edited_nuance").filter(item_id="남성#1").to_dicts()
    assert nuance["primary_meaning"] == "a man" and nuance["korean_keywords"] == ["남성", "남자"]
    assert uncleaned(done) == set()


def test_text_from_an_earlier_system_is_clean(here: Project) -> None:
    only_list(here, "")
    (here.folder / "data/01_raw/words.csv").unlink()
    row = analysis_row(1, dirty("문"), primary_meaning=dirty("door"), explanation=dirty("It shows 문."))
    database(
        here.folder / "old.db",
        vocabulary_master=[{"id": 1, "korean": dirty("문"), "english": dirty("door"), "hanja": dirty("\uf9e1")}],
        nuance_data=[row],
        flashcards=[card_row(1, dirty("문"), front_content=dirty("문은?"), back_content=dirty("문이 있어요."))],
    )
    result = here.kedro("ingress", "import-legacy", "old.db")
    assert result.code == 0, result.out + result.err
    # The checks hold the short card back until a person approves it.
    assert here.kedro("run").code == 2
    assert here.kedro("review", "approve", "문").code == 0
    assert here.kedro("run", "--pipelines=quality,export").code == 0
    assert here.frame("vocabulary").select("term", "definition", "hanja").rows() == [("문", "door", "李")]
    (card,) = here.frame("flashcards").to_dicts()
    assert (card["front"], card["back"]) == ("문은?", "문이 있어요.")
    assert uncleaned(here) == set()


@pytest.mark.parametrize(
    "args",
    [
        ("word", "show", "{}"), ("tasks", "show", "{}"), ("confusables", "{}"), ("cache", "show", "{}"),
        ("cache", "explain", "{}"),
        ("review", "approve", "{}"), ("korean", "hanja", "{}", "--definition", "man"), ("korean", "pronounce", "{}"),
        ("run", "--pipelines=nuance", "--params", "words={}"), ("cache", "invalidate", "--word", "{}", "--dry-run"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_word_in_any_unicode_form_is_found(done: Project, args: tuple[str, ...]) -> None:
    plain = done.kedro(*(arg.format("남성") for arg in args))
    assert plain.code == 0, plain.err
    decomposed = done.kedro(*(arg.format(f"{HEAD}{unicodedata.normalize('NFD', '남성')}\u200b") for arg in args))
    assert decomposed.code == 0, decomposed.err
    assert args[0] == "run" or decomposed.out == plain.out
