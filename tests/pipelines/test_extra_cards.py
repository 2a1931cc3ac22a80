"""Extra cards: reverse and cloze notes for each word, made without a model call."""

from typing import Any

import polars as pl

from korean_flashcards.domain.exported_notes import ExportHistory
from korean_flashcards.domain.parameters import ExportParameters
from korean_flashcards.formats.anki_note import FIELDS, guid
from korean_flashcards.pipelines.export.card_texts import add_extra_cards
from korean_flashcards.pipelines.export.note_history import identify_notes

BOTH = ExportParameters(deck_name="Korean", subdecks="none", extra_cards=["reverse", "cloze"])
SCHEMA = {**dict.fromkeys(("item_id", "note_type", "deck", *FIELDS), pl.String), "tags": pl.List(pl.String)}


def note(term: str, meaning: str, example: str = "", **changes: Any) -> dict[str, Any]:
    item_id = changes.pop("item_id", f"{term}#1")
    return {
        **dict.fromkeys(FIELDS, ""), "item_id": item_id, "note_type": "Korean Flashcard", "deck": "Korean",
        "Front": "?", "Back": "!", "Term": term, "Meaning": meaning, "PartOfSpeech": "noun", "CardType": "Scene",
        "Key": f"{item_id}/Scene", "Example": example, "Source": "m", "Primer": "p",
        "tags": ["term::x", "card::Scene", "metaphor::oak", "topic::a"], **changes,
    }  # fmt: skip


def extra(*notes: dict[str, Any], export: ExportParameters = BOTH) -> list[dict[str, Any]]:
    frame = pl.DataFrame(notes, SCHEMA)
    words = frame.unique("item_id", keep="first").select("item_id", term="Term", example="Example")
    return add_extra_cards(frame, words, export).to_dicts()[len(notes) :]


def test_without_the_parameter_nothing_is_added() -> None:
    export = ExportParameters(deck_name="Korean", subdecks="none")
    assert extra(note("남성", "man", "남성이에요."), export=export) == []


def test_each_word_gets_one_note_of_each_kind() -> None:
    hanja = note(
        "남성", "man, male", "남성이에요.", CardType="Hanja", tags=["term::x", "card::Hanja", "hanja", "topic::b"]
    )
    reverse, cloze = extra(note("남성", "man, male", "남성이에요.", Sound="[남성]"), hanja)
    assert (reverse["note_type"], reverse["CardType"], reverse["Key"]) == (
        "Korean Reverse",
        "Reverse",
        "남성#1/Reverse",
    )
    assert (reverse["Front"], reverse["Back"], reverse["Cue"], reverse["Sound"]) == ("man, male", "남성", "", "[남성]")
    assert (cloze["note_type"], cloze["CardType"], cloze["Key"]) == ("Korean Cloze", "Cloze", "남성#1/Cloze")
    assert cloze["Front"] == "{{c1::남성::man}}이에요."
    assert (reverse["tags"], cloze["tags"]) == (["term::x", "card::Reverse"], ["term::x", "card::Cloze"])
    assert reverse["Source"] == reverse["Primer"] == ""


def test_the_key_of_an_extra_card_is_as_escaped_as_that_of_the_word() -> None:
    (reverse,) = extra(note("가", "x", item_id="R&B 가#1", Key="R&amp;B 가#1/Scene"))
    assert reverse["Key"] == "R&amp;B 가#1/Reverse"


def test_an_extra_card_is_new_also_for_a_word_that_an_earlier_release_exported() -> None:
    frame = pl.DataFrame([note("남성", "man")], SCHEMA)
    notes = add_extra_cards(frame, frame.select("item_id", term="Term", example="Example"), BOTH)
    dated = identify_notes(notes, ExportHistory({}, {}, {"남성#1": None}), "project")
    assert dict(dated.select("CardType", "changes").iter_rows()) == {"Scene": "note type", "Reverse": "new"}
    assert dated["guid"].to_list() == [guid("남성#1", kind, None) for kind in ("Scene", "Reverse")]


def cues(*notes: dict[str, Any]) -> list[str]:
    return [each["Cue"] for each in extra(*notes) if each["CardType"] == "Reverse"]


def test_words_with_the_same_meaning_are_told_apart_by_their_initial_consonants() -> None:
    assert cues(note("가리키다", "to point at"), note("지적하다", "To point at")) == ["ㄱㄹㅋㄷ", "ㅈㅈㅎㄷ"]
    # The second also fits "stomach", but the first is the only word for both.
    assert cues(note("배", "belly, stomach"), note("위", "stomach")) == ["", "ㅇ"]
    assert cues(note("이상", "more (than), above"), note("이하", "less (than), below")) == ["", ""]
    # A different part of speech is shown on the front.
    assert cues(note("등", "back"), note("다시", "back", PartOfSpeech="adverb")) == ["", ""]
    # Equal initials: the first syllable is shown.
    assert cues(note("기차", "train"), note("고철", "train")) == ["기ㅊ", "고ㅊ"]
    # Homographs have the same answer.
    assert cues(note("배", "ship", item_id="배#1"), note("배", "ship", item_id="배#2")) == ["", ""]


def test_the_front_does_not_give_the_word_away() -> None:
    reverse, cloze = extra(note("갔어요", "went (past of 가다)", "학교에 갔어요.", PartOfSpeech="verb"))
    assert (reverse["Front"], reverse["Cue"]) == ("went", "ㄱㅇㅇ")
    assert cloze["Front"] == "학교에 {{c1::갔어요::went}}."
    (reverse,) = extra(note("수", "way, possibility (in -(으)ㄹ 수 있다), means (a, b)"))
    assert (reverse["Front"], reverse["Cue"]) == ("way, possibility, means (a, b)", "ㅅ")
    # The list's meaning has the word.
    assert [each["Front"] for each in extra(note("김치", "김치 (food)", "김치가 매워요."))] == [
        "{{c1::김치}}가 매워요."
    ]


def test_a_word_that_is_not_in_its_example_has_no_cloze_card() -> None:
    for example in ("", "나는 나이가 많아요.", "사람이 없어요."):
        assert [each["CardType"] for each in extra(note("나", "I", example))] == ["Reverse"]


def test_markup_in_a_list_stays_text_beside_a_gap() -> None:
    """The meaning is already HTML, and the example is the list's plain text."""
    (cloze,) = (
        each
        for each in extra(note("문", "door&#x27;s }} a::b, x", "<b>문을</b> {{c1::열어요}} [sound:x] & 끝"))
        if each["CardType"] == "Cloze"
    )
    assert cloze["Front"].startswith(
        "&lt;b&gt;{{c1::문::door&#x27;s &#125;&#125; a&#58;&#58;b}}을&lt;/b&gt; &#123;&#123;c1::열어요"
    )
    assert cloze["Front"].count("{{") == 1 and "[sound" not in cloze["Front"]
