"""pypdfium2 reads and renders the PDFs of exports: study sheets, and cards to cut out."""

import logging
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from support.export_content import card_table, content_of
from support.hostile import HOSTILE, hostile_content

from korean_flashcards.datasets.exported_formats import PdfDataset
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import pdf

LAYOUTS = ["sheet", "cards"]
MM = 72 / 25.4


def printed(cards: list[dict[str, Any]], **options: str) -> pdf.PrintedPdf:
    return pdf.printed(content_of(card_table(cards), options=options))


def pages(file: bytes) -> Iterator[pypdfium2.PdfPage]:
    yield from pypdfium2.PdfDocument(file)


def texts(file: bytes) -> list[str]:
    """Return the text of each page, on one line."""
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pages(file)]


def shown(file: bytes) -> str:
    return " ".join(texts(file))


def centers(page: pypdfium2.PdfPage, wanted: str) -> tuple[float, float]:
    """Return the center of a text that is on the page once, in points."""
    text = page.get_textpage()
    first, count = text.search(wanted).get_next()
    boxes = [text.get_charbox(first + number) for number in range(count)]
    return (boxes[0][0] + boxes[-1][2]) / 2, (boxes[0][1] + boxes[0][3]) / 2


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("content", [hostile_content(), content_of(card_table([])), content_of(card_table([{}] * 9))])
def test_each_hangul_word_is_found_in_the_file(layout: str, content: ExportContent) -> None:
    content = replace(content, options={"layout": layout})
    assert pdf.read(pdf.write(content)).equals(pdf.expected(content))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_equal_cards_are_equal_files(layout: str) -> None:
    cards = [{"back": "가 男 k̚ 😀"}, {"deck": "Other"}]
    assert printed(cards, layout=layout).file == printed(cards, layout=layout).file


def test_lines_of_one_letter_are_separate_words() -> None:
    content = content_of(card_table([{"front": "가", "back": "나\n다\n라", "word": "마", "card_type": "Reverse"}] * 2))
    for layout in LAYOUTS:
        content = replace(content, options={"layout": layout})
        assert pdf.read(pdf.write(content)).equals(pdf.expected(content))


@given(
    st.lists(
        st.text(st.sampled_from("가힣남성 \n\t[]a.-“男\u0301\u0348\u031a\u200b\u1100\u1161😀\ue000\u202e"), max_size=60)
    ),
    st.sampled_from(LAYOUTS),
)
@settings(max_examples=15)
def test_words_are_found_wherever_lines_are_broken(backs: list[str], layout: str) -> None:
    cards = [{"back": back, "front": back[:30], "word": back[:100] or "-", "deck": back[:20]} for back in backs]
    content = content_of(card_table(cards), options={"layout": layout}, title=" ".join(backs[:3]))
    assert pdf.read(pdf.write(content)).equals(pdf.expected(content))


def test_expected_words_are_those_of_the_cards() -> None:
    content = content_of(card_table([{"back": "그 사람은 누구예요?", "deck": "단원::하나"}]), title="제목")
    words = {"그", "사람은", "누구예요", "단원", "하나", "제목", "남성", "한", "명이", "왔다", "남정네"}
    assert set(pdf.expected(content)["word"]) == words
    assert pdf.read(pdf.write(content)).equals(pdf.expected(content))


def test_a_missing_or_additional_word_is_noticed() -> None:
    content, other = (content_of(card_table([{"back": back}])) for back in ("하나 둘", "하나 둘 셋"))
    assert not pdf.read(pdf.write(content)).equals(pdf.expected(other))
    assert not pdf.read(pdf.write(other)).equals(pdf.expected(content))


@pytest.mark.parametrize("damaged", [b"", b"%PDF-1.4\n", b"nothing"])
def test_a_damaged_file_is_an_error(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="not a complete PDF"):
        pdf.read(damaged)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_letter_has_a_glyph(layout: str) -> None:
    text = "남성[nam.sʌŋ] t͈ɕ k̚ p̚ ɾ dʑ ʰ ㅎ 男性 樂 ① → “x” é Ж ñ ō 갂 똠 펲 뷁"
    file = printed([{"front": text, "back": "b", "word": "w"}], layout=layout).file
    for page in pages(file):
        found, picture, height = page.get_textpage(), page.render(scale=4, grayscale=True).to_pil(), page.get_height()
        for number, character in enumerate(found.get_text_range()):
            left, bottom, right, top = found.get_charbox(number)
            box = (left * 4, (height - top) * 4, right * 4 + 1, (height - bottom) * 4 + 1)
            darkest = picture.crop(tuple(map(int, box))).getextrema()[0]
            assert character.isspace() or unicodedata.combining(character) or darkest < 200, character
    assert text in shown(file)


