"""Words with the same spelling: in each format, cards with different backs have different fronts."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pypdfium2
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support.export_content import card_table, content_of, notes_of

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import html_deck, markdown_sheet, mochi, obsidian, pdf, quizlet_file
from korean_flashcards.exports.lay_out import contents
from korean_flashcards.exports.profile_settings import profile_settings

QUIZLET = Path(__file__).resolve().parents[2] / "conf" / "base" / "exports" / "quizlet.yml"
Fronts = Callable[[ExportContent], Iterable[tuple[str, ...]]]

DOCTOR = {"word": "의사", "item_id": "의사#1", "cue": "profession"}
INTENTION = {"word": "의사", "item_id": "의사#2", "cue": "plans"}


def of_quizlet(content: ExportContent) -> Iterable[tuple[str, ...]]:
    shipped = profile_settings(yaml.safe_load(QUIZLET.read_text(encoding="utf-8")))
    ((_, own),) = contents(content.cards, notes_of(content.cards), [], shipped, "quizlet")
    return quizlet_file.read(quizlet_file.write(own)).select("front").rows()


FRONTS: dict[str, Fronts] = {
    "html": lambda content: html_deck.read(html_deck.write(content)).select("word", "cue", "front").rows(),
    "markdown": lambda content: markdown_sheet.read(markdown_sheet.write(content)).select("word", "front").rows(),
    "obsidian": lambda content: obsidian.read(obsidian.write(content)).select("front").rows(),
    "mochi": lambda content: mochi.read(mochi.write(content)).select("front").rows(),
    "quizlet": of_quizlet,
}
CUES = st.lists(st.text("가나ab(){}1 ", min_size=1).filter(str.strip), min_size=2, max_size=6, unique_by=str.strip)


@pytest.mark.parametrize("name", FRONTS)
@given(cues=CUES)
@settings(max_examples=10)
def test_homographs_have_different_fronts(name: str, cues: list[str]) -> None:
    cards = [{"word": "배", "item_id": f"배#{number}", "cue": cue, "back": cue} for number, cue in enumerate(cues)]
    fronts = [*FRONTS[name](content_of(card_table(cards)))]
    assert len({*fronts}) == len(fronts) == len(cues)
    assert next(iter(FRONTS[name](content_of(card_table([{"cue": None}])))))[0] in ("남성", "남성\n\nfront")


def sides(cards: list[dict[str, Any]]) -> list[str]:
    file = pdf.write(content_of(card_table(cards), options={"layout": "cards"}))
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(file)]


def test_cards_to_cut_out_have_the_cue_on_both_sides_and_a_study_sheet_beside_the_word() -> None:
    front, back = sides([DOCTOR, INTENTION])
    for side in (front, back):
        assert "profession" in side and "plans" in side
    content = content_of(card_table([{**DOCTOR, "cue": "직업"}, INTENTION]))
    for layout in ("sheet", "cards"):
        own = replace(content, options={"layout": layout})
        assert "직업" in pdf.expected(own)["word"] and pdf.read(pdf.write(own)).equals(pdf.expected(own))


def test_a_card_that_asks_for_the_word_has_its_own_hint() -> None:
    reverse = {**DOCTOR, "card_type": "Reverse", "front": "a doctor", "back": "의사", "cue": "ㅇㅅ"}
    content = content_of(card_table([DOCTOR, reverse]))
    for file_format in (obsidian, mochi):
        fronts = file_format.read(file_format.write(content))["front"].to_list()
        assert fronts == ["의사 (profession)\n\nfront", "a doctor (ㅇㅅ)"]
    assert markdown_sheet.write(content).decode().count("### 의사 (profession)\n") == 1
    front, _ = sides([reverse])
    assert "ㅇㅅ" in front and "의사" not in front
    assert [*of_quizlet(content)] == [("의사 (profession)",)]


def test_a_template_of_the_profile_shows_the_cue_only_where_it_inserts_it() -> None:
    content = replace(content_of(card_table([DOCTOR])), front=pl.Series(["question"]))
    for file_format in (obsidian, mochi):
        assert file_format.read(file_format.write(content))["front"].to_list() == ["question"]
