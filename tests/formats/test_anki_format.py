"""Test the ids of notes, decks and the note type. If one of them changed, learners would lose their schedules."""

import html

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_flashcards.domain.records import CARD_TYPES
from korean_flashcards.exports.formats.anki_text import text_headers
from korean_flashcards.formats import anki_note


@pytest.mark.parametrize(
    ("item_id", "tab_name", "guid"),
    [
        ("남성#1", "Scene", "df3db13c249525b32b80"),
        ("남성#1", "Hanja", "1452cf3b3ad136fead73"),
        ("배#2", "Scene", "533eb66ab919319e93c1"),
    ],
)
def test_guids_never_change(item_id, tab_name, guid):
    assert anki_note.guid(item_id, tab_name, None) == guid


@pytest.mark.parametrize(
    ("name", "number"), [("Korean", 73_755_761), ("Korean::TOPIK 1", 1_382_467_729), ("한국어", 1_781_682_732)]
)
def test_deck_ids_never_change(name, number):
    assert anki_note.deck_id(name) == number


def test_the_note_type_never_changes():
    assert anki_note.NOTE_TYPE_ID == 1_731_700_417
    assert anki_note.FIELDS[0] == "Front" and len(set(anki_note.FIELDS)) == 20


def test_guids_differ_by_word_homograph_and_card_type():
    words = ["배#1", "배#2", "배#11", "배", "배#1 "]
    guids = {
        anki_note.guid(word, name, project) for word in words for name in CARD_TYPES for project in (None, "a", "b")
    }
    assert len(guids) == 3 * len(words) * len(CARD_TYPES)
    assert all(len(guid) == 20 and guid.isalnum() and guid.islower() for guid in guids)


@given(st.text(max_size=30))
def test_deck_ids_are_in_the_range_that_anki_accepts(name):
    assert 1 < anki_note.deck_id(name) < 2**31


def test_the_deck_of_every_collection_has_its_own_id():
    assert [anki_note.deck_id(name) for name in ("Default", "default::x")] == [1, 910_857_046]


def escaped(text: str) -> str:
    return pl.DataFrame({"x": [text]}).select(anki_note.as_html("x"))["x"][0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert('x')</script>", "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"),
        ('a & b "c"', "a &amp; b &quot;c&quot;"),
        ("&lt;", "&amp;lt;"),
        ("one\ntwo\r\nthree\rfour", "one<br>two<br>three<br>four"),
        ("{{c1::x}}", "&#123;&#123;c1::x}}"),
        ("[sound:a.mp3] [Latex]x [$]y [$$]z", "&#91;sound:a.mp3] &#91;Latex]x &#91;$]y &#91;$$]z"),
        ("[[type:Front]] [[[Type:x]]]", "&#91;[type:Front]] [&#91;[Type:x]]]"),
        (
            "{{tts ko_KR:Term}} [anki:tts lang=ko]x[/anki:tts]",
            "&#123;&#123;tts ko_KR:Term}} &#91;anki:tts lang=ko]x[/anki:tts]",
        ),
        ("\\(x\\) \\[y\\]", "\\<span></span>(x\\) \\<span></span>[y\\]"),
        ("\\[sound:a.mp3]", "\\<span></span>&#91;sound:a.mp3]"),
        ("a\x1fb", "ab"),
        ("남성[nam.sʌŋ]", "남성[nam.sʌŋ]"),
        (" trimmed\n", "trimmed"),
        ("", ""),
    ],
)
def test_text_is_escaped_as_html(text, shown):
    assert escaped(text) == shown


@given(st.text(st.sampled_from("<>&\"'{}\n\r가 a!-"), max_size=25))
@settings(max_examples=200)
def test_no_text_becomes_markup_or_a_template(text):
    result = escaped(text)
    assert "{{" not in result
    bare = result.replace("<br>", "\n")
    assert not {"<", ">", '"', "'"} & set(bare)
    assert html.unescape(bare).split() == text.split()


def test_null_stays_null():
    assert pl.DataFrame({"x": [None]}, schema={"x": pl.String}).select(anki_note.as_html("x"))["x"][0] is None


def test_file_headers_describe_the_columns():
    lines = text_headers(["Korean Flashcard"]).splitlines()
    assert lines[:8] == [
        "#separator:tab", "#html:true", "#notetype column:2", "#notetype:Korean Flashcard", "#if matches:keep current",
        "#guid column:1", "#deck column:3", "#tags column:4",
    ]  # fmt: skip
    assert lines[8].removeprefix("#columns:").split("\t") == ["GUID", "Note type", "Deck", "Tags", *anki_note.FIELDS]
