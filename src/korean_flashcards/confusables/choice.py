"""Choose the words to list for each word, and the words to suggest for its comparison."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import polars as pl

from korean_flashcards.confusables import lemma
from korean_flashcards.confusables.rank import LIKELY
from korean_flashcards.confusables.word_table import WordTable
from korean_flashcards.domain.parameters import ConfusableParameters

# Number of words to consider, in addition to those that are listed if none of them are forms of one word. If that is too few
# for a word, _MORE times as many are considered.
_SPARE, _MORE = 2, 2
_CHOSEN = {"row": pl.UInt32, "rank": pl.Int64, "candidate": pl.Int64}
_Choice = tuple[int, int, int | None]


class _Found(NamedTuple):
    """A word that another word (``word``) may be confused with. It is not a form of that word.

    Attributes:
        word: The index of the word.
        row: The number of the row with both words.
        other: The index of the other word.
        spelling: The number of the other word's spelling.
        score: The score of the pair.
        is_homograph: Whether both words have the same spelling.
        size: The number of words that the word may be confused with.
    """

    word: int
    row: int
    other: int
    spelling: int
    score: int
    is_homograph: bool
    size: int


class _Chooser(NamedTuple):
    """Chooses among the words that one word may be confused with, most likely first.

    Attributes:
        forms: Pairs of the indexes of words that are forms of one word, the smaller index first.
        per_word: The maximum number of words to list.
        candidates: The maximum number of words to suggest for a comparison.
    """

    forms: set[tuple[int, int]]
    per_word: int
    candidates: int

    def choose(self, found: Sequence[_Found]) -> tuple[list[_Choice], list[int]]:
        """Return the row, rank, and candidate number of the words to list.

        If more words must be considered first, return nothing and the rows of the words that are still possible.
        """
        listed, is_full = self._distinct(found)
        chosen = self._suggested(listed)
        is_complete = is_full and (len(chosen) == self.candidates or found[-1].score < LIKELY)
        if len(found) < found[0].size and not is_complete:
            return [], [one.row for one in listed]
        numbers = {one.row: number for number, one in enumerate(chosen, start=1)}
        kept = [one.row for at, one in enumerate(listed) if at < self.per_word or one.row in numbers]
        return [(row, rank, numbers.get(row)) for rank, row in enumerate(kept, start=1)], []

    def _distinct(self, found: Sequence[_Found]) -> tuple[list[_Found], bool]:
        """Return the words without other forms of a word that is already listed, such as 업무를 after 업무.

        Only the first words are compared until enough are distinct. Also return whether enough are.
        """
        distinct: list[_Found] = []
        for at, one in enumerate(found):
            if len(distinct) == self.per_word:
                return [*distinct, *found[at:]], True
            if not any(self._same(one, other) for other in distinct):
                distinct.append(one)
        return distinct, len(distinct) == self.per_word

    def _suggested(self, found: Sequence[_Found]) -> list[_Found]:
        """Return the words to suggest for a comparison.

        Homographs and other forms of a word already chosen are left out.
        """
        chosen: list[_Found] = []
        for one in found:
            if len(chosen) == self.candidates or one.score < LIKELY:
                break
            if not one.is_homograph and not any(
                one.spelling == other.spelling or self._same(one, other) for other in chosen
            ):
                chosen.append(one)
        return chosen

    def _same(self, one: _Found, other: _Found) -> bool:
        first, second = one.other, other.other
        return ((first, second) if first < second else (second, first)) in self.forms


def chosen(found: pl.DataFrame, table: WordTable, settings: ConfusableParameters) -> pl.DataFrame:
    """Return the rows of ``found`` to list, with their ``rank`` and their number as a ``candidate``, or null.

    Args:
        found: The words that each word may be confused with, sorted by ``word``, most likely first. Forms of the same word
            (``is_inflection``) are last.
        table: The features of the words.
        settings: The maximum numbers of confusable words and candidates per word.
    """
    ranked = found.with_row_index("row")
    others = ranked.join(_others(ranked, table, settings), on="row", maintain_order="left")
    before = others.group_by("word").len("before")
    forms = ranked.filter("is_inflection").join(before, on="word", how="left", maintain_order="left")
    rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("word") + pl.col("before").fill_null(0)
    forms = forms.with_columns(rank=rank, candidate=pl.lit(None, pl.Int64)).filter(pl.col("rank") <= settings.per_word)
    return pl.concat([others, forms.select(others.columns)]).drop("row")


def _others(ranked: pl.DataFrame, table: WordTable, settings: ConfusableParameters) -> pl.DataFrame:
    """Return the ``row``, ``rank``, and ``candidate`` number of the words to list that are not forms of the word."""
    rest = ranked.filter(~pl.col("is_inflection")).with_columns(
        spelling=pl.lit(table.words["bare_code"]).gather(pl.col("other"))
    )
    rows, most = list[_Choice](), settings.per_word + _SPARE
    while rest.height:
        rest = rest.with_columns(at=pl.int_range(pl.len()).over("word"), size=pl.len().over("word"))
        is_considered = pl.col("at") < most
        considered, possible = rest.filter(is_considered), list[int]()
        chooser = _Chooser(_forms(considered, table), settings.per_word, settings.candidates)
        for _, found in groupby(considered.select(_Found._fields).iter_rows(), itemgetter(0)):
            choices, left = chooser.choose(list(map(_Found._make, found)))
            rows += choices
            possible += left
        unfinished = considered.filter(pl.col("row").is_in(possible))
        later = rest.filter(~is_considered & pl.col("word").is_in(unfinished["word"].implode()))
        rest, most = pl.concat([unfinished, later]).sort("row"), most * _MORE
    return pl.DataFrame(rows, _CHOSEN, orient="row")


def _forms(found: pl.DataFrame, table: WordTable) -> set[tuple[int, int]]:
    """Return the pairs of words that are forms of one word and may both be confused with a third word."""
    others = found.select("word", "at", "other")
    both = others.join(others, on="word", suffix="_b").filter(pl.col("at") < pl.col("at_b"))
    pairs = both.select(a=pl.min_horizontal("other", "other_b"), b=pl.max_horizontal("other", "other_b")).unique()
    return set(pairs.filter(lemma.same(pairs, table.words, table.stems, table.senses)).iter_rows())
