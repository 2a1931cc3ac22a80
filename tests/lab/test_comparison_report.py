"""A report shows the differences, keeps markup as text, and stays small for 10,000 words."""

import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.word_difference import marked, plain_difference, word_difference
from korean_flashcards.lab.experiment_record import EXPERIMENT_SCHEMA
from korean_flashcards.lab.prompt_comparison import PromptComparison
from korean_flashcards.lab.word_results import RESULT_SCHEMA, TEXT_SCHEMA

RECORD = pl.DataFrame(
    [{"experiment": "x-1", "variant": name, "label": f"prompt {name}"} for name in "AB"], EXPERIMENT_SCHEMA
)


def result(
    variant: str, item: str, score: int | None, state: str = "done", codes: tuple[str, ...] = (), repeat: int = 1
):
    return {
        "variant": variant, "repeat": repeat, "item_id": item, "term": item.partition("#")[0], "state": state,
        "score": score, "cost_usd": 0.001, "tokens": 100, "length": 300, "latency_s": 0.5, "cards": 2,
        "codes": list(codes),
    }  # fmt: skip


def text(variant: str, item: str, content: str, field: str = "explanation") -> dict[str, object]:
    return {"variant": variant, "repeat": 1, "item_id": item, "field": field, "text": content}


def compared(results: list[dict[str, object]], texts: list[dict[str, object]]) -> PromptComparison:
    return PromptComparison(RECORD, pl.DataFrame(results, RESULT_SCHEMA), pl.DataFrame(texts, TEXT_SCHEMA))


@pytest.fixture(scope="module")
def few() -> PromptComparison:
    results = [
        result("A", "남성#1", 100), result("B", "남성#1", 60, codes=("meaning_missing",)),
        result("A", "배#1", 85, codes=("too_long",)), result("B", "배#1", 100),
        result("A", "배#2", 98), result("B", "배#2", 98),
        result("A", "말#1", 98), result("B", "말#1", 0, state="failed"),
        result("A", "눈#1", 98), result("B", "눈#1", None, state="pending"),
    ]  # fmt: skip
    texts = [
        text("A", "남성#1", "a man <script>alert(1)</script>"), text("B", "남성#1", "a grown man"),
        text("A", "배#1", "a pear"), text("B", "배#1", "a boat"), text("A", "배#2", "same"), text("B", "배#2", "same"),
        text("A", "말#1", "a horse"),
    ]  # fmt: skip
    return compared(results, texts)


def test_the_report_says_what_changed(few: PromptComparison) -> None:
    said = str(few)
    assert said.startswith("Verdict: inconclusive") and "A: prompt A" in said
    assert "1 word failed with B, which counts as a score of 0." in said
    assert "1 word without a reply with B: make the same call again to continue." in said
    assert "meaning_missing: 0 won, 1 lost, 0 in both" in said and "too_long: 1 won, 0 lost, 0 in both" in said
    assert "Lower with B: 2 words\n  말#1: 98 -> 0\n  남성#1: 100 -> 60" in said
    assert few.incomplete == 1 and few.verdict.interval.words == 4


def test_a_failed_word_wins_no_check_and_has_no_length() -> None:
    results = [
        result("A", "말#1", 85, codes=("too_long",)), {**result("B", "말#1", 0, state="failed"), "length": 0},
        result("A", "배#1", 85, codes=("too_long",)), result("B", "배#1", 100),
    ]  # fmt: skip
    found = compared(results, [])
    assert [(change.won, change.lost) for change in found.checks] == [(1, 0)]
    length = next(each for each in found.metrics if each.metric.column == "length")
    cost = next(each for each in found.metrics if each.metric.column == "cost_usd")
    assert (length.a, length.b, length.interval.words) == (300, 300, 1) and cost.interval.words == 2


def test_only_different_words_are_shown_unless_all_are_wanted(few: PromptComparison) -> None:
    different, every = few.rows(), few.rows(different_only=False)
    assert "배#2" not in different.words["item_id"] and "배#2" in every.words["item_id"]
    assert different.words["item_id"][0] == "말#1"
    assert "explanation: a [-pear-]{+boat+}" in str(few.rows(words=["배"])).replace("] {", "]{")


def test_markup_in_texts_stays_text(few: PromptComparison) -> None:
    page = few._repr_html_()
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "<del>pear</del>" in page and "<ins>boat</ins>" in page
    assert "http" not in page  # nothing is loaded from a network


def test_a_page_out_of_range_is_an_error(few: PromptComparison) -> None:
    for start, count in ((-1, 10), (0, 0), (0, 201)):
        with pytest.raises(SettingsError):
            few.rows(start, count)


def test_the_spread_over_repeats_is_shown() -> None:
    results = [result(side, "배#1", score, repeat=n) for side in "AB" for n, score in ((1, 100), (2, 98), (3, 96))]
    found = compared(results, [text("A", "배#1", "x"), text("B", "배#1", "x")])
    assert found.spread == {"A": 2.0, "B": 2.0} and "2.0 with A, 2.0 with B" in str(found)


def test_ten_thousand_words_stay_responsive() -> None:
    words = [f"단어{n}#1" for n in range(10_000)]
    results = [
        result(side, word, 100 - 2 * ((n + len(side) * (side == "B")) % 5))
        for side in "AB"
        for n, word in enumerate(words)
    ]
    texts = [text(side, word, f"text {side} " * 20) for side in "AB" for word in words]
    found = compared(results, texts)
    begun = time.perf_counter()
    page = found._repr_html_()
    assert len(page) < 100_000 and "of 10,000" in page
    assert time.perf_counter() - begun < 20
    assert found.rows(9_990).words.height == 10


@given(
    st.lists(st.sampled_from(["배", "a", "man", "\n", "  ", "<b>"])),
    st.lists(st.sampled_from(["배", "a", "boat", " "])),
)
def test_the_parts_of_a_difference_are_the_texts(a: list[str], b: list[str]) -> None:
    ours, theirs = " ".join(a), " ".join(b)
    parts = word_difference(ours, theirs)
    assert "".join(part.text for part in parts if part.side != "only_b") == ours
    assert "".join(part.text for part in parts if part.side != "only_a") == theirs
    assert "<b>" not in "".join(marked(ours, theirs))


def test_a_difference_names_only_the_words_that_differ() -> None:
    assert plain_difference("one two three", "one 2 three four") == "one [-two-]{+2+} three{+ four+}"
