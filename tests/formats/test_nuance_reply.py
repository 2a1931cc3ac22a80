"""Test the parser of stage-1 replies, and the replies that it must reject."""

import json
import re
import unicodedata
from typing import Any

import pytest
from formats.samples import NUANCE, WORD, Record, text_of
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from korean_flashcards.domain.records import Nuance, ReplyError, headword
from korean_flashcards.formats.nuance_reply import contract_message, part_of_speech, read_nuance
from korean_flashcards.formats.placeholders import is_placeholder
from korean_flashcards.formats.same_word import same_word

GOOD = read_nuance(text_of(NUANCE), WORD, 7)


def read(**changes: Any) -> Nuance:
    return read_nuance(text_of(NUANCE | changes), WORD, 7)


def rejected(text: str, word: str = WORD) -> tuple[str, str]:
    with pytest.raises(ReplyError) as caught:
        read_nuance(text, word, 7)
    return str(caught.value.code), str(caught.value)


def outcome(text: str) -> Nuance | str:
    """Return the record or the failure code."""
    try:
        return read_nuance(text, WORD, 7)
    except ReplyError as error:
        return str(error.code)


def trailing_commas(text: str) -> str:
    return re.sub(r'(["}\]])(\s*[}\]])', r"\1 ,\2", text)


def test_a_good_reply_becomes_a_record_with_the_term_number():
    assert GOOD.model_dump() == NUANCE | {"term_number": 7}
    assert headword(GOOD.term) == WORD


