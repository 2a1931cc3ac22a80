"""An export of layers without rows, whose words all lack an analysis, writes empty files and no error."""

from pathlib import Path

import polars as pl
import pytest

from korean_flashcards.datasets.anki import AnkiTemplatesDataset
from korean_flashcards.domain.exported_notes import ExportHistory
from korean_flashcards.domain.frame_builder import Schema
from korean_flashcards.domain.parameters import ConfusableParameters, ExportParameters, IngressParameters
from korean_flashcards.exports.card_table import card_table
from korean_flashcards.formats.anki_note import NOTE_TYPE
from korean_flashcards.layers.known_layers import known_layers
from korean_flashcards.pipelines.export import card_texts, filtered_export, nodes, note_history, note_media_nodes

TEMPLATES = AnkiTemplatesDataset(path=str(Path(__file__).parents[2] / "conf" / "base" / "anki")).load()
SETTINGS = ConfusableParameters(per_word=6, candidates=2, linked=3)
COLUMNS: dict[str, Schema] = {layer.name: layer.columns for layer in known_layers()}


def empty(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=COLUMNS[name])


@pytest.mark.parametrize("gone", ["keep", "suspend", "remove"])
@pytest.mark.parametrize("extra_cards", [[], ["reverse", "cloze"]])
@pytest.mark.parametrize("count", [0, 1])
def test_words_without_analyses_make_empty_files(gone: str, extra_cards: list[str], count: int) -> None:
    export = ExportParameters(deck_name="Korean", subdecks="auto", extra_cards=extra_cards)
    word = dict.fromkeys(COLUMNS["words"]) | {
        "item_id": "바람#1",
        "term": "바람",
        "homograph": 1,
        "gone": False,
    }
    words = pl.DataFrame([word] * count, COLUMNS["words"])
    cards, nuance = empty("flashcards"), empty("edited_nuance")
    linked = nodes.link_cards(
        empty("released_flashcards"), empty("held_flashcards"), cards, empty("confusables"), words, SETTINGS,
        IngressParameters(gone=gone),
    )  # fmt: skip
    notes = nodes.lay_out_notes(linked, nuance, words, export)
    notes = card_texts.add_extra_cards(card_texts.shorten_backs(notes, TEMPLATES), words, export)
    notes = note_media_nodes.add_media(notes, words, {})
    history = ExportHistory({}, {}, {})
    notes = note_history.identify_notes(notes, history, "project")
    assert notes.schema == pl.Schema(COLUMNS["anki_notes"])
    types = note_history.date_exported_note_types(notes, TEMPLATES, history, export)
    assert {each.name for each, _ in types} <= {NOTE_TYPE}
    texts = [
        nodes.write_anki_text(notes).decode(),
        filtered_export.write_selected_tsv(linked, notes, export).decode(),
        filtered_export.write_selected_json(linked, notes, export).decode(),
    ]
    assert texts[2] == "[]" and nodes.build_deck(notes, types, {})
    lists = pl.DataFrame(schema={"item_id": pl.String, "file": pl.String})
    assert card_table(linked, notes, words, nuance, empty("quality"), {}, lists).is_empty()
