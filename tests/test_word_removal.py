"""`kedro word remove`, `restore`, and `removed`: what the next runs request and export, and what they keep."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.commands import ProjectHere, prepare
from support.model_server import ModelServer
from support.project import Project, unwrapped

from korean_flashcards.domain.line_wrap import width

pytestmark = pytest.mark.slow

QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test-0123456789"}
ONE = "term,definition,example\n배,pear,이 배는 달아요.\n배,ship,배를 타고 가요.\n문,door,문을 열어요.\n"
TWO = "term,definition,example\n배,ship,배를 타고 가요.\n물,water,물을 마셔요.\n"
LONG = "바람이-많이-부는-겨울날-아침에-읽는-아주-긴-이름의-낱말-목록-파일.csv"


@pytest.fixture(scope="module")
def after_a_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project after an offline run on two lists. 배#2 is in both."""

    def run(project: Project) -> None:
        project.only_list(ONE, "one.csv")
        project.word_list(TWO, f"data/01_raw/{LONG}")
        assert project.kedro("run", **QUICK).code in (0, 2)

    return prepare(tmp_path_factory.mktemp("removal") / "project", run)


@pytest.fixture
def made(after_a_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of that project. Its commands run in this process."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    return ProjectHere(Project(after_a_run).copied_to(tmp_path / "copy").folder, monkeypatch)


def _words(project: Project) -> set[str]:
    return set(project.frame("words")["item_id"])


def _tagged(project: Project) -> set[str]:
    """Return the words whose notes in the deck have the tag status::gone."""
    notes = project.frame("anki_notes")
    return {row["item_id"] for row in notes.to_dicts() if "status::gone" in row["tags"]}


def _in_deck(project: Project) -> set[str]:
    return set(project.frame("anki_notes")["item_id"])


def test_the_notes_of_a_removed_word_are_tagged_until_it_is_restored(made: Project) -> None:
    before = made.frame("anki_notes").select("guid", "Front").sort("guid")
    deck = _in_deck(made)
    result = made.kedro("word", "remove", "배#2", "--yes")
    assert result.code == 0 and max(map(width, result.out.splitlines())) <= 80, result.err
    assert "with status::gone" in unwrapped(result.out) and result.out.endswith("  kedro word restore 배#2\n")
    made.kedro("run")
    assert _tagged(made) == {"배#2"} and _in_deck(made) == deck
    assert made.frame("anki_notes").select("guid", "Front").sort("guid").equals(before)
    assert "kedro word restore 배#2" in made.kedro("word", "show", "배#2").out
    assert "1 removed by you" in made.kedro("status").out

    assert made.kedro("word", "restore", "배#2").out.startswith("Restored 1 word: 배#2.")
    made.kedro("run")
    assert _tagged(made) == set() and _in_deck(made) == deck
    assert "removed by you" not in made.kedro("status").out


def test_with_ingress_gone_remove_the_notes_leave_the_deck(made: Project) -> None:
    (made.folder / "conf/local/parameters_ingress.yml").write_text("ingress: {gone: remove}\n", encoding="utf-8")
    result = made.kedro("word", "remove", "문", "--yes")
    assert "out of the deck" in unwrapped(result.out)
    made.kedro("run")
    assert "문#1" not in _in_deck(made) | _words(made)
    made.kedro("word", "restore", "문")
    made.kedro("run")
    assert "문#1" in _in_deck(made)


def test_importing_a_list_again_says_that_its_words_stay_removed(made: Project) -> None:
    made.kedro("word", "remove", "배", "--yes")
    made.word_list(ONE + "산,mountain,산에 가요.\n", "data/01_raw/one.csv")
    result = made.kedro("ingress", "import", "data/01_raw/one.csv")
    assert "The list has 2 words that you removed: 배#1, 배#2. They stay removed." in unwrapped(result.out + result.err)
    assert [word["item_id"] for word in json.loads(made.kedro("word", "removed", "--json").out)] == ["배#2", "배#1"]
    made.kedro("run")
    assert _tagged(made) == {"배#1", "배#2"} and "산#1" in _in_deck(made)


def test_a_removed_word_without_notes_is_left_out_and_causes_no_request(here: Project) -> None:
    here.only_list(ONE, "one.csv")
    (here.folder / "conf/local/parameters_llm.yml").write_text(
        "llm: {prices: {openai/test: {input: 1, output: 1}}}\n", encoding="utf-8"
    )
    here.kedro("ingress", "import", "data/01_raw/one.csv", **QUICK)
    assert "no notes in the deck" in here.kedro("word", "remove", "배#1", "문", "--yes").out
    with ModelServer() as server:
        given = f"llm.model=openai/test,llm.api_base={server.url}"
        here.kedro("run", "--yes", "--pipelines=ingress,nuance", "--params", given)
        assert _words(here) == {"배#2"} and len(server.requests()) == 1
        # A run that names the word says that it is not in the run.
        result = here.kedro("run", "--yes", "--pipelines=ingress,nuance", "--params", f"{given},words=문")
        assert result.code == 1 and "문" in result.err


def test_a_new_prompt_requests_nothing_for_a_removed_word(here: Project) -> None:
    here.only_list(ONE, "one.csv")
    (here.folder / "conf/local/parameters_llm.yml").write_text(
        "llm: {prices: {openai/test: {input: 1, output: 1}}}\n", encoding="utf-8"
    )
    with ModelServer() as server:
        given = f"llm.model=openai/test,llm.api_base={server.url}"
        here.kedro("run", "--yes", "--params", given, **QUICK)
        here.kedro("word", "remove", "문#1", "--yes")
        prompt = here.folder / "conf/base/prompts/nuance.md"
        prompt.write_text(prompt.read_text(encoding="utf-8") + "\nBe brief.\n", encoding="utf-8")
        sent = len(server.requests())
        here.kedro("run", "--yes", "--params", given)
        assert {request["term"] for request in server.requests()[sent:]} == {"배"}
        assert _tagged(here) == {"문#1"}
        sent = len(server.requests())
        here.kedro("word", "restore", "문#1")
        here.kedro("run", "--yes", "--params", given)
        assert {request["term"] for request in server.requests()[sent:]} == {"문"}


def test_a_lost_reply_of_a_removed_word_is_not_requested_again(here: Project) -> None:
    here.only_list(ONE, "one.csv")
    (here.folder / "conf/local/parameters_llm.yml").write_text(
        "llm: {prices: {openai/test: {input: 1, output: 1}}}\n", encoding="utf-8"
    )
    with ModelServer() as server:
        given = f"llm.model=openai/test,llm.api_base={server.url}"
        here.kedro("run", "--yes", "--params", given, **QUICK)
        here.kedro("word", "remove", "문", "--yes")
        for word in ("문", "배"):
            assert here.kedro("cache", "invalidate", "--word", word, "--yes").code == 0
        sent = len(server.requests())
        here.kedro("run", "--yes", "--params", given)
        assert {request["term"] for request in server.requests()[sent:]} == {"배"}


def test_removing_asks_first(made: Project) -> None:
    result = made.kedro("word", "remove", "문")
    assert result.code == 1 and "Pass --yes to remove words." in result.err
    assert result.out.splitlines()[0].split() == ["word", "meaning", "notes", "lists"]
    assert max(map(width, result.out.splitlines())) <= 80
    assert made.ledger("SELECT * FROM word_removals") == []


@pytest.mark.parametrize(
    ("command", "words", "said"),
    [
        ("remove", ("없는말",), "없는말"),
        ("remove", ("배#9",), "배#9"),
        ("remove", (" ",), "is not a word"),
        ("remove", ("문", "없는말"), "없는말"),
        ("restore", ("문",), "This word is not removed."),
        ("restore", ("배",), "None of these words is removed."),
        ("restore", ("없는말",), "없는말"),
    ],
)
def test_a_wrong_word_changes_nothing(made: Project, command: str, words: tuple[str, ...], said: str) -> None:
    result = made.kedro("word", command, *words, *(("--yes",) if command == "remove" else ()))
    assert result.code == 1 and said in result.err and "Nothing was changed" in result.err
    assert made.ledger("SELECT * FROM word_removals") == []


def test_removing_twice_changes_nothing_and_every_removal_is_recorded(made: Project) -> None:
    assert made.kedro("word", "removed").out == "No word is removed.\n"
    made.kedro("word", "remove", "문", "--yes")
    assert made.kedro("word", "remove", "문", "--yes").out == "This word was removed before. Nothing was changed.\n"
    assert "1 removed word." in made.kedro("word", "removed").out
    made.kedro("word", "restore", "문")
    made.kedro("word", "remove", "문", "배#1", "--yes")
    rows = made.ledger("SELECT item_id, restored_at IS NULL FROM word_removals ORDER BY number")
    assert rows == [("문#1", 0), ("문#1", 1), ("배#1", 1)]


def test_all_words_removed_is_an_error_that_names_the_way_back(here: Project) -> None:
    here.only_list("term,definition\n문,door\n", "one.csv")
    here.kedro("ingress", "import", "data/01_raw/one.csv")
    here.kedro("word", "remove", "문", "--yes")
    result = here.kedro("run")
    assert result.code == 1 and "`kedro word restore WORD` restores one." in unwrapped(result.err)


def test_a_rolled_back_word_is_not_removed_when_it_is_imported_again(made: Project) -> None:
    made.kedro("word", "remove", "물", "배#2", "--yes")
    made.kedro("ingress", "rollback", Path(LONG).stem, "--yes")
    # 배#2 is still in one.csv, so it stays removed.
    assert [word["item_id"] for word in json.loads(made.kedro("word", "removed", "--json").out)] == ["배#2"]
    made.kedro("ingress", "import", f"data/01_raw/{LONG}")
    assert [word["item_id"] for word in json.loads(made.kedro("word", "removed", "--json").out)] == ["배#2"]


STEP = st.one_of(
    st.tuples(st.sampled_from(["remove", "restore"]), st.sampled_from(["배#1", "배#2", "문#1", "물#1"])),
    st.tuples(st.sampled_from(["import", "rollback", "run"]), st.sampled_from(["one", "two"])),
)


@given(steps=st.lists(STEP, min_size=3, max_size=7))
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_steps_leads_to_the_right_deck(
    after_a_run: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    """After any steps, a run exports exactly the ledger's words, tagged if they are removed, and requests nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEDRO_DATASET_VALIDATION", "off")
        folder = tmp_path_factory.mktemp("steps") / "project"
        project = ProjectHere(Project(after_a_run).copied_to(folder).folder, patch)
        files = {"one": "one.csv", "two": LONG}
        exported = _in_deck(project)
        for name, what in steps:
            if name == "run":
                project.kedro("run")
            elif name == "import":
                project.kedro("ingress", "import", f"data/01_raw/{files[what]}")
            elif name == "rollback":
                project.kedro("ingress", "rollback", Path(files[what]).stem, "--yes")
            else:
                project.kedro("word", name, what, *(("--yes",) if name == "remove" else ()))
        assert project.kedro("run").code in (0, 1, 2)
        with closing(sqlite3.connect(project.folder / "data/ledger.db")) as ledger:
            known = {row[0] for row in ledger.execute("SELECT item_id FROM vocabulary_items")}
            removed = {row[0] for row in ledger.execute("SELECT item_id FROM word_removals WHERE restored_at IS NULL")}
        assert removed <= known == {"배#1", "배#2", "문#1", "물#1"}
        assert _in_deck(project) == exported and _tagged(project) == removed & exported
