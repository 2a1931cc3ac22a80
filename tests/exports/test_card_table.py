"""The card table has one row per note, with the texts, scores, reviews, and dates from the layers."""

from datetime import date

import polars as pl
import pytest
from support.exported_layers import ExportedLayers, exported_layers
from support.hostile import HOSTILE

from korean_flashcards.domain.errors import LayersOutOfStepError
from korean_flashcards.exports.card_columns import CARD_COLUMNS, COLUMN_DESCRIPTIONS
from korean_flashcards.exports.card_table import card_table
from korean_flashcards.exports.note_text import plain_front, plain_tags, plain_text
from korean_flashcards.formats.anki_note import as_html
from korean_flashcards.formats.card_tags import anki_tag

LAYERS = exported_layers(10)


def changed(**layers: pl.DataFrame) -> pl.DataFrame:
    return ExportedLayers(**(vars(LAYERS) | layers)).table()


def test_each_note_has_a_row_in_the_order_of_the_deck() -> None:
    table = LAYERS.table()
    assert table.schema == pl.Schema(CARD_COLUMNS)
    assert set(COLUMN_DESCRIPTIONS) == set(CARD_COLUMNS)
    assert table["guid"].to_list() == LAYERS.anki_notes["guid"].to_list()
    reordered = changed(anki_notes=LAYERS.anki_notes.reverse(), words=LAYERS.words.reverse(),
                        linked_flashcards=LAYERS.linked_flashcards.sample(fraction=1, shuffle=True, seed=1))  # fmt: skip
    assert reordered.equals(table.reverse())


def test_a_row_has_the_values_of_its_word_and_its_card() -> None:
    row = LAYERS.table().row(4, named=True)
    assert row | {"guid": "", "back": "", "primer": ""} == {
        "guid": "", "item_id": "낱말1#1", "word": "낱말1", "homograph": 1, "cue": None, "term_number": 2,
        "card_type": "Usage-Comparison",
        "term": "낱말1[nan.mal]", "front": "What is “낱말1” in a Usage-Comparison?", "back": "", "primer": "",
        "tags": ["term:낱말1", "pos:verb", "card:Usage-Comparison", "unit1", "course::a"], "honorific_level": None,
        "part_of_speech": "verb", "level": 1, "ipa": "[nan.mal]", "sound": None, "meaning": "meaning 2", "hanja": None,
        "example": "낱말1 하나.", "example_translation": "One word.", "confused_with": None, "frequency": 1,
        "deck": "Korean::Part 4", "list": "unit2.csv", "lists": ["unit2.csv"], "list_tags": ["unit1", "course::a"],
        "imported_on": date(2026, 11, 1), "changed_on": row["changed_on"], "score": 2, "verdict": "publish",
        "review": "none", "model": "offline/dictionary@1", "prompt_version": "000000000000",
    }  # fmt: skip


def test_a_word_is_in_all_lists_that_contain_it() -> None:
    table = LAYERS.table()
    assert table.filter(word="낱말4", card_type="Reverse")["lists"].to_list() == [["all.csv", "unit2.csv"]]
    unknown = card_table(*vars(LAYERS).values(), {}, pl.DataFrame(schema={"item_id": pl.String, "file": pl.String}))
    assert unknown["lists"].list.first().equals(unknown["list"], check_names=False)
    assert unknown["imported_on"].null_count() == unknown.height


def test_an_extra_card_has_the_plain_text_of_its_note_and_no_score() -> None:
    row = LAYERS.table().row(-1, named=True)
    assert (row["card_type"], row["front"], row["back"]) == ("Reverse", "a <word>\n& {", "낱말9")
    assert row["tags"] == ["level:TOPIK10", "unit9", "course::a"]
    assert row["term"] == "낱말9[nan.mal]"
    assert (row["score"], row["verdict"], row["model"], row["review"]) == (None, None, None, "none")


def test_hanja_and_confusable_words_are_plain_text() -> None:
    pairs = [[{"term": "가", "meaning": "edge"}, {"term": "<b>", "meaning": None}], []]
    linked = LAYERS.linked_flashcards.head(2).with_columns(
        confused_with=pl.Series(pairs, dtype=LAYERS.linked_flashcards.schema["confused_with"]),
        advice=pl.Series(["가 is far.\n나 is near.", None]),
    )
    table = changed(linked_flashcards=linked, anki_notes=LAYERS.anki_notes.head(2))
    assert table["confused_with"].to_list() == ["가 “edge” · <b>. 가 is far. 나 is near.", None]
    assert table["hanja"].to_list() == ["男 (남): man. only people"] * 2


def test_the_review_state_is_that_of_the_released_card() -> None:
    tags = pl.Series([["pos:noun", "review:edited"], ["review:needed"], ["reviewer"]])
    linked = LAYERS.linked_flashcards.head(3).with_columns(tags=tags)
    assert changed(linked_flashcards=linked, anki_notes=LAYERS.anki_notes.head(3))["review"].to_list() == [
        "edited", "needed", "none",
    ]  # fmt: skip


@pytest.mark.parametrize("layer", ["linked_flashcards", "anki_notes", "words", "edited_nuance"])
def test_layers_of_different_runs_are_an_error(layer: str) -> None:
    frame = getattr(LAYERS, layer)
    with pytest.raises(LayersOutOfStepError, match="cannot be exported: the layers come from different runs"):
        changed(**{layer: frame.slice(1)})


def test_plain_text_is_the_inverse_of_the_html_of_notes() -> None:
    texts = pl.DataFrame({"text": list(HOSTILE.values())}).with_columns(pl.col("text").str.replace_all("\x1f", ""))
    html = texts.with_columns(html=as_html("text"), expected=pl.col("text").str.strip_chars().str.normalize("NFC"))
    found = html.with_columns(found=plain_text("html"), expected=pl.col("expected").str.replace_all("\r\n|\r", "\n"))
    assert found["found"].to_list() == found["expected"].to_list()


def test_a_gap_is_shown_with_its_hint() -> None:
    fronts = ["나는 {{c1::먹었&#125;어요::to eat&#58; &lt;it&gt;}} {{c1::먹다}}.", "{{c1::x&#123;y}}", "no gap"]
    frame = pl.DataFrame({"Front": fronts, "tags": [[anki_tag("level:TOPIK1"), "a::b"], [], None]})
    assert frame.select(plain_front("Front"))["Front"].to_list() == ["나는 [to eat: <it>] […].", "[…]", "no gap"]
    assert frame.select(plain_tags("tags"))["tags"].to_list() == [["level:TOPIK1", "a::b"], [], None]


def test_the_cue_of_a_card_is_that_of_its_note_in_plain_text() -> None:
    cues = ["food &amp; <span></span>drink", *[""] * (LAYERS.anki_notes.height - 1)]
    table = changed(anki_notes=LAYERS.anki_notes.with_columns(Cue=pl.Series(cues)))
    assert table["cue"].to_list() == ["food & drink", *[None] * (table.height - 1)]
