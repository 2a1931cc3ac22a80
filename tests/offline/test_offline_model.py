"""Test the offline model: its records pass the same parsers and contracts as any other, and invent nothing."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from offline.sample import (
    CARD_FAILURES,
    CARD_REPLIES,
    CARD_REQUESTS,
    CARDS,
    NUANCE,
    NUANCE_FAILURES,
    NUANCE_REPLIES,
    NUANCE_REQUESTS,
    VOCABULARY,
    reply_of,
)

from korean_flashcards.domain.records import CARD_TYPES, Nuance, headword
from korean_flashcards.formats.card import offline_types
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.korean.glosses import cut
from korean_flashcards.llm.providers.base import BackendError


def record(term: str, **known: object) -> Nuance:
    return read_nuance(reply_of("nuance", term=term, **known), term, 1)


def failure(term: str, **known: object) -> BackendError:
    with pytest.raises(BackendError) as caught:
        reply_of("nuance", term=term, **known)
    assert not caught.value.retry, "a retry would not help"
    return caught.value


def test_every_word_of_the_sample_list_gets_a_record_and_cards():
    assert NUANCE_FAILURES.is_empty() and CARD_FAILURES.is_empty()
    assert NUANCE["item_id"].equals(VOCABULARY["item_id"])
    assert CARDS["item_id"].unique(maintain_order=True).equals(VOCABULARY["item_id"])
    assert set(CARDS["tab_name"]) == {"Scene", "Usage-Comparison", "Hanja", "Grammar", "Example"}


@pytest.mark.parametrize(
    ("stage", "requests", "replies"),
    [("nuance", NUANCE_REQUESTS, NUANCE_REPLIES), ("flashcards", CARD_REQUESTS, CARD_REPLIES)],
)
def test_the_same_request_gets_the_same_reply(stage, requests, replies):
    assert [reply_of(stage, **json.loads(user)) for user in requests["user"]] == replies["text"].to_list()


def test_meaning_and_part_of_speech_come_from_the_list():
    known = VOCABULARY.select("definition", "pos").rows()
    assert NUANCE.select("primary_meaning", "pos").rows() == known


def test_the_usage_is_exactly_the_example_translation_and_hint_in_the_list():
    for usage, example_, translation, hint in zip(
        NUANCE["usage_context"], *VOCABULARY.select("example", "example_translation", "usage_hint"), strict=True
    ):
        rest = usage
        for part in filter(None, (example_, translation, hint)):
            assert part in rest
            rest = rest.replace(part, "", 1)
        assert not rest.strip(" —“”")


def test_hanja_in_the_list_are_used():
    listed = dict(VOCABULARY.select("item_id", "hanja").drop_nulls().iter_rows())
    found = {
        item_id: homonyms[0]["hanja"]
        for item_id, homonyms in NUANCE.select("item_id", "homonyms").drop_nulls().iter_rows()
    }
    assert {item_id: found[item_id] for item_id in listed} == listed


def test_fields_without_data_in_the_list_are_null():
    nuance = record("나무", definition="tree")
    assert (nuance.other_meanings, nuance.usage_context, nuance.comparison, nuance.homonyms) == (None,) * 4
    assert offline_types(nuance.model_dump(), CARD_TYPES) == ["Scene"]


@pytest.mark.parametrize(
    ("known", "usage"),
    [
        ({"example": "나무가 커요."}, "나무가 커요."),
        ({"example": "나무가 커요.", "example_translation": "The tree is big."}, "나무가 커요. “The tree is big.”"),
        ({"usage_hint": "Counted with 그루."}, "Counted with 그루."),
        ({"example_translation": "The tree is big."}, None),
    ],
)
def test_usage_needs_an_example_or_a_hint(known, usage):
    assert record("나무", definition="tree", **known).usage_context == usage


@pytest.mark.parametrize(
    ("term", "definition", "hanja"),
    [("구두", "shoes", None), ("생각", "thought", None), ("나무", "tree", None), ("사기", "nonsense", None),
     ("남성", "man", "女性"), ("남성", "man", "男性性"), ("남성", "man", "no hanja at all")],
)  # fmt: skip
def test_unreliable_hanja_are_not_used(term, definition, hanja):
    assert record(term, definition=definition, hanja=hanja).homonyms is None


def test_an_inflected_form_has_the_hanja_of_its_noun():
    homonyms = record("가족도", definition="family too").homonyms
    assert homonyms and [(homonym.hanja, homonym.reading) for homonym in homonyms] == [("家族", "가족")]


@pytest.mark.parametrize(
    ("term", "pos", "definition", "hanja"),
    [("보세", "verb", "let's see", None), ("보세", "noun", "bonded", "保稅"), ("가요", "verb", "go", None),
     ("가요", "noun", "pop song", "歌謠"), ("작고", "adjective", "small", None), ("저의", "pronoun", "my", None),
     ("신의", "noun", "god's", "神"), ("신의", "noun", "good faith", "信義"), ("본적이", "noun", "experience", None),
     ("원한", "verb", "wanted", "願"), ("원한", "noun", "grudge", "怨恨"), ("악한", "adjective", "evil", "惡"),
     ("위로", "noun", "upward", None), ("산채로", "adverb", "alive", None), ("실수로", "adverb", "by mistake", "失手"),
     ("오지", "verb", "not come", None)],
)  # fmt: skip
def test_a_form_of_a_native_word_has_no_hanja_by_chance(term, pos, definition, hanja):
    homonyms = record(term, pos=pos, definition=definition).homonyms
    assert (homonyms[0].hanja if homonyms else None) == hanja


@pytest.mark.parametrize(
    ("term", "hanja", "reading"),
    [("남성", "男性", "남성"), ("친절하다", "親切", "친절"), ("여자", "女子", "여자")],
)
def test_hanja_in_the_list_are_used_if_they_read_as_the_word(term, hanja, reading):
    homonyms = record(term, definition="x", hanja=hanja).homonyms
    assert homonyms and (homonyms[0].hanja, homonyms[0].reading) == (hanja, reading)


@pytest.mark.parametrize(
    "definition",
    [None, "", " ", "unknown", "Unknown", "none", "N/A", "n/a", "tbd", "-", "?", "...", "…", "A Korean noun: 생각이",
     "A Korean verb", "a korean word: 가다", "An Korean particle: 이"],
)  # fmt: skip
def test_a_placeholder_is_not_a_definition(definition):
    error = failure("생각이", definition=definition)
    assert str(error.code) == "no_definition" and "add one or use a different model" in str(error)


@pytest.mark.parametrize(
    "definition", ["none of them", "unknown person", "a Korean dish: rice", "a Korean", "?!x", "no"]
)
def test_a_definition_that_resembles_a_placeholder_is_used(definition):
    assert record("사람", definition=definition).primary_meaning == definition


@pytest.mark.parametrize(
    ("definition", "hint"),
    [
        ("Derek", "Transliteration of the English male name Derek."), ("Alice", None), ("female name", None),
        ("surname", "Used as a transliteration of the English surname"), ("Mary (name)", None),
        ("Hajin", "Korean given name"), ("Teresa", "Used as a foreign female given name, often in religious contexts"),
    ],
)  # fmt: skip
def test_a_persons_name_gets_no_card(definition: str, hint: str | None) -> None:
    error = failure("데릭", definition=definition, usage_hint=hint)
    assert str(error.code) == "person_name" and "데릭 is a person's name" in str(error)


@pytest.mark.parametrize(
    ("term", "definition", "hint"),
    [
        ("이름", "name", "Used to ask for someone's first name"), ("성", "surname", "a person's surname"),
        ("런던", "London", "The capital; takes 에."), ("한국", "Korea", None), ("로즈", "rose", "also a female name"),
        ("버지니아", "Virginia", "a state of the United States"), ("화성", "Mars", "Name of the planet"),
    ],
)  # fmt: skip
def test_other_proper_nouns_and_the_words_for_name_get_cards(term: str, definition: str, hint: str | None) -> None:
    assert record(term, definition=definition, usage_hint=hint).primary_meaning == definition


def test_a_misspelled_word_or_example_is_a_reason_to_fail() -> None:
    for term, sentence in (("메세지", ""), ("할께요", "내가 할께요."), ("친구", "친구에게 메세지를 보냈다.")):
        error = failure(term, definition="x", example=sentence)
        assert str(error.code) == "misspelled" and "is a misspelling of" in str(error)


@pytest.mark.parametrize(
    ("term", "pos", "definition", "example"),
    [
        ("있지만", "verb", "but", "시간은 있지만 돈이 없어요."), ("너처럼", "pronoun", "like", "나도 너처럼 되고 싶어."),
        ("거라고", "pronoun", "quotative marker", "올 거라고 말했다."),
    ],
)  # fmt: skip
def test_a_definition_of_only_the_ending_is_a_reason_to_fail(
    term: str, pos: str, definition: str, example: str
) -> None:
    error = failure(term, definition=definition, pos=pos, example=example)
    assert str(error.code) == "no_definition" and "only of its ending" in str(error)


@pytest.mark.parametrize(
    ("term", "pos", "definition", "example"),
    [
        ("위에", "noun", "on", "책상 위에 있어요."),
        ("-지만", "ending", "but", "비싸지만 맛있어요."),
        ("위해", "verb", "for", "너를 위해 했어."),
    ],
)
def test_the_same_words_may_be_the_meaning_of_a_word(term: str, pos: str, definition: str, example: str) -> None:
    assert record(term, definition=definition, pos=pos, example=example).primary_meaning == definition


@pytest.mark.parametrize("example", ["이 단어 '리무'는 잘 쓰지 않아요.", "리무라는 단어는 사전에 없습니다."])
def test_an_example_about_the_word_is_a_reason_to_fail(example: str) -> None:
    assert str(failure("리무", definition="x", pos="noun", example=example).code) == "wrong_example"


@pytest.mark.parametrize(
    ("term", "pos", "example"),
    [
        ("것으로", "noun", "그 돈으로 차를 샀다."),
        ("않을래", "verb", "나는 숙제 안 할래."),
        ("마시지", "noun", "어제 마사지 받았어요."),
    ],
)
def test_an_example_without_the_word_is_a_reason_to_fail(term: str, pos: str, example: str) -> None:
    error = failure(term, definition="x", pos=pos, example=example)
    assert str(error.code) == "wrong_example" and f"does not contain {term}" in str(error)


@pytest.mark.parametrize("term", ["10분", "tv에서", "fbi가", "3D 프린터"])
def test_a_term_that_cannot_be_read_aloud_fails_with_a_reason(term):
    error = failure(term, definition="x")
    assert str(error.code) == "no_pronunciation" and repr(term) in str(error)


@pytest.mark.parametrize("term", ["-님", "~지만", "님-", "만나서 반갑다"])
def test_affixes_endings_and_phrases_have_a_pronunciation(term):
    nuance = record(term, definition="x")
    assert nuance.ipa.startswith("[") and len(nuance.ipa) > 3 and headword(nuance.term) == term


# Texts within the limits of ingress. The term is short enough for the IPA to fit after it.
SYLLABLES = st.text(st.sampled_from("가각힣친국뷁읽없쌓다는을"), min_size=1, max_size=4)
TERM = st.lists(SYLLABLES, min_size=1, max_size=3).map(" ".join)
TEXT = st.text(st.sampled_from('abc 가?;,.“"\n'), min_size=1, max_size=500).filter(str.strip)
WORDS = st.integers(1, 500).map("x".__mul__) | TEXT


@given(
    term=TERM,
    known=st.fixed_dictionaries(
        {"definition": WORDS.map(lambda text: f"m{text}"[:500])},
        optional={"pos": st.sampled_from(["noun", "Verb", "thing", "counter"]), "example": WORDS,
                  "example_translation": WORDS, "usage_hint": WORDS, "hanja": st.sampled_from(["男", "男性", "x"])},
    ),
)  # fmt: skip
@example(term="가" * 12, known={"definition": "m" * 500, "example_translation": "x" * 500, "example": "y" * 500})
@example(term="가" * 12, known={"definition": "m " * 250, "example_translation": "x " * 250, "usage_hint": "y " * 250})
@settings(max_examples=120)
def test_every_word_that_ingress_accepts_meets_the_contracts_of_both_stages(term, known):
    if "example" in known:
        known = known | {"example": f"{term} {known['example']}"[:500]}
    try:
        nuance = record(term, **known)
    except BackendError as error:
        assert str(error.code) in ("wrong_example", "misspelled")
        return
    requested = {name: value for name, value in nuance.model_dump().items() if name != "term_number"}
    types = offline_types(requested, CARD_TYPES)
    cards = read_cards(reply_of("flashcards", term=term, nuance=requested, card_types=types), term, types)
    assert [card.tab_name for card in cards] == types


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [("short", 9, "short"), ("one two three", 9, "one two…"), ("one, two", 7, "one…"), ("x" * 9, 5, "xxxx…"),
     (" a \n b ", 9, "a b")],
)  # fmt: skip
def test_long_texts_are_cut_at_the_end_of_a_word(text, limit, shown):
    assert cut(text, limit) == shown and len(shown) <= limit


def test_every_card_is_tagged_as_made_offline():
    assert all("source:offline" in tags for tags in CARDS["tags"])


@pytest.mark.parametrize(
    ("term", "pos", "base"),
    [
        ("갔어요", "verb", "가다"),
        ("예뻤다", "adjective", "예쁘다"),
        ("학교에서", "noun", "학교"),
        ("한다", "verb", "하다"),
        ("잘 부탁드립니다", "phrase", "잘 부탁드리다"),
        # These are dictionary forms already: 빌려주다 "lend" is not a form of 빌리다 "borrow".
        ("빌려주다", "verb", None),
        ("가다", "verb", None),
        ("마음에 들다", "phrase", None),
        ("밖에", "particle", None),
        ("-거든요", "ending", None),
    ],
)
def test_the_keywords_are_the_term_and_its_dictionary_form(term, pos, base):
    assert record(term, definition="x", pos=pos).korean_keywords == [term, *([base] if base else [])]


@pytest.mark.parametrize(
    ("candidates", "comparison"),
    [
        (["서점 (bookstore)"], {"vs": "서점", "nuance": "책방 is “bookstore (small)”, 서점 is “bookstore”."}),
        (
            ["서관 (bookstore (small))", "서점 (bookstore)"],
            {"vs": "서점", "nuance": "책방 is “bookstore (small)”, 서점 is “bookstore”."},
        ),
        (["서점"], None),
        ([], None),
    ],
)
def test_words_are_compared_only_if_they_have_different_meanings(
    candidates: list[str], comparison: dict[str, str] | None
) -> None:
    request = {"term": "책방", "definition": "bookstore (small)", "comparison_candidates": candidates}
    assert json.loads(reply_of("nuance", **request))["comparison"] == comparison
