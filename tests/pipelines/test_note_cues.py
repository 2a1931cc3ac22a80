"""Homographs in a deck get cues, and a cue that appears later counts as a change of the note."""

from typing import Any

import polars as pl
import pytest
from formats.samples import NUANCE
from pipelines.stages import vocabulary_of

from korean_flashcards.domain.exported_notes import ExportedNote, ExportHistory
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.parameters import ExportParameters
from korean_flashcards.formats.card_rows import COLUMNS
from korean_flashcards.layers.known_layers import known_layers
from korean_flashcards.pipelines.export.nodes import lay_out_notes, write_anki_text, write_cards_tsv
from korean_flashcards.pipelines.export.note_cues import cues_of
from korean_flashcards.pipelines.export.note_history import identify_notes
from korean_flashcards.pipelines.nuance.nodes import NUANCE_SCHEMA

LINKED = next(layer.columns for layer in known_layers() if layer.name == "linked_flashcards")
WORDS = vocabulary_of("term,definition,hanja\n배,pear,\n배,ship,\n배,belly,\n배,double,倍\n남성,man,男性\n")
SOURCE = {"model": "offline/dictionary@1", "prompt_version": "0" * 12, "key": "0" * 64}
PLACES = ("a market", "a foggy harbor", "a clinic", "a bank", "a hill")


def nuance(**changes: Any) -> pl.DataFrame:
    rows = (
        {**NUANCE, "term": word["term"], "term_number": number, "item_id": word["item_id"], "homonyms": None,
         "primary_meaning": word["definition"], "other_meanings": None, "suggested_location": place, **SOURCE, **changes}
        for number, (word, place) in enumerate(zip(WORDS.iter_rows(named=True), PLACES, strict=True), 1)
    )  # fmt: skip
    return frame_of(rows, NUANCE_SCHEMA)


def cards(*item_ids: str, types: tuple[str, ...] = ("Scene",)) -> pl.DataFrame:
    rows = (
        {"item_id": item_id, "position": number, "term": item_id[:-2], "term_number": number, "tab_name": card_type,
         "primer": "You enter.", "front": f"What does {item_id[:-2]} mean?", "back": f"It means {item_id[-1]}.",
         "honorific_level": "", "tags": ["term:배", "pos:noun", f"card:{card_type}"], "confused_with": None, **SOURCE}
        for number, (item_id, card_type) in enumerate(((item_id, name) for item_id in item_ids for name in types), 1)
    )  # fmt: skip
    return frame_of(rows, LINKED)


def notes(*item_ids: str, types: tuple[str, ...] = ("Scene",), **changes: Any) -> pl.DataFrame:
    export = ExportParameters(deck_name="Korean", subdecks="none")
    return lay_out_notes(cards(*item_ids, types=types), nuance(**changes), WORDS, export)


def test_four_homographs_have_different_fronts() -> None:
    found = notes("배#1", "배#2", "배#3", "배#4", "남성#1")
    assert found["Cue"].to_list() == [*PLACES[:4], ""]
    assert found["Front"].n_unique() == 2 and found.select("Front", "Cue").n_unique() == 5


def test_only_homographs_in_the_deck_count() -> None:
    assert notes("배#2", "남성#1")["Cue"].to_list() == ["", ""]
    assert notes("배#2", "배#4")["Cue"].to_list() == [PLACES[1], PLACES[3]]
    assert cues_of(cards("남성#1"), WORDS, nuance()).is_empty()


def test_all_cards_of_a_word_have_its_cue_and_it_is_escaped() -> None:
    found = notes("배#1", "배#2", types=("Scene", "Hanja"), suggested_location="", anchor_object="the same")
    assert found["Cue"].to_list() == ["1", "1", "2", "2"]
    words = WORDS.with_columns(hanja=pl.format("<{}>", "item_id"))
    export = ExportParameters(deck_name="Korean", subdecks="none")
    escaped = lay_out_notes(cards("배#1", "배#2"), nuance(), words, export)
    assert escaped["Cue"].to_list() == ["&lt;배#1&gt;", "&lt;배#2&gt;"]


def test_a_cue_does_not_answer_the_question_of_a_card() -> None:
    words = WORDS.with_columns(
        hanja=pl.col("item_id").replace_strict(dict(zip(WORDS["item_id"], "梨船腹倍男", strict=True)))
    )
    analyses = nuance().with_columns(pos=pl.Series(["noun", "suffix", "noun", "noun", "noun"]))

    def of(*types: str) -> list[str]:
        return cues_of(cards("배#1", "배#2", types=types), words, analyses)["Cue"].to_list()

    assert of("Scene", "Hanja") == ["noun", "suffix"]
    assert of("Scene", "Grammar") == ["梨", "船"]
    assert of("Grammar", "Hanja") == ["a market", "a foggy harbor"]


def test_the_hanja_of_a_homonym_are_not_the_hanja_of_a_native_word() -> None:
    homonym = {"hanja": "船", "reading": "배", "meaning": "ship", "differentiator": "船 boat"}
    assert notes("배#1", "배#4", homonyms=[homonym], suggested_location="")["Cue"].to_list() == ["1", "倍"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([["homograph", "food"], ["homograph", "travel"]], ["food", "travel"]),
        ([["homograph"], ["homograph", "travel"]], ["1", "travel"]),
        ([["unit3"], ["course::b"]], ["1", "2"]),
        ([None, ["travel"]], ["1", "travel"]),
    ],
)
def test_tags_of_the_list_tell_homographs_apart_if_they_are_topics(
    tags: list[list[str] | None], expected: list[str]
) -> None:
    words = WORDS.head(2).with_columns(tags=pl.Series(tags, dtype=pl.List(pl.String)))
    found = cues_of(cards("배#1", "배#2"), words, nuance(suggested_location="", anchor_object=""))
    assert found["Cue"].to_list() == expected


def test_the_cue_of_an_older_word_appears_when_a_homograph_arrives_and_is_a_change() -> None:
    before = identify_notes(notes("배#1", "남성#1"), ExportHistory({}, {}, {}), "project")
    fields = ("guid", "item_id", "project_id", "content", "created_at", "changed_at", "changes")
    exported = [
        ExportedNote(card_type="Scene", **note)
        for note in before.select(fields).with_columns(changed_at=pl.lit(1)).iter_rows(named=True)
    ]
    history = ExportHistory({note.guid: note for note in exported}, {}, {note.item_id: "project" for note in exported})
    now = identify_notes(notes("배#1", "남성#1", "배#2"), history, "project")
    assert now["changes"].to_list() == ["Cue", "new", "new"]
    assert (now["changed_at"] > 1).to_list() == [True, False, True]
    assert "a market" in write_anki_text(now).decode()


def test_the_cards_of_homographs_keep_the_contract_of_the_table() -> None:
    frame = cards("배#1", "배#2")
    lines = [line.split("\t") for line in write_cards_tsv(frame).decode().splitlines()]
    assert [len(line) for line in lines] == [len(COLUMNS)] * 3 and "Cue" not in lines[0]
    fronts, backs = COLUMNS.index("front"), COLUMNS.index("back")
    assert lines[1][fronts] == lines[2][fronts] and lines[1][backs] != lines[2][backs]
