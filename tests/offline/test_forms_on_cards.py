"""What offline cards say about a form must agree with the list, and refused words are named with the reason."""

import json

import pytest
from offline.sample import reply_of

from korean_flashcards.llm.providers.base import BackendError

pytest.importorskip("kiwipiepy")


def back_of(term: str, **known: str) -> list[str]:
    """Return the lines on the back of a word's Scene card."""
    nuance = json.loads(reply_of("nuance", term=term, **known))
    listed = {name: known[name] for name in ("example",) if name in known}
    cards = json.loads(reply_of("flashcards", term=term, nuance=nuance, card_types=["Scene"], **listed))["cards"]
    return str(cards[0]["back"]).split("\n")


@pytest.mark.parametrize(
    ("term", "pos", "definition", "example", "form"),
    [
        ("드세요", "verb", "eat", "많이 드세요.", "드세요 = 드시다 + -아/어요 (polite)."),
        ("계세요", "verb", "be (honorific)", "집에 계세요?", "계세요 = 계시다 + -아/어요 (polite)."),
        ("언제든", "adverb", "whenever", "언제든 와.", "언제든 = 언제 + (이)든(지) (any, no matter which)."),
        (
            "나보고",
            "pronoun",
            "to me",
            "나보고 가래.",
            "나보고 = 나 + 보고 (to a person, with what someone says; in speech).",
        ),
        ("이에요", "verb", "to be", "저는 학생이에요.", None),
        ("알려요", "verb", "informs", "소식을 알려요.", "알려요 = 알리다 + -아/어요 (polite)."),
        ("아는", "verb", "know", "아는 사람이 와요.", None),
        ("지켜볼", "verb", "watch", "끝까지 지켜볼 거야.", None),  # not 지키다 with -아/어 보다 "try"
        ("했단", "verb", "said to have done", "그가 했단 말이야?", None),
        ("꼬맹아", "noun", "kid", "꼬맹아, 이리 와.", None),
    ],
)
def test_a_form_is_taken_apart_only_if_the_list_does_not_contradict_it(
    term: str, pos: str, definition: str, example: str, form: str | None
) -> None:
    forms = [line for line in back_of(term, pos=pos, definition=definition, example=example) if f"{term} = " in line]
    assert forms == ([form] if form else [])


@pytest.mark.parametrize(
    ("term", "pos", "definition", "kept", "base"),
    [
        ("드세요", "verb", "eat", "verb", "드시다"),
        ("계세요", "verb", "be (honorific)", "verb", "계시다"),
        ("이에요", "verb", "to be", "verb", "이다"),
        ("나서는", "verb", "take initiative", "verb", "나서다"),
        ("알려요", "verb", "to inform", "verb", "알리다"),
        ("아냐", "verb", "is not", "verb", "아니다"),
        ("아는", "verb", "know", "verb", "알다"),
        ("최고의", "adjective", "best", "noun", "최고"),
    ],
)
def test_the_dictionary_form_has_the_meaning_in_the_list(
    term: str, pos: str, definition: str, kept: str, base: str
) -> None:
    example = {"아는": "아는 사람이 와요."}.get(term, f"{term}.")
    found = json.loads(reply_of("nuance", term=term, pos=pos, definition=definition, example=example))
    assert (found["pos"], found["korean_keywords"][-1]) == (kept, base)


def test_an_ending_of_several_speech_levels_has_no_label_and_a_question_word_in_a_form_asks_nothing() -> None:
    lines = back_of("말인가", pos="noun", definition="speech", example="이게 무슨 말인가?")
    assert "말인가 = 말 + 이다 (to be) + -(으)ㄴ가 (asks oneself or the listener)." in lines
    assert not any(line.startswith("Speech level") for line in lines)
    assert not any(
        "Asks for" in line for line in back_of("언제든", pos="adverb", definition="whenever", example="언제든 와.")
    )
    assert "Asks for a time: 언제 와요?" in back_of("언제", pos="adverb", definition="when", example="언제 와요?")


@pytest.mark.parametrize(
    ("term", "pos", "definition", "example", "code"),
    [
        ("친구에요", "verb", "is a friend", "제 친구예요.", "misspelled"),
        ("저에요", "verb", "it's me", "저예요.", "misspelled"),
        ("울", "verb", "cry", "아이가 울어요.", "wrong_example"),
        ("몰리", "verb", "to gather", "사람들이 몰렸다.", "wrong_example"),  # not from 모르다
        ("엄", "noun", "no common usage", "", "no_definition"),
    ],
)
def test_misspelled_words_and_fragments_are_refused(
    term: str, pos: str, definition: str, example: str, code: str
) -> None:
    with pytest.raises(BackendError) as error:
        reply_of("nuance", term=term, pos=pos, definition=definition, example=example)
    assert str(error.value.code) == code


@pytest.mark.parametrize(
    ("term", "definition", "example"),
    [
        ("집이에요", "it's a house", "여기가 제 집이에요."),
        ("아니에요", "no", "아니에요."),
        ("학교에요", "to school", "학교에요."),
    ],
)
def test_right_forms_of_the_copula_are_kept(term: str, definition: str, example: str) -> None:
    assert json.loads(reply_of("nuance", term=term, pos="verb", definition=definition, example=example))["term"]


def test_a_card_about_a_noun_with_nothing_else_to_say_names_its_particles() -> None:
    lines = back_of("이끼", pos="noun", definition="moss", example="바위에 이끼가 많아요.")
    assert lines[-1] == back_of("이끼", pos="noun", definition="moss")[-1]
    assert lines[2:] == ["With particles: 이끼가, 이끼를, 이끼는 (after a vowel)."]
