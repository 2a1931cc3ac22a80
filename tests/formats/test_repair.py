"""Test that only the failed parts of a reply are requested again, and that the other parts are kept."""

import json

import pytest
from formats.samples import CARDS, NUANCE, TSV_HEADER, WORD, Record, text_of
from support.prompt_examples import (
    DEFAULT_TYPES,
    cards_prompt,
    example_analyses,
    example_cards,
    example_request,
    prompt_text,
)

from korean_flashcards.domain.records import CARD_TYPES, FailureCode, Problem, ReplyError
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.formats.repair import repair_request, repair_schema, repaired_reply

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
    "not a string": ({"metaphor": ["a", "b"]}, "metaphor: input should be a valid string"),
    "incomplete": ({"comparison": {"vs": "남자"}}, "comparison: nuance: field required"),
    "part of speech": ({"pos": "thing"}, "pos: input should be 'noun'"),
    "reading": (
        {"homonyms": [HOMONYM | {"reading": "여성"}]},
        "homonyms: the reading '여성' of 男性 is not part of '남성'",
    ),
    "two fields": ({"ipa": "[a][b]", "metaphor_noun": None}, "metaphor_noun: input should be a valid string"),
}


@pytest.mark.parametrize(("changes", "rule"), BAD_FIELDS.values(), ids=BAD_FIELDS)
@pytest.mark.parametrize("wrap", ["{}", "```json\n{}\n```", '[{"nuance": {}}]'], ids=["bare", "fence", "wrapped"])
def test_only_a_bad_field_is_requested_again(changes, rule, wrap):
    text = wrap.replace("{}", json.dumps(NUANCE | changes))
    error = nuance_error(text)
    sent = json.loads(repair_request("nuance", text, error, NUANCE_USER) or "")
    assert list(sent) == ["term", "known", "fields", "problems"]
    assert sent["term"] == WORD and sent["fields"].keys() == changes.keys()
    assert any(problem.startswith(rule) for problem in sent["problems"])
    assert sent["known"].keys() >= {"definition", "primary_meaning"} and not sent["known"].keys() & changes.keys()
    repair = {"fields": {name: NUANCE[name] for name in changes}}
    import jsonschema  # takes 2.5 s

    assert jsonschema.Draft202012Validator(repair_schema("nuance", error)).is_valid(repair)
    repaired = repaired_reply("nuance", text, text_of(repair), error, NUANCE_USER)
    assert read_nuance(repaired, WORD, 7) == GOOD
    assert {name: text_of(value) for name, value in json.loads(repaired).items()} == {
        name: text_of(value) for name, value in NUANCE.items()
    }


def test_a_missing_field_is_requested_as_null():
    text = text_of({name: value for name, value in NUANCE.items() if name != "metaphor"})
    sent = json.loads(repair_request("nuance", text, nuance_error(text), NUANCE_USER) or "")
    assert sent["fields"] == {"metaphor": None} and sent["problems"] == ["metaphor: field required"]
    assert sent["known"]["anchor_object"] == NUANCE["anchor_object"]


@pytest.mark.parametrize(
    "repair",
    [
        '{"fields": {"comparison": @@}}', '{"comparison": @@}', '```json\n{"comparison": @@}\n```', '[{"comparison": @@}]',
        '{"term": "남성", "fields": {"comparison": @@, "ipa": "[x]"}}', '{"nuance": {"comparison": @@}}',
        'Here: {"fields": {"comparison": @@,}} Done.', "{'fields': {comparison: @@}}",
    ],
)  # fmt: skip
def test_a_wrapped_repair_is_read_and_changes_only_the_failed_fields(repair):
    text = text_of(NUANCE | {"comparison": "남자"})
    repaired = repaired_reply(
        "nuance", text, repair.replace("@@", text_of(NUANCE["comparison"])), nuance_error(text), NUANCE_USER
    )
    assert json.loads(repaired) == NUANCE


@pytest.mark.parametrize(
    ("repair", "code"),
    [
        ("", "empty"), ("I'm sorry, I can't.", "refused"), ('{"fields": {"ipa": "[nam', "cut_short"), ("x", "malformed"),
        ("{}", "contract"), ("[]", "contract"), ('{"fields": {}}', "contract"), ('{"fields": null}', "contract"),
        ('{"fields": {"ipa": "[nam.sʌŋ]"}}', "contract"), ('{"fields": ["ipa"]}', "contract"),
        ('{"fields": {"ipa": "[nam.sʌŋ]"}', "cut_short"),
    ],
)  # fmt: skip
def test_an_invalid_repair_is_rejected_with_a_code(repair, code):
    text = text_of(NUANCE | {"ipa": "[a][b]", "metaphor": ""})
    with pytest.raises(ReplyError) as caught:
        repaired_reply("nuance", text, repair, nuance_error(text), NUANCE_USER)
    assert caught.value.code == code


