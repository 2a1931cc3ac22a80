"""`kedro word show`: every section, 80 columns, JSON, and words that are unknown or no longer in the ledger."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.commands import Kedro, ProjectHere, kedro_here, prepare
from support.model_server import ModelServer
from support.project import Project, Result

from korean_flashcards.commands.word.text import _total
from korean_flashcards.domain.line_wrap import width

pytestmark = pytest.mark.slow

SECTIONS = ["Word", "Rows", "Tasks", "Analysis", "Cards", "Findings and score", "Calls", "Reviews and versions", "Exported",
            "Next"]  # fmt: skip
PARAMETERS = "llm.model=openai/test,llm.max_attempts=2,llm.backoff=0,words=남자,남성,배"
QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test-0123456789"}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory, first_run: tuple[Path, Result]) -> Path:
    """Return a project with reviews of 독립: two edits, and a rejected card that the next run held back."""
    project = Project(first_run[0]).copied_to(tmp_path_factory.mktemp("word") / "project")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("LOGNAME", "kim")
        kedro = kedro_here(project, monkeypatch)
        kedro("review", "edit", "독립", "--card", "Scene", "--field", "front", "--value", "Who stands alone?")
        kedro("review", "edit", "독립", "--field", "metaphor", "--value", "A tree alone on a hill")
        kedro("review", "reject", "독립", "--card", "Hanja", "--reason", "too hard", "--reviewer", "lee")
        ProjectHere(project.folder, monkeypatch).kedro("run", "--pipelines=quality,export,reporting", **QUICK)
    return project.folder


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project after a run with a model, which refused 남자 and needed two calls for 남성. 배 has two homographs."""

    def run(project: Project) -> None:
        project.word_list("term,definition\n배,pear\n배,ship\n남자,man\n남성,male\n", "words.csv")
        prices = project.folder / "conf" / "local" / "parameters_llm.yml"
        prices.write_text("llm: {prices: {openai/test: {input: 10, output: 100}}}\n", encoding="utf-8")
        with ModelServer(by_term={"남자": ["refusal"] * 9, "남성": ["malformed"]}) as server:
            result = project.kedro(
                "run", "--yes", "--params",
                f"{PARAMETERS},word_lists=words.csv,llm.api_base={server.url},llm.max_tokens=500", **QUICK,
            )  # fmt: skip
            assert result.code == 2, result.err

    return prepare(tmp_path_factory.mktemp("word") / "project", run)


