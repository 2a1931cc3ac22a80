"""The card's honorific_level agrees with the word's own ending and with the sentences that show the word."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.occurrence import spelled_in
from korean_flashcards.checks.speech import SpeechLevel, honours_someone, humbles_speaker, speech_level
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.records import Finding, Severity

LEVEL_CONTRADICTS = Check(
    "level_contradicts", Severity.ERROR, "honorific_level contradicts the ending of the word itself",
    "the ending of a term that is a verb form or phrase: 갔어요 is polite, 갔어 casual, 갔습니다 formal",
)  # fmt: skip
REGISTER = Check(
    "register", Severity.WARNING, "the examples are in another speech level than honorific_level says",
    "the endings of the sentences with the word; for humble and honorific 저, 드리다, -(으)시-, 께서 and such words",
)  # fmt: skip
CHECKS = (LEVEL_CONTRADICTS, REGISTER)

# Levels of a sentence that no word of this honorific_level would be shown in by itself. Polite and formal words serve in
# both, written ones in plain sentences too, and a noun among friends (엄마) in a polite sentence.
_NEVER = {
    "formal": frozenset((SpeechLevel.CASUAL,)),
    "polite": frozenset((SpeechLevel.CASUAL, SpeechLevel.PLAIN)),
    "casual": frozenset((SpeechLevel.FORMAL,)),
}
_CONTRADICTORY = {
    SpeechLevel.POLITE: frozenset(("casual",)),
    SpeechLevel.FORMAL: frozenset(("casual",)),
    SpeechLevel.CASUAL: frozenset(("polite", "formal")),
}
_INFLECTED = frozenset(("verb", "adjective", "phrase"))


def level_is_the_words(card: Card) -> Iterator[Finding]:
    """A verb form carries the level that its ending has."""
    own = _own_level(card)
    if own and card.level in _CONTRADICTORY.get(own, ()):
        word = card.analysis.word
        yield LEVEL_CONTRADICTS.at("honorific_level", f"{word} ends in the {own} style, the card says {card.level}")


def examples_have_the_level(card: Card) -> Iterator[Finding]:
    """Not all sentences that show the word are in a level that it does not have. Formal-Casual cards show them all."""
    sentences = [snippet.korean for snippet in card.snippets if snippet.is_sentence]
    if card.tab_name == "Formal-Casual" or not sentences:
        return
    if card.level == "honorific" and not any(map(honours_someone, sentences)):
        yield REGISTER.at("back", f"the word is honorific, but nobody is honoured in “{sentences[0]}”")
    if card.level == "humble" and not any(map(humbles_speaker, sentences)):
        yield REGISTER.at("back", f"the word is humble, but nobody is humbled in “{sentences[0]}”")
    shown = [(level, text) for text in sentences if spelled_in(_stem(card), text) and (level := speech_level(text))]
    if shown and all(level in _never(card) for level, _ in shown):
        level, text = shown[0]
        yield REGISTER.at("back", f"honorific_level is {card.level}, but “{text}” is {level}")


def _never(card: Card) -> frozenset[SpeechLevel]:
    polite = frozenset((SpeechLevel.POLITE,)) if _own_level(card) is SpeechLevel.CASUAL else frozenset()
    return _NEVER.get(card.level, frozenset()) | (polite if card.level == "casual" else frozenset())


def _own_level(card: Card) -> SpeechLevel | None:
    """The level of the term's ending; dictionary forms and words of other classes have none."""
    pos, word = card.analysis.text("pos"), card.analysis.spoken
    level = speech_level(word) if pos in _INFLECTED else None
    return None if level is SpeechLevel.PLAIN else level


def _stem(card: Card) -> str:
    """The part of the word that its other forms share as they are written."""
    word = card.analysis.spoken
    return word[:-1] if card.analysis.text("pos") in _INFLECTED and len(word) > 2 else word
