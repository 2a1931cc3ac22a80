"""Count blind preferences: wins with an interval, how reliable each rater is, and how much raters agree. Pure."""

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple, TypeVar

from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.prompts.preferences import Choice, Kind, Preference

_Z = 1.959964  # the standard normal quantile of a 95 % interval
Key = TypeVar("Key", bound=Hashable)
_CHOICES: tuple[Choice, ...] = ("A", "B", "same")


class RaterFigures(NamedTuple):
    """Counts the preferences of one rater.

    Attributes:
        a: Number of words whose cards by A are preferred.
        b: Number of words whose cards by B are preferred.
        same: Number of words without a preference, also because the answer changed when the cards were exchanged.
        low: Lower end of the 95 % interval (Wilson) of B's share of the words with a preference.
        high: Upper end of the interval.
        twice: Number of words that were answered in both orders.
        consistent: Number of these words with the same answer in both orders.
        first: Number of answers that preferred the cards shown first.
        decided: Number of answers with a preference.
    """

    rater: str
    kind: Kind
    a: int
    b: int
    same: int
    low: float
    high: float
    twice: int
    consistent: int
    first: int
    decided: int


class RaterAgreement(NamedTuple):
    """Counts the words on which two raters agree.

    Attributes:
        words: Number of words that both have rated.
        agreed: Number of these words with the same preference.
        kappa: Cohen's kappa, or None if it is not defined.
    """

    raters: tuple[str, str]
    words: int
    agreed: int
    kappa: float | None


def rater_figures(answers: Iterable[Preference]) -> list[RaterFigures]:
    """Return the figures of each rater, in the order of their first answers."""
    return [_figures(rater, kind, own) for (rater, kind), own in _by_rater(answers).items()]


def agreements(answers: Iterable[Preference]) -> list[RaterAgreement]:
    """Return the agreement of each two raters who have rated the same words."""
    votes = {_name(*rater): _votes(own) for rater, own in _by_rater(answers).items()}
    pairs = combinations(votes, 2)
    return [found for one, other in pairs if (found := _agreement((one, other), votes[one], votes[other])).words]


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, 1927), or 0 to 1 without trials."""
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, _Z * _Z / trials
    middle = (share + square / 2) / (1 + square)
    half = _Z * math.sqrt(share * (1 - share) / trials + square / (4 * trials)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def cohens_kappa(pairs: Sequence[tuple[Choice, Choice]]) -> float | None:
    """Return Cohen's kappa (1960) of two raters' choices, or None if both always chose the same one or there are none."""
    count = len(pairs)
    if not count:
        return None
    agreed = sum(one == other for one, other in pairs) / count
    chance = sum(
        sum(one == choice for one, _ in pairs) * sum(other == choice for _, other in pairs) for choice in _CHOICES
    ) / (count * count)
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def preference_lines(answers: Sequence[Preference]) -> Iterator[str]:
    """Yield the figures and the agreements as sentences."""
    for one in rater_figures(answers):
        yield _rater_text(one)
    for each in agreements(answers):
        kappa = "" if each.kappa is None else f", Cohen's kappa {each.kappa:.2f}"
        yield (
            f"{each.raters[0]} and {each.raters[1]} agree on {each.agreed} of {counted(each.words, 'word')} "
            f"({each.agreed / each.words:.0%}{kappa})."
        )


def _rater_text(one: RaterFigures) -> str:
    words = one.a + one.b + one.same
    parts = [f"{_name(one.rater, one.kind)}: {counted(words, 'word')}, A better in {one.a}, B better in {one.b}, "
             f"same in {one.same}."]  # fmt: skip
    if preferred := one.a + one.b:
        parts.append(
            f"B's share without ties: {one.b / preferred:.0%} (95 % interval {one.low:.0%} to {one.high:.0%})."
        )
    if one.twice:
        parts.append(f"Shown in both orders: {counted(one.twice, 'word')}, {one.consistent} with the same answer.")
    if one.decided:
        parts.append(f"The cards shown first were preferred in {one.first} of {counted(one.decided, 'answer')}.")
    return " ".join(parts)


def _figures(rater: str, kind: Kind, answers: Sequence[Preference]) -> RaterFigures:
    votes = list(_votes(answers).values())
    a, b = votes.count("A"), votes.count("B")
    both = [group for group in _by_word(answers).values() if len({one.first for one in group}) == 2]
    decided = [one for one in answers if one.choice != "same"]
    return RaterFigures(
        rater, kind, a, b, votes.count("same"), *wilson(b, a + b), len(both),
        sum(len({one.choice for one in group}) == 1 for group in both),
        sum(one.choice == one.first for one in decided), len(decided),
    )  # fmt: skip


def _votes(answers: Iterable[Preference]) -> dict[str, Choice]:
    """Return one choice for each word. Answers that contradict each other count as "same".

    A model tends to prefer one place, so a word that the judge has seen in one order only is left out.
    """
    found: dict[str, Choice] = {}
    for item_id, group in _by_word(answers).items():
        if group[0].kind == "judge" and len({one.first for one in group}) < 2:
            continue
        choices = {one.choice for one in group}
        found[item_id] = choices.pop() if len(choices) == 1 else "same"
    return found


def _agreement(raters: tuple[str, str], one: dict[str, Choice], other: dict[str, Choice]) -> RaterAgreement:
    pairs = [(one[item_id], other[item_id]) for item_id in one if item_id in other]
    return RaterAgreement(raters, len(pairs), sum(left == right for left, right in pairs), cohens_kappa(pairs))


def _by_rater(answers: Iterable[Preference]) -> dict[tuple[str, Kind], list[Preference]]:
    return _grouped(answers, lambda one: (one.rater, one.kind))


def _by_word(answers: Iterable[Preference]) -> dict[str, list[Preference]]:
    return _grouped(answers, lambda one: one.item_id)


def _grouped(answers: Iterable[Preference], key: Callable[[Preference], Key]) -> dict[Key, list[Preference]]:
    found: dict[Key, list[Preference]] = {}
    for one in answers:
        found.setdefault(key(one), []).append(one)
    return found


def _name(rater: str, kind: Kind) -> str:
    return f"{rater} (judge)" if kind == "judge" else rater
