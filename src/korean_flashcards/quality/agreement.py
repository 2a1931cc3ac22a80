"""How far the raters (score, judge, people) agree beyond chance: Cohen's kappa with its 95 % interval. Pure."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import polars as pl

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema

_95_PERCENT = 1.959964  # standard errors on each side of the estimate: the normal distribution's 97.5th percentile


class Kappa(NamedTuple):
    """Agreement of two raters on ``rated`` things.

    ``agreed``: the share they say the same of. ``kappa``: 1 full agreement, 0 what chance alone would give, below 0 less
    than that; ``low`` to ``high`` its 95 % interval. All are None where nothing was rated by both; kappa and its interval
    also where both say one and the same of everything, so that chance alone explains it (Cohen's formula divides by zero).
    Where one of them says one thing of everything, kappa is 0 whatever the other says, and has no interval.
    """

    rated: int
    agreed: float | None = None
    kappa: float | None = None
    low: float | None = None
    high: float | None = None


def kappa(pairs: Iterable[tuple[str, str]]) -> Kappa:
    """Return the agreement of two raters; each pair is what the first and the second say of one thing.

    kappa = (p_o - p_e) / (1 - p_e): the agreement observed and the one expected of the raters' own frequencies (Cohen
    1960, Educational and Psychological Measurement 20, 37-46). The interval is kappa ± 1.96 of its large-sample standard
    error (Fleiss, Cohen & Everitt 1969, Psychological Bulletin 72, 323-327, formula 13), cut at -1 and 1. It is rough
    below about 30 things, and has no width at full agreement.
    """
    counts = Counter(pairs)
    rated = counts.total()
    if not rated:
        return Kappa(0)
    shares = {pair: count / rated for pair, count in counts.items()}
    first, second = _margin(shares, 0), _margin(shares, 1)
    agreed = sum(share for (one, other), share in shares.items() if one == other)
    if len(counts) == 1 and agreed:
        return Kappa(rated, agreed)
    if 1 in (len(first), len(second)):
        return Kappa(rated, agreed, 0.0)
    expected = sum(share * second[name] for name, share in first.items())
    estimate = (agreed - expected) / (1 - expected)
    reach = _95_PERCENT * math.sqrt(_variance(shares, agreed, expected) / rated)
    return Kappa(rated, agreed, estimate, max(-1.0, estimate - reach), min(1.0, estimate + reach))


def _margin(shares: dict[tuple[str, str], float], rater: int) -> Counter[str]:
    """How often the rater says each thing, of all."""
    margin: Counter[str] = Counter()
    for pair, share in shares.items():
        margin[pair[rater]] += share  # type: ignore[assignment]  # a Counter of shares
    return margin


def _variance(shares: dict[tuple[str, str], float], agreed: float, expected: float) -> float:
    """The variance of kappa times the number of things; never below 0, where rounding would make it so."""
    first, second = _margin(shares, 0), _margin(shares, 1)
    same = sum(
        share * ((1 - expected) - (first[one] + second[one]) * (1 - agreed)) ** 2
        for (one, other), share in shares.items()
        if one == other
    )
    apart = (1 - agreed) ** 2 * sum(
        share * (second[one] + first[other]) ** 2 for (one, other), share in shares.items() if one != other
    )
    whole = (agreed * expected - 2 * expected + agreed) ** 2
    return max(0.0, same + apart - whole) / (1 - expected) ** 4


Said = Mapping[tuple[str, str], str]

# things: what both rated, cards or words; see ``agreement.Kappa`` for the rest.
AGREEMENT_SCHEMA = {"first": pl.String, "second": pl.String, "things": pl.String, **polars_schema(Kappa)}


def measure_agreement(
    quality: pl.DataFrame, judgements: pl.DataFrame, released: pl.DataFrame, held: pl.DataFrame
) -> pl.DataFrame:
    """Return how far each two of score, judge and people agree, AGREEMENT_SCHEMA.

    The judge rates words, so that it is compared by words; people and score rate cards. People say only yes or no: beside
    them "publish" is a yes, and "review" and "reject" are a no.
    """
    score_of_words = _verdicts(quality.filter(pl.col("tab_name").is_null()))
    score_of_cards = _verdicts(quality.filter(pl.col("tab_name").is_not_null()))
    judge, people = _verdicts(judgements), _people(released, held)
    pairs = (
        ("score", "judge", "words", score_of_words, judge, str),
        ("score", "people", "cards", score_of_cards, people, _yes_or_no),
        ("judge", "people", "words", judge, _by_word(people), _yes_or_no),
    )
    return frame_of(_rows(pairs), AGREEMENT_SCHEMA)


def _rows(pairs: tuple[tuple[str, str, str, Said, Said, Callable[[str], str]], ...]) -> Iterator[dict[str, object]]:
    for first, second, things, one, other, said in pairs:
        both = [(said(verdict), said(other[thing])) for thing, verdict in one.items() if thing in other]
        yield {"first": first, "second": second, "things": things, **kappa(both)._asdict()}


def _verdicts(frame: pl.DataFrame) -> Said:
    """Verdicts by item id and tab_name, which is "" of a word."""
    tab_name = pl.col("tab_name").fill_null("") if "tab_name" in frame.columns else pl.lit("")
    return {(item, tab): said for item, tab, said in frame.select("item_id", tab_name, "verdict").iter_rows()}


def _people(released: pl.DataFrame, held: pl.DataFrame) -> Said:
    """What people approved or rejected, a card that shows a rejected analysis too; an edited text's author is no rater."""
    approved = released.filter(pl.col("tags").list.contains("review:approved"))
    rejected = held.filter(held_as="rejected")
    cards = ((approved, "approve"), (rejected, "reject"))
    return {key: said for frame, said in cards for key in frame.select("item_id", "tab_name").iter_rows()}


def _by_word(people: Said) -> Said:
    """A word is as good as its worst card of those that people reviewed."""
    words: dict[tuple[str, str], str] = {}
    for (item_id, _), said in people.items():
        word = item_id, ""
        words[word] = "reject" if "reject" in (said, words.get(word)) else said
    return words


def _yes_or_no(verdict: str) -> str:
    return "yes" if verdict in ("publish", "approve") else "no"
