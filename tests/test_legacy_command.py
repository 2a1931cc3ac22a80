"""`kedro ingress import-legacy` from the command line: its report, its effects, and what the next run pays for."""

import json
from pathlib import Path

import pytest
from legacy.sources import analysis_row, card_row, database, full_cache, full_database, put, snapshot, stage1, stage2
from support.commands import Kedro, kedro_here
from support.model_server import ModelServer
from support.project import Project

from korean_flashcards.domain.line_wrap import width

pytestmark = pytest.mark.slow


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    return kedro_here(project, monkeypatch)


def broken_database(path: Path) -> Path:
    """Write a database with a complete word, a word without a valid analysis, and a row that is not a word."""
    return database(
        path,
        vocabulary_master=[
            {"id": 1, "korean": "문", "english": "door"},
            {"id": 2, "korean": "물\x1b[31m", "english": "water"},
            {"id": 3, "korean": "door", "english": "문"},
        ],
        nuance_data=[analysis_row(1, "문"), analysis_row(2, "물", explanation=None), analysis_row(9, "물")],
        flashcards=[card_row(1, "문"), card_row(1, "문", "Usage-Comparison", front_content="")],
    )


def test_the_report_counts_imported_records_and_explains_skipped_ones(project: Project, kedro: Kedro) -> None:
    broken_database(project.folder / "old.db")
    before = snapshot(project.folder / "old.db")

    result = kedro("ingress", "import-legacy", "old.db")

    assert result.exit_code == 2
    assert result.stdout.splitlines()[:3] == [
        "Words      2 imported, 0 already present, 1 skipped",
        "Analyses   1 imported, 0 already present, 2 skipped",
        "Cards      1 imported, 0 already present, 1 skipped",
    ]
    said = {line.split("  ")[0]: line for line in result.stdout.splitlines()}
    assert "no_hangul" in said["vocabulary_master, row 3"]
    assert "explanation" in said["nuance_data, row 2"] and "does not match any word" in said["nuance_data, row 3"]
    assert "front" in said["flashcards, row 2"]
    assert max(map(width, result.stdout.splitlines())) <= 80
    assert "Imported as batch old." in result.stdout and "\x1b" not in result.stdout
    assert project.ledger("SELECT batch_id, tag, source, imported, rejected FROM import_batches") == [
        ("old", "legacy", "old.db", 2, 1)
    ]
    assert snapshot(project.folder / "old.db") == before


def test_json_has_the_complete_report(project: Project, kedro: Kedro) -> None:
    broken_database(project.folder / "old.db")
    report = json.loads(kedro("ingress", "import-legacy", "old.db", "--json").stdout)
    assert report["words"] == {"taken": 2, "already": 0, "skipped": 1}
    assert {(one["where"], one["what"]) for one in report["problems"]} == {
        ("vocabulary_master, row 3", "word"), ("nuance_data, row 2", "analysis"), ("nuance_data, row 3", "analysis"),
        ("flashcards, row 2", "cards"),
    }  # fmt: skip


def test_a_long_list_of_problems_is_cut_in_the_text_only(project: Project, kedro: Kedro) -> None:
    for number in range(60):
        put(project.folder / "old", "stage1", b"", name=f"{number:02}.json")
    put(project.folder / "old", "stage1", stage1("문"))
    shown = kedro("ingress", "import-legacy", "old").stdout
    assert shown.count("the file is empty") == 50 and "… and 10 more (--json lists all)" in shown
    assert len(json.loads(kedro("ingress", "import-legacy", "old", "--json").stdout)["problems"]) == 60


@pytest.mark.parametrize("filled", [False, True])
def test_a_dry_run_gives_the_same_report_and_writes_nothing(project: Project, kedro: Kedro, filled: bool) -> None:
    broken_database(project.folder / "old.db")
    if filled:
        project.word_list("term,definition\n문,door\n")
        assert kedro("ingress", "import", "list.csv").exit_code == 0
    before = snapshot(project.folder / "data")

    rehearsal = kedro("ingress", "import-legacy", "old.db", "--dry-run")

    after = snapshot(project.folder / "data")
    # Reading the ledger leaves the journal files of SQLite beside it.
    assert {name: after[name] for name in after if not name.endswith(("-shm", "-wal"))} == before
    assert rehearsal.exit_code == 2 and "Dry run: nothing was changed." in rehearsal.stdout
    real = kedro("ingress", "import-legacy", "old.db")
    assert rehearsal.stdout.splitlines()[:-1] == real.stdout.splitlines()[:-1]


def test_a_second_import_changes_nothing_and_succeeds(project: Project, kedro: Kedro) -> None:
    full_database(project.folder / "old.db", ["문", "물"])
    assert kedro("ingress", "import-legacy", "old.db").exit_code == 0
    rows = project.ledger("SELECT * FROM tasks"), project.ledger("SELECT * FROM import_batches")
    again = kedro("ingress", "import-legacy", "old.db")
    assert again.exit_code == 0
    assert again.stdout.splitlines()[0] == "Words      0 imported, 2 already present, 0 skipped"
    assert "Nothing was changed" in again.stdout
    assert (project.ledger("SELECT * FROM tasks"), project.ledger("SELECT * FROM import_batches")) == rows


@pytest.mark.parametrize("name", ["nothing.db", "list.csv", "data"])
def test_a_path_without_legacy_data_is_an_error_that_says_what_is_expected(
    project: Project, kedro: Kedro, name: str
) -> None:
    project.word_list("term\n문\n")
    result = kedro("ingress", "import-legacy", name)
    assert result.exit_code == 1
    assert "vocabulary_master or vocabulary_items" in result.stderr and "stage1" in result.stderr
    assert not (project.folder / "data" / "ledger.db").exists()


def test_a_run_pays_nothing_for_imported_records(
    project: Project, kedro: Kedro, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    full_database(project.folder / "old.db", ["문", "물"])
    full_cache(project.folder / "cache", ["해", "달"])
    # This word has only an analysis, so the run requests its cards.
    put(project.folder / "half", "stage1", stage1("별"))
    # This word has fewer cards than a request today would return. They are accepted.
    put(project.folder / "half", "stage2", stage2("강", stage2("강")["response"]["rows"][:1]))
    for source in ("old.db", "cache", "half"):
        assert kedro("ingress", "import-legacy", source).exit_code == 0
    (project.folder / "data/01_raw/sample_words.csv").unlink()
    with ModelServer() as server:
        params = f"llm.model=openai/test,llm.price=unknown_ok,llm.api_base={server.url}"
        # The texts of these records have only three words. The checks would hold the cards back.
        params += ",quality.publish_from=0,quality.review_from=0"
        result = kedro("run", "--params", params)
        assert result.exit_code == 0, result.output
        assert [(request["term"], request["stage"]) for request in server.requests()] == [("별", "flashcards")]
    cards = project.frame("flashcards")
    assert {term.split("[")[0]: model for term, model in cards.select("term", "model").iter_rows()} == {
        "문": "legacy", "물": "legacy", "해": "legacy", "달": "legacy", "강": "legacy", "별": "openai/test",
    }  # fmt: skip
    tagged = [tags for tags, model in cards.select("tags", "model").iter_rows() if model == "legacy"]
    assert len(tagged) == 9 and all("source:legacy" in tags for tags in tagged)
    assert "source:legacy" in (project.folder / "data/07_model_output/cards.tsv").read_text(encoding="utf-8")
