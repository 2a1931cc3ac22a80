"""Test that placeholders, templates, refusals, and texts about a different word do not count as records."""

import re
from pathlib import Path

import pytest
from formats.samples import CARDS, NUANCE, TYPES, WORD, text_of

from korean_flashcards.domain.failures import KINDS
from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.formats.placeholders import is_filler, is_placeholder
from korean_flashcards.formats.repair import repair_request

PROMPT = (Path(__file__).parents[2] / "conf/base/prompts/nuance.md").read_text(encoding="utf-8")
USER = text_of({"term": WORD})
PROSE = ("primary_meaning", "metaphor", "metaphor_noun", "metaphor_action", "suggested_location", "anchor_object",
         "anchor_sensory", "explanation")  # fmt: skip


def nuance_error(record, word=WORD):
    with pytest.raises(ReplyError) as caught:
        read_nuance(text_of(record), word, 7)
    return caught.value


def cards_error(cards, word=WORD):
    with pytest.raises(ReplyError) as caught:
        read_cards(text_of({"cards": cards}), word, TYPES)
    return caught.value


EMPTY = [
    "xxx", "N/A", "n/a.", "to be determined", "To be added.", "unknown", "None", "null", "TODO", "--", "???", "[metaphor]",
    "[insert text here]", "<metaphor>", "{metaphor}", "{{metaphor}}", "${metaphor}", "(see above)", "(same as above)",
    "see above", "(your text)", "Lorem ipsum dolor sit amet, consectetur adipiscing elit.", "Not specified", "ditto",
    "coming soon", "fill in later",
    "as described above", "your answer here", "(metaphor here)", "***", "asdf", "no data", "없음", "해당 없음", "暂无",
    "blah blah", "string",
]  # fmt: skip


@pytest.mark.parametrize("value", EMPTY)
def test_a_placeholder_in_one_field_is_repaired_alone(value):
    for field in ("metaphor", "explanation", "anchor_sensory"):
        error = nuance_error(NUANCE | {field: value})
        assert error.code == "contract" and [problem.field for problem in error.problems] == [field]
        assert repair_request("nuance", text_of(NUANCE | {field: value}), error, USER) is not None


@pytest.mark.parametrize("value", EMPTY)
def test_a_record_of_placeholders_is_requested_again_as_a_whole(value):
    error = nuance_error(NUANCE | dict.fromkeys(PROSE, value))
    assert error.code == "contract" and not error.problems and KINDS[FailureCode.CONTRACT].retry
    assert repair_request("nuance", text_of(NUANCE), error, USER) is None


def test_fields_that_repeat_their_names_are_placeholders():
    assert not nuance_error(NUANCE | {name: name for name in PROSE}).problems
    assert not nuance_error(NUANCE | {name: f"{{{{{name}}}}}" for name in PROSE}).problems
    assert not nuance_error(NUANCE | {name: f"[{name.replace('_', ' ')}]" for name in PROSE}).problems


def test_the_same_text_in_most_fields_is_not_a_record():
    for text in ("An oak.", "blah blah", "Beklager, det kan jeg ikke."):
        assert nuance_error(NUANCE | dict.fromkeys(PROSE, text)).code == "contract"


def test_a_copy_of_the_prompt_is_a_placeholder():
    """The descriptions are written out in ``placeholders``, because prompts can be replaced. This test compares them."""
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \| *\d", PROMPT, re.MULTILINE))
    for name in (*PROSE, "other_meanings", "usage_context"):
        for copy in (rows[name], re.split("[,:;]", rows[name])[0], rows[name].capitalize() + "."):
            assert is_filler(copy), f"update the description of {name} in placeholders.py"
    bad = {"metaphor_noun": "the one thing in the image that acts", "metaphor_action": "what it is doing"}
    assert [problem.field for problem in nuance_error(NUANCE | bad).problems] == list(bad)


def test_an_optional_text_that_is_a_placeholder_is_null():
    for value in ("xxx", "[usage_context]", "unknown", "(same as above)"):
        record = read_nuance(text_of(NUANCE | {"usage_context": value, "other_meanings": value}), WORD, 7)
        assert record.usage_context is None and record.other_meanings is None


@pytest.mark.parametrize(
    "meaning", ["unknown", "none", "to be determined", "value", "string", "N/A", "same as above", "any"]
)
def test_a_meaning_can_be_a_word_for_nothing(meaning):
    """The meanings of 미상, 없음, 미정, and 가치."""
    assert read_nuance(text_of(NUANCE | {"primary_meaning": meaning}), WORD, 7).primary_meaning == meaning


@pytest.mark.parametrize(
    "text",
    ["a value", "An unknown man.", "none of the doors", "Bar none.", "x-ray", "[a] sign", "the text on the wall"],
)
def test_a_short_text_is_not_a_placeholder(text):
    assert not is_placeholder(text, "metaphor")