def test_a_repair_that_breaks_the_rule_again_is_rejected():
    text = text_of(NUANCE | {"ipa": "[nam][sʌŋ]"})
    again = repaired_reply("nuance", text, '{"fields": {"ipa": "[a][b]"}}', nuance_error(text), NUANCE_USER)
    assert nuance_error(again).problems[0].field == "ipa"


BAD_CARDS: dict[str, tuple[list[Record], list[str], str]] = {
    "empty back": ([SCENE, USAGE | {"back": ""}, HANJA], ["Usage-Comparison"], "Usage-Comparison: back: string should"),
    "long front": ([SCENE | {"front": "x" * 1001}, USAGE, HANJA], ["Scene"], "Scene: front: string should"),
    "placeholder": (
        [SCENE, USAGE | {"back": "..."}, HANJA],
        ["Usage-Comparison"],
        "Usage-Comparison: the back is a placeholder",
    ),
    "null": ([SCENE, USAGE, None], ["Hanja"], "Hanja: the card is missing"),
    "wrong type": (
        [SCENE, USAGE | {"tab_name": "Scene"}, HANJA],
        ["Usage-Comparison"],
        "Usage-Comparison: the card is missing",
    ),
    "missing card": ([SCENE, USAGE], ["Hanja"], "Hanja: the card is missing"),
    "repeated type": ([SCENE, USAGE, SCENE | {"front": "Or who?"}, HANJA], ["Scene"], "Scene: the card appears twice"),
    "repeated content": (
        [SCENE, USAGE, SCENE | {"tab_name": "Hanja"}],
        ["Hanja"],
        "Hanja: the front and the back are the same as on the Scene card",
    ),
    "missing card and extra card": (
        [SCENE, USAGE, SCENE | {"tab_name": "Grammar", "back": "A noun."}],
        ["Hanja"],
        "Hanja: the card is missing",
    ),
    "bad card and extra card": (
        [SCENE, USAGE, HANJA | {"back": ""}, SCENE | {"tab_name": "Grammar", "front": ""}],
        ["Hanja"],
        "Hanja: back: string should",
    ),
    "unknown type": ([SCENE, USAGE, HANJA | {"tab_name": "Story"}], ["Hanja"], "Hanja: the card is missing"),
}


@pytest.mark.parametrize(("rows", "failed", "rule"), BAD_CARDS.values(), ids=BAD_CARDS)
def test_only_a_bad_card_is_requested_again(rows, failed, rule):
    text = cards(*rows)
    error = cards_error(text)
    sent = json.loads(repair_request("flashcards", text, error, CARDS_USER) or "")
    assert list(sent) == ["term", "known", "card_types", "cards", "problems"]
    assert sent["card_types"] == failed and sent["problems"][0].startswith(rule)
    assert all(card["tab_name"] in failed for card in sent["cards"])
    repair = {"cards": [card for card in (SCENE, USAGE, HANJA) if card["tab_name"] in failed]}
    import jsonschema  # takes 2.5 s

    validator = jsonschema.Draft202012Validator(repair_schema("flashcards", error))
    assert validator.is_valid(repair) and not validator.is_valid({"cards": [SCENE | {"tab_name": "Grammar"}]})
    repaired = repaired_reply("flashcards", text, text_of(repair), error, CARDS_USER)
    assert [card.model_dump() for card in read_cards(repaired, WORD, TYPES)] == [SCENE, USAGE, HANJA]


def test_a_repair_request_has_only_the_sources_of_its_card():
    wanted = {"Scene": "anchor_sensory", "Usage-Comparison": "comparison", "Hanja": "homonyms"}
    for name, source in wanted.items():
        text = cards(*(card for card in (SCENE, USAGE, HANJA) if card["tab_name"] != name))
        sent = json.loads(repair_request("flashcards", text, cards_error(text), CARDS_USER) or "")
        assert sent["known"][source] == NUANCE[source]
        assert not sent["known"].keys() & ({*wanted.values(), "explanation", "korean_keywords"} - {source})
    assert (
        repair_request("flashcards", cards(), ReplyError(FailureCode.EMPTY, "the reply has no cards"), CARDS_USER)
        is None
    )


def test_a_reply_without_its_last_brackets_can_be_repaired():
    for text, whole in [
        (text_of(NUANCE | {"ipa": "[nam][sʌŋ]"})[:-1], NUANCE),
        (cards(SCENE, USAGE, HANJA | {"back": ""})[:-3], None),
    ]:
        stage, user = ("nuance", NUANCE_USER) if whole else ("flashcards", CARDS_USER)
        error = nuance_error(text) if whole else cards_error(text)
        assert repair_request(stage, text, error, user)  # type: ignore[arg-type]
        repair = text_of({"ipa": NUANCE["ipa"]}) if whole else cards(HANJA)
        repaired = repaired_reply(stage, text, repair, error, user)  # type: ignore[arg-type]
        assert json.loads(repaired) == (whole or {"cards": [SCENE, USAGE, HANJA]})


