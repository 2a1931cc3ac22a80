"""Anki's own library imports hostile names and texts: the package and the text file give the same notes and decks."""

import html
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from formats.samples import NUANCE
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.anki import AnkiProfile, Imported

from korean_flashcards.datasets.anki import AnkiPackageDataset, AnkiTemplatesDataset
from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.exported_notes import ExportHistory
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import ExportParameters
from korean_flashcards.domain.records import DraftCard, VocabularyItem
from korean_flashcards.formats.card import tags
from korean_flashcards.layers.known_layers import known_layers
from korean_flashcards.pipelines.export.nodes import build_deck, lay_out_notes, write_anki_text
from korean_flashcards.pipelines.export.note_history import date_note_types, identify_notes
from korean_flashcards.pipelines.nuance.nodes import NUANCE_SCHEMA

NOTHING = ExportHistory({}, {}, {})
TEMPLATES = Path(__file__).parents[2] / "conf" / "base" / "anki"
EXPORT = ExportParameters(deck_name="Korean", subdecks="tag")
TYPES = date_note_types(AnkiTemplatesDataset(path=str(TEMPLATES)).load(), NOTHING, EXPORT)
SOURCE = {"model": "offline/dictionary@1", "prompt_version": "0" * 12, "key": "0" * 64}
LINKED = next(layer.columns for layer in known_layers() if layer.name == "linked_flashcards")
MARKUP = (
    "[[type:Front]]", "{{tts ko_KR:Term}}", "{{c1::x}}", "[sound:a.mp3]", "[anki:tts lang=ko_KR]x[/anki:tts]",
    "[LaTeX]x[/latex]", "[$]x[/$]", "[$$]x[/$$]", "\\(x\\)", "\\[x\\]",
    "<script>alert(1)</script>", "&lt;b&gt;", "<img src=x>", '"', "'", "가", " ",
    "\n", "\t", "e\u0301", "<!--", "\\", "[", "{{Front}}",
)  # fmt: skip
NAMES = (
    "a",
    "A",
    "::",
    ":",
    " ",
    '"',
    "\u0301",
    "e",
    "ß",
    "ss",
    "\x07",
    "default",
    "2026",
    "marked",
    "status",
    "-",
    "한",
)
NAME = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("".join)
TEXT = st.lists(st.sampled_from(MARKUP), min_size=1, max_size=4).map("".join).filter(str.strip)
Word = tuple[Sequence[str], str]  # tags in the list, and a text


def notes_of(words: Sequence[Word], deck_name: str) -> pl.DataFrame:
    """Return the notes of words with these tags, whose texts are the given text."""
    listed, analyses, cards = [], [], []
    for number, (own, text) in enumerate(words, 1):
        item_id, cleaned = f"남성#{number}", clean(text)
        record = {**NUANCE, "term_number": number, "primary_meaning": cleaned, "item_id": item_id, **SOURCE}
        word = {**record, "term": "남성", "topik_level": None, "own_tags": [tag for tag in own if tag.strip()]}
        draft = DraftCard(tab_name="Scene", front=f"{number % 2} {cleaned}", back=cleaned, tags=["topic:x"])
        listed.append({
            "item_id": item_id, "term": "남성", "homograph": number, "term_number": number, "tags": word["own_tags"],
            "example": cleaned, "example_translation": cleaned, "file": "l.csv", "row": number,
        })  # fmt: skip
        analyses.append(record)
        cards.append({
            "item_id": item_id, "position": number, "term": "남성", "term_number": number, "tab_name": "Scene",
            "primer": cleaned, "front": draft.front, "back": draft.back, "honorific_level": "",
            "tags": tags(draft, word), "confused_with": None, **SOURCE,
        })  # fmt: skip
    laid_out = lay_out_notes(
        frame_of(cards, LINKED), frame_of(analyses, NUANCE_SCHEMA),
        frame_of(listed, polars_schema(VocabularyItem)), EXPORT.model_copy(update={"deck_name": deck_name}),
    )  # fmt: skip
    return identify_notes(laid_out, NOTHING, "project")


