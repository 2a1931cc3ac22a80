"""Test which words are confusable, their order, and the effect of a new word."""

import random

import polars as pl
import pytest
from confusables.decks import SETTINGS, Entry, deck, found
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_flashcards.confusables import CONFUSABLE_SCHEMA, candidates_of, find_among, pairs_of

KNOWN: list[Entry] = [
    ("문득", "suddenly (of a thought or feeling)", "adverb"), ("갑자기", "suddenly", "adverb"),
    ("서점", "bookstore, bookshop", "noun"), ("책방", "bookstore (everyday word)", "noun"),
    ("가르치다", "to teach", "verb"), ("가리키다", "to point at, to indicate", "verb"),
    ("배", "pear", "noun"), ("배", "boat, ship", "noun"), ("배", "belly, stomach", "noun"),
    ("낫다", "to get better", "verb"), ("낳다", "to give birth to", "verb"), ("났다", "broke out", "verb"),
    ("문어", "octopus", "noun"), ("무너", "invented word", "noun"),
    ("갔어요", "went (polite past of 가다)", "verb"), ("가다", "to go", "verb"),
    ("재", "ashes", "noun"), ("제", "ritual for ancestors", "noun"),
    ("나무", "tree", "noun"), ("문을", "door (문 + object particle)", "noun"), ("문", "door", "noun"),
]  # fmt: skip
PAIRS = found(deck(*KNOWN))


@pytest.mark.parametrize(
    ("one", "other", "kind", "why"),
    [
        ("문득#1", "갑자기#1", "meaning",
         "갑자기 is for any sudden event (갑자기 비가 왔어요); 문득 is for a thought that comes up (문득 생각났어요)."),
        ("서점#1", "책방#1", "meaning", "Both mean “bookstore”."),
        ("가르치다#1", "가리키다#1", "letters",
         '가르치다 means "to teach" (한국어를 가르쳐요); 가리키다 means "to point at" (손으로 가리켜요).'),
        ("배#1", "배#2", "homograph", "They are spelled the same but have different meanings."),
        ("배#3", "배#1", "homograph", "They are spelled the same but have different meanings."),
        ("낫다#1", "낳다#1", "classic",
         '낫다 means "to get well" or "to be better" (감기가 나았어요); 낳다 means "to give birth" (아기를 낳았어요).'),
        ("낫다#1", "났다#1", "sound", "Both are pronounced [낟따]; they differ in one letter (ㅅ/ㅆ)."),
        ("낳다#1", "났다#1", "letters", "They differ in one letter (ㅆ/ㅎ)."),
        ("문어#1", "무너#1", "sound", "Both are pronounced [무너]."),
        ("재#1", "제#1", "sound",
         "They sound alike because many speakers no longer distinguish their vowels; they differ in one letter (ㅐ/ㅔ)."),
        ("갔어요#1", "가다#1", "inflection", "Both are forms of the same word."),
        ("문#1", "문을#1", "inflection", "Both are forms of the same word."),
    ],
)  # fmt: skip
def test_a_known_pair_is_found_in_both_directions(one: str, other: str, kind: str, why: str) -> None:
    for pair in ((one, other), (other, one)):
        assert kind in PAIRS[pair]["kinds"] and PAIRS[pair]["why"] == why
    assert PAIRS[one, other]["score"] == PAIRS[other, one]["score"]


def test_words_with_nothing_in_common_are_not_listed() -> None:
    assert not [pair for pair in PAIRS if "나무#1" in pair]
    assert ("문득#1", "문#1") not in PAIRS


def test_the_likeliest_confusion_is_first_and_ranks_start_at_one() -> None:
    frame = find_among(deck(*KNOWN), SETTINGS)
    assert dict(frame.schema) == CONFUSABLE_SCHEMA
    for _, rows in frame.group_by("item_id", maintain_order=True):
        assert rows["rank"].to_list() == list(range(1, rows.height + 1)) and rows["score"].is_sorted(descending=True)
    assert frame["item_id"].unique(maintain_order=True).to_list() == [
        item_id for item_id in deck(*KNOWN)["item_id"] if item_id in set(frame["item_id"])
    ]


def test_a_word_is_never_compared_with_itself_or_its_own_forms() -> None:
    candidates = candidates_of(find_among(deck(*KNOWN), SETTINGS))
    assert candidates["문득#1"] == ["갑자기 (suddenly)"] and candidates["낫다#1"] == [
        "났다 (broke out)", "낳다 (to give birth to)"
    ]  # fmt: skip
    assert not {"배#1", "배#2", "배#3", "갔어요#1", "문#1", "나무#1"} & candidates.keys()