@pytest.mark.parametrize("last", ["korean_keywords", "homonyms"])
def test_only_the_last_field_is_requested_if_the_reply_ends_in_it(last):
    record = {name: value for name, value in NUANCE.items() if name != last} | {last: NUANCE[last]}
    text = text_of(record).rstrip("]}") + ("}" if last == "homonyms" else "")
    error = nuance_error(text)
    assert error.code is FailureCode.CUT_SHORT
    assert error.problems == (Problem(last, "the reply ended in the middle of this field"),)
    assert list(json.loads(repair_request("nuance", text, error, NUANCE_USER) or "")["fields"]) == [last]
    assert (
        json.loads(repaired_reply("nuance", text, text_of({"fields": {last: NUANCE[last]}}), error, NUANCE_USER))
        == record
    )


def test_a_bad_card_in_a_nine_column_reply_is_repaired():
    rows = [f"{n}\t{WORD}\t7\t{card['tab_name']}\tYou enter.\t{card['front']}\t{card['back']}\t{','.join(card['tags'])}\t"
            for n, card in enumerate([SCENE, USAGE | {"front": ""}, HANJA], 1)]  # fmt: skip
    text = "\n".join([TSV_HEADER, *rows])
    error = cards_error(text)
    sent = json.loads(repair_request("flashcards", text, error, CARDS_USER) or "")
    assert sent["card_types"] == ["Usage-Comparison"]
    drafts = read_cards(repaired_reply("flashcards", text, cards(USAGE), error, CARDS_USER), WORD, TYPES)
    assert [(card.front, card.back) for card in drafts] == [(c["front"], c["back"]) for c in (SCENE, USAGE, HANJA)]


@pytest.mark.parametrize(
    ("repair", "code"), [(cards(HANJA), "missing_card"), ("", "empty"), (cards(USAGE)[:-9], "cut_short")]
)
def test_a_repair_without_the_card_is_rejected_with_a_code(repair, code):
    text = cards(SCENE, HANJA)
    with pytest.raises(ReplyError) as caught:
        repaired_reply("flashcards", text, repair, cards_error(text), CARDS_USER)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "", "I'm sorry, I can't do that.", text_of(NUANCE)[:200], '{"a": "the "big", man"}', text_of({"x": 1}),
        text_of(NUANCE | {"term": "여성"}), text_of({"term": WORD}),
        text_of(dict.fromkeys(NUANCE, "") | {"term": WORD}),
    ],
)  # fmt: skip
def test_an_analysis_with_few_good_parts_is_not_repaired(text):
    assert repair_request("nuance", text, nuance_error(text), NUANCE_USER) is None


@pytest.mark.parametrize(
    "text",
    [
        "", TSV_HEADER, "a\tb\tc\td", "{}", cards(SCENE | {"term": "여성"}, USAGE, HANJA), cards(SCENE),
        cards(SCENE)[:-20], cards(SCENE, SCENE | {"tab_name": "Grammar", "back": "x"}),
    ],
)  # fmt: skip
def test_cards_with_few_good_parts_are_not_repaired(text):
    assert repair_request("flashcards", text, cards_error(text), CARDS_USER) is None


def test_the_problems_name_all_bad_parts():
    error = nuance_error(text_of(NUANCE | {"ipa": "[a][b]", "metaphor": "", "homonyms": [{"hanja": "男性"}]}))
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


def test_a_repair_needs_less_than_a_fifth_of_a_retry_for_a_field_and_a_quarter_for_a_card():
    """Compare lengths in characters, using the examples in the prompts. The repair request includes the old text."""
    record, (scene, *others) = example_analyses()[0], example_cards()[:3]
    request, reply = example_request() | {"card_types": list(DEFAULT_TYPES)}, {"cards": [scene, *others]}
    too_long = record | {"explanation": record["explanation"] * 3}
    bad = text_of(too_long)
    sent = repair_request("nuance", bad, nuance_error(bad), NUANCE_USER) or ""
    repair = text_of({"fields": {"explanation": record["explanation"]}})
    full = prompt_text("nuance") + NUANCE_USER + text_of(record)
    assert sent and len(prompt_text("repair") + sent + repair) < len(full) / 5
    bad = text_of({"cards": [scene | {"back": ""}, *others]})
    sent = repair_request("flashcards", bad, cards_error(bad), text_of(request)) or ""
    full = cards_prompt() + text_of(request) + text_of(reply)
    assert sent and len(prompt_text("repair") + sent + text_of({"cards": [scene]})) < len(full) / 4
