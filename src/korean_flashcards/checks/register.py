"""Check that a card's honorific_level agrees with the word's ending and with the sentences that contain the word."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.occurrence import spelled_in
from korean_flashcards.checks.speech import SpeechLevel, honours_someone, humbles_speaker, speech_level
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.records import Finding, Severity

LEVEL_CONTRADICTS = Check(
    "level_contradicts", Severity.ERROR, "The honorific_level field contradicts the word's own ending.",
    "Checks the ending of a verb form or phrase: 갔어요 is polite, 갔어 is casual, and 갔습니다 is formal.",
)  # fmt: skip
REGISTER = Check(
    "register", Severity.WARNING, "The examples' speech level contradicts the honorific_level field.",
    "Checks how sentences with the word end, and looks for humble and honorific forms (저, -(으)시-, 께서).",
)  # fmt: skip
CHECKS = (LEVEL_CONTRADICTS, REGISTER)

# Sentence levels that contradict each honorific_level. Polite and formal words occur at both levels. Written words also
# occur in plain sentences, and casual nouns (엄마) in polite ones.
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
    """Report a verb form whose ending contradicts the card's level."""
    own = _own_level(card)
    if own and card.level in _CONTRADICTORY.get(own, ()):
        word = card.analysis.word
        yield LEVEL_CONTRADICTS.at(
            "honorific_level", f"the ending of {word} is {own}, but honorific_level is {card.level}"
        )


def examples_have_the_level(card: Card) -> Iterator[Finding]:
    """Report a card if every sentence that contains the word contradicts the card's level.

    Formal-Casual cards are skipped because they show several speech levels.
    """
    sentences = [snippet.korean for snippet in card.snippets if snippet.is_sentence]
    if card.tab_name == "Formal-Casual" or not sentences:
        return
    korean = [snippet.korean for snippet in card.snippets]
    if card.level == "honorific" and not any(map(honours_someone, korean)):
        yield REGISTER.at("back", f"honorific_level is honorific, but “{sentences[0]}” has no honorific form")
    if card.level == "humble" and not any(map(humbles_speaker, korean)):
        yield REGISTER.at("back", f"honorific_level is humble, but “{sentences[0]}” has no humble form")
    shown = [(level, text) for text in sentences if spelled_in(_stem(card), text) and (level := speech_level(text))]
    if shown and all(level in _never(card) for level, _ in shown):
        level, text = shown[0]
        yield REGISTER.at("back", f"honorific_level is {card.level}, but “{text}” is {level}")


def _never(card: Card) -> frozenset[SpeechLevel]:
    polite = frozenset((SpeechLevel.POLITE,)) if _own_level(card) is SpeechLevel.CASUAL else frozenset()
    return _NEVER.get(card.level, frozenset()) | (polite if card.level == "casual" else frozenset())


def _own_level(card: Card) -> SpeechLevel | None:
    """Return the speech level of the term's ending, or None for dictionary forms and words that do not inflect."""
    pos, word = card.analysis.text("pos"), card.analysis.spoken
    level = speech_level(word) if pos in _INFLECTED else None
    return None if level is SpeechLevel.PLAIN else level


def _stem(card: Card) -> str:
    """Return the part of the word that is spelled the same in all its forms."""
    word = card.analysis.spoken
    return word[:-1] if card.analysis.text("pos") in _INFLECTED and len(word) > 2 else word