@pytest.mark.parametrize(
    "text",
    ["I'm sorry, I can't help with that.", "죄송하지만 도와드릴 수 없습니다.", "抱歉，我无法提供这个内容。",
     "お手伝いできません。", "Lo siento, no puedo ayudarte."],
)  # fmt: skip
def test_a_record_of_refusals_is_a_refusal(text):
    assert nuance_error(NUANCE | dict.fromkeys(PROSE, text)).code == "refused"
    assert nuance_error(NUANCE | dict.fromkeys(PROSE[2:], text)).code == "refused"
    assert cards_error([card | {"front": text, "back": text} for card in CARDS]).code == "refused"


@pytest.mark.parametrize("value", ["...", "xxx", "N/A", "[back]", "{{back}}", "to be determined", "(see above)"])
def test_a_placeholder_on_a_card_affects_only_that_card(value):
    for side in ("front", "back"):
        error = cards_error([CARDS[0], CARDS[1] | {side: value}])
        assert error.code == "contract" and [problem.field for problem in error.problems] == ["Hanja"]


OTHER = NUANCE | {
    "ipa": "[t͈ɯ.ɡʌp̚.t͈a]", "primary_meaning": "to be hot", "explanation": "뜨겁다 is an adjective: 뜨거워요.",
    "korean_keywords": ["뜨겁다", "차갑다"], "comparison": {"vs": "덥다", "nuance": "덥다 is for weather."},
    "homonyms": None,
}  # fmt: skip


def test_a_record_of_a_different_word_is_recognized_by_its_ipa_and_keywords():
    assert nuance_error(OTHER).code == "wrong_word"
    assert nuance_error(OTHER | {"term": "이십[i.ɕip̚]"}, "이십").code == "wrong_word"
    assert nuance_error(OTHER | {"term": "가리키다[ka.ɾi.kʰi.da]", "ipa": "[pʌ.sɯ]"}, "가리키다").code == "wrong_word"


@pytest.mark.parametrize(
    "changes",
    [
        {"korean_keywords": ["남성", "차갑다"]}, {"explanation": "남성적이다 is formal."}, {"ipa": "[nam.sʌŋ]"},
        {"ipa": "[nam.ʃʌŋ]"}, {"korean_keywords": "hot"}, {"explanation": "남의 것"},
    ],
)  # fmt: skip
def test_a_record_that_may_be_about_the_word_is_accepted(changes):
    assert read_nuance(text_of(OTHER | changes), WORD, 7).term.startswith(WORD)


@pytest.mark.parametrize(
    ("word", "keywords", "ipa"),
    [("갔어요", ["가다"], "[ka.da]"), ("내가", ["나"], "[na]"), ("해요", ["하다"], "[ha.da]"), ("예요", ["이다"], "[i.da]"),
     ("10분", ["시간"], "[x]"), ("-네요", ["구나"], "[ku.na]"), ("배", ["과일"], "[kwa.il]")],
)  # fmt: skip
def test_a_record_about_the_dictionary_form_is_accepted(word, keywords, ipa):
    record = {"term": word, "ipa": ipa, "korean_keywords": keywords, "explanation": "A form.", "comparison": None}
    assert read_nuance(text_of(OTHER | record), word, 7).ipa == ipa


def about(*texts):
    return [card | {"back": text} for card, text in zip(CARDS, texts, strict=True)]


@pytest.mark.parametrize(
    ("word", "texts"),
    [
        ("남성", ("여자 [jʌ.dʑa]: woman. 여자가 왔다.", "You take 여자, not 아이.")),
        ("가리키다", ("이십: twenty. 이십 명", "이십 and 십")),
        ("우산", ("하늘[ha.nɯl] is the sky.", "하늘 (native): the sky")),
        ("뜨겁다", ("여성: woman", "여성, 인성")),
    ],
)  # fmt: skip
def test_cards_about_a_different_word_are_recognized(word, texts):
    error = cards_error(about(*texts), word)
    assert error.code == "wrong_word" and not error.problems


@pytest.mark.parametrize(
    ("word", "texts"),
    [
        ("남성", ("여자 [jʌ.dʑa]: woman.", "남성: man")), ("남성", ("여자 [jʌ.dʑa]: woman.", "남자 is a man")),
        ("남성", ("여자 is a woman.", "여자 and 아이")), ("남성", ("여자: woman", "An English text.")),
        ("크다", ("커요, not 작다 [tɕak̚.t͈a]", "작다: small")), ("갔어요", ("가다 [ka.da]: to go", "집에 왔다")),
        ("이다", ("학생: student", "학생 예요")), ("배", ("과일: fruit", "과일")), ("-지만", ("하나: one", "하나")),
        ("돕다", ("하나: one", "도와요")), ("모르다", ("하나: one", "몰라요")),
    ],
)  # fmt: skip
def test_cards_that_may_be_about_the_word_are_accepted(word, texts):
    assert len(read_cards(text_of({"cards": about(*texts)}), word, TYPES)) == 2


@pytest.mark.parametrize("thing", ["string", "a dummy", "dummy", "bar", "sample", "value", "text", "🌳", "7"])
def test_a_thing_can_have_a_short_name(thing):
    """A place can be a bar, and a tailor's dummy can act."""
    record = read_nuance(text_of(NUANCE | {"metaphor_noun": thing, "suggested_location": thing}), WORD, 7)
    assert record.metaphor_noun == record.suggested_location == thing
