"""Test that the result depends neither on the size of the chunks in which words are compared nor on other words."""

from itertools import combinations, takewhile

import polars as pl
import pytest
from confusables.decks import SETTINGS, deck, found, mixed
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_flashcards.confusables import candidate_pairs, choice, find, find_among, word_table
from korean_flashcards.confusables.common_ends import CommonEnds
from korean_flashcards.domain.parameters import ConfusableParameters


@pytest.mark.parametrize("seed", range(3))
def test_the_size_of_the_chunks_does_not_change_the_result(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    words = deck(*mixed(120, seed))
    whole = find_among(words, SETTINGS)
    for module in (candidate_pairs, find, word_table):
        monkeypatch.setattr(module, "_CHUNK", 7)
    assert whole.height > 100 and find_among(words, SETTINGS).equals(whole)


@pytest.mark.parametrize("seed", range(3))
def test_words_are_chosen_in_as_many_rounds_as_needed(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    words, most = deck(*mixed(120, seed)), ConfusableParameters(per_word=4, candidates=3, linked=3)
    at_once = find_among(words, most)
    monkeypatch.setattr(choice, "_SPARE", -3)
    assert find_among(words, most).equals(at_once)


def test_the_pairs_of_many_words_with_many_keys_are_found() -> None:
    count = 80_000
    keys = pl.select(word=pl.int_range(count, dtype=pl.UInt32), key=pl.int_range(count, dtype=pl.UInt32) // 2)
    words = pl.select(merged_sound_code=pl.int_range(count, dtype=pl.UInt32))
    table = word_table.WordTable(words, keys, keys.head(0), keys.head(0), keys.head(0))
    pairs = pl.concat(candidate_pairs.candidate_pairs(table, pl.repeat(True, count, eager=True)))
    assert pairs.height == count // 2 and pairs.select((pl.col("b") - pl.col("a") == 1).all()).item()


def test_two_words_have_the_same_score_and_reason_in_every_deck() -> None:
    entries = mixed(14, 5)
    words = deck(*entries)
    all_pairs = found(words, ConfusableParameters(per_word=100, candidates=2, linked=3))
    for one, other in combinations(words["item_id"], 2):
        alone = found(words.filter(pl.col("item_id").is_in([one, other])))
        same = [
            (row["score"], row["kinds"], row["why"])
            for row in (alone.get((one, other)), all_pairs.get((one, other)))
            if row
        ]
        assert len(same) in (0, 2) and len({str(each) for each in same}) <= 1


def shared(one: str, other: str) -> int:
    """Return the number of characters that two texts share at the beginning."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


@given(st.lists(st.text("가나다-", max_size=6), min_size=2, max_size=12))
@settings(max_examples=100)
def test_common_ends_are_those_of_the_texts(texts: list[str]) -> None:
    pairs = [(a, b) for a, b in combinations(range(len(texts)), 2) if texts[a] or texts[b]]
    frame = pl.DataFrame(pairs, {"a": pl.UInt32, "b": pl.UInt32}, orient="row")
    for (a, b), share in zip(pairs, CommonEnds(texts).shares(frame, 9), strict=True):
        one, other = texts[a], texts[b]
        front = shared(one, other)
        back = shared(one[front:][::-1], other[front:][::-1])
        assert share == 9 * (front + back) // max(len(one), len(other))
