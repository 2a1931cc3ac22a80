"""Cards of all note types in Anki's library and in a browser: markup stays text, and nothing leaves the page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from formats.samples import NUANCE
from support.anki import AnkiProfile
from support.browser import CHROMIUM
from support.card_pages import show

from korean_flashcards.datasets.anki import AnkiPackageDataset, AnkiTemplatesDataset
from korean_flashcards.domain.exported_notes import ExportHistory
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import ExportParameters
from korean_flashcards.domain.records import CARD_TYPES, VocabularyItem
from korean_flashcards.formats.anki_note import FIELDS
from korean_flashcards.layers.known_layers import known_layers
from korean_flashcards.pipelines.export.card_texts import add_extra_cards, shorten_backs
from korean_flashcards.pipelines.export.nodes import build_deck, lay_out_notes, write_anki_text
from korean_flashcards.pipelines.export.note_history import date_note_types, identify_notes
from korean_flashcards.pipelines.nuance.nodes import NUANCE_SCHEMA

TEMPLATES = AnkiTemplatesDataset(path=str(Path(__file__).parents[2] / "conf" / "base" / "anki")).load()
OLD_TEMPLATES = Path(__file__).parents[1] / "fixtures" / "project_before_restructuring" / "conf" / "base" / "anki"
NOTHING = ExportHistory({}, {}, {})
LINKED = next(layer.columns for layer in known_layers() if layer.name == "linked_flashcards")
SOURCE = {"model": "offline/dictionary@1", "prompt_version": "0" * 12, "key": "0" * 64}
MARKUP = (
    "<script>fetch('http://leak.test/a')</script>", "<img src=http://leak.test/b onerror=console.log(1)>", "{{c1::x}}",
    "{{Front}}", "[[type:Front]]", "[sound:x.mp3]", "[anki:play:a:0]", "[latex]x[/latex]", "[$]x[/$]", "\\(x\\)", "\\[x\\]",
    "</article>", "&lt;",
)  # fmt: skip
HOSTILE = " ".join(MARKUP)
TYPES = ("Scene", "Reverse", "Cloze")
# Word, texts on all sides, example. In the last two, everything is very long, or empty if it can be.
WORDS = (("문", HOSTILE, f"문을 열어요 {HOSTILE}"), ("독립", "x" * 400, f"독립을 {'독립' * 150}"), ("배", "pear", ""))


def settings(speech: bool) -> ExportParameters:
    return ExportParameters(deck_name="Korean", subdecks="none", extra_cards=["reverse", "cloze"], speech=speech)


def notes(export: ExportParameters) -> pl.DataFrame:
    listed, analyses, cards = [], [], []
    for number, (word, text, example) in enumerate(WORDS, 1):
        item_id = f"{word}#1"
        hanja = [{"hanja": "門", "reading": word, "meaning": text, "differentiator": text}]
        analyses.append({**NUANCE, "term_number": number, "item_id": item_id, "primary_meaning": text,
                         "homonyms": hanja, **SOURCE, "model": text})  # fmt: skip
        listed.append({
            "item_id": item_id, "term": word, "homograph": 1, "term_number": number, "tags": [], "example": example or None,
            "example_translation": text if example else None, "file": "l.csv", "row": number,
        })  # fmt: skip
        cards += [{
            "item_id": item_id, "position": 1, "term": word, "term_number": number, "tab_name": name, "primer": text,
            "front": text, "back": text, "honorific_level": "", "tags": [f"tag:{name}", "_".join(text.split())],
            "confused_with": [{"term": text, "meaning": text}], **SOURCE, "model": text,
        } for name in CARD_TYPES]  # fmt: skip
    words = frame_of(listed, polars_schema(VocabularyItem))
    laid_out = lay_out_notes(frame_of(cards, LINKED), frame_of(analyses, NUANCE_SCHEMA), words, export)
    cue = pl.when(pl.col("item_id") == "배#1").then(pl.lit("a fruit")).otherwise("Cue")
    return identify_notes(
        add_extra_cards(shorten_backs(laid_out.with_columns(Cue=cue), TEMPLATES), words, export), NOTHING, "project"
    )


@pytest.fixture(params=[pytest.param(False, id="silent", marks=pytest.mark.slow), pytest.param(True, id="speech")])
def profile(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[AnkiProfile]:
    """Return a profile with the package, which is beside its text file in ``tmp_path``."""
    export = settings(request.param)
    exported = notes(export)
    package = tmp_path / "deck.apkg"
    AnkiPackageDataset(filepath=str(package)).save(
        build_deck(exported, date_note_types(TEMPLATES, NOTHING, export), {})
    )
    (tmp_path / "deck.txt").write_bytes(write_anki_text(exported))
    with AnkiProfile(tmp_path / "anki") as learner:
        assert learner.import_package(package).new == exported.height
        yield learner


def cards_in(profile: AnkiProfile) -> list[Any]:
    return [profile.collection.get_card(card_id) for card_id in profile.collection.find_cards("")]


def test_every_word_gets_one_card_of_each_type(profile: AnkiProfile) -> None:
    types = {each["name"]: each for each in profile.collection.models.all()}
    assert [types[name]["type"] for name in ("Korean Flashcard", "Korean Reverse", "Korean Cloze")] == [0, 0, 1]
    for name in types.keys() & {"Korean Flashcard", "Korean Reverse", "Korean Cloze"}:
        profile.collection.models.update_dict(types[name])  # Anki raises an error if a template is invalid.
    found = cards_in(profile)
    counts = {name: sum(card.note()["CardType"] == name for card in found) for name in (*CARD_TYPES, *TYPES)}
    # 배 has no example.
    assert counts == {**dict.fromkeys(CARD_TYPES, 3), "Reverse": 3, "Cloze": 2}
    assert profile.collection.card_count() == profile.collection.note_count()


@pytest.mark.slow
def test_the_text_file_gives_the_same_notes_as_the_package(profile: AnkiProfile, tmp_path: Path) -> None:
    rows = "select guid, mid, flds, tags from notes order by guid"
    wanted = profile.collection.db.all(rows)
    profile.collection.remove_notes(profile.collection.find_notes(""))
    assert profile.import_text(tmp_path / "deck.txt").new == len(wanted)
    assert profile.collection.db.all(rows) == wanted


def test_anki_finds_only_its_own_speech_in_the_cards(profile: AnkiProfile, request: pytest.FixtureRequest) -> None:
    spoken = "speech" in request.node.callspec.id
    for card in cards_in(profile):
        output = card.render_output()
        assert output.question_av_tags == []
        texts = [tag.field_text for tag in output.answer_av_tags if tag.lang == "ko_KR"]
        note = card.note()
        assert len(output.answer_av_tags) == len(texts) == (bool(note["Term"]) + bool(note["Example"]) if spoken else 0)
        assert "{{" not in output.question_text and "[[type:" not in output.question_text
    if spoken:
        # A recording replaces Anki's voice.
        card = cards_in(profile)[0]
        note = card.note()
        note["Audio"] = note["ExampleAudio"] = "[sound:a.mp3]"
        profile.collection.update_note(note)
        tags = profile.collection.get_card(card.id).render_output().answer_av_tags
        assert {tag.filename for tag in tags} == {"a.mp3"}


@pytest.mark.slow
def test_templates_of_an_earlier_release_still_show_everything(tmp_path: Path) -> None:
    old = AnkiTemplatesDataset(path=str(OLD_TEMPLATES)).load()
    export = ExportParameters(deck_name="Korean", subdecks="none", speech=True)
    package = tmp_path / "deck.apkg"
    AnkiPackageDataset(filepath=str(package)).save(build_deck(notes(export), date_note_types(old, NOTHING, export), {}))
    with AnkiProfile(tmp_path / "anki") as learner:
        learner.import_package(package)
        (card_id,) = learner.collection.find_cards("Term:독립 CardType:Scene")
        output = learner.collection.get_card(card_id).render_output()
        for text in ("x" * 400, NUANCE["ipa"], "Memory room"):
            assert text in output.answer_text
        assert [tag.field_text for tag in output.answer_av_tags] == ["독립", f"독립을 {'독립' * 150}"]


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)")
def test_cards_in_a_browser_show_markup_as_text_and_fit_the_screen(profile: AnkiProfile, tmp_path: Path) -> None:
    found = cards_in(profile)
    shown = show([side for card in found for side in (card.question(), card.answer())], tmp_path)
    assert len(shown.pages) == 2 * 2 * len(found)
    assert [address for address in shown.requests if "leak.test" in address] == shown.console == []
    assert [page["text"][:60] for page in shown.pages if page["wider"] > 0] == []
    assert [page["empty"] for page in shown.pages if page["empty"]] == []
    assert sum(page["controls"] for page in shown.pages) == 0
    hostile = ["".join(page["text"].split()) for page in shown.pages if "leak.test/a" in page["text"]]
    assert {kind for kind in (*CARD_TYPES, "Reverse", "Cloze") for text in hostile if text.startswith(kind)} == {
        *CARD_TYPES, "Reverse", "Cloze",
    }  # fmt: skip
    for text in hostile:
        assert [each for each in MARKUP if "".join(each.split()) not in text] == []


@pytest.mark.slow
@pytest.mark.parametrize("empty", [("Sound", "Cue"), FIELDS[11:-1]])
def test_a_note_that_was_merged_from_version_1_shows_no_empty_parts(
    profile: AnkiProfile, empty: tuple[str, ...]
) -> None:
    card = next(card for card in cards_in(profile) if card.note()["Term"] == "배")
    note = card.note()
    for name in empty:
        note[name] = ""
    profile.collection.update_note(note)
    side = profile.collection.get_card(card.id).render_output().answer_text
    assert ("kf-cue" in side, "kf-sound" in side, "kf-example" in side) == (False, False, False)
