"""Compare words by their letters: similar words differ in one letter, or in two letters if they are long.

Examples: 낫다 and 낳다, 가르치다 and 가리키다.
"""

from collections.abc import Iterator
from itertools import combinations

from korean_flashcards.confusables.word import NO_CODA, ConfusableWord

# Points for two similar letters, two different codas, two other letters, and two differences in a long word.
_LIKE, _CODA, _OTHER, _TWO = 60, 45, 40, 45
# Added for one-syllable words, if only the first syllable differs, if only its coda differs, and for long words.
_ONE_SYLLABLE, _SHORT, _SHORT_CODA, _LONG = -25, -20, -5, 5
# A long word has at least three syllables, without the ending that both words share (다 in dictionary forms).
_LONG_SYLLABLES, _LONGEST = 3, 8
# Letters that learners confuse as an onset, a vowel or a coda: the same place of articulation, or neighboring vowels.
_ALIKE = (
    ("ㄱㅋㄲ", "ㄷㅌㄸ", "ㅂㅍㅃ", "ㅈㅊㅉ", "ㅅㅆ"),
    ("ㅐㅔ", "ㅒㅖ", "ㅙㅚㅞ", "ㅓㅗ", "ㅕㅛ", "ㅡㅜ", "ㅓㅡ", "ㅢㅣ", "ㅗㅜ"),
    ("ㄱㄲㅋㄳㄺ", "ㄷㅅㅆㅈㅊㅌㅎ", "ㅂㅍㅄㄿ", "ㄴㅇ", "ㅁㅇ", "ㄴㄵㄶ", "ㄹㄼㅀㄽㄾ"),
)


def keys(word: ConfusableWord) -> Iterator[tuple[str, str]]:
    """Yield a copy of the word for each letter, with that letter replaced by a blank.

    For a long word, also yield copies with two blanks, each in a different inner syllable.
    """
    slots = word.slots
    if slots is None:
        return
    length = len(slots)
    for at in range(length):
        yield "one", f"{slots[:at]}_{slots[at + 1 :]}"
    if length // 3 - slots.endswith("ㄷㅏ" + NO_CODA) >= _LONG_SYLLABLES and length // 3 <= _LONGEST:
        for first, second in combinations(range(3, length - 3), 2):
            if first // 3 != second // 3:
                yield "two", f"{slots[:first]}_{slots[first + 1 : second]}_{slots[second + 1 :]}"


def points(one: ConfusableWord, other: ConfusableWord) -> int:
    """Return a pair's points: more for similar letters and longer words, and 0 for names and if too many letters differ."""
    if one.is_proper or other.is_proper:
        return 0
    if one.slots is None or other.slots is None or len(one.slots) != len(other.slots):
        return 0
    apart = _apart(one.slots, other.slots)
    differing = apart[-1] // 3 + 1 if apart else 0
    if len(apart) == 2 and 3 <= apart[0] < apart[1] // 3 * 3 and _LONG_SYLLABLES <= differing < len(one.slots) // 3:
        return _TWO
    if len(apart) != 1:
        return 0
    (at,) = apart
    coda = at % 3 == 2 and NO_CODA not in (one.slots[at], other.slots[at])
    worth = _LIKE if _alike(at, one.slots, other.slots) else _CODA if coda else _OTHER
    if len(one.slots) == 3:
        return worth + _ONE_SYLLABLE
    if differing == 1:
        return worth + (_SHORT_CODA if coda else _SHORT)
    return worth + (_LONG if differing >= _LONG_SYLLABLES else 0)


def why(one: ConfusableWord, other: ConfusableWord) -> str:
    """Return the reason for the points, including the letters that differ."""
    assert one.slots is not None and other.slots is not None
    first, second = sorted([one.slots, other.slots])
    apart = _apart(first, second)
    letters = " and ".join(f"{_named(first[at])}/{_named(second[at])}" for at in apart)
    return f"they differ in {'one letter' if len(apart) == 1 else 'two letters'} ({letters})"


def _apart(one: str, other: str) -> list[int]:
    """Return the indexes at which the words differ."""
    return [at for at, (mine, theirs) in enumerate(zip(one, other, strict=True)) if mine != theirs]


def _alike(at: int, one: str, other: str) -> bool:
    return any(one[at] in group and other[at] in group for group in _ALIKE[at % 3])


def _named(letter: str) -> str:
    return "none" if letter == NO_CODA else letter