@pytest.fixture
def review_kedro(reviewed: Path, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    """Run commands in the reviewed project, for tests that only read."""
    return kedro_here(Project(reviewed), monkeypatch)


@pytest.fixture
def model_kedro(generated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    """Run commands in a copy of the generated project."""
    return kedro_here(Project(generated).copied_to(tmp_path / "project"), monkeypatch)


def flat(text: str) -> str:
    """Return the text without line breaks, because its wrapping does not matter."""
    return " ".join(text.split())


def section(text: str, title: str) -> str:
    """Return a section of the first word that has it."""
    return text.split(f"\n\n{title}\n", 1)[1].split("\n\n", 1)[0]


def shown(kedro: Kedro, *args: str) -> str:
    result = kedro("word", "show", *args)
    assert result.exit_code == 0, result.output
    print(result.stdout)  # visible with pytest -s
    assert all(width(line) <= 80 for line in result.stdout.splitlines() if not line.startswith("    kedro "))
    return result.stdout


def values(kedro: Kedro, *args: str) -> dict[str, Any]:
    result = kedro("word", "show", *args, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_sections_of_a_word_have_a_fixed_order(review_kedro: Kedro) -> None:
    text = shown(review_kedro, "독립")

    lines = text.splitlines()
    assert lines[0] == "독립#1  independence"
    titles = [line for line, before in zip(lines[1:], lines, strict=False) if not before and line]
    assert titles == SECTIONS
    assert "definition           independence" in section(text, "Word")
    assert "sample_words.csv, row 128: imported (batch sample_words, " in section(text, "Rows")
    tasks = section(text, "Tasks")
    assert "nuance: done" in tasks and tasks.count("reply in the cache") == 2 and "prompt               v1, " in tasks
    assert "metaphor (edited)    A tree alone on a hill" in section(text, "Analysis")
    assert section(text, "Exported").split()[::4] == ["first", "last"]


def test_edited_and_held_cards_show_the_reason_and_the_next_step(review_kedro: Kedro) -> None:
    text = shown(review_kedro, "독립")

    cards = section(text, "Cards")
    assert "Scene: released\n    front (edited)       Who stands alone?" in cards and "review:edited" in cards
    assert "Hanja: held back, rejected by lee on " in cards and ": too hard" in cards
    assert "note front_length in front: the front has 3 words" in section(text, "Findings and score")
    versions = section(text, "Reviews and versions")
    assert (
        "version 2 (current)" in versions and "edit by kim: front" in versions and "reject by lee: too hard" in versions
    )
    assert "edited by a person, originally by offline/dictionary@6" in flat(versions)
    assert versions.count("Who stands alone?") == 0, "the current text is in the section above"
    assert section(text, "Next").splitlines()[-2:] == [
        "    kedro review edit 독립#1 --card Hanja --field FIELD --value TEXT",
        "    kedro review approve 독립#1 --card Hanja",
    ]


def test_the_json_has_every_section(review_kedro: Kedro) -> None:
    found = values(review_kedro, "독립")

    (word,) = found["words"]
    assert list(word) == [
        "item", "in_ledger", "rows", "tasks", "failures", "analysis", "cards", "quality", "versions", "conflicts",
        "exported", "next",
    ]  # fmt: skip
    assert word["item"]["tags"] == ["sound"] and word["tasks"][0]["cached"] is True
    assert word["analysis"]["content"]["metaphor"] == "A tree alone on a hill"
    assert list(word["analysis"]["edited"]) == ["metaphor"]
    assert {card["card"]: (card["released"], card["held_as"], card["state"]) for card in word["cards"]} == {
        "Scene": (True, None, "edited"),
        "Hanja": (False, "rejected", "rejected"),
    }
    assert word["quality"]["cards"][0]["findings"][0]["code"] == "front_length"
    scene = next(part for part in word["versions"] if part["card"] == "Scene")
    assert [version["today"] for version in scene["versions"]] == [False, True]
    assert (found["missing_layers"], found["unreadable_layers"], found["calls"]) == ([], {}, [])


def test_card_option_narrows_the_output_to_one_card(review_kedro: Kedro) -> None:
    scene, analysis = (
        shown(review_kedro, "독립#1", "--card", "scene"),
        shown(review_kedro, "독립", "--card", "analysis"),
    )

    assert "\nAnalysis\n" not in scene and "Hanja" not in scene and "Scene: released" in scene
    assert "\nCards\n" not in analysis and "metaphor (edited)" in analysis
    found = values(review_kedro, "독립", "--card", "Scene")["words"][0]
    assert [card["card"] for card in found["cards"]] == ["Scene"] and found["analysis"] is None
    missing = review_kedro("word", "show", "독립", "--card", "Cultural")
    assert (
        missing.exit_code == 1
        and "독립 has no Cultural card. `kedro word show 독립` lists its cards." in missing.stderr
    )


def test_reviews_since_the_last_run_are_shown_as_outdated(
    reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kedro = kedro_here(Project(reviewed).copied_to(tmp_path / "project"), monkeypatch)
    kedro("review", "approve", "독립", "--card", "Hanja", "--reviewer", "lee")
    text = shown(kedro, "독립", "--card", "Hanja")
    assert "Hanja: The deck does not reflect the latest edits and reviews." in flat(text)
    assert "    kedro run --pipelines=quality,export,reporting" in text


def test_conflicts_and_task_states_show_the_commands_that_resolve_them(
    reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(reviewed).copied_to(tmp_path / "project")
    layer = project.folder / "data/04_feature/flashcards.parquet"
    pl.read_parquet(layer).with_columns(pl.lit("A new front").alias("front")).write_parquet(layer)
    with closing(sqlite3.connect(project.folder / "data" / "ledger.db")) as connection, connection:
        connection.execute(
            "UPDATE tasks SET state = 'dead', attempts = 3, code = 'refused', stale = 'prompt v3→v4', pinned = 1 "
            "WHERE stage = 'nuance'"
        )
        connection.execute("UPDATE tasks SET state = 'dropped' WHERE stage = 'flashcards'")

    text = shown(kedro_here(project, monkeypatch), "독립")

    assert "Edit in conflict: Scene front." in text and "generated now        A new front" in text
    for command in (
        "review approve 독립#1 --card Scene", "review edit 독립#1 --card Scene --field front --drop",
        "tasks retry 독립#1 --stage nuance", "tasks retry 독립#1 --stage flashcards",
    ):  # fmt: skip
        assert f"    kedro {command}\n" in text, command
    assert "Given up after 3 failed runs." in text and "You removed this task from the queue." in text
    assert "stale                prompt v3→v4" in text and "pinned               from an earlier system" in text


def test_calls_costs_and_failures_are_shown_with_advice(model_kedro: Kedro) -> None:
    refused, repaired = shown(model_kedro, "남자"), shown(model_kedro, "남성")

    assert "nuance: failed" in refused and "code                 refused" in refused
    assert "flashcards: Pending until the word has an analysis." in refused
    assert "rephrase the definition or use another model" in flat(refused)
    assert "reply not in the cache" in refused
    assert "The last run produced no analysis for this word." in refused
    found = values(model_kedro, "남성")
    assert [call["outcome"] for call in found["calls"]] == ["cut_short", "ok", "ok"]
    assert {call["item_id"] for call in found["calls"]} == {"남성#1"}
    assert f"3 calls, {found['tokens']:,} tokens, USD {found['usd']:.4f}." in repaired and found["usd"] > 0
    calls = section(repaired, "Calls")
    assert "nuance request, attempt 1: cut_short" in calls and "openai/test, prompt v1, key " in calls
    assert "the reply ends in the middle of its JSON" in flat(calls)


def test_each_homograph_has_its_own_calls(model_kedro: Kedro) -> None:
    text, found = shown(model_kedro, "배"), values(model_kedro, "배")

    assert [word["item"]["item_id"] for word in found["words"]] == ["배#1", "배#2"]
    assert sorted(call["item_id"] for call in found["calls"]) == ["배#1", "배#1", "배#2", "배#2"]
    assert text.count("2 calls, ") == 2 and f"All calls for 배\n  4 calls, {found['tokens']:,} tokens" in text
    one = shown(model_kedro, "배#2")
    assert one.startswith("배#2  ship\n") and "배#1" not in one and "All calls for 배\n  4 calls" in one


def test_a_word_that_was_removed_from_the_ledger_keeps_its_calls_and_cost(model_kedro: Kedro) -> None:
    before = values(model_kedro, "남자")["usd"]
    assert model_kedro("ingress", "rollback", "words", "--yes").exit_code == 0

    kept = shown(model_kedro, "남성")
    assert "No longer in the ledger" in kept and "3 calls, " in kept and "kedro ingress import LIST" in kept
    assert "\nTasks\n" not in kept and "version 1" in kept
    called = shown(model_kedro, "남자")
    assert called.startswith("남자 is no longer in the ledger.") and f"USD {before:.4f}" in called
    assert values(model_kedro, "남자")["words"] == []


def test_before_the_first_run_each_section_says_that_it_is_empty(here: Project) -> None:
    here.word_list("term,definition\n배,pear\n", "list.csv")
    assert here.kedro("ingress", "import", "list.csv").code == 0

    text = here.kedro("word", "show", "배").out

    for nothing in (
        "No run has created the analysis yet.",
        "No run has created the cards yet.",
        "No run has created the score yet.",
        "No run has recorded a version yet.",
        "No calls.",
        "not yet",
    ):
        assert nothing in text  # fmt: skip
    assert section(text, "Next").splitlines()[:2] == ["  nuance: The next run sends this request.", "    kedro run"]
    found = json.loads(here.kedro("word", "show", "배", "--json").out)
    assert "nuance" in found["missing_layers"] and found["words"][0]["analysis"] is None
    assert here.kedro("word", "show", "배", "--card", "Scene").code == 1


@pytest.mark.parametrize(
    ("word", "message"),
    [("독립을", "The word 독립을 is not in the ledger. Did you mean 독립#1?"),
     ("독립#7", "The word 독립#7 is not in the ledger"),
     ("", "is not a word"), ("\udcff", "is not UTF-8 text"),
     ("\x1b[2J\u202e", "is not a word")],
)  # fmt: skip
def test_an_unknown_word_gives_one_message_and_exit_code_1(review_kedro: Kedro, word: str, message: str) -> None:
    result = review_kedro("word", "show", word)
    assert result.exit_code == 1 and message in result.stderr and not set("\x1b\u202e") & set(result.output)


def test_control_characters_from_lists_and_models_do_not_reach_the_terminal(
    reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, evil = Project(reviewed).copied_to(tmp_path / "project"), "\x1b[2J\u202egone\n\x07"
    with closing(sqlite3.connect(project.folder / "data" / "ledger.db")) as connection, connection:
        connection.execute("UPDATE tasks SET message = ?, model = ?, stale = ?", (evil, evil, evil))
        connection.execute("UPDATE vocabulary_items SET definition = ?", (evil,))
        connection.execute("UPDATE import_batches SET file = ?", (evil,))
        connection.execute("UPDATE reviews SET reason = ?, reviewer = ?", (evil, evil))
        connection.execute("UPDATE card_versions SET model = ?", (evil,))
    for path, columns in {"03_primary/nuance": ["explanation"], "04_feature/flashcards": ["back", "primer"],
                          "04_feature/findings": ["message"]}.items():  # fmt: skip
        file = project.folder / "data" / f"{path}.parquet"
        pl.read_parquet(file).with_columns(pl.lit(evil).alias(name) for name in columns).write_parquet(file)
    kedro = kedro_here(project, monkeypatch)

    for text in (shown(kedro, "독립"), kedro("word", "show", "독립", "--json").stdout):
        assert not set("\x1b\u202e\x07") & set(text)
    assert values(kedro, "독립")["words"][0]["item"]["definition"] == evil


def test_a_damaged_layer_hides_only_its_own_section(
    reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(reviewed).copied_to(tmp_path / "project")
    (project.folder / "data/04_feature/flashcards.parquet").write_bytes(b"no parquet")
    pl.DataFrame({"item_id": ["독립#1"]}).write_parquet(project.folder / "data/04_feature/quality.parquet")

    text = shown(kedro_here(project, monkeypatch), "독립")

    assert (
        "metaphor (edited)" in text
        and section(text, "Cards") == "  This layer cannot be read. See the end of this report."
    )
    assert "(data/04_feature/quality.parquet) has the wrong columns: term is missing" in flat(text)
    assert "(data/04_feature/flashcards.parquet) is damaged: it is not a Parquet file" in flat(text)


def test_help_and_show_do_not_import_heavy_libraries(reviewed: Path) -> None:
    program = (
        "import sys; sys.argv = ['kedro', *sys.argv[1:]]\nfrom kedro.framework.cli.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print({'litellm', 'great_expectations', 'kiwipiepy'} & set(sys.modules))"
    )
    for args, expected in {
        ("word", "--help"): "Examples:\n  kedro word show 남성",
        ("word", "show", "독립"): "독립#1",
    }.items():
        result = subprocess.run(
            [sys.executable, "-c", program, *args], cwd=reviewed, capture_output=True, encoding="utf-8", check=True
        )
        assert expected in result.stdout and result.stdout.endswith("set()\n"), result.stdout + result.stderr


@pytest.mark.parametrize(
    ("prices", "text"),
    [
        ([0.01, 0.02], "2 calls, 6 tokens, USD 0.0300."),
        ([None], "1 call, 3 tokens, unknown price."),
        ([0.01, None], "2 calls, 6 tokens, USD 0.0100 plus 1 call with an unknown price."),
    ],
)
def test_calls_of_unknown_price_are_not_added_to_the_calls(prices: list[float | None], text: str) -> None:
    assert _total([{"tokens_in": 2, "tokens_out": 1, "usd": usd} for usd in prices]) == text
