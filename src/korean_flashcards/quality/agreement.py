"""Measure how much raters (score, judge, and people) agree beyond chance: Cohen's kappa, with a 95% interval. Pure."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import polars as pl

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema

_95_PERCENT = 1.959964  # standard errors on each side of the estimate: the normal distribution's 97.5th percentile


class Kappa(NamedTuple):
    """The agreement between two raters.

    If both raters always gave one and the same verdict, kappa is undefined because Cohen's formula divides by zero.
    Otherwise, if either rater always gave the same verdict, kappa is 0 and has no interval.

    Attributes:
        rated: Number of cards or words rated by both raters.
        agreed: Share of the rated cards or words that got the same verdict from both raters (0 to 1), or None if
            ``rated`` is 0.
        kappa: Cohen's kappa: 1 for full agreement, 0 for chance agreement, and negative for less agreement than
            expected by chance. None if undefined.
        low: Lower end of kappa's 95% interval, or None.
        high: Upper end of kappa's 95% interval, or None.
    """

    rated: int
    agreed: float | None = None
    kappa: float | None = None
    low: float | None = None
    high: float | None = None


def kappa(pairs: Iterable[tuple[str, str]]) -> Kappa:
    """Return the agreement between two raters. Each pair holds both raters' verdicts on the same card or word.

    kappa = (p_o - p_e) / (1 - p_e), where p_o is the observed agreement and p_e is the agreement expected from how
    often each rater gives each verdict (Cohen 1960, Educational and Psychological Measurement 20, 37-46). The interval
    is kappa ± 1.96 times its large-sample standard error (Fleiss, Cohen & Everitt 1969, Psychological Bulletin 72,
    323-327, formula 13), clipped to the range from -1 to 1. The interval is imprecise for fewer than about 30 pairs and
    has zero width at full agreement.
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
    """Return each verdict's share of all the verdicts that the rater gave."""
    margin: Counter[str] = Counter()
    for pair, share in shares.items():
        margin[pair[rater]] += share  # type: ignore[assignment]  # a Counter of shares
    return margin


def _variance(shares: dict[tuple[str, str], float], agreed: float, expected: float) -> float:
    """Return the variance of kappa times the number of pairs. The result is never negative, even with rounding errors."""
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

# things: what both raters rated ("cards" or "words"). The other columns are those of ``Kappa``.
AGREEMENT_SCHEMA = {"first": pl.String, "second": pl.String, "things": pl.String, **polars_schema(Kappa)}


def measure_agreement(
    quality: pl.DataFrame, judgements: pl.DataFrame, released: pl.DataFrame, held: pl.DataFrame
) -> pl.DataFrame:
    """Return the agreement between each pair of raters: score, judge, and people (AGREEMENT_SCHEMA).

    The judge rates words, so its verdicts are compared per word. The score's verdicts are compared with people's
    verdicts per card. People only approve or reject cards. In comparisons with people, "publish" counts as approval,
    and "review" and "reject" count as rejection.
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
    """Return the verdicts, keyed by item ID and tab_name. For a word, tab_name is ""."""
    tab_name = pl.col("tab_name").fill_null("") if "tab_name" in frame.columns else pl.lit("")
    return {(item, tab): said for item, tab, said in frame.select("item_id", tab_name, "verdict").iter_rows()}


def _people(released: pl.DataFrame, held: pl.DataFrame) -> Said:
    """Return the approvals and rejections made by people.

    A card whose analysis was rejected counts as rejected. An edit does not count as a verdict.
    """
    approved = released.filter(pl.col("tags").list.contains("review:approved"))
    rejected = held.filter(held_as="rejected")
    cards = ((approved, "approve"), (rejected, "reject"))
    return {key: said for frame, said in cards for key in frame.select("item_id", "tab_name").iter_rows()}


def _by_word(people: Said) -> Said:
    """Return people's verdicts per word. A word with a rejected card counts as rejected."""
    words: dict[tuple[str, str], str] = {}
    for (item_id, _), said in people.items():
        word = item_id, ""
        words[word] = "reject" if "reject" in (said, words.get(word)) else said
    return words


def _yes_or_no(verdict: str) -> str:
    return "yes" if verdict in ("publish", "approve") else "no"
