"""Test finding facts that a translation contradicts."""

import csv
from pathlib import Path

import pytest

from korean_flashcards.korean.contrasts import contradiction
from korean_flashcards.korean.sentence_contrasts import opposite

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("korean", "english", "found"),
    [
        ("네 시에 일어나요.", "I get up at five.", ("4", "5")), ("10분만 기다려 주세요.", "Wait twenty minutes.", ("10",
        "20")),
        ("할머니가 왔어요.", "Grandfather came.", ("할머니", "grandfather")), ("어제 갔어요.", "I go tomorrow.", ("어제",
        "tomorrow")),
        ("수원 가는 버스예요.", "It goes to Busan.", ("수원", "busan")), ("기차로 갔어요.", "I went by bus.", ("기차",
        "bus")),
        ("문제가 쉬워요.", "The problem is difficult.", ("쉬워", "difficult")), ("월요일에 봐요.", "See you on Friday.",
        ("월요일", "friday")),
    ],
)  # fmt: skip
def test_a_contradiction_is_found(korean: str, english: str, found: tuple[str, str]) -> None:
    named, instead = contradiction(korean, english) or ("", "")
    assert found[0] in named and instead == found[1]


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("네, 알겠습니다.", "Yes, all three."), ("어제 밤에 봤어요.", "I saw it last night."), ("3만 원이에요.",
        "It's 30,000 won."),
        ("한두 개 주세요.", "Two, please."), ("할머니 댁에 갔어요.", "I went to Granny's."), ("사과할게요.",
        "I'll apologize."),
        ("우리 둘 다 갔어요.", "Both of us went."), ("열두 시에 봐요.", "See you at twelve."), ("두 시 반이에요.",
        "It's half past two."),
        ("병원에 갔어요.", "I saw a doctor."), ("어머니와 아버지", "my father and mother"), ("집에서 학교까지",
        "from home to school"),
        ("안 비싸요.", "It's cheap."), ("시간이 빨리 가요.", "Time flies."), ("급하지 않으니까 천천히 와요.",
        "There's no rush."),
        ("선생님, 저 사람이 누구예요?", "Who is that?"), ("표는 어디에서 팔아요?", "Where can I buy tickets?"),
        ("더운데 시원한 거 마셔요.", "Let's drink something cold."),
    ],
)  # fmt: skip
def test_free_translations_are_accepted(korean: str, english: str) -> None:
    assert contradiction(korean, english) is None


def test_no_translation_of_the_sample_list_contradicts_its_sentence() -> None:
    with (ROOT / "data/01_raw/sample_words.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(row["example"], row["example_translation"]) for row in csv.DictReader(file)]
    assert len(pairs) > 100 and [pair for pair in pairs if contradiction(*pair)] == []
    assert [pair for pair in pairs if opposite(*pair)] == []


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("저는 아침을 안 먹었어요.", "I ate breakfast."), ("이해하지 못했어요.", "She understood it."),
        ("동생이 방에서 자요.", "My brother isn't sleeping in his room."),
        ("친구한테 책을 받았어요.", "I gave my friend a book."),
        ("모자를 벗었어요.", "I put on my hat."), ("불을 껐어요.", "I turned on the light."), ("매워요", "is sweet"),
        ("저는 서울에 살아요.", "You live in Seoul."), ("동생은 벌써 자요.", "I am asleep already."),
        ("오늘은 수영할 수 없어요.", "I can swim today."), ("저는 말을 탈 수 있어요.", "I can't ride a horse."),
        ("점심을 먹었어요?", "He had his lunch already."), ("어제 집에서 쉬었습니다.", "Did he rest at home yesterday?"),
    ],
)  # fmt: skip
def test_an_opposite_translation_is_found(korean: str, english: str) -> None:
    assert opposite(korean, english) is not None


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("어렵지 않아요.", "It's easy."), ("학교에서 가까워요.", "It's not far from the school."),
        ("언니가 목도리를 빌려줬는데 따뜻해요.", "My sister lent me a scarf, and it is warm."),
        ("친구한테서 꽃을 받았어요.", "My friend gave me flowers."),
        ("어려워요.", "It isn't easy."), ("안 먹었어요.", "I skipped lunch."), ("이거 안 매워요.", "It isn't spicy."),
        ("조심하세요.", "Don't slip!"), ("문이 안 열려요.", "The door stays closed."), ("제가 할까요?", "Let me do it."),
        ("저는 괜찮아요.", "I don't mind."), ("할머니는 안 계세요.", "Grandmother is out."),
        ("우리 집에 가요.", "I go home."),
        ("동생은 자요.", "My brother is asleep."), ("안녕하세요?", "Hello."), ("저는 어머니가 좋아요.", "I like my mother."),
        ("어쩔 수 없어요.", "It can't be helped."), ("늦을 수도 있어요.", "I can't promise to be on time."),
        ("눈을 뗄 수 없어요.", "I can only stare."), ("누구나 할 수 있어요.", "There is nobody who can't do it."),
        ("못 믿겠어요.", "It is unbelievable."), ("이름이 뭐예요?", "Tell me your name."),
        ("커피를 마셨어요.", "I had coffee."),
    ],
)  # fmt: skip
def test_a_free_translation_is_not_an_opposite(korean: str, english: str) -> None:
    assert opposite(korean, english) is None


def test_months_names_and_sino_korean_numbers_are_compared() -> None:
    assert contradiction("수업은 삼십 분 걸려요.", "The class takes forty minutes.") == ("30", "40")
    assert contradiction("두 시 이십 분이에요.", "It's ten past two.") == ("20", "10")
    assert contradiction("올해 스물한 살이에요.", "She is twenty-two this year.") == ("21", "22")
    assert contradiction("올해 스물한 살이에요.", "She is twenty-one this year.") is None
    assert contradiction("겨우 천 원이에요.", "It is only ten thousand won.") == ("천 원", "ten thousand")
    assert contradiction("만 원이에요.", "It is ten thousand won.") is None
    assert contradiction("단어 하나", "fc829a") is None, "digits beside letters are no number"
    assert contradiction("이십 시간 걸려요.", "It takes two hours.") == ("20", "2")
    assert contradiction("유월에 결혼해요.", "They marry in July.") == ("유월에", "july")
    assert contradiction("민수가 왔어요.", "Min-ji came.") == ("민수", "minji")
    assert contradiction("민수가 왔어요.", "Min-su came.") is None
    assert contradiction("세 시 오십 분이에요.", "It's ten to four.") is None
