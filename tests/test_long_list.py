"""A generated list of 10,000 words runs through all pipelines with the offline model."""

import json

import pytest
from support.anki import AnkiProfile, Imported
from support.long_list import PLACEHOLDERS, ROWS, WITH_SIGNS, WITHOUT_DEFINITION, long_list
from support.project import Project

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project.copy_to(tmp_path_factory.mktemp("long") / "project")
    project.only_list("", "long.csv").write_bytes(long_list())
    result = project.kedro("run")
    assert result.code == 2 and "Traceback" not in result.err, result.err
    return project


def test_every_row_and_every_word_is_accounted_for(long_run: Project) -> None:
    summary = json.loads((long_run.folder / "data/08_reporting/run_summary.json").read_text(encoding="utf-8"))
    assert summary["rows"] == ROWS == summary["imported"] + summary["duplicates"] + summary["rejected"]
    failed = long_run.frame("nuance_failures").height + long_run.frame("flashcard_failures").height
    with_cards = long_run.frame("flashcards")["item_id"].n_unique()
    assert with_cards + failed == long_run.frame("vocabulary").height == ROWS
    codes = dict(long_run.frame("nuance_failures")["code"].value_counts().iter_rows())
    # Some examples of the generated list are not possible Korean. The offline model makes no cards from them.
    assert codes.pop("wrong_example") < ROWS / 200
    assert codes == {"no_definition": WITHOUT_DEFINITION + PLACEHOLDERS, "no_pronunciation": WITH_SIGNS}


def test_anki_imports_the_whole_deck_once(long_run: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = (long_run.folder / "data/07_model_output/cards.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(row.count("\t") == 8 for row in rows)
    deck = long_run.folder / "data/07_model_output/korean.apkg"
    with AnkiProfile(tmp_path_factory.mktemp("anki")) as profile:
        assert profile.import_package(deck) == Imported(len(rows), 0, 0, 0)
        assert profile.collection.card_count() == len(rows)
        assert profile.import_package(deck) == Imported(0, 0, len(rows), 0)
