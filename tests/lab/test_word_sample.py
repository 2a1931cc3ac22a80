"""A sample is reproducible, and every group of words has its share."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.lab.word_sample import draw_sample

WORDS = pl.DataFrame(
    [(f"단어{n}#1", "noun" if n % 4 else "verb", n % 3 or None) for n in range(120)],
    schema=["item_id", "pos", "topik_level"], orient="row",
)  # fmt: skip


def test_each_group_has_its_share() -> None:
    sample = draw_sample(WORDS, 24, seed=1, by="pos,level")
    assert len(set(sample)) == 24 and sample.by == ("pos", "level") and sample.seed == 1
    drawn = WORDS.filter(pl.col("item_id").is_in(list(sample)))
    assert dict(drawn.group_by("pos").len().iter_rows()) == {"noun": 18, "verb": 6}
    assert sorted(drawn.group_by("topik_level").len()["len"]) == [8, 8, 8]
    assert drawn["item_id"].to_list() == list(sample)


def test_the_same_seed_draws_the_same_words_and_a_different_one_others() -> None:
    assert draw_sample(WORDS, 20, 7, "pos") == draw_sample(WORDS, 20, 7, "pos")
    assert list(draw_sample(WORDS, 20, 7, "pos")) != list(draw_sample(WORDS, 20, 8, "pos"))


def test_most_of_a_sample_stays_the_same_if_words_are_added() -> None:
    before = set(draw_sample(WORDS.head(110), 20, 1, ""))
    assert len(before & set(draw_sample(WORDS, 20, 1, ""))) >= 15


@given(st.integers(1, 120), st.sampled_from(["", "pos", "level", "pos,level"]), st.integers(0, 99))
def test_a_sample_always_has_its_size(count: int, by: str, seed: int) -> None:
    assert len(set(draw_sample(WORDS, count, seed, by))) == count


@pytest.mark.parametrize(("count", "by", "message"), [(0, "", "1 to 120"), (121, "", "1 to 120"), (5, "size", "size")])
def test_what_cannot_be_drawn_is_an_error(count: int, by: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        draw_sample(WORDS, count, 1, by)
