"""Find the advice on how to choose between two words that learners confuse, from the table of classic pairs."""

from collections.abc import Mapping

from korean_flashcards.confusables.classic_table import advice_of, sides_of
from korean_flashcards.korean.inflection import letters, noun_stems, verb_stems

_RARE = ("잇다", "업다", "갈다", "짜다")  # hardly anyone confuses 있다, 없다, 가다, and 자다 with these


def advice_on(word: str, definition: str, base: str) -> str:
    """Return the advice for the first classic pair that the word belongs to, or "".

    Args:
        word: The word.
        definition: Its meaning.
        base: Its dictionary form.
    """
    found = (advice_of(pair) for pair in sorted(_sides(word, definition)))
    return next((advice for advice in found if not any(f"{rare} " in advice and rare != base for rare in _RARE)), "")


def pair_advice(word: str, definition: str, other: str, other_definition: str) -> str:
    """Return the advice for two words, or "" if they are not the two words of a classic pair."""
    own, its = _sides(word, definition), _sides(other, other_definition)
    pairs = sorted(pair for pair, side in own.items() if its.get(pair, side) != side)
    return advice_of(pairs[0]) if pairs else ""


def _sides(word: str, definition: str) -> Mapping[int, int]:
    bare = word.replace(" ", "").strip("-~")
    # A stem without an ending, such as 울 of 울다, is not a word.
    return sides_of(bare, definition, verb_stems(bare) - {letters(bare)}, noun_stems(bare))
