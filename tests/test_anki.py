"""Anki's own library imports the exports: one note per row, and importing again updates notes and keeps the schedule.

See also test_anki_updates.py, which tests what a second import changes.
"""

import html
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.anki import AnkiProfile, Imported
from support.commands import ProjectHere, prepare
from support.project import Project

QUICK = {"KEDRO_DATASET_VALIDATION": "off"}
# Otherwise, the checks would hold back these hostile cards.
ALL = "quality.publish_from=0,quality.review_from=0"
DECK = "data/07_model_output/korean.apkg"
WORDS = "term,definition,example,tags\n문,door,문을 <열어요> & {{문}}.,a b\n남성,male; man,남성이에요.,\n"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with the deck of a list that contains HTML and template syntax."""

    def run(project: Project) -> None:
        project.only_list(WORDS)
        assert project.kedro("run", "--params", ALL, **QUICK).code == 0

    return Project(prepare(tmp_path_factory.mktemp("hostile") / "project", run))


@pytest.fixture
def here(hostile: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the hostile project that a test may change."""
    return ProjectHere(hostile.copied_to(tmp_path / "project").folder, monkeypatch)


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[AnkiProfile]:
    with AnkiProfile(tmp_path / "anki") as learner:
        yield learner


def test_every_row_of_the_tsv_becomes_one_note_with_one_card(finished: Project, profile: AnkiProfile) -> None:
    rows = (finished.folder / "data/07_model_output/cards.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert profile.import_package(finished.folder / DECK) == Imported(len(rows), 0, 0, 0)
    assert profile.collection.note_count() == profile.collection.card_count() == len(rows)
    decks = {deck.name for deck in profile.collection.decks.all_names_and_ids()}
    assert {f"Korean::TOPIK {level}" for level in range(1, 7)} <= decks


def test_importing_twice_changes_nothing(finished: Project, profile: AnkiProfile) -> None:
    new = profile.import_package(finished.folder / DECK).new
    before = profile.collection.db.all("select id, guid, flds, tags from notes order by id")
    assert profile.import_package(finished.folder / DECK) == Imported(0, 0, new, 0)
    assert profile.collection.db.all("select id, guid, flds, tags from notes order by id") == before


def test_layers_of_different_runs_are_not_exported_together(here: Project) -> None:
    here.frame("edited_nuance").head(1).write_parquet(here.folder / "data/04_feature/edited_nuance.parquet")
    result = here.kedro("run", "--pipeline=export", **QUICK)
    assert result.code == 1 and "the layers come from different runs" in result.err


def test_importing_the_text_file_keeps_the_notes_of_the_package(finished: Project, profile: AnkiProfile) -> None:
    profile.import_package(finished.folder / DECK)
    profile.edit(profile.note("남성"), tag="mine", Back="my words")
    before = profile.notes()
    assert profile.import_text(finished.folder / "data/07_model_output/anki_notes.txt") == Imported(0, 0, 0, 0)
    assert profile.notes() == before


@pytest.mark.parametrize("merge", [False, True])
def test_the_text_file_alone_creates_the_same_notes(finished: Project, profile: AnkiProfile, merge: bool) -> None:
    rows = json.loads((finished.folder / "data/07_model_output/manifest.json").read_text(encoding="utf-8"))
    new = profile.import_package(finished.folder / DECK, merge=merge).new
    wanted = visible(profile)
    assert {row["cards"] for row in rows} == {new} == {len(wanted)}
    profile.collection.remove_notes(profile.collection.find_notes(""))
    profile.collection.decks.remove([deck.id for deck in profile.collection.decks.all_names_and_ids()])
    assert profile.import_text(finished.folder / "data/07_model_output/anki_notes.txt").new == new
    assert visible(profile) == wanted
    assert profile.import_package(finished.folder / DECK, merge=merge) == Imported(0, 0, new, 0)


def visible(profile: AnkiProfile) -> dict[str, tuple[dict[str, str], tuple[str, ...], str]]:
    """Return the fields, the tags, and the deck of each note."""
    return {guid: (note.fields, note.tags, note.deck) for guid, note in profile.notes().items()}


def test_html_and_template_syntax_are_shown_as_text(hostile: Project, profile: AnkiProfile) -> None:
    profile.import_package(hostile.folder / DECK)
    (card_id,) = profile.collection.find_cards('"Term:문" "CardType:Scene"')
    card = profile.collection.get_card(card_id)
    back = card.answer()
    assert "<열어요>" not in back and html.escape("<열어요>") in back
    assert "a_b" in card.note().tags


def test_tags_use_the_hierarchy_of_anki(finished: Project, profile: AnkiProfile) -> None:
    profile.import_package(finished.folder / DECK)
    cards = json.loads((finished.folder / "data/07_model_output/cards.json").read_text(encoding="utf-8"))
    found = profile.collection.find_notes("tag:card::Hanja tag:source::offline")
    assert len(found) == sum(card["tab_name"] == "Hanja" for card in cards) > 0