PROSE = 'Sure! The word [nam.sʌŋ] is {formal}. Here is the 5" JSON:\n'
SHAPES = {
    "fence": "```json\n@@\n```",
    "plain fence": "```\n@@\n```",
    "fence on one line": "```json @@ ```",
    "fence with CRLF": "```json\r\n@@\r\n```",
    "unclosed fence": "```json\n@@",
    "prose before": f"{PROSE}@@",
    "prose after": "@@\nI hope {this} helps [a lot]! I can't wait to do the next one.",
    "prose and fence": f"{PROSE}```json\n@@\n```\nShall I go on?",
    "schema before": 'As in {"type": "object"}:\n@@',
    "in a list": "[@@]",
    "in an object": '{"nuance": @@}',
    "in a list in an object": '{"records": [@@]}',
    "in an object in a list": '[{"record": @@}]',
    "BOM": "\ufeff@@",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("change", [str, trailing_commas])
def test_wrapping_is_ignored(shape, indent, change):
    text = change(text_of(NUANCE, indent)) if change is str else change(text_of(NUANCE | {"metaphor": "a,]"}, indent))
    text = shape.replace("@@", text)
    expected = GOOD if change is str else GOOD.model_copy(update={"metaphor": "a,]"})
    assert read_nuance(text, WORD, 7) == expected


@pytest.mark.parametrize("prose", ["", PROSE])
def test_raw_line_breaks_and_tabs_in_strings_are_read(prose):
    text = prose + text_of(NUANCE).replace("News and", "News\n\tand")
    assert read_nuance(text, WORD, 7).usage_context == "News\n\tand surveys."


@pytest.mark.parametrize("nothing", [None, "", " ", "null", "None", "N/A", [], {}])
@pytest.mark.parametrize("name", ["other_meanings", "usage_context", "comparison", "homonyms"])
def test_every_notation_for_no_value_becomes_null(name, nothing):
    assert getattr(read(**{name: nothing}), name) is None


def test_a_nullable_field_may_be_missing():
    record = {name: value for name, value in NUANCE.items() if name not in {"comparison", "homonyms", "usage_context"}}
    assert read_nuance(text_of(record), WORD, 7).comparison is None


@pytest.mark.parametrize("ipa", ["nam.sʌŋ", " [nam.sʌŋ] ", "/nam.sʌŋ/", "nam.sʌŋ "])
def test_missing_brackets_are_added_to_the_ipa(ipa):
    assert (read(ipa=ipa).ipa, read(ipa=ipa).term) == ("[nam.sʌŋ]", "남성[nam.sʌŋ]")


@pytest.mark.parametrize("ipa", ["", None, "[]", "null", "N/A", "[ipa]", "…", "[남성]", ["nam.sʌŋ"]])
def test_a_missing_ipa_is_computed(ipa):
    assert (read(ipa=ipa).ipa, read(ipa=ipa).term) == ("[nam.sʌŋ]", "남성[nam.sʌŋ]")
    assert read_nuance(text_of({name: NUANCE[name] for name in NUANCE if name != "ipa"}), WORD, 7).ipa == "[nam.sʌŋ]"


def test_the_computed_ipa_depends_on_the_part_of_speech_and_the_meaning():
    def computed(word: str, **changes: Any) -> str:
        changes |= {"term": word, "ipa": None, "homonyms": None, "korean_keywords": [word]}
        return read_nuance(text_of(NUANCE | changes), word, 1).ipa

    assert computed("신다", pos="verb") == "[ɕin.t͈a]"
    assert computed("잠자리", primary_meaning="a place to sleep, bed") == "[tɕam.t͈ɕa.ɾi]"
    assert computed("잠자리", primary_meaning="dragonfly") == "[tɕam.dʑa.ɾi]"
    assert computed("-님", pos="suffix") == "[nim]"


def test_digits_and_latin_letters_need_a_reading_in_hangul():
    def read_term(ipa: object) -> str:
        changes = {"term": "10분", "ipa": ipa, "homonyms": None, "korean_keywords": ["10분"]}
        return read_nuance(text_of(NUANCE | changes), "10분", 1).ipa

    assert read_term("[십분]") == read_term("십분") == read_term("[ɕip̚.p͈un]") == "[ɕip̚.p͈un]"
    with pytest.raises(ReplyError) as caught:
        read_term(None)
    assert caught.value.code == "contract" and [problem.field for problem in caught.value.problems] == ["ipa"]


@pytest.mark.parametrize("ipa", ["[a][b]", "[a]b", "[nam.sʌŋ"])
def test_an_invalid_ipa_is_rejected(ipa):
    code, message = rejected(text_of(NUANCE | {"ipa": ipa}))
    assert code == "contract" and "ipa" in message


@pytest.mark.parametrize(
    "term",
    ["남성", "남성[nam.sʌŋ]", "남성 [nam.sʌŋ]", unicodedata.normalize("NFD", "남성"), "남 성", "남성(男性)",
     "남성 (man)", "“남성”", "남성/男性"],
)  # fmt: skip
def test_the_word_is_recognized_in_every_notation(term):
    assert read(term=term).term == "남성[nam.sʌŋ]"


@pytest.mark.parametrize(
    ("about", "word", "same"),
    [
        ("10분", "10분", True), ("10 분", "10분", True), ("10분(十分)", "10분", True), ("분", "10분", False),
        ("20분", "10분", False), ("TV에서", "tv에서", True), ("에서", "tv에서", False), ("fbi가", "cia가", False),
        ("님", "-님", True), ("만나다", "만나다", True), ("만나", "만나다", False), ("", "가", False),
        ("男性", "남성", False), ("name", "남성", False), ("지만", "~지만", True), ("안녕 하세요", "안녕하세요", True),
    ],
)  # fmt: skip
def test_digits_and_latin_letters_distinguish_words(about, word, same):
    assert same_word(about, word) is same


@pytest.mark.parametrize("term", ["여성[jʌ.sʌŋ]", "남성적", "", None, "[nam.sʌŋ]", 5, ["남성"]])
def test_a_reply_about_a_different_word_is_rejected(term):
    code, message = rejected(text_of(NUANCE | {"term": term}))
    assert code == "wrong_word" and "'남성'" in message


@pytest.mark.parametrize(
    ("name", "pos"),
    [("Noun", "noun"), ("noun (countable)", "noun"), ("proper noun", "noun"), ("dependent_noun", "noun"),
     ("auxiliary-verb", "verb"), ("descriptive verb", "adjective"), ("counter", "noun"), ("number", "numeral"),
     ("idiom", "phrase"), ("verb ending", "ending"), ("exclamation", "interjection"), ("  PARTICLE ", "particle")],
)  # fmt: skip
def test_synonyms_of_parts_of_speech_are_recognized(name, pos):
    assert read(pos=name).pos == part_of_speech(name) == pos


@pytest.mark.parametrize("pos", ["thing", "", None, ["noun"], {"pos": "noun"}, 3])
def test_an_unknown_part_of_speech_is_rejected(pos):
    assert rejected(text_of(NUANCE | {"pos": pos}))[0] == "contract"


@pytest.mark.parametrize(
    ("keywords", "kept"),
    [
        (["남자", "남성"], ["남성", "남자"]),
        (["남성[nam.sʌŋ]", "남자", "남자"], ["남성", "남자"]),
        ("남자, 여성; 사람", ["남성", "남자", "여성", "사람"]),
        ([None, "", " 남자 ", {"ko": "여성"}, 3], ["남성", "남자"]),
        (None, ["남성"]),
        ({}, ["남성"]),
        ([f"말{n}" for n in range(20)], ["남성", *(f"말{n}" for n in range(9))]),
    ],
)
def test_the_term_is_the_first_keyword_without_duplicates(keywords, kept):
    assert read(korean_keywords=keywords).korean_keywords == kept


def test_single_objects_and_lists_of_one_are_interchangeable():
    assert read(homonyms=NUANCE["homonyms"][0]) == GOOD
    assert read(comparison=[NUANCE["comparison"]]) == GOOD


HOMONYM = NUANCE["homonyms"][0]


@pytest.mark.parametrize(
    "hanja", [None, "", " ", "-", "none", "N/A", "native Korean", "Native", "순우리말", "고유어 (no hanja)"]
)
def test_homonyms_without_hanja_are_left_out(hanja):
    native = HOMONYM | {"hanja": hanja}
    assert read(homonyms=[HOMONYM, native]) == GOOD
    for native_word in ([native], native, [native, HOMONYM]):
        assert read(homonyms=native_word).homonyms is None


def test_a_homonym_whose_hanja_were_forgotten_is_an_error():
    with pytest.raises(ReplyError, match=r"homonyms\.0\.hanja: field required"):
        read(homonyms=[{name: value for name, value in HOMONYM.items() if name != "hanja"}])


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"primary_meaning": ""}, "primary_meaning"),
        ({"primary_meaning": "x" * 201}, "primary_meaning"),
        ({"metaphor": None}, "metaphor"),
        ({"metaphor": ["a", "b"]}, "metaphor"),
        ({"anchor_object": 5}, "anchor_object"),
        ({"explanation": "x" * 501}, "explanation"),
        ({"comparison": "남자"}, "comparison"),
        ({"comparison": {"vs": "남자"}}, "comparison"),
        ({"comparison": [NUANCE["comparison"]] * 2}, "comparison"),
        ({"homonyms": [HOMONYM] * 6}, "homonyms"),
        ({"homonyms": [HOMONYM | {"reading": "여성"}]}, "homonyms"),
        ({"homonyms": [HOMONYM | {"reading": "nam.sʌŋ"}]}, "homonyms"),
        ({"homonyms": [HOMONYM | {"extra": "x"}]}, "homonyms"),
        ({"korean_keywords": ["말" * 101]}, "korean_keywords"),
    ],
)
def test_the_error_names_the_invalid_field(changes, named):
    text = json.dumps(NUANCE | changes)
    code, message = rejected(text)
    assert code == "contract" and named in message and "\n" not in message


