"""Test that data of an earlier system is imported exactly once and never replaces a paid reply."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from legacy.sources import (
    analysis,
    analysis_row,
    card,
    card_row,
    database,
    full_cache,
    full_database,
    put,
    stage1,
    stage2,
)
from sqlalchemy import select, update
from support.ledger import fresh_ledger, ledger_at
from support.project import kill

import korean_flashcards
from korean_flashcards.domain.records import CARD_TYPES
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger.db.tables import import_batches, tasks, vocabulary_items
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.legacy.cache_folder import read_cache_folder
from korean_flashcards.legacy.database import read_database
from korean_flashcards.legacy.legacy_data import LegacyData
from korean_flashcards.legacy.record_check import check
from korean_flashcards.legacy.word_import import Count, LegacyReport, import_words
from korean_flashcards.llm.cache.reply_cache import ReplyCache


class Target:
    """Provide a ledger and a reply cache to import into."""

    def __init__(self, folder: Path) -> None:
        self.ledger: Ledger = fresh_ledger(folder)
        self.cache = ReplyCache(folder / "cache")

    def import_data(self, data: LegacyData, name: str = "old") -> LegacyReport:
        return import_words(check(data), data.problems, (name, name), self.ledger, self.cache)

    def add(self, text: str, name: str = "list.csv") -> None:
        """Import an ordinary word list."""
        (result,) = self.ledger.imports.take([ListFile(name, name, f"term,definition\n{text}".encode())])
        assert not result.rejected

    def items(self) -> dict[str, str | None]:
        """Return the definitions, keyed by item id."""
        with self.ledger.store.read() as connection:
            query = select(vocabulary_items.c.item_id, vocabulary_items.c.definition)
            return dict(connection.execute(query).tuples().all())

    def tasks(self) -> dict[tuple[str, str], tuple[str, str | None, int]]:
        """Return the state, model and pinned flag of each task, keyed by item id and stage."""
        with self.ledger.store.read() as connection:
            rows = connection.execute(select(tasks)).mappings().all()
        return {(row["item_id"], row["stage"]): (row["state"], row["model"], row["pinned"]) for row in rows}

    def set_task(self, item_id: str, stage: str, **values: object) -> None:
        with self.ledger.store.write() as connection:
            connection.execute(update(tasks).where(tasks.c.item_id == item_id, tasks.c.stage == stage).values(**values))

    def everything(self) -> str:
        """Return the import batches, words and tasks in the ledger as text."""
        with self.ledger.store.read() as connection:
            tables = (import_batches, vocabulary_items, tasks)
            return str([connection.execute(select(table)).all() for table in tables])


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target(tmp_path / "project")


DONE = ("done", "legacy", 1)
OPEN = ("pending", None, 0)


@pytest.mark.parametrize("kind", ["database", "cache"])
def test_tasks_of_complete_words_are_done_and_have_valid_replies(tmp_path: Path, target: Target, kind: str) -> None:
    terms = ["문", "물", "남성"]
    if kind == "database":
        data = read_database(full_database(tmp_path / "old.db", terms))
    else:
        data = read_cache_folder(full_cache(tmp_path / "old", terms))
    report = target.import_data(data)
    assert (report.words, report.analyses, report.cards) == (Count(3, 0, 0), Count(3, 0, 0), Count(6, 0, 0))
    assert not report.problems and set(target.tasks().values()) == {DONE}
    with target.ledger.store.read() as connection:
        for row in connection.execute(select(tasks, vocabulary_items.c.term).join(vocabulary_items)).mappings():
            stored = target.cache.get(row["key"])
            assert stored and (stored.model, stored.cost_usd, stored.stage) == ("legacy", 0.0, row["stage"])
            if row["stage"] == "nuance":
                assert read_nuance(stored.text, row["term"], 5).primary_meaning == "a test meaning"
            else:
                assert len(read_cards(stored.text, row["term"], ["Scene", "Usage-Comparison"])) == 2


def test_importing_the_same_source_again_changes_nothing(tmp_path: Path, target: Target) -> None:
    for read, path in (
        (read_database, full_database(tmp_path / "old.db", ["문", "물"])),
        (read_cache_folder, full_cache(tmp_path / "cache", ["해", "달"])),
    ):
        first = target.import_data(read(path), path.name)
        before = target.everything()
        again = target.import_data(read(path), path.name)
        assert (again.words, again.analyses, again.cards) == (Count(0, 2, 0), Count(0, 2, 0), Count(0, 4, 0))
        assert again.already and again.batch_id == first.batch_id and not again.problems
        assert target.everything() == before


def test_the_next_import_adds_missing_replies_to_existing_words(tmp_path: Path, target: Target) -> None:
    data = read_cache_folder(full_cache(tmp_path / "old", ["문", "물"]))
    target.import_data(data)
    # An import that is killed between its two transactions leaves this state.
    for item_id, stage in target.tasks():
        target.set_task(item_id, stage, state="pending", key=None, model=None, prompt_version=None, pinned=0)
    report = target.import_data(data)
    assert (report.words, report.analyses) == (Count(0, 2, 0), Count(2, 0, 0))
    assert set(target.tasks().values()) == {DONE}


_IMPORTING = """
import sys
from pathlib import Path
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.legacy.record_check import check
from korean_flashcards.legacy.database import read_database
from korean_flashcards.legacy.word_import import import_words
from korean_flashcards.llm.cache.reply_cache import ReplyCache
folder = Path(sys.argv[1])
data = read_database(folder / "old.db")
words = check(data)
with Ledger(folder / "project" / "ledger.db", 1, 30, 1) as ledger:
    print("begun", flush=True)
    import_words(words, data.problems, ("old", "old"), ledger, ReplyCache(folder / "project" / "cache"))
