"""The real 10,000-word list through all five pipelines with the offline model. Skipped where the list is not at hand."""

import json

import pytest
from support.anki import AnkiProfile, Imported
from support.project import LIST_10K, Project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LIST_10K.exists(), reason="the 10,000-word list is not part of the project"),
]


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project.copy_to(tmp_path_factory.mktemp("long") / "project")
    result = project.kedro("run", "--params", f"word_lists={LIST_10K}")
    assert result.code == 2 and "Traceback" not in result.err, result.err
    return project


def test_every_row_and_every_word_is_accounted_for(long_run: Project) -> None:
    summary = json.loads((long_run.folder / "data/08_reporting/run_summary.json").read_text(encoding="utf-8"))
    assert summary["rows"] == 10_000 == summary["imported"] + summary["duplicates"] + summary["rejected"]
    failed = long_run.frame("nuance_failures").height + long_run.frame("flashcard_failures").height
    with_cards = long_run.frame("flashcards")["item_id"].n_unique()
    assert with_cards + failed == long_run.frame("vocabulary").height == 10_000
    assert with_cards > 9_800
    assert set(long_run.frame("nuance_failures")["code"]) == {"no_definition", "no_pronunciation"}


def test_anki_takes_the_whole_deck_once(long_run: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = (long_run.folder / "data/07_model_output/cards.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(row.count("\t") == 8 for row in rows)
    deck = long_run.folder / "data/07_model_output/korean.apkg"
    with AnkiProfile(tmp_path_factory.mktemp("anki")) as profile:
        assert profile.import_package(deck) == Imported(len(rows), 0, 0, 0)
        assert profile.collection.card_count() == len(rows)
        assert profile.import_package(deck) == Imported(0, 0, len(rows), 0)
