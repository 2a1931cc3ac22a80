"""Test the parser of judge replies, and the replies that it must reject."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.records import Judgement, ReplyError
from korean_flashcards.formats.judge_reply import CRITERIA, read_judgement
from korean_flashcards.formats.schemas import judgement_schema

GOOD: dict[str, Any] = {
    "term": "남성", **{name: {"reason": f"{name} is fine", "rating": 4} for name in CRITERIA}
}  # fmt: skip
REASON = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=300).map(clean).filter(bool)
RATING = st.fixed_dictionaries({"reason": REASON, "rating": st.integers(1, 5)})


def read(**changes: Any) -> Judgement:
    return read_judgement(json.dumps(GOOD | changes, ensure_ascii=False), "남성")


def rejected(text: str) -> tuple[str, str]:
    with pytest.raises(ReplyError) as caught:
        read_judgement(text, "남성")
    return str(caught.value.code), str(caught.value)


@given(st.fixed_dictionaries(dict.fromkeys(CRITERIA, RATING)))
def test_valid_ratings_are_unchanged(ratings: dict[str, Any]) -> None:
    assert read(**ratings).model_dump() == {"term": "남성", "faults": [], **ratings}


@pytest.mark.parametrize("written", [4, "4", 4.0, "4/5", " 4 / 5 ", "4.0"])
def test_ratings_are_read_in_every_notation(written: object) -> None:
    assert read(image={"reason": "vivid", "rating": written}).image.rating == 4


@pytest.mark.parametrize("written", [0, 6, 3.5, "good", None, True, "45", [4]])
def test_the_error_for_an_invalid_rating_names_it(written: object) -> None:
    code, message = rejected(json.dumps(GOOD | {"image": {"reason": "vivid", "rating": written}}))
    assert (code == "contract" and message.startswith("record.image.rating")) or "image.rating" in message


def test_wrapping_and_additional_fields_are_ignored() -> None:
    more = {"image": {"rating": 4, "reason": "vivid", "sure": True}, "overall": {"reason": "good", "rating": 5}}
    text = json.dumps(GOOD | more, ensure_ascii=False)
    assert read_judgement(f"Here you are:\n```json\n{text}\n```", "남성").image.reason == "vivid"
    assert read_judgement(f"[{text}]", "남성").meaning.rating == 4
    assert read_judgement(text[:-1], "남성").meaning.rating == 4, "only the last bracket is missing"


@pytest.mark.parametrize("nothing", [None, "null", "", {}])
def test_every_notation_for_no_rating_becomes_null(nothing: object) -> None:
    judged = read(comparison=nothing, examples=nothing)
    assert judged.comparison is None and judged.examples is None


def test_invalid_replies_are_rejected_with_a_code() -> None:
    text = json.dumps(GOOD, ensure_ascii=False)
    assert rejected("")[0] == "empty"
    assert rejected("I'm sorry, but I can't help with that.")[0] == "refused"
    assert rejected(text[: len(text) // 2])[0] == "cut_short"
    assert rejected(text.replace("남성", "여성"))[0] == "wrong_word"
    assert rejected(json.dumps({name: GOOD[name] for name in ("term", "meaning")}))[0] == "contract"
    assert rejected(json.dumps([5, 6]))[0] == "malformed"
    assert rejected(json.dumps(GOOD | {"naturalness": None}))[0] == "contract"


FAULT = {"fault": "wrong_sense", "card": "Scene", "field": "back", "quote": "a ship", "reason": "the list says pear"}
REQUEST = {"term": "남성", "cards": [{"tab_name": "Scene"}], "findings": []}


def read_requested(**changes: Any) -> Judgement:
    return read_judgement(json.dumps(GOOD | changes, ensure_ascii=False), "남성", REQUEST)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([], []), (None, []), ("none", []), ({}, []), ([FAULT], [FAULT]), (FAULT, [FAULT]),
        ([FAULT | {"sure": True}], [FAULT]),
        ([FAULT | {"card": "nuance", "field": "comparison.nuance"}], [FAULT | {"card": "analysis", "field": "comparison"}]),
    ],
)  # fmt: skip
def test_faults_are_read_in_every_notation(written: object, read: list[dict[str, str]]) -> None:
    assert [fault.model_dump() for fault in read_requested(faults=written).faults] == read


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fault": "boring"}, "faults.0.fault"), ({"card": "Poem"}, "faults.0.card"), ({"quote": ""}, "faults.0.quote"),
        ({"field": "middle"}, "the card scene has no field 'middle'; use front, back"),
        ({"card": "analysis"}, "the analysis has no field 'back'"),
        ({"card": "Hanja"}, "there is no card Hanja in the request"),
    ],
)  # fmt: skip
def test_a_fault_that_cannot_be_found_on_the_cards_is_an_error(changed: dict[str, str], said: str) -> None:
    with pytest.raises(ReplyError) as caught:
        read_requested(faults=[FAULT | changed])
    assert caught.value.code == "contract" and said in str(caught.value)


def test_faults_may_be_missing_only_in_replies_to_the_earlier_prompt() -> None:
    assert read().faults == []
    assert read_judgement(json.dumps(GOOD), "남성", {"term": "남성", "nuance": {}, "cards": []}).faults == []
    with pytest.raises(ReplyError, match="faults is missing"):
        read_requested()


def test_a_list_of_faults_that_breaks_off_is_not_complete() -> None:
    text = json.dumps(GOOD | {"faults": [FAULT]}, ensure_ascii=False)
    assert rejected(text[:-2])[0] == "cut_short"


def test_the_schema_requires_all_fields_and_allows_no_others() -> None:
    schema = judgement_schema()
    assert schema["required"] == list(schema["properties"]) == ["term", "faults", *CRITERIA]
    assert list(judgement_schema(1)["properties"]) == judgement_schema(1)["required"] == ["term", *CRITERIA]
    rating = schema["properties"]["meaning"]
    assert rating["required"] == ["reason", "rating"] and rating["additionalProperties"] is False
    assert rating["properties"]["rating"]["enum"] == [1, 2, 3, 4, 5]
    assert "$ref" not in json.dumps(schema)
