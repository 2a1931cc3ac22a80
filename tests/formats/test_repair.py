"""A reply of which a part is bad: only that part is requested again, and all else stays as it was paid for."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from formats.samples import CARDS, NUANCE, TSV_HEADER, WORD, Record, text_of

from korean_flashcards.domain.records import CARD_TYPES, FailureCode, Problem, ReplyError
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.formats.repair import mended, repair_request, repair_schema

SCENE, HANJA = CARDS
USAGE = {"tab_name": "Usage-Comparison", "front": "Who says it?", "back": "The newsreader.", "tags": ["news"],
         "honorific_level": "formal"}  # fmt: skip
TYPES = ["Scene", "Usage-Comparison", "Hanja"]
NUANCE_USER = text_of(
    {"term": WORD, "pos": "noun", "definition": "man, male", "hanja": "男性", "example": "남성 두 명"}
)
CARDS_USER = text_of({"term": WORD, "nuance": NUANCE, "card_types": TYPES})
GOOD = read_nuance(text_of(NUANCE), WORD, 7)
HOMONYM = NUANCE["homonyms"][0]


def nuance_error(text: str) -> ReplyError:
    with pytest.raises(ReplyError) as caught:
        read_nuance(text, WORD, 7)
    return caught.value


def cards_error(text: str, types: list[str] | None = TYPES) -> ReplyError:
    with pytest.raises(ReplyError) as caught:
        read_cards(text, WORD, types)
    return caught.value


def cards(*rows: Record) -> str:
    return text_of({"cards": rows})


BAD_FIELDS: dict[str, tuple[Record, str]] = {
    "IPA": ({"ipa": "[nam][sʌŋ]"}, "ipa: string should match pattern"),
    "too long": ({"explanation": "x" * 501}, "explanation: string should have at most 500 characters"),
    "empty": ({"anchor_object": ""}, "anchor_object: string should have at least 1 character"),
    "no text": ({"metaphor": ["a", "b"]}, "metaphor: input should be a valid string"),
    "half": ({"comparison": {"vs": "남자"}}, "comparison: nuance: field required"),
    "part of speech": ({"pos": "thing"}, "pos: input should be 'noun'"),
    "reading": ({"homonyms": [HOMONYM | {"reading": "여성"}]}, "homonyms: 男性 is read '여성', which is not '남성'"),
    "half a character": ({"metaphor": "an oak \ud800"}, "metaphor: input should be a valid string"),
    "two": ({"ipa": None, "metaphor_noun": None}, "metaphor_noun: input should be a valid string"),
}


@pytest.mark.parametrize(("changes", "rule"), BAD_FIELDS.values(), ids=BAD_FIELDS)
@pytest.mark.parametrize("wrap", ["{}", "```json\n{}\n```", '[{"nuance": {}}]'], ids=["bare", "fence", "wrapped"])
def test_a_bad_field_is_requested_alone_and_the_rest_is_kept(changes, rule, wrap):
    text = wrap.replace("{}", json.dumps(NUANCE | changes))
    error = nuance_error(text)
    question = json.loads(repair_request("nuance", text, error, NUANCE_USER) or "")
    assert list(question) == ["term", "known", "fields", "problems"]
    assert question["term"] == WORD and question["fields"].keys() == changes.keys()
    assert any(problem.startswith(rule) for problem in question["problems"])
    assert (
        question["known"].keys() >= {"definition", "primary_meaning"} and not question["known"].keys() & changes.keys()
    )
    answer = {"fields": {name: NUANCE[name] for name in changes}}
    import jsonschema  # 2.5 s

    assert jsonschema.Draft202012Validator(repair_schema("nuance", error)).is_valid(answer)
    repaired = mended("nuance", text, text_of(answer), error)
    assert read_nuance(repaired, WORD, 7) == GOOD
    assert {name: text_of(value) for name, value in json.loads(repaired).items()} == {
        name: text_of(value) for name, value in NUANCE.items()
    }


def test_a_field_that_is_missing_is_requested_as_null():
    text = text_of({name: value for name, value in NUANCE.items() if name != "metaphor"})
    question = json.loads(repair_request("nuance", text, nuance_error(text), NUANCE_USER) or "")
    assert question["fields"] == {"metaphor": None} and question["problems"] == ["metaphor: field required"]
    assert question["known"]["anchor_object"] == NUANCE["anchor_object"]


@pytest.mark.parametrize(
    "answer",
    [
        '{"fields": {"comparison": @@}}', '{"comparison": @@}', '```json\n{"comparison": @@}\n```', '[{"comparison": @@}]',
        '{"term": "남성", "fields": {"comparison": @@, "ipa": "[x]"}}', '{"nuance": {"comparison": @@}}',
        'Here: {"fields": {"comparison": @@,}} Done.', "{'fields': {comparison: @@}}",
    ],
)  # fmt: skip
def test_an_answer_is_read_however_it_is_wrapped_and_changes_nothing_else(answer):
    text = text_of(NUANCE | {"comparison": "남자"})
    repaired = mended("nuance", text, answer.replace("@@", text_of(NUANCE["comparison"])), nuance_error(text))
    assert json.loads(repaired) == NUANCE


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("", "empty"), ("I'm sorry, I can't.", "refused"), ('{"fields": {"ipa": "[nam', "cut_short"), ("x", "malformed"),
        ("{}", "contract"), ("[]", "contract"), ('{"fields": {}}', "contract"), ('{"fields": null}', "contract"),
        ('{"fields": {"ipa": "[nam.sʌŋ]"}}', "contract"), ('{"fields": ["ipa"]}', "contract"),
        ('{"fields": {"ipa": "[nam.sʌŋ]"}', "cut_short"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_has_a_code(answer, code):
    text = text_of(NUANCE | {"ipa": "", "metaphor": ""})
    with pytest.raises(ReplyError) as caught:
        mended("nuance", text, answer, nuance_error(text))
    assert caught.value.code == code


def test_an_answer_that_breaks_the_rule_again_is_no_record():
    text = text_of(NUANCE | {"ipa": ""})
    again = mended("nuance", text, '{"fields": {"ipa": "[a][b]"}}', nuance_error(text))
    assert nuance_error(again).problems[0].field == "ipa"


BAD_CARDS: dict[str, tuple[list[Record], list[str], str]] = {
    "empty back": ([SCENE, USAGE | {"back": ""}, HANJA], ["Usage-Comparison"], "Usage-Comparison: back: string should"),
    "level": ([SCENE | {"honorific_level": "royal"}, USAGE, HANJA], ["Scene"], "Scene: honorific_level: input should"),
    "missing": ([SCENE, USAGE], ["Hanja"], "Hanja: the card is missing"),
    "twice": ([SCENE, USAGE, SCENE | {"front": "Or who?"}, HANJA], ["Scene"], "Scene: there are two of this card"),
    "the same": (
        [SCENE, USAGE, SCENE | {"tab_name": "Hanja"}],
        ["Hanja"],
        "Hanja: front and back are those of the Scene",
    ),
    "unknown type": ([SCENE, USAGE, HANJA | {"tab_name": "Story"}], ["Hanja"], "Hanja: the card is missing"),
}


@pytest.mark.parametrize(("rows", "failed", "rule"), BAD_CARDS.values(), ids=BAD_CARDS)
def test_a_bad_card_is_requested_alone_and_the_others_are_kept(rows, failed, rule):
    text = cards(*rows)
    error = cards_error(text)
    question = json.loads(repair_request("flashcards", text, error, CARDS_USER) or "")
    assert list(question) == ["term", "known", "card_types", "cards", "problems"]
    assert question["card_types"] == failed and question["problems"][0].startswith(rule)
    assert all(card["tab_name"] in failed for card in question["cards"])
    answer = {"cards": [card for card in (SCENE, USAGE, HANJA) if card["tab_name"] in failed]}
    import jsonschema  # 2.5 s

    validator = jsonschema.Draft202012Validator(repair_schema("flashcards", error))
    assert validator.is_valid(answer) and not validator.is_valid({"cards": [SCENE | {"tab_name": "Grammar"}]})
    repaired = mended("flashcards", text, text_of(answer), error)
    assert [card.model_dump() for card in read_cards(repaired, WORD, TYPES)] == [SCENE, USAGE, HANJA]


def test_a_card_is_told_only_what_it_is_written_from():
    wanted = {"Scene": "anchor_sensory", "Usage-Comparison": "comparison", "Hanja": "homonyms"}
    for name, source in wanted.items():
        text = cards(*(card for card in (SCENE, USAGE, HANJA) if card["tab_name"] != name))
        question = json.loads(repair_request("flashcards", text, cards_error(text), CARDS_USER) or "")
        assert question["known"][source] == NUANCE[source]
        assert not question["known"].keys() & ({*wanted.values(), "explanation", "korean_keywords"} - {source})
    assert (
        repair_request("flashcards", cards(), ReplyError(FailureCode.EMPTY, "the reply has no cards"), CARDS_USER)
        is None
    )


def test_a_reply_that_also_lacks_its_last_brackets_is_repaired():
    for text, whole in [
        (text_of(NUANCE | {"ipa": ""})[:-1], NUANCE),
        (cards(SCENE, USAGE, HANJA | {"back": ""})[:-3], None),
    ]:
        stage, user = ("nuance", NUANCE_USER) if whole else ("flashcards", CARDS_USER)
        error = nuance_error(text) if whole else cards_error(text)
        assert repair_request(stage, text, error, user)  # type: ignore[arg-type]
        answer = text_of({"ipa": NUANCE["ipa"]}) if whole else cards(HANJA)
        repaired = mended(stage, text, answer, error)  # type: ignore[arg-type]
        assert json.loads(repaired) == (whole or {"cards": [SCENE, USAGE, HANJA]})


@pytest.mark.parametrize("last", ["korean_keywords", "homonyms"])
def test_of_a_reply_that_ends_in_its_last_field_that_field_alone_is_requested(last):
    record = {name: value for name, value in NUANCE.items() if name != last} | {last: NUANCE[last]}
    text = text_of(record).rstrip("]}") + ("}" if last == "homonyms" else "")
    error = nuance_error(text)
    assert error.code is FailureCode.CUT_SHORT
    assert error.problems == (Problem(last, "the reply ended in the middle of it"),)
    assert list(json.loads(repair_request("nuance", text, error, NUANCE_USER) or "")["fields"]) == [last]
    assert json.loads(mended("nuance", text, text_of({"fields": {last: NUANCE[last]}}), error)) == record


def test_a_bad_card_of_a_nine_column_reply_is_repaired_too():
    rows = [f"{n}\t{WORD}\t7\t{card['tab_name']}\tYou enter.\t{card['front']}\t{card['back']}\t{','.join(card['tags'])}\t"
            for n, card in enumerate([SCENE, USAGE | {"front": ""}, HANJA], 1)]  # fmt: skip
    text = "\n".join([TSV_HEADER, *rows])
    error = cards_error(text)
    question = json.loads(repair_request("flashcards", text, error, CARDS_USER) or "")
    assert question["card_types"] == ["Usage-Comparison"]
    drafts = read_cards(mended("flashcards", text, cards(USAGE), error), WORD, TYPES)
    assert [(card.front, card.back) for card in drafts] == [(c["front"], c["back"]) for c in (SCENE, USAGE, HANJA)]


@pytest.mark.parametrize(
    ("answer", "code"), [(cards(HANJA), "missing_card"), ("", "empty"), (cards(USAGE)[:-9], "cut_short")]
)
def test_an_answer_without_the_card_has_a_code(answer, code):
    text = cards(SCENE, HANJA)
    with pytest.raises(ReplyError) as caught:
        mended("flashcards", text, answer, cards_error(text))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "", "I'm sorry, I can't do that.", text_of(NUANCE)[:200], '{"a": "the "big", man"}', text_of({"x": 1}),
        text_of(NUANCE | {"term": "여성"}), text_of({"term": WORD}), text_of([NUANCE, NUANCE]),
        text_of(dict.fromkeys(NUANCE, "") | {"term": WORD}),
    ],
)  # fmt: skip
def test_an_analysis_with_nothing_worth_keeping_is_requested_anew(text):
    assert repair_request("nuance", text, nuance_error(text), NUANCE_USER) is None


@pytest.mark.parametrize(
    "text",
    [
        "", TSV_HEADER, "a\tb\tc\td", "{}", cards(SCENE | {"term": "여성"}, USAGE, HANJA), cards(SCENE),
        cards(SCENE, USAGE, HANJA, SCENE | {"tab_name": "Grammar", "back": "x"}), cards(SCENE)[:-20],
        cards(SCENE, USAGE, SCENE | {"tab_name": "Grammar", "back": "x"}),
    ],
)  # fmt: skip
def test_cards_with_too_little_worth_keeping_are_requested_anew(text):
    assert repair_request("flashcards", text, cards_error(text), CARDS_USER) is None


def test_the_problems_name_all_bad_parts_at_once():
    error = nuance_error(text_of(NUANCE | {"ipa": "", "metaphor": "", "homonyms": [{"hanja": "男性"}]}))
    assert [problem.field for problem in error.problems] == ["ipa", "metaphor", *["homonyms"] * 3]
    two = nuance_error(
        text_of(NUANCE | {"homonyms": [HOMONYM | {"reading": "여성"}, HOMONYM, HOMONYM | {"reading": "x"}]})
    )
    assert len(two.problems) == 2 and str(two) == f"homonyms: {two.problems[0].message}"
    error = cards_error(cards(SCENE | {"back": ""}, USAGE | {"front": ""}))
    assert [problem.field for problem in error.problems] == TYPES
    assert str(error) == "back: string should have at least 1 character"
    assert cards_error(cards(SCENE | {"back": ""}), None).problems[0] == Problem("Scene", str(error))


def test_every_card_type_can_be_repaired():
    for name in CARD_TYPES:
        error = ReplyError(FailureCode.MISSING_CARD, "x", (Problem(name, "the card is missing"),))
        user = text_of({"term": WORD, "nuance": NUANCE, "card_types": [name, "Scene", "Hanja"]})
        rows = cards(*(card for card in (SCENE, HANJA) if card["tab_name"] != name))
        assert f'"card_types": ["{name}"]' in (repair_request("flashcards", rows, error, user) or "")


PROMPTS = Path(__file__).parents[2] / "conf" / "base" / "prompts"


def prompt(name: str) -> str:
    return (PROMPTS / f"{name}.md").read_text(encoding="utf-8")


def examples(name: str) -> list[Any]:
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", prompt(name), re.MULTILINE | re.DOTALL)]


def test_a_repair_costs_a_fifth_of_a_full_retry_for_a_field_and_a_quarter_for_a_card():
    """On the prompts' own examples, in characters, with the old text sent along; tokens of both are counted alike."""
    record, (request, reply, _) = examples("nuance")[0], examples("flashcards")
    too_long, (scene, *others) = record | {"explanation": record["explanation"] * 3}, reply["cards"]
    bad = text_of(too_long)
    question = repair_request("nuance", bad, nuance_error(bad), NUANCE_USER) or ""
    answer = text_of({"fields": {"explanation": record["explanation"]}})
    full = prompt("nuance") + NUANCE_USER + text_of(record)
    assert question and len(prompt("repair") + question + answer) < len(full) / 5
    bad = text_of({"cards": [scene | {"honorific_level": "royal"}, *others]})
    question = repair_request("flashcards", bad, cards_error(bad), text_of(request)) or ""
    full = prompt("flashcards") + text_of(request) + text_of(reply)
    assert question and len(prompt("repair") + question + text_of({"cards": [scene]})) < len(full) / 4
