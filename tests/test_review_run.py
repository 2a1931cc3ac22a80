"""Reviews and runs: edits and decisions are kept when cards are regenerated, and decide what the deck contains."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.anki import AnkiProfile, Imported
from support.commands import ProjectHere
from support.project import Project, Result, unwrapped

from korean_flashcards.domain.line_wrap import width

pytestmark = pytest.mark.slow

DECK = "data/07_model_output/korean.apkg"
TO_DECK = "--pipelines=quality,export,reporting"


@pytest.fixture
def here(tmp_path: Path, first_run: tuple[Path, Result], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project after one plain run, whose commands run in this process."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    return ProjectHere(Project(first_run[0]).copied_to(tmp_path / "project").folder, monkeypatch)


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[AnkiProfile]:
    with AnkiProfile(tmp_path / "anki") as learner:
        yield learner


def said(project: Project, *args: str) -> str:
    result = project.kedro("review", *args)
    assert result.code == 0, result.err
    return result.out


def scene(project: Project, layer: str = "released_flashcards") -> dict[str, object]:
    (row,) = project.frame(layer).filter(item_id="남성#1", tab_name="Scene").to_dicts()
    return row


def test_an_edit_survives_regeneration_shows_its_conflict_and_versions_can_be_restored(here: Project) -> None:
    first = scene(here)
    said(here, "edit", "남성", "--card", "Scene", "--field", "back", "--value", "남성: a man, in a form.")
    # With a changed prompt and a changed note in the list, the whole word is generated again.
    prompt = here.folder / "conf/base/prompts/flashcards.md"
    prompt.write_text(prompt.read_text(encoding="utf-8") + "\nBe brief.\n", encoding="utf-8")
    words = here.folder / "data/01_raw/sample_words.csv"
    words.write_text(words.read_text(encoding="utf-8").replace("shop floors", "shop windows"), encoding="utf-8")
    again = here.kedro("run", "--pipelines=ingress,nuance,flashcards,quality,export", "--params", "words=남성")
    assert again.code == 0 and "Conflicts  1 edit in conflict with new text" in again.out, again.err

    new = scene(here, "flashcards")
    assert new["prompt_version"] != first["prompt_version"] and "shop windows" in str(new["back"])
    assert scene(here)["back"] == "남성: a man, in a form."
    conflict = here.kedro("review", "conflicts", "--json")
    (row,) = json.loads(conflict.out)
    assert (conflict.code, row["replaced"], row["generated"]) == (2, first["back"], new["back"])
    text = here.kedro("review", "conflicts").out
    assert "To keep your edit:\n    kedro review approve 남성#1 --card Scene\n" in text
    assert max(map(width, text.splitlines())) <= 80

    said(here, "approve", "남성", "--card", "Scene")
    assert said(here, "conflicts") == "There are no conflicts.\n"
    said(here, "restore", "남성", "--card", "Scene", "--version", "1")
    assert here.kedro("run", "--pipelines=quality,export", "--params", "words=남성").code == 0
    assert (scene(here)["front"], scene(here)["back"]) == (first["front"], first["back"])
    (word,) = json.loads(here.kedro("word", "show", "남성", "--card", "Scene", "--json").out)["words"]
    (versions,) = word["versions"]
    made = [(version["made_by"], version["prompt"], version["today"]) for version in versions["versions"]]
    assert made == [("model", "v1", True), ("person", "v1", False), ("model", "v2", False)]
    assert [review["action"] for version in versions["versions"] for review in version["reviews"]] == [
        "restore", "edit", "approve"
    ]  # fmt: skip


def test_an_edited_card_updates_its_note_and_keeps_the_schedule(here: Project, profile: AnkiProfile) -> None:
    count = profile.import_package(here.folder / DECK).new
    assert not profile.collection.find_notes("tag:review::*")
    (card_id,) = profile.collection.find_cards('"Term:남성" "CardType:Scene"')
    card = profile.collection.get_card(card_id)
    card.ivl, card.type, card.queue, card.due, card.reps = 42, 2, 2, 100, 7
    profile.collection.update_card(card)
    said(here, "edit", "남성", "--card", "Scene", "--field", "front", "--value", "Who fills in the <form>?")
    said(here, "edit", "남성", "--field", "primary_meaning", "--value", "male adult")
    said(here, "approve", "남자", "--card", "Scene")
    time.sleep(1.1)  # Anki compares modification times in whole seconds.
    assert here.kedro("run", "--pipelines=quality,export").code == 0

    again = profile.import_package(here.folder / DECK)
    assert again == Imported(0, again.updated, count - again.updated, 0) and again.updated >= 2
    note = profile.collection.get_card(card_id).note()
    assert note["Front"] == "Who fills in the &lt;form&gt;?" and note["Meaning"] == "male adult"
    assert "review::edited" in note.tags and profile.collection.get_card(card_id).ivl == 42
    assert len(profile.collection.find_notes("tag:review::approved")) == 1
    assert len(profile.collection.find_notes("tag:review::*")) == 2


def test_held_cards_are_not_exported_and_the_summary_says_why(here: Project) -> None:
    said(here, "reject", "남자", "--reason", "too hard")
    said(here, "approve", "남성", "--card", "Scene")
    before = dict(here.ledger("SELECT item_id, last_exported FROM exported_items"))  # type: ignore[arg-type]
    time.sleep(1.1)  # The ledger stores whole seconds.
    result = here.kedro("run", TO_DECK, "--params", "review.required=true")
    assert result.code == 2
    held = here.frame("held_flashcards")
    rejected = held.filter(item_id="남자#1").height
    assert f"Cards      1: Scene 1; {held.height} held back" in result.out
    assert f"{held.height - rejected} cards held back: not approved" in result.out
    assert f"{rejected} cards held back: rejected by a reviewer" in result.out
    assert "127 words without a card in the deck: all of their cards" in unwrapped(result.out)
    assert "1 word without a card in the deck: a reviewer rejected all cards" in unwrapped(result.out)
    assert here.frame("released_flashcards")["item_id"].to_list() == ["남성#1"]
    after = dict(here.ledger("SELECT item_id, last_exported FROM exported_items"))  # type: ignore[arg-type]
    assert [item_id for item_id in after if after[item_id] != before[item_id]] == ["남성#1"]
    assert "too hard" in (here.folder / "data/08_reporting/report.html").read_text(encoding="utf-8")
