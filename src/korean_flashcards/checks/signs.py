"""Tell quickly whether a text contains one of the words or phrases that a rule looks for. Most texts contain none."""

import re
from collections import defaultdict

from korean_flashcards.checks.subject import Analysis, Card

_WORD = re.compile(r"\w+")


class Signs:
    """Lowercase words and phrases, at least one of which is in each text in which a rule finds something.

    A phrase is searched only if the text contains its first word, so dozens of phrases take as long as one.
    """

    def __init__(self, *phrases: str) -> None:
        """Create the signs. Each phrase must begin with a whole word."""
        by_word: dict[str, list[str]] = defaultdict(list)
        for phrase in phrases:
            by_word[_WORD.findall(phrase)[0]].append(phrase)
        self._by_word = dict(by_word)

    def found_in(self, subject: Analysis | Card) -> list[str]:
        """Return the words and phrases that are in the prose of a record or on a card."""
        words = self._by_word.keys() & subject.words
        return [phrase for word in words for phrase in self._by_word[word] if phrase in subject.all_prose]