def test_at_most_six_broken_rules_are_listed():
    with pytest.raises(ValidationError) as caught:
        Nuance.model_validate({})
    assert contract_message(caught.value).endswith("; and 7 more")


REFUSALS = [
    "I'm sorry, but I can't help with that.",
    "I’m sorry, but I can’t help with that.",
    "I am unable to write about this word.",
    "I cannot assist with this request.",
    "As an AI language model, I will not do that.",
    "Unfortunately, I won't provide {this} content.",
    "I’m not able to do that [policy].",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_has_its_own_code(text):
    assert rejected(text)[0] == "refused"


@pytest.mark.parametrize("text", REFUSALS[:4])
def test_a_record_that_quotes_a_refusal_is_accepted(text):
    record = text_of({"explanation": text, **NUANCE, "metaphor": text})
    assert read_nuance(record, WORD, 7).metaphor == text
    assert rejected(record[:300])[0] == "cut_short"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), (" \n\t", "empty"), ("Hello!", "malformed"), ("[]", "malformed"), ("{}", "wrong_word"),
     ("null", "malformed"), ('"남성"', "malformed"), ("5", "malformed"), ("[1, 2]", "malformed"),
     ("{'term': '남성'}", "contract"), ('{"term": "남성" "pos": "noun"}', "contract"),
     ('{"term": "the "big" man"}', "wrong_word"), ('{"term": "the "big", man"}', "malformed"),
     ("[" * 100_000, "cut_short"), ('{"a":' * 100_000, "cut_short"), ('{"a":' * 5_000 + "1" + "}" * 5_000, "malformed"),
     ('{"term": ' + "9" * 5_000 + "}", "malformed")],
)  # fmt: skip
def test_invalid_replies_are_rejected_with_a_code(text, code):
    assert rejected(text)[0] == code