def test_two_forms_of_the_same_word_are_one_candidate() -> None:
    words = deck(("떠나다", "to depart", "verb"), ("나가다", "to depart", "verb"), ("나가요", "to depart", "verb"),
                 ("출발하다", "to depart", "verb"))  # fmt: skip
    others = [text.split(" ")[0] for text in candidates_of(find_among(words, SETTINGS))["떠나다#1"]]
    assert len(others) == 2 and "출발하다" in others


@pytest.mark.parametrize(
    ("one", "other", "most"),
    [
        (("일반적으로", "general", "adverb"), ("장군님", "general", "noun"), 0),
        (("떠날", "to leave", "verb"), ("남겨", "to leave", "verb"), 59),
        (("넣어", "put in", "verb"), ("담아", "put in", "verb"), 59),
        (("갔는지", "whether", "verb"), ("되는지", "whether", "verb"), 59),
        (("받게", "so that", "adverb"), ("갖게", "so that", "adverb"), 59),
        (("부모를", "parents", "noun"), ("부모님", "parents", "noun"), 59),
        (("로즈", "rose", "noun"), ("로저", "Roger", "noun"), 0),
        (("전화기", "telephone", "noun"), ("전화가", "call", "noun"), 59),
        # an English word in Hangul
        (("작은", "small", "adjective"), ("리틀", "small", "adjective"), 59),
        (("하늘을", "sky", "noun"), ("스카이", "sky", "noun"), 59),
        (("낚시", "fishing", "noun"), ("피싱", "fishing", "noun"), 59),
        # glosses of the ending, or of one English word with two meanings
        (("좋아서", "because", "adjective"), ("없어서", "because none", "verb"), 59),
        (("먹으니까", "because", "particle"), ("테니까", "because", "particle"), 59),
        (("찾았어", "found", "verb"), ("있더라고", "found", "verb"), 59),
        (("존재", "existence", "noun"), ("있기를", "existence", "noun"), 59),
        (("하도", "so", "adverb"), ("그래서", "so", "adverb"), 59),
        (("그걸", "that", "pronoun"), ("걔를", "that person", "pronoun"), 59),
        (("당신", "you", "pronoun"), ("자네에게", "to you", "pronoun"), 59),
        (("불렀다", "called", "verb"), ("전화했다", "called", "verb"), 59),
        (("귀여운", "lovely", "adjective"), ("아꼈어요", "loved", "verb"), 59),
        (("구경거리", "show", "noun"), ("보이기", "showing", "noun"), 59),
        (("가능한", "possible", "adjective"), ("안될까요", "possible?", "verb"), 59),
        (("지각한", "late", "adjective"), ("고인이 된", "late", "adjective"), 59),
        (("훨씬", "much", "adverb"), ("마이", "much", "adverb"), 59),  # dialect
        # forms of one word
        (("제가", "I", "pronoun"), ("저", "I", "pronoun"), 59),
        (("그것은", "that", "pronoun"), ("그건", "that", "pronoun"), 59),
        (("무엇을", "what", "pronoun"), ("뭘", "what", "pronoun"), 59),
        (("갈 거야", "will go", "verb"), ("갈꺼야", "will go", "verb"), 59),
        (("역사상", "in history", "noun"), ("역사에", "in history", "noun"), 59),
        # a vulgar word, a misspelling, a number, a name
        (("정말로", "really", "adverb"), ("졸라", "really", "adverb"), 0),
        (("녀석", "guy", "noun"), ("놈이", "guy", "noun"), 0),
        (("아무튼", "anyway", "adverb"), ("어쨋든", "anyway", "adverb"), 0),
        (("번호", "number", "noun"), ("10번", "number", "noun"), 59),
        (("살아", "live", "verb"), ("사라", "Sarah", "noun"), 59),
    ],
)  # fmt: skip
def test_weak_similarities_have_too_few_points_for_cards_and_requests(one: Entry, other: Entry, most: int) -> None:
    assert all(row["score"] <= most for row in found(deck(one, other)).values())  # type: ignore[operator]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("목숨", "life", "noun"), ("생명", "life", "noun")),
        (("그러나", "but", "adverb"), ("하지만", "but", "adverb")),
        (("나를", "me", "pronoun"), ("저를", "me", "pronoun")),
        (("표를", "ticket", "noun"), ("티켓", "ticket", "noun")),
        (("시발점", "starting point", "noun"), ("출발점", "starting point", "noun")),
        (("참을", "to endure", "verb"), ("견딜", "endure", "verb")),
    ],
)  # fmt: skip
def test_words_that_mean_the_same_have_enough_points_for_cards(one: Entry, other: Entry) -> None:
    assert all(row["score"] >= 60 for row in found(deck(one, other)).values())  # type: ignore[operator]


