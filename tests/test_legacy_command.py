"""`kedro ingress import-legacy` as a person types it: what is said, what is changed, what the next run pays for."""

import json
from pathlib import Path

import pytest
from legacy.sources import analysis_row, card_row, database, full_cache, full_database, put, snapshot, stage1, stage2
from support.commands import Kedro, kedro_here
from support.model_server import ModelServer
from support.project import Project

pytestmark = pytest.mark.slow


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    return kedro_here(project, monkeypatch)


def broken_database(path: Path) -> Path:
    """One whole word, one without analysis, one that is none."""
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


def test_the_report_says_what_was_taken_and_why_the_rest_was_not(project: Project, kedro: Kedro) -> None:
    broken_database(project.folder / "old.db")
    before = snapshot(project.folder / "old.db")

    result = kedro("ingress", "import-legacy", "old.db")

    assert result.exit_code == 2
    assert result.stdout.splitlines()[:3] == [
        "Words      2 taken, 0 there already, 1 skipped",
        "Analyses   1 taken, 0 there already, 2 skipped",
        "Cards      1 taken, 0 there already, 1 skipped",
    ]
    said = {line.split("  ")[0]: line for line in result.stdout.splitlines()}
    assert "no_hangul" in said["vocabulary_master, row 3"]
    assert "explanation" in said["nuance_data, row 2"] and "there is no word with" in said["nuance_data, row 3"]
    assert "front" in said["flashcards, row 2"]
    assert "Batch old." in result.stdout and "\x1b" not in result.stdout
    assert project.ledger("SELECT batch_id, tag, source, imported, rejected FROM import_batches") == [
        ("old", "legacy", "old.db", 2, 1)
    ]
    assert snapshot(project.folder / "old.db") == before


def test_json_has_the_whole_report(project: Project, kedro: Kedro) -> None:
    broken_database(project.folder / "old.db")
    report = json.loads(kedro("ingress", "import-legacy", "old.db", "--json").stdout)
    assert report["words"] == {"taken": 2, "already": 0, "skipped": 1}
    assert {(one["where"], one["what"]) for one in report["problems"]} == {
        ("vocabulary_master, row 3", "word"), ("nuance_data, row 2", "analysis"), ("nuance_data, row 3", "analysis"),
        ("flashcards, row 2", "cards"),
    }  # fmt: skip


def test_many_problems_are_cut_on_the_terminal_only(project: Project, kedro: Kedro) -> None:
    for number in range(60):
        put(project.folder / "old", "stage1", b"", name=f"{number:02}.json")
    put(project.folder / "old", "stage1", stage1("문"))
    shown = kedro("ingress", "import-legacy", "old").stdout
    assert shown.count("the file is empty") == 50 and "… and 10 more (--json has all)" in shown
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
    # Whoever looks into the ledger leaves SQLite's own index of the journal beside it.
    assert {name: after[name] for name in after if not name.endswith(("-shm", "-wal"))} == before
    assert rehearsal.exit_code == 2 and "Dry run: nothing was written." in rehearsal.stdout
    real = kedro("ingress", "import-legacy", "old.db")
    assert rehearsal.stdout.splitlines()[:-1] == real.stdout.splitlines()[:-1]


def test_the_second_time_nothing_is_changed_and_that_is_no_error(project: Project, kedro: Kedro) -> None:
    full_database(project.folder / "old.db", ["문", "물"])
    assert kedro("ingress", "import-legacy", "old.db").exit_code == 0
    rows = project.ledger("SELECT * FROM tasks"), project.ledger("SELECT * FROM import_batches")
    again = kedro("ingress", "import-legacy", "old.db")
    assert again.exit_code == 0
    assert again.stdout.splitlines()[0] == "Words      0 taken, 2 there already, 0 skipped"
    assert "Nothing was changed" in again.stdout
    assert (project.ledger("SELECT * FROM tasks"), project.ledger("SELECT * FROM import_batches")) == rows


@pytest.mark.parametrize("name", ["nothing.db", "list.csv", "data"])
def test_what_is_no_legacy_data_is_an_error_that_says_what_was_looked_for(
    project: Project, kedro: Kedro, name: str
) -> None:
    project.word_list("term\n문\n")
    result = kedro("ingress", "import-legacy", name)
    assert result.exit_code == 1
    assert "vocabulary_master or vocabulary_items" in result.stderr and "stage1" in result.stderr
    assert not (project.folder / "data" / "ledger.db").exists()


def test_a_run_pays_nothing_for_what_was_taken(project: Project, kedro: Kedro) -> None:
    full_database(project.folder / "old.db", ["문", "물"])
    full_cache(project.folder / "cache", ["해", "달"])
    # Only an analysis: its cards are the one thing that is left to ask for.
    put(project.folder / "half", "stage1", stage1("별"))
    # Fewer cards than would be requested today are enough.
    put(project.folder / "half", "stage2", stage2("강", stage2("강")["response"]["rows"][:1]))
    for source in ("old.db", "cache", "half"):
        assert kedro("ingress", "import-legacy", source).exit_code == 0
    (project.folder / "data/01_raw/sample_words.csv").unlink()
    with ModelServer() as server:
        params = f"llm.model=openai/test,llm.price=unknown_ok,llm.api_base={server.url}"
        # The records are of three words each, which the checks would hold back.
        params += ",quality.publish_from=0,quality.review_from=0"
        result = project.kedro("run", "--params", params, OPENAI_API_KEY="x")
        assert result.code == 0, result.out + result.err
        assert [(request["term"], request["stage"]) for request in server.requests()] == [("별", "flashcards")]
    cards = project.frame("flashcards")
    assert {term.split("[")[0]: model for term, model in cards.select("term", "model").iter_rows()} == {
        "문": "legacy", "물": "legacy", "해": "legacy", "달": "legacy", "강": "legacy", "별": "openai/test",
    }  # fmt: skip
    tagged = [tags for tags, model in cards.select("tags", "model").iter_rows() if model == "legacy"]
    assert len(tagged) == 9 and all("source:legacy" in tags for tags in tagged)
    assert "source:legacy" in (project.folder / "data/07_model_output/cards.tsv").read_text(encoding="utf-8")