"""


@pytest.mark.slow
def test_the_next_import_completes_a_killed_one(tmp_path: Path, target: Target) -> None:
    path = full_database(tmp_path / "old.db", [f"단어{number}" for number in range(500)])
    source = str(Path(korean_flashcards.__file__).parents[1])
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", _IMPORTING, str(tmp_path)], env={**os.environ, "PYTHONPATH": source},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout and process.stdout.readline() == "begun\n"
        time.sleep(random.uniform(0, 0.6))
        kill(process)
        assert set(target.tasks().values()) <= {OPEN, DONE}
    report = target.import_data(read_database(path))
    assert report.words.taken + report.words.already == len(target.items()) == 500
    assert report.analyses.taken + report.analyses.already == 500
    tasks_now = target.tasks()
    assert len(tasks_now) == 1000 and set(tasks_now.values()) == {DONE}


def test_a_word_with_an_invalid_analysis_is_still_imported(tmp_path: Path, target: Target) -> None:
    path = database(
        tmp_path / "old.db",
        vocabulary_master=[{"id": 1, "korean": "문", "english": "door"}, {"id": 2, "korean": "door", "english": "문"}],
        nuance_data=[analysis_row(1, "문", pos="furniture"), analysis_row(2, "문")],
        flashcards=[card_row(1, "문")],
    )
    report = target.import_data(read_database(path))
    assert (report.words, report.analyses, report.cards) == (Count(1, 0, 1), Count(0, 0, 2), Count(1, 0, 0))
    assert {problem.where: problem.what for problem in report.problems} == {
        "nuance_data, row 1": "analysis", "nuance_data, row 2": "analysis", "vocabulary_master, row 2": "word",
    }  # fmt: skip
    assert target.tasks() == {("문#1", "nuance"): OPEN, ("문#1", "flashcards"): DONE}


def test_a_source_without_words_still_gives_a_report(tmp_path: Path, target: Target) -> None:
    path = full_database(tmp_path / "old.db", ["door", "water"])
    report = target.import_data(read_database(path))
    assert (report.words, report.analyses, report.cards) == (Count(0, 0, 2), Count(0, 0, 2), Count(0, 0, 2))
    assert [problem.where for problem in report.problems if "no Hangul" in problem.why] == [
        "vocabulary_master, row 1", "vocabulary_master, row 2",
    ]  # fmt: skip
    empty = database(tmp_path / "empty.db", vocabulary_master=[{"id": 1, "korean": None}])
    assert target.import_data(read_database(empty), "empty").batch_id is None


def test_words_with_different_definitions_become_separate_homographs(tmp_path: Path, target: Target) -> None:
    target.add("배,ship\n")
    path = database(
        tmp_path / "old.db",
        vocabulary_master=[{"id": 1, "korean": "배", "english": "pear"}, {"id": 2, "korean": "배", "english": "ship"}],
        nuance_data=[analysis_row(1, "배", primary_meaning="pear"), analysis_row(2, "배", primary_meaning="ship")],
    )
    report = target.import_data(read_database(path))
    assert (report.words, report.analyses) == (Count(1, 1, 0), Count(2, 0, 0))
    assert target.items() == {"배#1": "ship", "배#2": "pear"}
    with target.ledger.store.read() as connection:
        keys = dict(
            connection.execute(select(tasks.c.item_id, tasks.c.key).where(tasks.c.stage == "nuance")).tuples().all()
        )
    meanings = {item_id: json.loads(target.cache.get(key).text)["primary_meaning"] for item_id, key in keys.items()}
    assert meanings == {"배#1": "ship", "배#2": "pear"}


def test_a_word_without_a_definition_matches_the_only_homograph_or_is_added(tmp_path: Path, target: Target) -> None:
    target.add("문,gate\n배,ship\n배,pear\n")
    folder = tmp_path / "old"
    for term, meaning in (("문", "door"), ("배", "belly"), ("물", "water")):
        put(folder, "stage1", stage1(term, analysis(term, meaning)))
    put(folder, "stage2", stage2("배"))
    report = target.import_data(read_cache_folder(folder))
    assert target.items() == {"문#1": "gate", "배#1": "ship", "배#2": "pear", "배#3": "belly", "물#1": "water"}
    assert (report.words, report.analyses, report.cards) == (Count(2, 1, 0), Count(3, 0, 0), Count(2, 0, 0))
    before = target.everything()
    again = target.import_data(read_cache_folder(folder))
    assert again.analyses == Count(0, 3, 0) and not again.problems
    assert target.everything() == before


def test_a_word_keeps_its_identity_after_other_lists_are_imported(tmp_path: Path, target: Target) -> None:
    target.add("문,gate\n")
    folder = tmp_path / "old"
    for term, meaning in (("문", "door"), ("물", "water")):
        put(folder, "stage1", stage1(term, analysis(term, meaning)))
    target.import_data(read_cache_folder(folder))
    target.add("문,culture\n물,ice\n", "later.csv")
    before = target.everything()
    again = target.import_data(read_cache_folder(folder))
    assert again.already and again.analyses == Count(0, 2, 0) and not again.problems
    assert target.everything() == before


def test_cards_that_match_several_homographs_are_skipped(tmp_path: Path, target: Target) -> None:
    target.add("배,ship\n배,pear\n")
    put(tmp_path / "old", "stage2", stage2("배", [card("배")], stage1_result=None))
    report = target.import_data(read_cache_folder(tmp_path / "old"))
    assert report.cards == Count(0, 0, 1)
    assert "배 has several meanings: “ship” (1), “pear” (2)" in str(report.problems)
    assert set(target.tasks().values()) == {OPEN}


def test_an_existing_reply_is_kept(tmp_path: Path, target: Target) -> None:
    target.add("문,meaning 1\n물,meaning 2\n해,meaning 3\n달,meaning 4\n별,meaning 5\n")
    paid = {"state": "done", "key": "k", "model": "openai/gpt", "prompt_version": "p"}
    target.set_task("문#1", "nuance", **paid)
    target.set_task("물#1", "nuance", state="dropped")
    run_id = target.ledger.runs.enter("run", "f")
    target.set_task("해#1", "nuance", state="running", run_id=run_id, leased_until=2e9)
    target.set_task("달#1", "nuance", state="dead", code="refused", message="no", attempts=3, key="q")
    target.set_task("별#1", "flashcards", state="failed", code="cut_short", attempts=1, key="q")
    report = target.import_data(read_database(full_database(tmp_path / "old.db", ["문", "물", "해", "달", "별"])))
    assert (report.analyses, report.cards) == (Count(2, 0, 3), Count(10, 0, 0))
    assert [problem.why for problem in report.problems] == [
        "its word already has an analysis by openai/gpt",
        "its task was dropped: restore it with `kedro tasks retry`",
        "a run is requesting it now; import it again after the run ends",
    ]
    states = target.tasks()
    assert states["문#1", "nuance"] == ("done", "openai/gpt", 0) and states["물#1", "nuance"][0] == "dropped"
    assert states["달#1", "nuance"] == states["별#1", "flashcards"] == DONE
    target.ledger.close()


def test_two_sources_with_the_same_word_do_not_overwrite_each_other(tmp_path: Path, target: Target) -> None:
    old = read_database(full_database(tmp_path / "old.db", ["문"]))
    put(tmp_path / "other", "stage1", stage1("문", analysis("문", "another meaning")))
    target.import_data(old, "old.db")
    report = target.import_data(read_cache_folder(tmp_path / "other"), "other")
    assert "from an earlier system" in report.problems[0].why
    before = target.everything()
    assert not target.import_data(old, "old.db").problems and target.everything() == before


def test_a_repeated_word_gets_its_first_analysis_and_newest_cards(tmp_path: Path, target: Target) -> None:
    path = database(
        tmp_path / "old.db",
        vocabulary_master=[{"id": number, "korean": "문", "english": "door"} for number in (1, 2)],
        nuance_data=[analysis_row(1, "문", primary_meaning="first"), analysis_row(2, "문", primary_meaning="second")],
        flashcards=[card_row(1, "문", front_content="old"), card_row(1, "문", front_content="new")],
    )
    report = target.import_data(read_database(path))
    assert (report.words, report.analyses, report.cards) == (Count(1, 1, 0), Count(1, 0, 1), Count(1, 0, 1))
    assert {problem.where for problem in report.problems} == {"nuance_data, row 2", "flashcards, row 1"}
    with target.ledger.store.read() as connection:
        keys = connection.execute(select(tasks.c.key).order_by(tasks.c.stage)).scalars().all()
    cards, nuance = (target.cache.get(key).text for key in keys)
    assert '"new"' in cards and '"first"' in nuance


def test_identical_cards_of_two_words_are_imported_once(tmp_path: Path, target: Target) -> None:
    path = database(
        tmp_path / "old.db",
        vocabulary_master=[{"id": 1, "korean": "문", "english": "door"}, {"id": 2, "korean": "물", "english": "water"}],
        flashcards=[card_row(n, "문", front_content="Same?", back_content="Same.") for n in (1, 2)],
    )
    report = target.import_data(read_database(path))
    assert report.cards == Count(1, 0, 1) and "same front and back as a card for 문" in report.problems[0].why


def test_words_can_be_rolled_back_and_imported_again(tmp_path: Path, target: Target) -> None:
    from korean_flashcards.ledger.words.rollback import rollback

    data = read_database(full_database(tmp_path / "old.db", ["문", "물"]))
    report = target.import_data(data)
    assert report.batch_id
    rollback(target.ledger.store, target.ledger.runs, report.batch_id, True, lambda: tmp_path)
    assert not target.items()
    assert target.import_data(data).analyses == Count(2, 0, 0)
    assert set(target.tasks().values()) == {DONE}


def test_special_characters_never_split_a_word_into_several_rows(tmp_path: Path, target: Target) -> None:
    ugly = 'a "quoted"\r\nline, with\ttabs;\0 and =1+1 \u202e <b>'
    path = database(
        tmp_path / "old.db",
        vocabulary_master=[
            {"id": 1, "korean": "문", "english": ugly, "notes": ugly, "hanja": ugly, "difficulty_level": ugly},
            {"id": 2, "korean": "가" * 300_000, "english": "long", "notes": "", "hanja": "", "difficulty_level": 1},
            {"id": 3, "korean": "물", "english": "water", "notes": "", "hanja": "", "difficulty_level": 1},
        ],
        nuance_data=[analysis_row(3, "물")],
    )
    report = target.import_data(read_database(path))
    assert (report.words, report.analyses) == (Count(2, 0, 1), Count(1, 0, 0))
    assert target.tasks()["물#1", "nuance"] == DONE


def test_cards_of_every_type_are_imported(tmp_path: Path, target: Target) -> None:
    names = [name.lower().replace("-", "_") for name in CARD_TYPES]
    put(tmp_path / "old", "stage2", stage2("문", [card("문", name) for name in names]))
    assert target.import_data(read_cache_folder(tmp_path / "old")).cards == Count(len(CARD_TYPES), 0, 0)


def test_imported_tasks_remain_after_the_ledger_is_closed(tmp_path: Path, target: Target) -> None:
    target.import_data(read_database(full_database(tmp_path / "old.db", ["문"])))
    target.ledger.close()
    with ledger_at(target.ledger.store.path) as again, again.store.read() as connection:
        assert connection.execute(select(tasks.c.prompt_version).distinct()).scalars().all() == ["legacy"]
