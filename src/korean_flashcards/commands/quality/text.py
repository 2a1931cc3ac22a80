"""What ``kedro quality`` prints."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from korean_flashcards.commands.terminal import table
from korean_flashcards.domain.plurals import counted

_FEW = 30  # things that both rated, above which kappa's large-sample interval is fair


def listing_lines(cards: Sequence[Mapping[str, Any]], count: int, verdicts: Mapping[str, int]) -> Iterator[str]:
    """The table of cards below how many there are of each verdict."""
    by_verdict = ", ".join(f"{number:,} {verdict}" for verdict, number in verdicts.items())
    yield f"{counted(count, 'card')}: {by_verdict}"
    yield table(("word", "card", "score", "verdict", "errors", "warnings", "why"), map(_listed, cards), longest=80)
    if count > len(cards):
        yield f"… and {count - len(cards):,} more (--limit)"


def agreement_lines(pairs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The table of raters, then what is missing for it to say more."""
    yield table(("raters", "rated by both", "alike", "kappa", "95 % interval"), map(_agreement, pairs))
    rated = {(pair["first"], pair["second"]): pair["rated"] for pair in pairs}
    if not rated["score", "judge"]:
        yield "No word is judged yet: quality.judge in parameters_quality.yml turns the judge on."
    if not rated["score", "people"]:
        yield "No card is approved or rejected yet by a person."
    if any(0 < count < _FEW for count in rated.values()):
        yield f"Below {_FEW} the interval is rough."


def check_lines(checks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each check with its meaning, and below it how it is found."""
    for check in checks:
        yield f"{check['code']} ({check['severity']}, −{check['points']:g}): {check['meaning']}"
        yield f"  {check['looks_at']}"


def _listed(card: Mapping[str, Any]) -> tuple[Any, ...]:
    columns = (card[name] for name in ("item_id", "tab_name", "score", "verdict", "errors", "warnings"))
    return *columns, next(iter(card["reasons"]), "")


def _agreement(pair: Mapping[str, Any]) -> tuple[Any, ...]:
    raters, rated = f"{pair['first']} and {pair['second']}", f"{pair['rated']:,} {pair['things']}"
    if pair["agreed"] is None:
        return raters, rated, "", "", ""
    if pair["kappa"] is None:
        return raters, rated, f"{pair['agreed']:.0%}", "not defined: both always say the same", ""
    interval = (
        "none: one of them always says the same" if pair["low"] is None else f"{pair['low']:.2f} to {pair['high']:.2f}"
    )
    return raters, rated, f"{pair['agreed']:.0%}", f"{pair['kappa']:.2f}", interval
