"""The parameter export.filters exports the selected cards to separate files, and leaves the main deck alone."""

import json
from pathlib import Path

import polars as pl
import pytest
from support.anki import AnkiProfile
from support.commands import ProjectHere
from support.project import Project, unwrapped

pytestmark = pytest.mark.slow

MAIN = ("korean.apkg", "anki_notes.txt", "cards.tsv", "cards.json", "manifest.json", "linked_flashcards.parquet",
        "anki_notes.parquet")  # fmt: skip


@pytest.fixture
def copy(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectHere:
    return ProjectHere(finished.copied_to(tmp_path / "copy").folder, monkeypatch)


def outputs(project: Project) -> Path:
    return project.folder / "data" / "07_model_output"


def main_files(project: Project) -> dict[str, bytes]:
    return {name: (outputs(project) / name).read_bytes() for name in MAIN}


def test_filters_in_parameters_write_separate_files(copy: ProjectHere, tmp_path: Path) -> None:
    before, recorded = main_files(copy), copy.ledger("SELECT item_id FROM exported_items ORDER BY 1")
    result = copy.kedro(
        "run", "--pipeline=export", "--params=export.filters.level=1-2,export.filters.card_type=Scene;Hanja,"
        "export.filters.where=word LIKE '%다',export.extra_cards=reverse",
    )  # fmt: skip
    assert result.code == 0, result.err
    assert "data/07_model_output/korean_selected.apkg" in result.out
    assert main_files(copy) == before
    assert copy.ledger("SELECT item_id FROM exported_items ORDER BY 1") == recorded
    cards = json.loads((outputs(copy) / "cards_selected.json").read_text(encoding="utf-8"))
    assert cards and {card["tab_name"] for card in cards} <= {"Scene", "Hanja"}
    assert all(card["item_id"].partition("#")[0].endswith("다") for card in cards)
    assert [card["position"] for card in cards] == list(range(1, len(cards) + 1))
    words = copy.frame("words").filter(pl.col("term").str.ends_with("다") & pl.col("topik_level").is_in([1, 2]))
    assert {card["item_id"] for card in cards} == set(words["item_id"])
    manifest = json.loads((outputs(copy) / "manifest_selected.json").read_text(encoding="utf-8"))
    assert [row["cards"] for row in manifest] == [len(cards)] * 4
    with AnkiProfile(tmp_path / "anki") as profile:
        assert profile.import_package(outputs(copy) / "korean_selected.apkg").new == len(cards)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ("export.filters.levl=1", "export.filters: there is no setting named 'levl' (did you mean level?)"),
        ("export.filters.level=9", "level: must be levels from 1 to 6, ranges such as 1-3, or none, not '9'."),
        ("export.filters.deck=Koraen", "There is no deck named Koraen. Did you mean Korean?"),
        ("export.filters.review=edited", "No card meets the filters in export.filters (review edited). Nothing"),
        ("export.filters.where=front = (SELECT 1)", "SELECT is not allowed in an expression"),
        ("export.filters=x", "export.filters must be a group of settings, not 'x'"),
    ],
)  # fmt: skip
def test_a_wrong_filter_exports_nothing(copy: ProjectHere, params: str, message: str) -> None:
    before = main_files(copy)
    result = copy.kedro("run", "--pipeline=export", f"--params={params}")
    assert result.code == 1 and message in unwrapped(result.err)
    assert "Error: " in result.err and "Traceback" not in result.err
    assert main_files(copy) == before and not list(outputs(copy).glob("korean_selected*"))


def test_a_filtered_export_says_what_it_selected_and_is_recorded(copy: ProjectHere) -> None:
    before = main_files(copy)
    result = copy.kedro("run", "--pipeline=export", "--params=export.filters.card_type_not=Hanja")
    said = "The filters select 164 of 189 cards. They are in korean_selected.apkg; the main deck is unchanged."
    assert said in unwrapped(result.out) and "Cards      164: Scene 129, Usage-Comparison 35" in result.out
    newest = json.loads(copy.kedro("export", "history", "deck_selected", "--json").out)[0]
    assert (newest["state"], newest["cards"]) == ("complete", 164)
    assert newest["filters"] == {"card_type_not": "Hanja"}
    shown = copy.kedro("export", "show", str(newest["number"])).out
    assert "(selected cards of the main deck)" in shown and "korean_selected.apkg" in shown and "replaced" not in shown
    assert "with the same parameters writes it again" in unwrapped(
        copy.kedro("export", "again", str(newest["number"])).err
    )
    assert "were not kept" in copy.kedro("export", "diff", "deck_selected").err
    assert copy.kedro("export", "diff").out.startswith("deck (export 1"), "the last export whose cards were kept"
    settings = copy.folder / "conf/local/parameters_export.yml"
    settings.write_text("export: {filters: {card_type: Hanja}}\n")
    result = copy.kedro("export", "run")
    assert "The filters select 25 of 189 cards. They are in korean_selected.apkg" in unwrapped(result.out)
    assert main_files(copy) == before
    settings.unlink()
    assert "The filters" not in copy.kedro("export", "run").out
