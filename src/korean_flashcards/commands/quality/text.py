"""Format the output of `kedro quality`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.terminal import table
from korean_flashcards.domain.plurals import counted

# With fewer items rated by both raters, kappa's large-sample confidence interval is only approximate.
_FEW = 30
NOT_JUDGED = "The judge has not rated any word yet. The parameter quality.judge turns on the judge."


def listing_lines(cards: Sequence[Mapping[str, Any]], count: int, verdicts: Mapping[str, int]) -> Iterator[str]:
    """Yield the number of cards per verdict, then a table of cards, each followed by the main reason for its score."""
    by_verdict = ", ".join(f"{number:,} {verdict}" for verdict, number in verdicts.items())
    yield f"{counted(count, 'card')}: {by_verdict}"
    columns = ("item_id", "tab_name", "score", "verdict", "errors", "warnings")
    rows = ([card[name] for name in columns] for card in cards)
    head, *lines = table(("word", "card", "score", "verdict", "errors", "warnings"), rows, longest=24).split("\n")
    yield head
    for line, card in zip(lines, cards, strict=True):
        yield line
        if card["reasons"]:
            yield from wrapped(card["reasons"][0], 4)
    if count > len(cards):
        yield f"… and {count - len(cards):,} more (--limit)"


def agreement_lines(pairs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a table of the agreement between raters, then notes on missing or uncertain figures."""
    yield table(("raters", "rated by both", "same", "kappa", "95% interval"), map(_agreement, pairs))
    rated = {(pair["first"], pair["second"]): pair["rated"] for pair in pairs}
    if any(pair["agreed"] is not None and pair["kappa"] is None for pair in pairs):
        yield "Kappa is undefined if both raters give every item the same verdict."
    if any(pair["kappa"] is not None and pair["low"] is None for pair in pairs):
        yield "There is no confidence interval if one rater gives every item the same verdict."
    if not rated["score", "judge"]:
        yield NOT_JUDGED
    if not rated["score", "people"]:
        yield "Nobody has approved or rejected a card yet."
    if any(0 < count < _FEW for count in rated.values()):
        yield f"With fewer than {_FEW} items, the confidence interval is only approximate."


def fault_lines(faults: Sequence[Mapping[str, Any]], judged: int) -> Iterator[str]:
    """Yield the number of faults, then each fault with its place, followed by the reason and the quote."""
    yield f"{counted(len(faults), 'fault')} in {counted(judged, 'judged word')}"
    for fault in faults:
        yield from wrapped(f"{fault['item_id']} {fault['card']}, {fault['field']}: {fault['fault']}", 0, 2)
        yield from wrapped(f"{fault['reason']} ({fault['quote']})", 4)


def check_lines(checks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield each check with its points and meaning, followed by a line on what the check examines."""
    for check in checks:
        yield from wrapped(f"{check['code']} ({check['severity']}, −{check['points']:g}): {check['meaning']}", 0, 2)
        yield from wrapped(check["looks_at"], 4)


def _agreement(pair: Mapping[str, Any]) -> tuple[Any, ...]:
    raters, rated = f"{pair['first']} and {pair['second']}", f"{pair['rated']:,} {pair['things']}"
    if pair["agreed"] is None:
        return raters, rated, "", "", ""
    if pair["kappa"] is None:
        return raters, rated, f"{pair['agreed']:.0%}", "undefined", ""
    interval = "none" if pair["low"] is None else f"{pair['low']:.2f} to {pair['high']:.2f}"
    return raters, rated, f"{pair['agreed']:.0%}", f"{pair['kappa']:.2f}", interval
