"""A project from before the restructuring works with the current code: no data is lost, and no reply is paid for twice."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.anki import AnkiProfile, Imported
from support.commands import ProjectHere
from support.model_server import ModelServer
from support.old_project import FIXTURE, note_guids, old_project
from support.project import Project, Result

CARDS = "data/07_model_output/cards.tsv"
DECK = "data/07_model_output/korean.apkg"
# Runs do not change the rows of these tables. They only add rows to the other tables.
KEPT = ("import_batches", "import_rows", "vocabulary_items", "reviews", "overrides", "reviewed_items")
RENAMED = (
    "llm.max_concurrency is now llm.concurrency, the maximum number of parallel calls. This run uses llm.concurrency=64. "
    "Set llm.concurrency in your parameter files and delete llm.max_concurrency.\n"
)
GROWING = ("history", "llm_calls", "prompt_versions")


@dataclass(frozen=True)
class Ran:
    """Represent the old project after one run of the current code, the result of the run, and the requests that it sent."""

    project: Project
    result: Result
    sent: list[tuple[str, str]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """Run the old project once with its own parameters. The model refuses 밀물, as before."""
    project = old_project(tmp_path_factory.mktemp("old") / "project")
    with pytest.MonkeyPatch.context() as monkeypatch, ModelServer(by_term={"밀물": ["refusal"] * 9}) as server:
        here = ProjectHere(project.folder, monkeypatch)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
        result = here.kedro("run", "--params", f"llm.api_base={server.url}")
        sent = [(request["stage"], request["term"]) for request in server.requests()]
        yield Ran(here, result, sent)


def rows(ledger: Path, table: str) -> list[tuple[object, ...]]:
    """Return the rows of a table with the columns that the old ledger has."""
    with closing(sqlite3.connect(FIXTURE / "data/ledger.db")) as connection:
        columns = [name for (name,) in connection.execute(f"SELECT name FROM pragma_table_info('{table}')")]
    with closing(sqlite3.connect(ledger)) as connection:
        return sorted(connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall(), key=repr)


def test_only_the_word_that_had_failed_is_requested_and_the_run_is_incomplete(ran: Ran) -> None:
    assert ran.sent == [("flashcards", "밀물")]
    assert ran.result.code == 2 and "Traceback" not in ran.result.err, ran.result.err


def test_the_cards_are_byte_identical(ran: Ran) -> None:
    assert (ran.project.folder / CARDS).read_bytes() == (FIXTURE / "cards.tsv").read_bytes()


@pytest.mark.slow
def test_a_cache_only_run_sends_nothing_and_passes_validation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEDRO_DATASET_VALIDATION", raising=False)
    project = old_project(tmp_path / "project")
    here = ProjectHere(project.folder, monkeypatch)
    with ModelServer() as server:
        options = f"llm.cache_only=true,llm.api_base={server.url}"
        result = here.kedro("run", "--params", options, OPENAI_API_KEY="sk-test")
        assert result.code == 2 and result.err == RENAMED, result.err
        assert server.requests() == []
    assert (project.folder / CARDS).read_bytes() == (FIXTURE / "cards.tsv").read_bytes()
    for table in (*KEPT, "tasks", "llm_calls", "llm_spending"):
        assert rows(project.folder / "data/ledger.db", table) == rows(FIXTURE / "data/ledger.db", table), table


@pytest.mark.slow
def test_charts_need_no_entries_in_the_catalog(ran: Ran, tmp_path: Path) -> None:
    project = ran.project.copied_to(tmp_path / "project")
    drawn = project.kedro("run", "--pipeline=charts", KEDRO_DATASET_VALIDATION="off")
    assert drawn.code == 2 and "Traceback" not in drawn.err, drawn.err  # words of earlier runs are missing
    assert (project.folder / "data/08_reporting/charts/scores.png").read_bytes().startswith(b"\x89PNG")
    ((pipelines,),) = project.ledger("SELECT pipelines FROM run_records ORDER BY run_id DESC LIMIT 1")
    assert json.loads(str(pipelines)) == ["charts"]


def test_replies_of_an_earlier_offline_model_are_generated_again(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    here = ProjectHere(ran.project.folder, monkeypatch)
    planned = here.kedro("plan", "--params", "llm.model=offline/dictionary,batch=harbor", "--json")
    assert planned.code == 0, planned.err
    plan = json.loads(planned.out)
    assert (plan["words"], plan["requests"]) == (7, 14)


def test_the_ledger_and_the_cache_are_intact_and_complete(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    here = ProjectHere(ran.project.folder, monkeypatch)
    for command in (["db", "verify"], ["cache", "verify"]):
        result = here.kedro(*command)
        assert result.code == 0, result.out + result.err
    old, new = FIXTURE / "data/ledger.db", ran.project.folder / "data/ledger.db"
    for table in KEPT:
        assert rows(new, table) == rows(old, table), table
    for table in GROWING:
        before = rows(old, table)
        assert before and set(before) <= set(rows(new, table)), table
    assert set(_keys(FIXTURE)) <= set(_keys(ran.project.folder)) and len(_keys(FIXTURE)) == 39


def _keys(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "data/cache/cache.db")) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM Cache")]


def test_reviews_and_edits_are_kept(ran: Ran) -> None:
    held = ran.project.frame("held_flashcards").row(0, named=True)
    assert (held["item_id"], held["tab_name"]) == ("배#2", "Scene") and "Mina" in held["held_because"]
    cards = json.loads((ran.project.folder / CARDS).with_suffix(".json").read_text(encoding="utf-8"))
    assert [card["front"] for card in cards if card["front"].startswith("What falls")] == ["What falls in winter?"]
    assert ran.project.ledger("SELECT state, attempts FROM tasks WHERE item_id = '썰물#1' AND stage = 'nuance'") == [
        ("dead", 3)
    ]


@pytest.mark.parametrize(
    ("options", "expected", "meaning"),
    [
        ({}, Imported(0, 0, 0, 15), "mine"),
        ({"merge": True}, Imported(0, 0, 15, 0), "mine"),
        ({"merge": True, "always": True}, Imported(0, 15, 0, 0), "a lighthouse"),
    ],
)
def test_anki_keeps_the_schedules_of_the_old_deck(
    ran: Ran, tmp_path: Path, options: dict[str, bool], expected: Imported, meaning: str
) -> None:
    old, new = FIXTURE / "korean.apkg", ran.project.folder / DECK
    guids = note_guids(old)
    assert note_guids(new) == guids and len(guids) == 15
    with AnkiProfile(tmp_path / "anki") as profile:
        assert profile.import_package(old) == Imported(15, 0, 0, 0)
        profile.study([profile.note("등대")], ease=4)
        profile.edit(profile.note("등대"), Meaning="mine")
        before = profile.notes()
        assert profile.import_package(new, **options) == expected
        after = profile.notes()
        assert profile.collection.card_count() == 15 and profile.note("등대")["Meaning"] == meaning
        assert [note.state() for note in after.values()] == [note.state() for note in before.values()]


def test_the_fixture_contains_no_paths_of_a_machine() -> None:
    files = [file for file in FIXTURE.rglob("*") if file.is_file() and file.suffix not in {".py", ".md"}]
    assert {"ledger.db", "cache.db", "korean.apkg"} <= {file.name for file in files}
    assert sum(file.stat().st_size for file in files) < 1_500_000
    for file in files:
        assert not any(part in file.read_bytes() for part in (b"/work", b"/root", b"/tmp", b"/home")), file
