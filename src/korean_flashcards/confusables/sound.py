"""Compare words by their standard pronunciation: homographs and homophones."""

from collections.abc import Iterator

from korean_flashcards.confusables.word import ConfusableWord

_SAME_WORD, _SAME_SOUND, _MERGED = 90, 80, 65


def keys(word: ConfusableWord) -> Iterator[str]:
    """Yield the word's pronunciation, with the same symbol for vowels that sound alike."""
    yield word.merged_sound


def points(one: ConfusableWord, other: ConfusableWord) -> int:
    """Return the most points for homographs, fewer for homophones, and the fewest for near-homophones.

    Near-homophones differ only in vowels that sound alike. Return 0 for words that sound different.
    """
    if one.bare == other.bare:
        return _SAME_WORD
    if one.is_proper or other.is_proper:
        return 0
    if one.sound == other.sound:
        return _SAME_SOUND
    return _MERGED if one.merged_sound == other.merged_sound else 0


def why(one: ConfusableWord, other: ConfusableWord) -> str:
    """Return the reason for the points, including any pronunciation that both words share."""
    if one.bare == other.bare:
        return "they are spelled the same but have different meanings"
    if one.sound == other.sound:
        return f"both are pronounced [{one.sound}]"
    return "they sound alike because many speakers no longer distinguish their vowels"