@pytest.mark.parametrize(("one", "other"), [("I see", "to see"), ("even so", "even"), ("what's going on", "going")])
def test_a_phrase_is_not_one_of_its_words(one: str, other: str) -> None:
    assert found(deck(("하늘", one, "adverb"), ("지원", other, "adverb"))) == {}


def test_a_word_with_different_numbers_is_not_confusable_with_itself() -> None:
    assert found(deck(("분", "minute", "noun"), ("15분", "15 minutes", "noun"), ("20분", "20 minutes", "noun"))) == {}


@pytest.mark.parametrize("definition", ["unknown", "A Korean noun: 생각이", "", "female name"])
def test_uninformative_definitions_are_not_a_shared_meaning(definition: str) -> None:
    assert found(deck(("하늘", definition, "noun"), ("지원", definition, "noun"))) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [("to exist", "not to exist"), ("to go out", "to go"), ("fate", "fat"), ("this place", "that place")],
)
def test_function_words_that_change_the_meaning_count(one: str, other: str) -> None:
    assert found(deck(("하늘", one, "verb"), ("지원", other, "verb"))) == {}


def test_the_report_lists_each_pair_once_likeliest_first() -> None:
    words = deck(*KNOWN)
    pairs = pairs_of(find_among(words, SETTINGS), words)
    assert pairs.height == len({frozenset(pair) for pair in PAIRS}) and pairs["score"].is_sorted(descending=True)
    row = pairs.filter(pl.col("term") == "문득").row(0, named=True)
    assert (row["meaning"], row["other_term"], row["other_meaning"]) == (KNOWN[0][1], "갑자기", "suddenly")


def test_a_subset_of_words_has_the_same_rows_as_in_the_whole() -> None:
    some = ["배#2", "낫다#1", "나무#1"]
    whole = find_among(deck(*KNOWN), SETTINGS)
    assert find_among(deck(*KNOWN), SETTINGS, of=some).equals(whole.filter(pl.col("item_id").is_in(some)))


def test_the_order_of_the_deck_affects_only_the_order_of_the_rows() -> None:
    shuffled = deck(*KNOWN).sample(fraction=1, shuffle=True, seed=7)
    order = ["item_id", "rank"]
    assert find_among(shuffled, SETTINGS).sort(order).equals(find_among(deck(*KNOWN), SETTINGS).sort(order))


_SOME = "가다 가요 갔다 가치 같이 낫다 낳다 났다 배 베 문 문을 사람 사랑 나가다 나가요 가르치다 가리키다"
TERMS = st.sampled_from(_SOME.split())
MEANINGS = st.sampled_from(["to go", "to go; to leave", "door", "door, gate", "suddenly", "love", "man", ""])
ENTRIES = st.lists(
    st.tuples(TERMS, MEANINGS, st.sampled_from(["noun", "verb", ""])), max_size=14, unique_by=lambda e: e[:2]
)


@given(ENTRIES, st.tuples(TERMS, MEANINGS, st.just("noun")))
@settings(max_examples=150)
def test_a_new_word_changes_only_the_candidates_of_words_it_joins(entries: list[Entry], new: Entry) -> None:
    words = deck(*entries)
    more = deck(*entries, new)
    new_id = more["item_id"][-1]
    before, after = candidates_of(find_among(words, SETTINGS)), candidates_of(find_among(more, SETTINGS))
    rows = find_among(more, SETTINGS).filter(pl.col("candidate").is_not_null() & (pl.col("other_id") == new_id))
    changed = {word for word in words["item_id"] if before.get(word) != after.get(word)}
    assert changed <= set(rows["item_id"])


def test_words_are_compared_in_a_window_if_hundreds_share_a_key() -> None:
    names = [a + b + c for a in "강남동서북산들" for b in "구나도로모보소" for c in "장진찬탄판한"]
    random.Random(1).shuffle(names)
    frame = find_among(deck(*((name, "place where people meet", "noun") for name in names)), SETTINGS)
    assert frame["item_id"].n_unique() == len(set(names)) and frame.group_by("item_id").len()["len"].max() == 6
