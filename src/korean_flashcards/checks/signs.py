"""Declare what a text must contain for a rule to find something. Rules whose signs are absent are not called.

Most texts contain the signs of few rules. A rule declares its signs with ``only_with``, and ``Rules`` looks for the signs
of all rules at once. A sign is one of these:

- a lowercase word, or a phrase that begins with one: "humble", "the news", "ㄹ drop". The first word must be a whole word.
- a pair of adjacent Hangul syllables: "불규". It may also be in a keyword.
- any other text, such as a mark or a letter: "[", "ㅏ", "+ -".
- ``HAN``: any Chinese character.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding

_WORD = lazy_regex(r"\w+(?=\W)|[a-z]+|[가-힣]{2,}")
HAN = "漢字"  # a sign: any Chinese character
_PAIR = lazy_regex("[가-힣]{2}")
_Subject = TypeVar("_Subject", Analysis, Card)
_Rule = TypeVar("_Rule", bound=Callable[..., Iterable[Finding]])


class Signs:
    """Signs of a rule. It finds something only in texts that contain at least one of them.

    A phrase is searched only if the text contains its first word, so dozens of phrases take as long as one.
    """

    def __init__(self, *phrases: str) -> None:
        """Create the signs. Each must be a word or begin with one."""
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for phrase in phrases:
            self._by_start[start_of(phrase)].append(phrase)
        self._starts = frozenset(self._by_start)

    def found_in(self, subject: Analysis | Card) -> list[str]:
        """Return the words and phrases that are in the prose of a record or on a card."""
        starts = self._starts & subject.words
        return [phrase for start in starts for phrase in self._by_start[start] if phrase in subject.all_prose]


def start_of(sign: str) -> str:
    """Return the word or pair of syllables that a text with the sign contains, or "" if it begins with neither."""
    start = _PAIR.fullmatch(sign) or _WORD.match(sign)
    return start[0] if start else ""


_SIGNS: dict[Callable[..., Iterable[Finding]], tuple[str, ...]] = {}


def only_with(*signs: str) -> Callable[[_Rule], _Rule]:
    """Declare the signs of a rule, which is then called only for records and cards with at least one of them."""

    def declare(rule: _Rule) -> _Rule:
        _SIGNS[rule] = signs
        return rule

    return declare


class Rules(Generic[_Subject]):
    """The rules for analyses or for cards, in the order of their findings."""

    def __init__(self, *rules: Callable[[_Subject], Iterable[Finding]]) -> None:
        self.all: tuple[Callable[[_Subject], Iterable[Finding]], ...] = rules
        # Sets of rules are integers with a bit for each rule, because joining them takes less time.
        self._bits: list[tuple[int, Callable[[_Subject], Iterable[Finding]]]] = [
            (1 << at, rule) for at, rule in enumerate(rules)
        ]
        self._always: int = sum(bit for bit, rule in self._bits if rule not in _SIGNS)
        self._alone: dict[str, int] = defaultdict(int)
        phrases: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for bit, rule in self._bits:
            for sign in _SIGNS.get(rule, ()):
                if (start := start_of(sign)) == sign:
                    self._alone[sign] |= bit
                else:
                    phrases[start][sign] |= bit
        self._others = tuple(phrases.pop("", {}).items())
        self._phrases = {start: tuple(signs.items()) for start, signs in phrases.items()}
        self._starts = frozenset((*self._alone, *self._phrases))

    def that_may_find(self, subject: _Subject) -> list[Callable[[_Subject], Iterable[Finding]]]:
        """Return the rules without signs, and the rules with a sign that the subject contains."""
        called, prose = self._always, subject.all_prose
        for start in (*(self._starts & subject.words), *(self._starts & subject.pairs)):
            called |= self._alone.get(start, 0)
            for sign, rules in self._phrases.get(start, ()):
                if sign in prose:
                    called |= rules
        for sign, rules in self._others:
            if subject.has_han if sign == HAN else sign in prose:
                called |= rules
        return [rule for bit, rule in self._bits if called & bit]
