"""Provide the result of a comparison, with a report for notebooks and one for terminals."""

from collections.abc import Sequence
from functools import cached_property

import polars as pl

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.lab.comparison_figures import (
    CheckChange,
    MetricDifference,
    check_changes,
    differing_words,
    metric_differences,
    per_word,
    regressions,
    spreads,
    state_counts,
    verdict,
)
from korean_flashcards.lab.comparison_page import comparison_page, word_rows_page
from korean_flashcards.lab.comparison_text import comparison_text, word_rows_text
from korean_flashcards.lab.experiment_record import PaidSoFar
from korean_flashcards.lab.verdict import Verdict
from korean_flashcards.ledger.prompts.preferences import Preference

# Words that a report embeds, and the most that a page of ``rows`` can have.
FIRST_ROWS, MOST_ROWS = 10, 200


class ComparedWords:
    """A page of words, side by side. A notebook shows it; ``print`` shows it as text."""

    def __init__(self, words: pl.DataFrame, texts: pl.DataFrame, start: int, total: int) -> None:
        self.words, self.texts, self.start, self.total = words, texts, start, total

    def _repr_html_(self) -> str:
        return word_rows_page(self.words, self.texts, self.start, self.total)

    def __str__(self) -> str:
        return word_rows_text(self.words, self.texts, self.start, self.total)

    __repr__ = __str__


class PromptComparison:
    """The result of ``compare``. A notebook shows its report; ``print`` shows it as text.

    Attributes:
        record: How to repeat the experiment, one row for each variant (``experiment_record.EXPERIMENT_SCHEMA``).
        results: One row for each variant, repeat, and word (``word_results.RESULT_SCHEMA``).
        texts: The generated texts, one row for each field (``word_results.TEXT_SCHEMA``).
        paid: What this call has paid.
        answers: The blind preferences of people and the judge.
    """

    def __init__(
        self, record: pl.DataFrame, results: pl.DataFrame, texts: pl.DataFrame, paid: PaidSoFar | None = None
    ) -> None:
        self.record, self.results, self.texts, self.paid = record, results, texts, paid or PaidSoFar()
        self.answers: list[Preference] = []

    @property
    def name(self) -> str:
        """Return the experiment's ID, for ``open``."""
        return str(self.record["experiment"][0])

    @property
    def labels(self) -> dict[str, str]:
        """Return what A and B are."""
        return dict(self.record.select("variant", "label").iter_rows())

    @cached_property
    def verdict(self) -> Verdict:
        """Return whether B is better, with the interval of the score difference."""
        return verdict(self.results, self.texts)

    @cached_property
    def metrics(self) -> list[MetricDifference]:
        """Return the paired differences of score, cost, tokens, length, and time."""
        return metric_differences(self.results)

    @cached_property
    def checks(self) -> list[CheckChange]:
        """Return the checks whose findings differ: won (only A has the finding) and lost (only B has it)."""
        return check_changes(self.results)

    @cached_property
    def regressions(self) -> pl.DataFrame:
        """Return the words whose score is lower with B, the largest losses first."""
        return regressions(self.results)

    @cached_property
    def spread(self) -> dict[str, float | None]:
        """Return the standard deviation of a word's score over the repeats, for A and B, or None with one repeat."""
        return spreads(self.results)

    @property
    def incomplete(self) -> int:
        """Return how many words have no reply yet, because a budget was used up or the provider is down."""
        return self.results.filter(pl.col("state") == "pending")["item_id"].n_unique()

    @cached_property
    def states(self) -> dict[str, dict[str, int]]:
        """Return how many words of each variant have failed or are pending."""
        return state_counts(self.results)

    @cached_property
    def words(self) -> pl.DataFrame:
        """Return each word's scores (A and B) and whether its texts are the ``same``, the lowest score of B - A first."""
        scores, differing = per_word(self.results, "score"), differing_words(self.texts)
        words = scores.with_columns(same=~pl.col("item_id").is_in(list(differing)))
        return words.sort(pl.col("B") - pl.col("A"), nulls_last=True, maintain_order=True)

    def rows(
        self, start: int = 0, count: int = FIRST_ROWS, *, different_only: bool = True, words: Sequence[str] = ()
    ) -> ComparedWords:
        """Return words side by side, with the differences marked, those with the largest loss first.

        Args:
            start: The number of words to skip.
            count: The number of words on the page, at most 200.
            different_only: Whether to leave out words and fields that are the same with both variants.
            words: Headwords or word IDs, or nothing for all.

        Raises:
            SettingsError: ``start`` or ``count`` is out of range.
        """
        if start < 0 or not 1 <= count <= MOST_ROWS:
            raise SettingsError(f"start must be 0 or more, and count 1 to {MOST_ROWS}.")
        chosen = self.words.filter(~pl.col("same")) if different_only else self.words
        if words:
            named = [words] if isinstance(words, str) else list(words)
            chosen = chosen.filter(pl.col("term").is_in(named) | pl.col("item_id").is_in(named))
        page = chosen.slice(start, count)
        texts = self.texts.filter(pl.col("item_id").is_in(page["item_id"].to_list()), pl.col("repeat") == 1)
        sides = texts.pivot("variant", index=["item_id", "field"], values="text", maintain_order=True)
        sides = sides.with_columns(
            pl.lit(None, pl.String).alias(name) for name in ("A", "B") if name not in sides.columns
        )
        if different_only:
            sides = sides.filter(pl.col("A").ne_missing(pl.col("B")))
        return ComparedWords(page, sides, start, chosen.height)

    def _repr_html_(self) -> str:
        return comparison_page(self, self.rows())

    def __str__(self) -> str:
        return comparison_text(self)

    __repr__ = __str__
