"""`kedro status` shows the state of the project and the next step, and changes nothing."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from support.commands import ProjectHere, prepare
from support.model_server import ModelServer
from support.project import Project
from test_plan_command import QUICK, contents, params, planned

from korean_flashcards.domain.line_wrap import width

FAILING = ("남자", "남성")
KEYS = {
    "complete", "ran", "exports", "batches", "rejected", "lists", "deleted",
    "words", "stages", "pending", "active_runs", "failed",
    "dead", "held", "conflicts", "removed", "outdated", "export_interrupted", "deck", "cost", "budgets", "next",
}  # fmt: skip


def status(project: Project, *args: str) -> dict[str, Any]:
    """Return the status as JSON values, after checking that the exit code agrees with them."""
    result = project.kedro("status", "--json", *args, **QUICK)
    assert result.code in (0, 2), result.err
    found: dict[str, Any] = json.loads(result.out)
    assert result.code == (0 if found["complete"] else 2)
    return found


def last_line(project: Project, *args: str) -> str:
    """Return the last paragraph as one line, after checking that all lines fit 80 columns."""
    result = project.kedro("status", *args, **QUICK)
    assert result.code in (0, 2) and "Traceback" not in result.err, result.err
    assert max(map(width, result.out.splitlines())) <= 80, result.out
    return " ".join(result.out.rpartition("\n\n")[2].split())


def states(found: dict[str, Any], stage: int = 0) -> dict[str, int]:
    return {state: sum(reasons.values()) for state, reasons in found["stages"][stage]["states"].items()}


@pytest.fixture(scope="module")
def failed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project after a run whose model never sends a valid reply for the words FAILING."""

    def run(project: Project) -> None:
        with ModelServer(by_term={term: ["empty"] * 9 for term in FAILING}) as server:
            limits = params(server, "llm.max_attempts=1", "llm.repair=false")
            assert project.kedro("run", *limits, **QUICK).code == 2
            project.kedro("run", "--pipeline=export", **QUICK)

    return prepare(tmp_path_factory.mktemp("status") / "project", run)


@pytest.fixture
def failed(failed_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return ProjectHere(failed_folder, monkeypatch)


MODEL = ("--params", "llm.model=openai/gpt-4o-mini,limit=12")


def test_a_fresh_project_names_the_first_command(here: Project) -> None:
    before = contents(here.folder / "data")
    found = status(here)
    assert not found["ran"] and not found["complete"] and found["batches"] == 0
    assert [(one["file"], one["state"], one["imported"]) for one in found["lists"]] == [
        ("sample_words.csv", "new", 129)
    ]
    assert found["words"] == {
        "known": 0, "chosen": 129, "narrowed_by": None, "with_cards": 0, "kept": 0, "without_cards": 129, "dropped": 0,
            "gone": 0, "removed": 0,
    }  # fmt: skip
    assert states(found) == {"new": 129} and found["stages"][1]["waiting"] == 129
    assert found["held"] is found["conflicts"] is found["deck"] is None
    assert last_line(here) == (
        "Nothing has been run yet. `kedro run` would send about 258 requests to the offline model, which is free."
    )
    assert contents(here.folder / "data") == before


def test_a_project_without_a_list_says_where_to_put_one(here: Project) -> None:
    (here.folder / "data/01_raw/sample_words.csv").unlink()
    assert status(here)["words"]["chosen"] == 0
    assert last_line(here) == "Nothing has been run yet. Put a word list into data/01_raw, then run `kedro run`."


def test_a_finished_project_is_complete_and_stays_unchanged(finished_here: Project) -> None:
    before = contents(finished_here.folder / "data")
    found = status(finished_here)
    assert set(found) == KEYS
    assert found["complete"] and found["lists"] == found["pending"] == found["active_runs"] == found["failed"] == []
    assert states(found) == states(found, 1) == {"cached": 129} and found["words"]["with_cards"] == 129
    assert found["cost"]["free"] and found["cost"]["requests"] == 0
    assert {budget["per"] for budget in found["budgets"]} == {"run", "day", "month"}
    assert found["deck"]["path"] == str(Path("data/07_model_output/korean.apkg"))
    assert last_line(finished_here) == found["next"] == "Everything is done."
    assert "129 cached (offline model)" in finished_here.kedro("status").out
    assert contents(finished_here.folder / "data") == before


@pytest.mark.slow
def test_a_new_model_makes_words_stale_as_in_the_plan(finished_here: Project) -> None:
    found, plan = status(finished_here, *MODEL), planned(finished_here, *MODEL)
    assert found["cost"]["requests"] == plan["requests"] and found["cost"]["usd"] == plan["usd"]
    assert [stage["states"] for stage in found["stages"]] == [stage["states"] for stage in plan["stages"]]
    assert found["words"]["chosen"] == 12 and found["words"]["narrowed_by"] == "limit 12"
    assert "12 stale (openai/gpt-4o-mini)" in finished_here.kedro("status", *MODEL).out
    assert "Words      129 of 129 (limit 200)" in finished_here.kedro("plan", "--params", "limit=200").out
    would = r"`kedro run` would send about 24 requests for about USD \d\.\d+ \(\d\.\d+–\d\.\d+\)\."
    assert re.fullmatch(would, last_line(finished_here, *MODEL))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("llm.budget.day.usd=0", "The budget is too small: raise llm.budget"),
        ("llm.cache_only=true", "would send nothing, because llm.cache_only is on"),
        ("llm.model=openai/mine", "The price of openai/mine is unknown, so no request would be sent"),
        ("llm.model=openai/gpt-4o-mni", "is unknown, so no request would be sent. Did you mean openai/gpt-4o-mini"),
        ("llm.model=openai/mine,llm.price=unknown_ok", "about 24 requests for an unknown price."),
    ],
)
def test_obstacles_to_the_next_run_are_reported(finished_here: Project, more: str, said: str) -> None:
    args = ("--params", f"{MODEL[1]},{more}" if "llm.model" not in more else f"limit=12,{more}")
    assert said in last_line(finished_here, *args) and not status(finished_here, *args)["complete"]


