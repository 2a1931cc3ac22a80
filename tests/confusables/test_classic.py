"""Test the table of classic pairs: every pair is found, with advice on how to choose."""

import csv
from importlib.resources import files
from itertools import product

import pytest
from confusables.decks import Entry, deck, found

TABLE = (files("korean_flashcards.confusables") / "data/classic_pairs.tsv").read_text(encoding="utf-8")
PAIRS = list(csv.DictReader(TABLE.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_pair_is_found_by_each_spelling_and_has_enough_points() -> None:
    for pairs in _decks_of_pairs():
        rows = found(deck(*(entry for pair in pairs for entry in pair)))
        for pair in pairs:
            names = f"{pair[0][0]}#1", f"{pair[1][0]}#1"
            # A word has only six others in a deck. Without the rest of the deck, this one must be among them.
            row = rows.get(names) or found(deck(*pair))[names]
            assert "classic" in row["kinds"] and row["score"] >= 88, row  # type: ignore[operator]


def _decks_of_pairs() -> list[list[tuple[Entry, Entry]]]:
    """Return all spellings of all pairs, in few decks. A deck has one spelling of a word, which would hide the others."""
    decks: list[tuple[set[str], list[tuple[Entry, Entry]]]] = []
    for pair in PAIRS:
        words, others = pair["word"].split(","), pair["other"].split(",")
        for word, other in product(words, others):
            entries = (word, _meaning(pair["gloss"]), ""), (other, _meaning(pair["other_gloss"]), "")
            taken, deck_of_pairs = next((each for each in decks if not each[0] & {*words, *others}), (set(), []))
            if not taken:
                decks.append((taken, deck_of_pairs))
            taken.update(words, others)
            deck_of_pairs.append(entries)
    return [pairs for _, pairs in decks]


def test_the_table_has_no_pair_twice_and_its_advice_names_both_words() -> None:
    words = [frozenset((pair["word"].split(",")[0], pair["other"].split(",")[0])) for pair in PAIRS]
    assert len(set(words)) == len(words) >= 1000
    for pair in PAIRS:
        for word in (pair["word"], pair["other"]):
            assert _stem(word) in pair["advice"], pair
        assert pair["advice"].endswith((".", '"')) and len(pair["advice"]) < 200


@pytest.mark.parametrize(
    ("one", "meaning", "other", "other_meaning", "advice"),
    [
        ("틀렸어요", "was wrong", "다른데", "is different", '틀리다 means "to be wrong"'),
        ("작은", "small", "적은", "few", "작다 is about size"),
        ("금액을 결제했어요", "paid", "결재", "approval", "결재 is a superior's approval"),
        ("잊었어", "forgot", "잃어서", "because I lost", '잃다 means "to lose"'),
        ("좋아요", "good", "좋아해요", "like", "좋다 takes 이/가"),
        ("싫은", "unpleasant", "싫어하는", "to dislike", "싫다 takes 이/가"),
        ("빌렸어요", "borrowed", "빌려줬어요", "lent", '빌리다 means "to borrow"'),
        ("바래요", "hope", "바라요", "to hope", "바라 and 바라요 are the standard forms"),
        ("배운", "learned", "가르쳐요", "teach", '배우다 means "to learn"'),
        ("구분해서", "dividing", "구별", "distinction", "구별 tells things apart"),
        ("으로서", "as", "(으)로써", "with, by means of", "로서 marks a role"),
        ("걸어요", "walk", "걸려요", "takes (time)", '걷다 means "to walk"'),
        ("알아요", "know", "알려요", "informs", '알다 means "to know"'),
        ("있어요", "there is", "이에요", "is", "이다 says what something is"),
        ("만들기", "making", "짓는", "building", "만들다 is the general word"),
        ("이르다", "to reach", "이루다", "to achieve", "이루다 takes an object"),
        ("이르다", "early", "빠르다", "fast", '이르다 means "early"'),
        ("적다", "", "작다", "small", "작다 is about size"),
        ("-던지", "whether (retrospective)", "-든지", "or", "-던지 looks back"),
    ],
)  # fmt: skip
def test_inflected_forms_belong_to_their_pair(
    one: str, meaning: str, other: str, other_meaning: str, advice: str
) -> None:
    words = deck((one.split(" ")[-1], meaning, "verb"), (other, other_meaning, ""))
    rows = [row for row in found(words).values() if "classic" in row["kinds"]]  # type: ignore[operator]
    assert len(rows) == 2 and all(str(row["why"]).startswith(advice) for row in rows)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("난", "I", "pronoun"), ("나은", "better", "adjective")),  # 낳다 and 낫다 have such forms
        (("잊은", "forgotten", "verb"), ("잊지", "forget", "verb")),
        (("속", "inside", "noun"), ("안", "not", "adverb")),
        (("이르다", "to reach", "verb"), ("빠르다", "fast", "adjective")),
        (("적다", "to write down", "verb"), ("작다", "small", "adjective")),
        (("쓰다", "to write", "verb"), ("끼다", "to put on", "verb")),
        (("바래", "hope", "verb"), ("바랜", "hoped", "verb")),
    ],
)  # fmt: skip
def test_words_that_only_look_like_the_pair_do_not_belong_to_it(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert not any("classic" in row["kinds"] for row in found(deck(one, other)).values())  # type: ignore[operator]


def _meaning(gloss: str) -> str:
    return (gloss.strip("!? ").split(" ") or [""])[0]


def _stem(spellings: str) -> str:
    word = spellings.split(",")[0]
    return word[:-1] if word.endswith("다") else word
