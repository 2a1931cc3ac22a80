"""Test finding slips in Korean sentences with the morphological analyzer."""

import csv
from pathlib import Path

import pytest

from korean_flashcards.korean.slips import SlipKind, slips

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("kiwipiepy")


@pytest.mark.parametrize(
    ("sentence", "kind", "word", "right"),
    [
        ("바렴이 시원해요.", SlipKind.UNKNOWN, "바렴이", "바렴"),
        ("문제가 어렵었어요.", SlipKind.FORM, "어렵었어요", "어려웠어요"),
        ("회사에 가았어요.", SlipKind.FORM, "가았어요", "갔어요"),
        ("바람이 시원하습니다.", SlipKind.FORM, "시원하습니다", "시원합니다"),
        ("정말 빨러요.", SlipKind.FORM, "빨러요", "빨라요"),
        ("저는 학생이예요.", SlipKind.FORM, "학생이예요", "학생이에요"),
        ("급하지 안으니까 천천히 오세요.", SlipKind.FORM, "안으니까", "않으니까"),
        ("우리 반듯이 이길 거예요.", SlipKind.FORM, "반듯이", "반드시"),
        ("저는 의사이에요.", SlipKind.FORM, "의사이에요", "의사예요"),
        ("이건 책예요.", SlipKind.FORM, "책예요", "책이에요"),
        ("먹은는 사람이 누구예요?", SlipKind.FORM, "먹은는", ""),
        ("고향는 멀어요.", SlipKind.FORM, "고향는", ""),
        ("김치을 서른 포기나 담갔어요.", SlipKind.PARTICLE, "김치을", "김치를"),
        ("학생가 왔어요.", SlipKind.PARTICLE, "학생가", "학생이"),
        ("비행기으로 한 시간 걸려요.", SlipKind.PARTICLE, "비행기으로", "비행기로"),
        ("친구과 만났어요.", SlipKind.PARTICLE, "친구과", "친구와"),
        ("친구 를 만났어요.", SlipKind.SPLIT, "를", ""),
        ("저는 이 찻집 주인 입니다.", SlipKind.SPLIT, "입니다", ""),
        ("밥을먹었어요.", SlipKind.JOINED, "밥을먹었어요", ""),
        ("내일은 비가 올거예요.", SlipKind.SPACING, "올거예요", ""),
        ("집까지 두시간 걸려요.", SlipKind.SPACING, "두시간", ""),
    ],
)  # fmt: skip
def test_a_slip_is_found(sentence: str, kind: SlipKind, word: str, right: str) -> None:
    assert slips(sentence) == ((kind, word, right),)


@pytest.mark.parametrize(
    "sentence",
    [
        "그렇게 되어 버렸어요.", "그렇게 돼 버렸어요.", "꽃이 피었어요.", "공부를 하여야 한다.", "이게 제 거예요.",
        "그렇네요, 그러네요.", "하지 말아요.",
        "원치 않는 결과예요.", "영숙이예요.", "음악가가 왔어요.", "영어과 학생이에요.", "먹는 사람이 누구예요?",
        "내가 지은 집이에요.", "휴지 안으로 들어갔어요.",
        "강아지 안아 줘.", "할머니께서 물을 드시고 계세요.", "나에게 줘.", "내게 줘.", "한번 해 봐.", "TV에서 봤어.",
        "밥을 먹고 싶어요.", "괜찮다고 했어요.",
        "예뻐졌네요!", "친구들이랑 놀러 갔다 왔어요.", "누구인지 알아요?", "가야겠다.", "여기는 제 방이고요.",
        "안 먹을래.", "그 사람은 의사였다.",
    ],
)  # fmt: skip
def test_correct_sentences_have_no_slips(sentence: str) -> None:
    assert slips(sentence) == ()


def test_the_sample_list_has_no_slips() -> None:
    with (ROOT / "data/01_raw/sample_words.csv").open(encoding="utf-8", newline="") as file:
        examples = [row["example"] for row in csv.DictReader(file)]
    assert len(examples) > 100 and [slip for example in examples for slip in slips(example)] == []