@pytest.mark.slow
def test_failures_are_counted_by_code_with_advice(failed: Project) -> None:
    before = contents(failed.folder / "data")
    found = status(failed, *MODEL)
    (failures,) = found["failed"]
    assert (failures["code"], failures["words"]) == ("empty", len(FAILING)) and "kedro run" in failures["advice"]
    assert states(found) == {"cached": 10, "retry": 2} and found["stages"][1]["waiting"] == 2
    assert found["words"]["without_cards"] == 2 and found["dead"] == 0
    text = failed.kedro("status", *MODEL).out
    assert (
        "Failed     2 words with empty: retry with `kedro run`" in text and "10 cached" in text and "2 to retry" in text
    )
    assert "would send about 4 requests for about USD" in last_line(failed, *MODEL)
    assert contents(failed.folder / "data") == before


def test_a_spent_budget_has_nothing_left(failed: Project) -> None:
    args = ("--params", f"{MODEL[1]},llm.budget.day.usd=0.00001")
    day = next(budget for budget in status(failed, *args)["budgets"] if budget["per"] == "day")
    assert day["usd_left"] == 0 and day["verdict"] == "short"
    assert "Today: USD 0.00 of 0.00001 left, NOT enough" in failed.kedro("status", *args).out


@pytest.mark.slow
def test_lists_are_new_or_changed_until_they_are_imported(finished: Project, tmp_path: Path, monkeypatch: Any) -> None:
    here = ProjectHere(finished.copied_to(tmp_path / "lists").folder, monkeypatch)
    raw = here.folder / "data/01_raw"
    (raw / "more\x1b[31m.csv").write_text("term,definition\n하늘,sky\n,nothing\n", encoding="utf-8")
    with (raw / "sample_words.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    found = status(here)
    assert [(one["state"], one["imported"], one["rejected"]) for one in found["lists"]] == [
        ("new", 1, 1), ("changed", 0, 0)
    ]  # fmt: skip
    assert found["rejected"] == 0 and states(found) == {"cached": 129, "new": 1}
    assert last_line(here) == "`kedro run` would send about 2 requests to the offline model, which is free."
    assert "\x1b" not in here.kedro("status").out
    assert here.kedro("run", **QUICK).code == 2
    found = status(here)
    assert found["lists"] == [] and found["rejected"] == 1 and found["words"]["without_cards"] == 0
    assert last_line(here).startswith("`kedro ingress list` shows the batches with rejected rows")


@pytest.mark.slow
def test_a_deck_with_words_that_were_rolled_back_is_not_complete(
    finished: Project, tmp_path: Path, monkeypatch: Any
) -> None:
    here = ProjectHere(finished.copied_to(tmp_path / "rolled").folder, monkeypatch)
    unit = here.folder / "data/01_raw/unit2.tsv"
    unit.write_text("term\tdefinition\n하늘\tsky\n바람\twind\n", encoding="utf-8")
    assert here.kedro("run", **QUICK).code == 0 and status(here)["complete"]
    unit.unlink()
    rolled_back = here.kedro("ingress", "rollback", "unit2", "--yes")
    assert rolled_back.code == 0 and "Next: `kedro run` removes their cards" in rolled_back.out
    found = status(here)
    assert not found["complete"] and found["removed"] == 2
    assert last_line(here).startswith("`kedro run` removes the cards of the words")
    assert here.kedro("run", **QUICK).code == 0
    assert status(here)["complete"] and here.frame("linked_flashcards")["item_id"].n_unique() == 129


@pytest.mark.slow
def test_dead_letters_and_dropped_words_are_counted(failed: Project, tmp_path: Path, monkeypatch: Any) -> None:
    here = ProjectHere(failed.copied_to(tmp_path / "dead").folder, monkeypatch)
    with closing(sqlite3.connect(here.folder / "data/ledger.db")) as connection, connection:
        connection.execute("UPDATE tasks SET state = 'dead' WHERE state = 'failed'")
    found = status(here, *MODEL)
    assert found["dead"] == found["failed"][0]["words"] == len(FAILING)
    assert states(found) == {"cached": 10, "dead": 2}
    assert last_line(here, *MODEL) == "`kedro errors` lists the failed words and what to do about them."
    assert here.kedro("tasks", "drop", *FAILING).code == 0
    found = status(here, "--params", "llm.model=openai/gpt-4o-mini,limit=10")
    assert found["words"]["dropped"] == len(FAILING) and found["complete"]


@pytest.mark.slow
def test_held_cards_and_missing_layers_are_reported(finished: Project, tmp_path: Path, monkeypatch: Any) -> None:
    here = ProjectHere(finished.copied_to(tmp_path / "held").folder, monkeypatch)
    required = ("--params", "review.required=true")
    refused = here.kedro("run", *required, **QUICK)
    assert refused.code == 2 and "`kedro review next`" in refused.err, "an empty deck would replace the existing one"
    for name in ("korean.apkg", "anki_notes.txt", "cards.tsv", "cards.json"):
        (here.folder / "data/07_model_output" / name).unlink()
    assert here.kedro("run", *required, **QUICK).code == 2
    found = status(here, *required)
    assert found["held"] == {"unapproved": 189} and found["outdated"] == 0 and not found["complete"]
    assert last_line(here, *required) == "`kedro review next` shows the cards that are held back."
    for name in ("held_flashcards", "edit_conflicts", "flashcards"):
        (here.folder / f"data/04_feature/{name}.parquet").unlink()
    (here.folder / "data/07_model_output/korean.apkg").unlink()
    found = status(here)
    assert found["held"] is found["conflicts"] is found["deck"] is None
    assert found["words"]["without_cards"] == 129
    assert last_line(here) == "`kedro run` would create the missing cards from cached replies, free of charge."


@pytest.mark.slow
def test_active_runs_are_those_whose_lock_is_held(finished_here: Project) -> None:
    lock = finished_here.folder / "data/.runs/20260101T000000Z-0badcafe.lock"
    lock.parent.mkdir(exist_ok=True)
    try:
        with FileLock(lock):
            assert status(finished_here)["active_runs"] == [lock.stem]
            assert last_line(finished_here).startswith("Wait for 1 active run to finish")
        assert status(finished_here)["active_runs"] == []
    finally:
        lock.unlink(missing_ok=True)


@pytest.mark.slow
def test_words_in_batches_at_a_provider_are_pending(here: Project) -> None:
    with ModelServer() as server:
        batched = params(server, "llm.mode=batch")
        assert here.kedro("run", "--yes", *batched, **QUICK).code == 2
        found = status(here, *batched)
    (batch,) = found["pending"]
    assert (batch["words"], batch["stage"]) == (12, "nuance")
    assert "Some words are pending at a provider: `kedro run --params llm.mode=batch`" in found["next"]


@pytest.mark.slow
def test_a_status_never_imports_litellm(project: Project) -> None:
    result = project.kedro("status", "--params", "llm.model=gpt-4o-mini", PYTHONPROFILEIMPORTTIME="1")
    assert result.code == 2 and not re.search(r"\| +litellm", result.err)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--params", "limt=3"], "there is no parameter named 'limt'"),
        (["--params", "word_lists=nowhere.csv"], "There is no word list"),
        (["--env", "nowhere"], "cannot be read"),
        (["--nothing"], "No such option"),
    ],
)
def test_a_wrong_option_gives_one_message(here: Project, args: list[str], said: str) -> None:
    result = here.kedro("status", *args)
    assert result.code == 1 and said in result.err and "Traceback" not in result.err


