"""The same headword, and other words that sound the same, by the standard pronunciation."""

from collections.abc import Iterator

from korean_flashcards.confusables.word import ConfusableWord

_SAME_WORD, _SAME_SOUND, _MERGED = 90, 80, 65


def keys(word: ConfusableWord) -> Iterator[str]:
    """What is heard."""
    yield word.merged_sound


def points(one: ConfusableWord, other: ConfusableWord) -> int:
    """More for the same word and the same sound than for sounds that have merged; 0 for another sound."""
    if one.bare == other.bare:
        return _SAME_WORD
    if one.sound == other.sound:
        return _SAME_SOUND
    return _MERGED if one.merged_sound == other.merged_sound else 0


def why(one: ConfusableWord, other: ConfusableWord) -> str:
    """What is heard of both."""
    if one.bare == other.bare:
        return "the same word with another meaning"
    if one.sound == other.sound:
        return f"both are said [{one.sound}]"
    return "they sound alike, as many speakers no longer tell their vowels apart"