def test_a_part_of_a_broken_record_is_never_used_as_the_record():
    """An unescaped quotation mark breaks the outer record, but the objects inside stay valid."""
    text = text_of({"comparison": {"term": WORD, **NUANCE}, "x": "y"}).replace('"y"', '"the "y", here"')
    assert rejected(text)[0] == "malformed"


@pytest.mark.parametrize("shape", [NUANCE, [NUANCE], {"nuance": NUANCE}], ids=["object", "list", "in an object"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_truncated_reply_is_accepted_only_if_it_lacks_nothing_but_brackets(shape, indent):
    text = text_of(shape, indent)
    accepted = [end for end in range(len(text)) if outcome(text[:end]) not in ("empty", "cut_short")]
    assert accepted and all(outcome(text[:end]) == GOOD for end in accepted)
    assert re.fullmatch(r"[\s}\]]+", text[min(accepted) :])


def test_missing_brackets_are_added_only_if_every_field_is_present():
    """A missing nullable field may have been cut off, and an open list may have lost elements."""
    late = {"comparison": NUANCE["comparison"], "homonyms": NUANCE["homonyms"]}
    for last in ("korean_keywords", "comparison", "pos"):
        text = text_of({name: value for name, value in NUANCE.items() if name != last} | {last: NUANCE[last]})
        assert read_nuance(text[:-1], WORD, 7) == GOOD
        assert read_nuance(f"Here it is:\n```json\n{text[:-1]}\n```", WORD, 7) == GOOD
    for early in ("other_meanings", "comparison", "homonyms", "korean_keywords"):
        text = text_of({name: value for name, value in NUANCE.items() if name != early})
        assert read_nuance(text, WORD, 7) and rejected(text[:-1])[0] == "cut_short"
    for text in (text_of(NUANCE)[:-2], text_of({**NUANCE, **late} | {"homonyms": NUANCE["homonyms"] * 2})[:-1]):
        assert rejected(text[: text.rindex('"') + 1])[0] == "cut_short"
    assert rejected(text_of({k: v for k, v in NUANCE.items() if k not in late} | late)[:-1])[0] == "cut_short"


HOSTILE = st.text(st.sampled_from('{}[]",\\:가a \n`'), min_size=1, max_size=30).filter(
    lambda text: text.strip() and not is_placeholder(text)
)


@given(
    texts=st.tuples(HOSTILE, HOSTILE, HOSTILE), wrap=st.booleans(), prose=st.sampled_from(["", "Here it is: ", "```json\n"]),
    data=st.data(),
)  # fmt: skip
@settings(max_examples=100)
def test_special_characters_never_hide_the_end_of_a_record(texts, wrap, prose, data):
    record: Record = NUANCE | dict(zip(("metaphor", "explanation", "usage_context"), texts, strict=True))
    text = prose + text_of([record] if wrap else record)
    nuance = read_nuance(text, WORD, 7)
    assert nuance.metaphor == texts[0].strip()
    end = data.draw(st.integers(len(prose) + 1, len(text) - 1), label="cut")
    assert outcome(text[:end]) == (nuance if re.fullmatch(r"}?\]?", text[end:]) else "cut_short")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from([*NUANCE, "x"]), part, max_size=3),
    max_leaves=6,
)


@given(
    st.one_of(
        st.text(max_size=80),
        st.text(st.sampled_from('{}[]",:\\tn`남성 \n'), max_size=60),
        JSON.map(json.dumps),
        st.dictionaries(st.sampled_from(sorted(NUANCE)), JSON, max_size=3).map(lambda part: json.dumps(NUANCE | part)),
    )
)
@example('{"term": "남성", "homonyms": {}}')
@settings(max_examples=200)
def test_any_text_gives_a_valid_record_or_a_failure_code(text):
    try:
        record = read_nuance(text, WORD, 7)
    except ReplyError as error:
        assert error.code and str(error)
    else:
        assert Nuance.model_validate(record.model_dump()) == record
        assert headword(record.term) == WORD and record.korean_keywords[0] == WORD
        record.model_dump_json().encode()


def test_a_long_phrase_is_stored_without_its_ipa_in_the_term() -> None:
    phrase = "아무리 생각해 봐도 도대체 무슨 말을 하고 있는지 알 수가 없다"
    ipa = f"[{'a.mu.ɾi ' * 12}]"
    nuance = read_nuance(
        json.dumps({**NUANCE, "term": phrase, "ipa": ipa, "homonyms": None, "korean_keywords": [phrase]}), phrase, 1
    )
    assert (nuance.term, nuance.ipa, headword(nuance.term)) == (phrase, ipa, phrase)