@pytest.mark.slow
def test_a_review_after_the_export_makes_the_deck_outdated(finished: Project, tmp_path: Path, monkeypatch: Any) -> None:
    here = ProjectHere(finished.copied_to(tmp_path / "reviewed").folder, monkeypatch)
    assert status(here)["outdated"] == 0
    assert here.kedro("review", "reject", "남성", "--card", "Scene", "--reason", "dull").code == 0
    found = status(here)
    assert (found["outdated"], found["complete"]) == (1, False)
    assert last_line(here).startswith("`kedro run --pipelines=quality,export,reporting` updates the deck")
    assert "1 card changed after the deck was exported" in here.kedro("status").out


@pytest.mark.slow
def test_the_status_and_the_run_agree_on_what_is_missing(
    finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rejected card and words without a definition do not count as missing in either, before and after they are dead."""
    here = ProjectHere(finished.copied_to(tmp_path / "decided").folder, monkeypatch)
    path = here.folder / "data/01_raw/sample_words.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip() + "\n99,느닷없이,adverb,,,,3,,,\n", encoding="utf-8")
    assert here.kedro("review", "reject", "남성", "--card", "Scene", "--reason", "dull").code == 0
    assert here.kedro("run", **QUICK).code == 2
    for state in ("retry", "dead"):
        assert here.kedro("run", **QUICK).code == 0
        found = status(here)
        assert found["complete"] and states(found) == {"cached": 129, state: 1}
        assert found["held"] == {"rejected": 1} and found["words"]["without_cards"] == 1
    path.write_text(path.read_text(encoding="utf-8") + "100,느긋하다,adjective,relaxed,,,3,,,\n", encoding="utf-8")
    assert not status(here)["complete"]


@pytest.mark.parametrize(
    "blocked", ["folder", pytest.param("text", marks=pytest.mark.slow), pytest.param("link", marks=pytest.mark.slow)]
)
def test_a_path_without_a_deck_is_not_called_an_export(
    finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocked: str
) -> None:
    here = ProjectHere(finished.copied_to(tmp_path / "blocked").folder, monkeypatch)
    path = here.folder / "data/07_model_output/korean.apkg"
    path.unlink()
    if blocked == "folder":
        path.mkdir()
    elif blocked == "text":
        path.write_text("This is not a deck.", encoding="utf-8")
    else:
        path.symlink_to(tmp_path / "gone")
    found = status(here)
    assert found["deck"] is None and not found["complete"]
    assert "exported" not in here.kedro("status").out
    assert last_line(here) == "`kedro run --pipeline=export` writes the deck, free of charge."


@pytest.mark.slow
def test_failures_that_a_run_cannot_fix_do_not_suggest_a_run(here: Project) -> None:
    errors = "`kedro errors` lists the failed words and what to do about them."
    here.word_list("term,definition\n바람,wind\n맷,\n", "faulty.csv")
    assert here.kedro("run", "--params", "word_lists=faulty.csv", **QUICK).code == 2
    export = "`kedro run --pipeline=export` writes the deck, free of charge."
    assert last_line(here, "--params", "word_lists=faulty.csv") == export
    here.kedro("run", "--pipeline=export", **QUICK)
    assert last_line(here) != errors, "there is still a new list to import"
    assert last_line(here, "--params", "word_lists=faulty.csv") == errors
