"""Test that a translation with a wrong noun or verb, person, number, or negation is reported, and a free one accepted."""

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance
from korean_flashcards.checks.exchanged_words import exchanged
from korean_flashcards.checks.subject import Analysis
from korean_flashcards.korean.contrasts import contradiction
from korean_flashcards.korean.english_roots import is_form, root
from korean_flashcards.korean.sentence_contrasts import opposite

GONE = prompt_examples()[1]
BARE = Analysis({}, {})


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("어머니가 정원에 꽃을 심었어요.", "My mother planted a potato in the garden."),
        ("도서관에서 사전을 빌렸어요.", "I borrowed a bicycle from the library."),
        ("허리가 아파요", "my knee hurts"),
        ("비누 두 개 주세요.", "Two soups, please."),
        ("초록색 양말을 샀어요.", "I bought brown socks."),
        ("그 영화는 지루했어요.", "The concert was cancelled."),
    ],
)
def test_an_exchanged_word_is_found(korean: str, english: str) -> None:
    assert exchanged(korean, english, BARE)


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("어머니가 마당에 꽃을 심었어요.", "Mom planted flowers in the yard."),
        ("비누 두 개 주세요.", "Two bars of soap, please."),
        ("커피 두 잔 주세요.", "Two Americanos, please."),
        ("날씨가 점점 추워져요.", "It's getting colder and colder."),
        ("저 친구는 나중에 크게 될 거예요.", "That fellow will make it big someday."),
        ("기사님, 서울역으로 가 주세요.", "Seoul Station, please."),
        ("말을 돌리지 마세요.", "Don't beat around the bush."),
        ("아이들이 이를 닦아요.", "The children brush their teeth."),
        ("동생은 가수의 팬이에요.", "My sister has been a fan for years."),
        ("수박 고르는 감각이 있네요.", "You have good taste in watermelons."),
    ],
)
def test_a_free_translation_is_accepted(korean: str, english: str) -> None:
    assert exchanged(korean, english, BARE) is None


def test_the_meanings_of_the_record_count() -> None:
    record = Analysis({"primary_meaning": "napkin"}, {"term": "수건", "definition": "napkin"})
    assert exchanged("수건 좀 주세요.", "A napkin, please.", record) is None
    assert exchanged("수건 좀 주세요.", "A spoon, please.", record)


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("가격은 중요하지 않아요.", "The price is important."),
        ("여기 앉지 말자.", "Let's sit here."),
        ("늦잠을 자느라 버스에서 못 내렸어요.", "I was sleeping, so I got off the bus."),
        ("미안해요. 수업이 있는지 몰랐어요.", "I'm sorry. I knew that there was a class."),
        ("그때는 전기가 없었어요.", "There was electricity then."),
        ("이 아이는 제 조카예요.", "This child is your nephew."),
        ("할머니께 꽃을 보내 드렸어요.", "Grandmother sent me flowers."),
        ("우산 두 개 주세요.", "I have two umbrellas."),
        ("이제 그만 집에 가자.", "We went home."),
    ],
)
def test_a_wrong_negation_or_person_is_found(korean: str, english: str) -> None:
    assert opposite(korean, english)


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("그건 중요하지 않아요.", "It's unimportant."),
        ("요즘 정신이 없어요.", "I've been so busy these days."),
        ("버스에서 안 내렸어요.", "I stayed on the bus, which was no problem."),
        ("잘 모르겠어요.", "Who knows?"),
        ("제 생각에는 네 말이 맞아.", "I think your words are right."),
        ("할머니께 전화를 드렸어요.", "I called my grandmother."),
        ("재미없는 영화였어요.", "It was a boring movie."),
        ("저한테도 하나 주세요.", "I'd like one, too."),
        ("같이 가자.", "We could go together."),
        ("검은 모자", "a black hat"),
    ],
)
def test_a_negation_in_other_words_is_accepted(korean: str, english: str) -> None:
    assert opposite(korean, english) is None


def test_one_of_two_numbers_is_compared() -> None:
    assert contradiction("여섯 시에 세 명 예약했어요.", "I booked for three people at seven.")
    assert contradiction("여섯 시에 세 명 예약했어요.", "I booked for three people at six.") is None


def test_units_and_names_are_compared() -> None:
    assert contradiction("여덟 개월 동안 살았어요.", "I lived there for eight years.")
    assert contradiction("박 과장님은 회의 중이세요.", "Section chief Kang is in a meeting.")
    assert contradiction("육 개월 동안 살았어요.", "I lived there for half a year.") is None


def test_the_translation_of_the_lists_example_is_checked() -> None:
    back, word = (
        GONE.cards[0]["back"],
        GONE.word | {"example": "꽃을 세 송이 샀어요.", "example_translation": "I bought three flowers."},
    )
    for english, reported in (("I bought three flowers.", False), ("I bought four flowers.", True)):
        card = GONE.cards[0] | {"back": f"{back}\n\n꽃을 세 송이 샀어요. '{english}'"}
        assert ("translation_contradicts" in {each.code for each in check_card(card, GONE.record, word)}) is reported


def test_glosses_in_the_record_are_checked() -> None:
    record = GONE.record | {"explanation": "From 가다; compare 손가락이 아파요 (my nose hurts)."}
    assert "translation_contradicts" in {each.code for each in check_nuance(record, GONE.word)}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("studies", "study"),
        ("went", "go"),
        ("movies", "movi"),
        ("hoping", "hop"),
        ("children", "child"),
        ("bus", "bus"),
        ("stopped", "stop"),
    ],
)
def test_forms_of_an_english_word_have_one_root(word: str, expected: str) -> None:
    assert root(word) == expected
    assert is_form(expected, expected)
