"""The word is at work in the examples that a card or a record gives of it."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.occurrence import occurs_in
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.records import Finding, Severity

NO_EXAMPLE_HAS_THE_WORD = Check(
    "no_example_has_the_word", Severity.ERROR, "the card gives Korean examples, and none of them has the word",
    "the word or an inflection of it in the Korean that the back quotes with a translation",
    needs_morphology=True,
)  # fmt: skip
EXAMPLE_WITHOUT_WORD = Check(
    "example_without_word", Severity.WARNING, "an example sentence has neither the word nor one it is compared with",
    "the word, the word compared with and the keywords, inflected or not, in each sentence quoted with a translation",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (NO_EXAMPLE_HAS_THE_WORD, EXAMPLE_WITHOUT_WORD)


def examples_of_card(card: Card) -> Iterator[Finding]:
    """At least one example has the word; a sentence without it has a word that is told apart from it.

    Hanja cards quote sister words, and a particle or ending is told apart from others by sentences with these.
    """
    analysis = card.analysis
    sentences = [snippet.korean for snippet in card.snippets if snippet.is_sentence]
    if not sentences or card.tab_name == "Hanja":
        return
    if not any(analysis.occurs_in(snippet.korean) for snippet in card.snippets):
        yield NO_EXAMPLE_HAS_THE_WORD.at("back", f"no example has {analysis.word} in it, not even “{sentences[0]}”")
        return
    if analysis.is_bound:
        return
    related = [each for each in (analysis.vs, *analysis.keywords) if each]
    for sentence in sentences:
        words = (each for each in related if occurs_in(each, sentence))
        if not analysis.occurs_in(sentence) and not any(words):
            yield EXAMPLE_WITHOUT_WORD.at("back", f"“{sentence}” is no example of {analysis.word}")
