"""The checks expect the language that the parameter ``language`` names, at least by its script."""

import pytest
from checks.test_foreign_words import RECORD, WORD

from korean_flashcards.checks import check_card, check_nuance
from korean_flashcards.domain.explanation_language import FIELD

# A memory image, an explanation, and the two sides of a card.
TEXTS = {
    "German": (
        "Ein Haufen nasser Schirme tropft an der Haltestelle und öffnet sich beim ersten Tropfen.",
        "Sinokoreanisch: 雨 'Regen' + 傘 'Schirm'. Man sagt 우산을 쓰다, gezählt wird mit 개.",
    ),
    "Vietnamese": (
        "Một đống ô ướt nhỏ nước ở trạm xe buýt và bật mở cùng lúc khi giọt mưa đầu tiên rơi.",
        "Từ Hán Hàn: 雨 'mưa' + 傘 'ô'. Người ta nói 우산을 쓰다, và đếm bằng 개.",
    ),
    "Russian": (
        "Мокрые зонты капают на остановке и раскрываются с первой каплей дождя.",
        "Китайско-корейское слово: 雨 «дождь» + 傘 «зонт». Говорят 우산을 쓰다.",
    ),
    "Japanese": (
        "バス停でぬれた傘の山がしずくを落とし、最初の一滴で一斉に開く。",
        "漢字語で、雨は「あめ」、傘は「かさ」。우산을 쓰다と言い、数える時は개を使う。",
    ),
    "Chinese": (
        "车站旁一堆湿伞滴着水，第一滴雨落下时全部打开。",
        "汉字词，雨是下雨，傘是伞。常说우산을 쓰다，量词用개。",
    ),
    "Thai": (
        "ร่มเปียกกองหนึ่งหยดน้ำอยู่ที่ป้ายรถเมล์และกางออกพร้อมกันเมื่อฝนหยดแรกตกลงมา",
        "คำจีน-เกาหลี: 雨 'ฝน' + 傘 'ร่ม' มักพูดว่า 우산을 쓰다 และนับด้วย 개",
    ),
    "Arabic": (
        "كومة من المظلات المبللة تقطر عند موقف الحافلة وتنفتح كلها مع أول قطرة مطر.",
        "كلمة صينية كورية: 雨 'مطر' + 傘 'مظلة'. يقال 우산을 쓰다.",
    ),
    "Korean": (
        "정류장 옆에 쌓인 젖은 우산들이 물을 뚝뚝 떨어뜨리다가 첫 빗방울에 한꺼번에 펴진다.",
        "한자어로 雨(비 우)와 傘(우산 산)을 합친 말이다. '우산을 쓰다'처럼 말하고 개로 센다.",
    ),
}  # fmt: skip


def _codes(language: str, image: str, explanation: str) -> set[str]:
    word = WORD | {FIELD: language}
    record = RECORD | {
        "metaphor": image, "explanation": explanation, "primary_meaning": image[:8], "anchor_sensory": image,
        "metaphor_noun": image[:6], "metaphor_action": image[:9], "suggested_location": image[:7],
        "anchor_object": image[:5], "comparison": None, "homonyms": None,
    }  # fmt: skip
    back = f"{image} {explanation} {image[:30]}"
    card = {
        "tab_name": "Scene",
        "term": "우산[u.san]",
        "front": f"{image[5:]} ?",
        "back": back,
        "honorific_level": "",
    }
    found = [*check_nuance(record, word), *check_card(card, record, word)]
    return {finding.code for finding in found if finding.severity != "note"}


@pytest.mark.parametrize("language", TEXTS)
def test_text_in_the_explanation_language_is_accepted(language: str) -> None:
    assert _codes(language, *TEXTS[language]) == set()


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        ("English", "Russian", {"other_script"}), ("English", "Vietnamese", {"not_english"}),
        ("German", "Russian", {"other_script"}), ("German", "Korean", {"in_korean"}),
        ("Russian", "German", {"not_english"}), ("Russian", "Thai", {"other_script"}),
        ("Japanese", "German", {"not_english"}), ("Korean", "Russian", {"other_script"}),
    ],
)  # fmt: skip
def test_text_in_a_different_language_is_reported(language: str, text: str, codes: set[str]) -> None:
    assert codes <= _codes(language, *TEXTS[text])


@pytest.mark.parametrize("text", ["Japanese", "Chinese"])
def test_japanese_and_chinese_are_reported_in_german(text: str) -> None:
    assert {"in_japanese", "in_chinese"} & _codes("German", *TEXTS[text])
