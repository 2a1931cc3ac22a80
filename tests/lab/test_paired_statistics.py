"""The interval covers the truth as often as it claims, and the verdict follows from it."""

import math

import numpy as np
import pytest
from scipy import stats

from korean_flashcards.lab.paired_statistics import FEWEST, half_widths, paired_interval, sign_test, words_needed
from korean_flashcards.lab.verdict import verdict_of

SIMULATIONS, WORDS = 2000, 60
# Mean numbers of notes (-2 points), warnings (-15), and errors (-40) on a word's worst card.
PROMPTS = {"good": (0.3, 0.05, 0.01), "usual": (0.4, 0.15, 0.03), "weak": (0.5, 0.4, 0.1), "bad": (0.5, 0.5, 0.2)}
PAIRS = [("weak", "weak"), ("usual", "good"), ("weak", "usual"), ("good", "bad")]


def scores(prompt: str, random: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    notes, warnings, errors = (random.poisson(mean, size) for mean in PROMPTS[prompt])
    return np.maximum(0, 100 - 2 * notes - 15 * warnings - 40 * errors).astype(float)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_the_interval_covers_the_truth_in_95_percent_of_samples_with_realistic_score_steps(a: str, b: str) -> None:
    random = np.random.default_rng(2026)
    truth = scores(b, random, (1, 1_000_000)).mean() - scores(a, random, (1, 1_000_000)).mean()
    differences = scores(b, random, (SIMULATIONS, WORDS)) - scores(a, random, (SIMULATIONS, WORDS))
    inside = np.abs(differences.mean(axis=1) - truth) <= half_widths(differences)
    assert abs(inside.mean() - 0.95) <= 0.015


def test_the_interval_is_wider_if_nearly_all_words_have_the_same_score() -> None:
    random = np.random.default_rng(2026)
    for prompt in ("good", "usual"):
        differences = scores(prompt, random, (SIMULATIONS, WORDS)) - scores(prompt, random, (SIMULATIONS, WORDS))
        assert (np.abs(differences.mean(axis=1)) <= half_widths(differences)).mean() >= 0.935


@pytest.mark.parametrize("prompt", PROMPTS)
def test_repeats_of_one_prompt_are_inconclusive(prompt: str) -> None:
    random = np.random.default_rng(7)
    for words in (20, WORDS):
        size = (SIMULATIONS, words)
        differences = scores(prompt, random, size) - scores(prompt, random, size)
        decided = (np.abs(differences.mean(axis=1)) > half_widths(differences)) & (
            (differences != 0).sum(axis=1) >= FEWEST
        )
        assert decided.mean() <= 0.06


def test_an_improvement_of_5_points_is_found_with_60_words() -> None:
    differences = np.random.default_rng(5).normal(5, 10, (SIMULATIONS, WORDS)).round()
    assert (differences.mean(axis=1) > half_widths(differences)).mean() >= 0.95
    verdicts = [verdict_of(sample, same_replies=False) for sample in differences[:40]]
    assert sum(verdict.outcome == "better" for verdict in verdicts) >= 36
    assert all("B is better" in verdict.text for verdict in verdicts if verdict.outcome == "better")


def test_the_interval_agrees_with_students_t_for_normal_differences() -> None:
    sample = np.random.default_rng(1).normal(3, 10, (1, 400))
    student = stats.t.interval(0.95, 399, sample.mean(), stats.sem(sample[0]))
    assert half_widths(sample)[0] == pytest.approx((student[1] - student[0]) / 2, rel=0.05)


@pytest.mark.parametrize("sample", [[], [0, 0], [1, -2, 3, 4, 0, 5], [2] * 9, [-1] * 30 + [1] * 12, [1, math.nan]])
def test_the_sign_test_agrees_with_scipy(sample: list[float]) -> None:
    differences = np.array(sample, dtype=float)
    higher, lower = int((differences > 0).sum()), int((differences < 0).sum())
    expected = stats.binomtest(higher, higher + lower).pvalue if higher + lower else 1.0
    assert sign_test(differences) == pytest.approx(expected)


def test_the_sign_test_works_for_ten_thousand_words() -> None:
    differences = np.concatenate([np.ones(5200), -np.ones(4800)])
    assert sign_test(differences) == pytest.approx(stats.binomtest(5200, 10_000).pvalue)


def test_the_number_of_words_has_the_power_that_it_promises() -> None:
    words = words_needed(10, 3)
    assert 85 <= words <= 90  # (1.96 + 0.84)² · 10² / 3², as in textbooks
    differences = np.random.default_rng(3).normal(3, 10, (SIMULATIONS, words))
    assert (differences.mean(axis=1) > half_widths(differences)).mean() == pytest.approx(0.8, abs=0.04)


@pytest.mark.parametrize("sample", [[], [3.0], [3.0, 5.0], [math.nan] * 5, [2.0] * 5, [0.0] * 60])
def test_too_few_words_that_differ_give_no_interval(sample: list[float]) -> None:
    verdict = verdict_of(np.array(sample, dtype=float), same_replies=False)
    assert verdict.outcome == "inconclusive" and not verdict.interval.known
    assert verdict.more_words if verdict.interval.words else verdict.more_words is None


def test_the_same_difference_for_every_word_is_conclusive() -> None:
    verdict = verdict_of(np.full(6, -2.0), same_replies=False)
    assert verdict.outcome == "worse" and (verdict.interval.low, verdict.interval.high) == (-2, -2)


def test_missing_values_are_left_out() -> None:
    sample = np.array([5.0, math.nan, 4, 6, 5, 3, 8, 5])
    assert paired_interval(sample) == paired_interval(sample[~np.isnan(sample)])
    assert paired_interval(sample).words == 7


def test_the_same_replies_are_identical_also_for_one_word() -> None:
    assert verdict_of(np.zeros(1), same_replies=True).text == "identical: the same replies for 1 word"


def test_an_inconclusive_verdict_says_how_many_more_words_would_tell() -> None:
    sample = np.random.default_rng(9).normal(2, 15, 20)
    verdict = verdict_of(sample, same_replies=False)
    assert verdict.outcome == "inconclusive" and verdict.more_words and verdict.more_words > 20
    assert f"about {verdict.more_words:,} more words would tell" in verdict.text


def test_a_large_sample_without_a_difference_says_how_small_any_difference_is() -> None:
    sample = np.random.default_rng(2).choice([-2.0, 0.0, 2.0], 400)
    verdict = verdict_of(sample, same_replies=False)
    assert verdict.more_words is None and "any difference is smaller than 2 points" in verdict.text


def test_ten_thousand_words_take_seconds() -> None:
    sample = np.random.default_rng(4).choice([-15.0, -2.0, 0.0, 2.0, 15.0], 10_000)
    assert paired_interval(sample).words == 10_000
