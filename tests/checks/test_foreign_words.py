"""Chinese and Japanese words in English text are noticed. Hanja that the text explains are not."""

import json

import pytest
from checks.good_records import all_entries
from checks.proof import findings_of

from korean_flashcards.checks import check_card, check_nuance
from korean_flashcards.checks.reply_check import nuance_quality_check

WORD = {"term": "우산", "pos": "noun", "definition": "umbrella", "hanja": "雨傘"}
RECORD = {
    "term": "우산[u.san]", "ipa": "[u.san]", "pos": "noun", "primary_meaning": "umbrella", "other_meanings": None,
    "metaphor": "A heap of folded umbrellas drips at the bus stop and opens all at once with the first drop.",
    "metaphor_noun": "heap of umbrellas", "metaphor_action": "opening all at once with the first drop",
    "suggested_location": "the bus stop in front of a shop", "anchor_object": "a bent umbrella handle",
    "anchor_sensory": "wet nylon against your wrist, the smell of rain on hot asphalt",
    "explanation": "Sino-Korean: 雨 'rain' + 傘 'umbrella'. It takes 쓰다 'to use over the head': 우산을 쓰다.",
    "usage_context": None,
    "comparison": {"vs": "양산", "nuance": "우산 keeps off the rain, 양산 the sun: 비가 오니까 우산을 써요."},
    "homonyms": [{"hanja": "雨傘", "reading": "우산", "meaning": "umbrella", "differentiator": "雨 'rain', as in 우기."}],
    "korean_keywords": ["우산", "양산", "비"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("explanation", "The 内容 is plain: 우산을 쓰다 means to use it over the head.", "in_chinese"),
        ("explanation", "The 内容 (content) is plain: 우산을 쓰다 is the usual phrase.", "in_chinese"),
        ("explanation", "우산을 分석하다 is not a phrase that anybody uses in the rain.", "in_chinese"),
        ("explanation", "A sign that the 内容 is plain: 우산을 쓰다 is what everybody says.", "in_chinese"),
        ("explanation", "우산을 使用하다 is stiff, 우산을 쓰다 is what everybody says.", "in_chinese"),
        ("explanation", "It is 非常 common to say 우산을 쓰다 when it rains.", "in_chinese"),
        ("usage_context", "A very 好 word for the rain: 우산을 쓰다 is what everybody says.", "in_chinese"),
        (
            "metaphor",
            "A heap of umbrellas 雨が降る drips at the bus stop and opens with the first drop.",
            "in_japanese",
        ),
        ("metaphor", "例えば, a heap of umbrellas drips at the bus stop and opens with the first drop.", "in_japanese"),
        ("other_meanings", "also a shield, つまり anything that protects from above", "in_japanese"),
    ],
)
def test_a_foreign_word_is_noticed_and_requested_again(field: str, text: str, code: str) -> None:
    record = RECORD | {field: text}
    assert [(found.field, found.code) for found in check_nuance(record, WORD)] == [(field, code)]
    assert [problem.field for problem in nuance_quality_check(json.dumps(WORD))(json.dumps(record))] == [field]


@pytest.mark.parametrize(
    "text",
    [
        "Sino-Korean: 雨 'rain' + 傘 'umbrella'; so are 우기(雨期), 우의 雨衣 and 학생 (學生): 우산을 쓰다.",
        "Written 雨傘 in hanja; Chinese writes 雨伞, Japanese 傘 (kasa), and 우산 is its Korean reading.",
        "우산 (雨傘): the drops in 雨 fall from 天, and the frame of 傘 shelters four 人 at once.",
        "Do not open 陽傘, which is 양산, in the rain: only 우산 keeps you dry.",
        "Compare 물 水, 비 雨 and 배울 학 學: 우산 has the second one.",
        "The 生 of 학생 and 선생 is not in 우산, but the 雨 of 우기 is.",
        "Some older people call it by the Japanese word かさ, but 우산 is the Korean one.",
    ],
)
def test_explained_hanja_and_named_foreign_words_are_accepted(text: str) -> None:
    assert check_nuance(RECORD | {"explanation": text}, WORD) == []


def test_a_card_may_show_the_hanja_of_its_analysis() -> None:
    front = "Rain starts at the bus stop. What do you open, and which characters are on its handle?"
    back = (
        "You open an umbrella, 우산. On its handle stands 雨, rain, above 傘, umbrella, and both are in 雨期 as well, so "
        "the rainy season and the thing that keeps you dry are one picture: 우산을 쓰세요. 'Use your umbrella.'"
    )
    card = {"tab_name": "Scene", "term": "우산[u.san]", "front": front, "back": back, "honorific_level": ""}
    assert check_card(card, RECORD, WORD) == []
    wrong = check_card(card | {"back": back.replace("the thing", "the 東西")}, RECORD, WORD)
    assert [(found.field, found.code) for found in wrong] == [("back", "in_chinese")]


def test_no_good_record_or_card_is_reported() -> None:
    """The good records are 546 analyses and cards: the hand-written ones, the prompts' and the offline model's."""
    found = {finding for entry in all_entries() for finding in findings_of(entry)}
    assert not [finding for finding in found if finding.code in ("in_chinese", "in_japanese")]