def imported(notes: pl.DataFrame, order: Sequence[str]) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the notes and decks of a profile that imports the files in this order ("apkg", "txt"), each twice."""
    with tempfile.TemporaryDirectory() as folder, AnkiProfile(Path(folder) / "anki") as profile:
        package = Path(folder) / "deck.apkg"
        AnkiPackageDataset(filepath=str(package)).save(build_deck(notes, TYPES, {}))
        (Path(folder) / "deck.txt").write_bytes(write_anki_text(notes))
        if "apkg" not in order:
            only_note_type(profile, package)
        for name in (*order, *order):
            getattr(profile, {"apkg": "import_package", "txt": "import_text"}[name])(Path(folder) / f"deck.{name}")
        found = [profile.collection.get_note(note_id) for note_id in profile.collection.find_notes("")]
        rows = [(note.guid, profile.collection.decks.name(note.cards()[0].did), " ".join(sorted(note.tags)), *note.fields)
                for note in found]  # fmt: skip
        return sorted(rows), sorted(deck.name for deck in profile.collection.decks.all_names_and_ids())


def only_note_type(profile: AnkiProfile, package: Path) -> None:
    """Leave only the note type of the package in the profile, because a text file cannot create one."""
    profile.import_package(package)
    profile.collection.remove_notes(profile.collection.find_notes(""))
    profile.collection.decks.remove(
        [deck.id for deck in profile.collection.decks.all_names_and_ids() if deck.name != "Default"]
    )
    profile.collection.tags.clear_unused_tags()


@pytest.mark.slow
@given(st.lists(st.tuples(st.lists(NAME, max_size=3), TEXT), min_size=1, max_size=5), NAME.filter(str.strip))
@example([(["status::gone", "course::unit1", "a:b"], "x"), (["Course::Unit1", "marked", "::"], "x")], "Korean")
@example([(["b"], "x"), ([], "x"), (["a"], "x"), (["B::"], "x")], "2026")
@example([([], "x"), (["x"], "x")], "default")
@example([(["::marked", "::status::gone"], "x")], "a")
@settings(max_examples=12)
def test_package_and_text_file_give_the_same_notes_decks_and_tags(words: list[Word], deck_name: str) -> None:
    notes = notes_of(words, deck_name)
    wanted = sorted(
        (note["guid"], note["deck"], " ".join(sorted(note["tags"])), *(note[name] for name in TYPES[0][0].fields))
        for note in notes.iter_rows(named=True)
    )
    decks = {"Default", *("::".join(deck.split("::")[:level]) for deck in notes["deck"] for level in range(1, 9))}
    for order in (["apkg"], ["txt"], ["apkg", "txt"], ["txt", "apkg"]):
        assert imported(notes, order) == (wanted, sorted(decks)), order


@pytest.mark.slow
def test_a_text_file_before_the_package_creates_no_note_of_another_type(tmp_path: Path) -> None:
    """A text file cannot create the note type (docs/anki.md)."""
    notes = notes_of([([], "x"), ([], "y")], "Korean")
    AnkiPackageDataset(filepath=str(tmp_path / "deck.apkg")).save(build_deck(notes, TYPES, {}))
    (tmp_path / "deck.txt").write_bytes(write_anki_text(notes))
    with AnkiProfile(tmp_path / "anki") as profile:
        assert profile.import_text(tmp_path / "deck.txt") == Imported(0, 0, 0, 0)
        assert not profile.collection.find_notes("") and profile.collection.decks.count() == 1
        assert profile.import_package(tmp_path / "deck.apkg") == Imported(2, 0, 0, 0)
        assert profile.import_text(tmp_path / "deck.txt") == Imported(0, 0, 0, 0)


@pytest.mark.slow
def test_the_text_file_finds_the_fields_by_name(tmp_path: Path) -> None:
    """Anki adds the new fields of a note type behind the learner's own when it merges note types."""
    notes = notes_of([([], "x"), ([], "y")], "Korean")
    AnkiPackageDataset(filepath=str(tmp_path / "deck.apkg")).save(build_deck(notes.head(1), TYPES, {}))
    (tmp_path / "deck.txt").write_bytes(write_anki_text(notes))
    with AnkiProfile(tmp_path / "anki") as profile:
        profile.import_package(tmp_path / "deck.apkg")
        profile.add_field("Mine")
        model = profile.collection.models.by_name("Korean Flashcard")
        profile.collection.models.reposition_field(model, model["flds"][-1], 3)
        profile.collection.models.update_dict(model)
        assert profile.import_text(tmp_path / "deck.txt").new == 1
        (added,) = (note for note in profile.notes().values() if note.fields["Key"] == notes["Key"][1])
        assert added.fields == {"Mine": ""} | {name: notes[name][1] for name in TYPES[0][0].fields}


@pytest.mark.slow
@given(TEXT)
@settings(max_examples=30)
def test_markup_in_a_text_is_shown_as_text(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder, AnkiProfile(Path(folder) / "anki") as profile:
        AnkiPackageDataset(filepath=str(package := Path(folder) / "deck.apkg")).save(
            build_deck(notes_of([([], text)], "Korean"), TYPES, {})
        )
        profile.import_package(package)
        (card,) = (profile.collection.get_card(card_id) for card_id in profile.collection.find_cards(""))
        question, answer = card.question(), card.answer()
        assert not card.question_av_tags() and not card.answer_av_tags()
    for side, copies in ((question, 1), (answer, 2)):
        assert not re.search(r"\[\[type:|\[sound:|\[latex\]|\[\$|<img|<script|\\[(\[]", side, re.IGNORECASE)
        assert shown(side).count(" ".join(clean(text).split())) >= copies


def shown(side: str) -> str:
    """Return the text that a browser shows. Only spans do not separate words."""
    bare = re.sub(r"</?span>", "", re.sub(r"<style>.*?</style>", "", side, flags=re.DOTALL))
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", bare)).split())
