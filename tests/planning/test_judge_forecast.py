"""Test how many requests to the judge a plan expects for words whose cards do not exist yet."""

import pytest
from support.parameters import quality_parameters

from korean_flashcards.planning.judge_forecast import ENOUGH_WORDS, forecast_judging


@pytest.mark.parametrize(
    ("judge", "coming", "scored", "selected", "requests", "basis"),
    [
        ("all", 12, 50, 50, 12, None),
        ("sample", 60, 50, 10, 40, None),
        ("sample", 60, 50, 50, 0, None),
        ("doubtful", 0, 50, 21, 0, None),
        ("doubtful", 12, 50, 21, 6, "about 6 more for new cards, because 42% of the 50 words with cards are doubtful"),
        ("doubtful", 12, 50, 0, 1, "about 1 more for new cards, because 0% of the 50 words with cards are doubtful"),
        ("review", 12, 50, 50, 12, 'because 100% of the 50 words with cards have the verdict "review"'),
        (
            "doubtful",
            12,
            ENOUGH_WORDS - 1,
            3,
            12,
            "at most 12 more for new cards, because fewer than 20 words have cards",
        ),
    ],
)
def test_words_without_cards_are_estimated_from_the_words_with_cards(
    judge: str, coming: int, scored: int, selected: int, requests: int, basis: str | None
) -> None:
    parameters = quality_parameters(judge=judge, judge_sample=50)
    found = forecast_judging(coming, scored, selected, parameters)
    assert found.requests == requests
    assert found.basis is None if basis is None else basis in str(found.basis)