def test_a_mark_is_on_its_letter() -> None:
    text = next(pages(printed([{"front": "at͈app͈", "back": "", "word": ""}], layout="cards").file)).get_textpage()
    first, _ = text.search("at͈app͈").get_next()
    a, t, _, after, p, marked_p = (text.get_charbox(first + number) for number in range(6))
    assert t[1] < a[1] - 1, "the two strokes are below the line"
    assert marked_p[1] < p[1] - 1, "the two strokes are below the letter"
    assert after[0] - t[2] < 2, "the mark needs no additional room"


def test_characters_that_no_font_has_are_visible_and_counted(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    content = content_of(card_table([{"back": "😀 ไ \x1b[31m \ue000 a\u200bb \u202ec"}]))
    with caplog.at_level(logging.WARNING):
        dataset = PdfDataset(filepath=str(tmp_path / "cards.pdf"))
        dataset.save(content)
    assert "[U+1F600] [U+0E44] [U+001B][31m [U+E000] ab c" in shown((tmp_path / "cards.pdf").read_bytes())
    assert "cards.pdf: 4 characters that the fonts of the PDF do not have are shown as code points" in caplog.text
    assert dataset.load().equals(dataset.expected(content))


def test_a_text_that_looks_like_a_code_point_is_not_counted() -> None:
    assert printed([{"back": "[U+1F600] is 😀"}]).remarks[0].startswith("1 character that")
    assert not printed([{"back": "[U+1F600]"}]).remarks


def test_long_texts_continue_on_the_next_pages() -> None:
    file = printed([{"back": HOSTILE["10,000 characters without a break"]}, {"back": "the last card"}]).file
    assert shown(file).count("x") == 10_000
    assert "the last card" in texts(file)[-1]


def test_a_short_card_stays_in_one_column() -> None:
    back = " ".join(["back"] * 60)
    file = printed(
        [{"word": f"word{number}", "back": f"begin{number} {back} end{number}"} for number in range(30)]
    ).file
    for number in range(30):
        page = next(text for text in texts(file) if f"begin{number} " in text)
        assert f"end{number} " in f"{page} "


def test_cards_of_one_word_share_its_heading() -> None:
    cards = [{"word": "word", "item_id": "word#1", "meaning": "meaning", "card_type": kind} for kind in ("One", "Two")]
    text = shown(printed(cards).file)
    assert text.count("meaning") == 1
    assert text.index("One") < text.index("Two")


def test_cards_whose_word_has_different_texts_do_not_share_its_heading() -> None:
    cards = [{"item_id": "남성#1", "confused_with": confused} for confused in ("가나", "다라")]
    content = content_of(card_table(cards))
    assert pdf.read(pdf.write(content)).equals(pdf.expected(content))
    assert {"가나", "다라"} <= {*pdf.expected(content)["word"]}


def test_a_back_about_hanja_does_not_repeat_them() -> None:
    cards = [{"hanja": "男性 (남성): man.", "back": "男性 (남성): man. Other words share them."}]
    assert shown(printed(cards, layout="cards").file).count("男性") == 1


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("flip", ["long", "short"])
@pytest.mark.parametrize("grid", ["1x2", "2x4", "3x4"])
def test_the_back_of_each_card_is_behind_its_front(paper: str, flip: str, grid: str) -> None:
    columns, rows = map(int, grid.split("x"))
    options = {"layout": "cards", "paper": paper, "flip": flip, "grid": grid}
    plain = content_of(card_table([{}] * (columns * rows + 1)), options=options)
    numbers = pl.int_range(1, plain.cards.height + 1, eager=True)
    content = replace(
        plain, front="Front<" + numbers.cast(pl.String) + ">", back="Back<" + numbers.cast(pl.String) + ">"
    )
    sheets = [*pages(pdf.write(content))]
    assert len(sheets) == 4
    width, height = sheets[0].get_size()
    for number in numbers:
        side = 2 * ((number - 1) // (columns * rows))
        x, y = centers(sheets[side], f"Front<{number}>")
        back_x, back_y = centers(sheets[side + 1], f"Back<{number}>")
        # Over the long edge, left and right change sides. Over the short edge, up and down change sides.
        expected = (width - x, y) if flip == "long" else (x, height - y)
        assert (back_x, back_y) == pytest.approx(expected, abs=0.5 * MM)


def test_a_text_that_is_too_long_for_its_card_follows_after_the_cards() -> None:
    back = "begin " + "word " * 2000 + "end"
    file, remarks = printed([{"back": back}, {"back": "short"}], layout="cards")
    _, behind, *after = texts(file)
    assert "No. 1 continues after the cards" in behind
    assert "begin" in behind
    assert "end" not in behind
    assert " ".join(after).count("word") == 2000
    assert "No. 1" in after[0]
    assert "No. 2" not in " ".join(after)
    assert remarks == ["1 card is too long for the size of the cards. The complete texts follow after the cards."]


def edges(page: pypdfium2.PdfPage, wanted: str) -> tuple[float, float]:
    """Return the left and the right edge of a text that is on the page once, in points."""
    text = page.get_textpage()
    first, count = text.search(wanted).get_next()
    return text.get_charbox(first)[0], text.get_charbox(first + count - 1)[2]


def test_a_long_title_and_a_long_word_do_not_cover_the_text_beside_them() -> None:
    cards = [{"word": "男" * 40, "cue": None, "front": "front", "back": "back"}]
    content = content_of(card_table(cards), options={"layout": "cards", "grid": "3x4"}, title="女" * 70 + "㎢" * 10)
    front, back = pages(pdf.write(content))
    assert edges(front, "㎢" * 10)[1] < edges(front, "Sheet 1, front")[0]
    assert edges(back, "㎢" * 10)[1] < edges(back, "Sheet 1, back")[0]
    assert edges(back, "男" * 40)[1] < edges(back, "No. 1")[0]


def test_texts_become_smaller_to_fit() -> None:
    text = " ".join(["back"] * 150)
    assert len(texts(printed([{"back": text}], layout="cards", grid="2x4").file)) == 2


def test_the_front_of_a_card_that_asks_for_the_word_does_not_show_it() -> None:
    cards = [
        {"card_type": kind, "word": "secret", "front": "a question", "back": "secret"} for kind in ("Reverse", "Cloze")
    ]
    front, back = texts(printed(cards, layout="cards").file)
    assert "secret" not in front
    assert "secret" in back


def test_a_template_of_the_profile_replaces_the_texts_of_a_card() -> None:
    plain = content_of(card_table([{"meaning": "hidden"}]), options={"layout": "cards"})
    content = replace(plain, front=pl.Series(["앞면"]), back=pl.Series(["뒷면"]))
    front, back = texts(pdf.write(content))
    assert "앞면" in front
    assert "뒷면" in back
    sheet = replace(content, options={"layout": "sheet"})
    assert not [
        text
        for text in ("hidden", "Scene", "남성", "A man came", "Score")
        if text in front + back + shown(pdf.write(sheet))
    ]
    for each in (content, sheet):
        assert pdf.read(pdf.write(each)).equals(pdf.expected(each))


def test_a_study_sheet_shows_the_score_of_each_card() -> None:
    text = shown(printed([{"score": 42, "verdict": "reject"}, {"score": 88}, {"score": None, "verdict": None}]).file)
    assert "Score 42 (reject)" in text and "Score 88 front" in text and text.count("Score") == 2


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("more", [[], ["Korean::하나", "Other"]])
def test_decks_are_bookmarks(layout: str, more: list[str]) -> None:
    decks = ["Korean::하나", "Korean::하나", "Korean::둘", "Other", *more]
    file = printed([{"deck": deck} for deck in decks], layout=layout).file
    outline = [(mark.level, mark.get_title()) for mark in pypdfium2.PdfDocument(file).get_toc()]
    assert outline == [(0, "Korean"), (1, "하나"), (1, "둘"), (0, "Other")]


def test_decks_are_headings_if_the_cards_are_sorted_by_deck() -> None:
    cards = [{"deck": deck, "item_id": f"{number}"} for number, deck in enumerate(["A::B", "A::B", "C"])]
    assert shown(printed(cards).file).count("A – B") == 1
    assert "A – B" not in shown(printed([*cards, cards[0]]).file)


def test_the_title_and_the_language_are_in_the_file() -> None:
    file = pdf.write(content_of(card_table([{}]), title="Unit 3: 단원 <3>"))
    assert pypdfium2.PdfDocument(file).get_metadata_value("Title") == "Unit 3: 단원 <3>"
    assert b"/Lang (ko)" in file
    assert "Unit 3: 단원 <3>" in shown(file)


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(ValidationError, match=r"sheet.*cards"):
        printed([{}], layout="book")
    with pytest.raises(ValidationError, match="colour"):
        printed([{}], colour="red")
