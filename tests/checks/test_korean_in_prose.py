"""Test finding Korean in English prose, words in Korean text, and speech levels."""

import pytest

from korean_flashcards.checks.occurrence import occurs_in
from korean_flashcards.checks.snippets import Snippet, snippets
from korean_flashcards.checks.speech import SpeechLevel, honours_someone, humbles_speaker, speech_level
from korean_flashcards.korean.romanisation import romanised


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The means takes (으)로: 버스로 갔어요. 'He went by bus.'", [("버스로 갔어요.", "He went by bus.")]),
        ("my choice; 못 갔어요 'I couldn't go', I was ill", [("못 갔어요", "I couldn't go")]),
        ("A: 갔어요? ‘Has it gone?’ B: 네. “Yes.”", [("갔어요?", "Has it gone?"), ("네.", "Yes.")]),
        (
            "이곳은 20대 남성이 많이 찾는 매장입니다. 'Men's shop.'",
            [("이곳은 20대 남성이 많이 찾는 매장입니다.", "Men's shop.")],
        ),
        ("남편 男便 'husband' and 성격 性格 'character'", []),
        ("TV에서 봤어. 'I saw it on TV.'", [("TV에서 봤어.", "I saw it on TV.")]),
        ("one (남자 친구 'boyfriend', 남자분 'gentleman')", [("남자 친구", "boyfriend"), ("남자분", "gentleman")]),
        ("가- 'go', -았- for the past", [("가", "go")]),
        (
            "그는 \"누구세요?\"라고 물었다. 'Who is it? he asked.'",
            [('그는 "누구세요?"라고 물었다.', "Who is it? he asked.")],
        ),
        ("No Korean: 'only English'. 한국어만 있어요.", []),
        ("", []),
    ],
)
def test_korean_is_found_with_its_translation(text: str, found: list[tuple[str, str]]) -> None:
    assert list(snippets(text)) == [Snippet(*pair) for pair in found]


def test_sentences_are_distinguished_from_phrases() -> None:
    assert [Snippet(text, "").is_sentence for text in ("버스로 갔어요.", "벌써 갔어요?", "남자 친구", "네.")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("걷다", "집까지 걸어서 갔어요."), ("춥다", "오늘은 추워요."), ("갔어요", "버스로 갔어요."),
        ("갔어요", "할머니는 벌써 가셨어요."),
        ("배", "배를 타고 갔어요."), ("관", "도서관은 조용하다."), ("마음에 들다", "이 가방이 마음에 들어요."),
        ("친절하다", "참 친절한 분이에요."),
        ("계시다", "방에 계세요."), ("정류장", "정류장에서 만나요."), ("바라", "행복하기를 바란다."), ("뿐", "너뿐이야."),
    ],
)  # fmt: skip
def test_a_word_is_found_in_any_form(word: str, text: str) -> None:
    assert occurs_in(word, text, inflects=word == "바라")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("배", "한국어를 배워요."),
        ("걷다", "집에서 밥을 먹었어요."),
        ("마음에 들다", "짐을 들어 주세요."),
        ("정류장", "역에서 만나요."),
    ],
)
def test_a_different_word_is_not_a_match(word: str, text: str) -> None:
    assert not occurs_in(word, text)


def test_particles_and_endings_are_found_within_words() -> None:
    for word, text in (("-님", "선생님께"), ("는", "저는"), ("-아서", "배가 아파서"), ("-네요", "잘하시네요")):
        assert occurs_in(word, text, bound=True)


@pytest.mark.parametrize(
    ("sentence", "level"),
    [
        ("학교에 갔습니다.", SpeechLevel.FORMAL), ("앉으십시오!", SpeechLevel.FORMAL),
        ("갑시다.", SpeechLevel.FORMAL),
        ("버스로 갔어요.", SpeechLevel.POLITE), ("맞죠?", SpeechLevel.POLITE),
        ("점심 먹었어?", SpeechLevel.CASUAL), ("내가 할게.", SpeechLevel.CASUAL),
        ("내일 뭐 할 거야?", SpeechLevel.CASUAL),
        ("민수는 일찍 갔다.", SpeechLevel.PLAIN), ("사실이 아니다.", SpeechLevel.PLAIN),
        ("우리 할머니.", None), ("휴식이 필요.", None), ("파란 바다.", None), ("", None),
    ],
)  # fmt: skip
def test_the_ending_determines_the_speech_level(sentence: str, level: SpeechLevel | None) -> None:
    assert speech_level(sentence) is level


def test_honorific_and_humble_forms_are_found() -> None:
    assert all(map(honours_someone, ("할머니께서 오세요.", "진지 드셨어요?", "선생님은 키가 크십니다.")))
    assert not any(map(honours_someone, ("동생이 왔어요.", "밥을 먹었다.")))
    assert all(map(humbles_speaker, ("제가 할게요.", "선생님께 여쭙겠습니다.", "꽃을 드렸어요.")))
    assert not humbles_speaker("동생이 왔어요.")


def test_words_are_romanized_by_sound_and_by_letter() -> None:
    assert romanised("독립") == {"dokrip", "dongnip"} and romanised("신라") == {"sinra", "silla"}
    assert not romanised("10분")
