"""A model that copies the word list's text is not blamed for it."""

import json
from typing import Any

import pytest
from checks.test_foreign_words import RECORD

from korean_flashcards.checks import check_card, check_nuance
from korean_flashcards.checks.english_words import is_english
from korean_flashcards.checks.list_text import without_copies
from korean_flashcards.checks.reply_check import card_quality_check, nuance_quality_check

LISTS: list[dict[str, Any]] = [
    {"definition": "비가 올 때 머리 위에 쓰는 물건. 양산과 다르다."},
    {"definition": "雨が降る時に頭の上にさすもの。日傘とは違う。"},
    {"definition": "下雨时用的东西，内容很简单。"},
    {"definition": "зонт; зонтик"},
    {"definition": "objeto plegable que protege; sombrilla grande utilizada durante lluvias intensas"},
    {"definition": "A thing for the rain. It opens. People carry it."},
    {"definition": "a<b & c>d"},
    {"definition": "<b>umbrella</b> &nbsp; {see: note}"},
    {"definition": "umbrella", "usage_hint": "todo: 確認する"},
    {"definition": "umbrella", "example": "오늘은 날씨가 흐려요.", "example_translation": "오늘은 날씨가 흐려요."},
    {"definition": "umbrella", "tags": ["天気", "<i>rain</i>"]},
]


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: next(reversed(listed.values())))
def test_copied_text_causes_no_finding(listed: dict[str, Any]) -> None:
    word = {"term": "우산", "pos": "명사", "hanja": "雨傘", **listed}
    hint, tags = listed.get("usage_hint", ""), " ".join(listed.get("tags", []))
    quoted = " ".join(filter(None, [listed.get("example", ""), f"“{listed.get('example_translation', hint)}”", tags]))
    record = RECORD | {"primary_meaning": listed["definition"], "usage_context": quoted}
    assert check_nuance(record, word) == []
    assert nuance_quality_check(json.dumps(word))(json.dumps(record)) == ()
    back = (
        f"우산 means “{listed['definition']}”. {quoted} You open it at the bus stop with the first drop and stand dry under "
        "an umbrella while the rain runs down: 우산을 쓰세요. 'Use your umbrella.'"
    )
    front = "Rain starts at the bus stop. Which word do you call across the street, and what does it mean?"
    card = {"tab_name": "Scene", "term": "우산[u.san]", "front": front, "back": back, "honorific_level": ""}
    assert check_card(card, record, word) == []
    request = {"term": "우산", "nuance": record, "card_types": ["Scene"]}
    reply = json.dumps({"cards": [card | {"tags": []}]})
    assert card_quality_check(json.dumps(request))(reply) == ()


@pytest.mark.parametrize(
    "definition", ["paraguas", "parapluie", "le parapluie", "Regenschirm", "ombrello", "guarda-chuva"]
)
def test_a_definition_in_another_language_does_not_contradict_the_english_record(definition: str) -> None:
    assert check_nuance(RECORD, {"term": "우산", "definition": definition}) == []
    assert not is_english(definition) and is_english("umbrella") and is_english("to wear (shoes)")


def test_an_english_definition_with_another_meaning_still_does() -> None:
    codes = [found.code for found in check_nuance(RECORD, {"term": "우산", "definition": "mountain, hill"})]
    assert codes == ["meaning_differs"]


@pytest.mark.parametrize("hanja", ["雨山", "雨傘 (우산)", "學校", "🌂", "umbrella"])
def test_hanja_copied_from_the_list_cause_no_finding(hanja: str) -> None:
    homonyms = [RECORD["homonyms"][0] | {"hanja": hanja}]
    record = RECORD | {"homonyms": homonyms, "explanation": "It takes 쓰다 'to use over the head': 우산을 쓰다."}
    word = {"term": "우산", "definition": "umbrella", "hanja": hanja}
    assert check_nuance(record, word) == []
    assert check_nuance(record, word | {"hanja": None}), "without the list, the model is to blame"


def test_the_models_own_mistakes_are_still_found_beside_the_lists_text() -> None:
    word = {"term": "우산", "pos": "noun", "definition": "雨が降る時に使うもの"}
    text = "우산 “雨が降る時に使うもの” とても便利で、雨の日に必ず持って行きます。"
    assert "in_japanese" in {found.code for found in check_nuance(RECORD | {"explanation": text}, word)}
    looped = RECORD | {
        "explanation": "A thing for rain is good. A thing for rain is good. A thing for rain is good. 우산!"
    }
    listed = word | {"definition": "a thing for rain"}
    assert "repetition" in {found.code for found in check_nuance(looped, listed)}


def test_copies_are_whole_cells_three_words_or_words_in_another_script() -> None:
    sources = ("to put on shoes", "物件", "비가 와서 우산을 썼어요.")
    assert without_copies("You put on shoes and put a hat on.", sources, "") == "You 1 2 3 and put a hat on."
    assert without_copies("The 物件 here", sources, "") == "The 1 2 here"
    assert without_copies("비가 와서 우산을 썼어요. 'It rained.'", sources, "우산") == "우산 2 3 4. 'It rained.'"
