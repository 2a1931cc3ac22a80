"""Compare words by their letters: similar words differ in one letter, or in two letters if they are long.

Examples: 낫다 and 낳다, 가르치다 and 가리키다.
"""

from collections.abc import Sequence
from functools import cache
from itertools import combinations

import polars as pl

from korean_flashcards.confusables.pair_frames import both, flagged, shared_keys
from korean_flashcards.confusables.word import NO_CODA, ConfusableWord

# Points for two similar letters, two different codas, two other letters, and two differences in a long word.
_LIKE, _CODA, _OTHER, _TWO = 60, 45, 40, 45
# Added for one-syllable words, if only the first syllable differs, if only its coda differs, and for long words.
_ONE_SYLLABLE, _SHORT, _SHORT_CODA, _LONG = -25, -20, -5, 5
# A long word has at least three syllables, without the ending that both words share (다 in dictionary forms).
_LONG_SYLLABLES, _LONGEST = 3, 8
_ENDING = "ㄷㅏ" + NO_CODA
# Letters that learners confuse as an onset, a vowel or a coda: the same place of articulation, or neighboring vowels.
_ALIKE = (
    ("ㄱㅋㄲ", "ㄷㅌㄸ", "ㅂㅍㅃ", "ㅈㅊㅉ", "ㅅㅆ"),
    ("ㅐㅔ", "ㅒㅖ", "ㅙㅚㅞ", "ㅓㅗ", "ㅕㅛ", "ㅡㅜ", "ㅓㅡ", "ㅢㅣ", "ㅗㅜ"),
    ("ㄱㄲㅋㄳㄺ", "ㄷㅅㅆㅈㅊㅌㅎ", "ㅂㅍㅄㄿ", "ㄴㅇ", "ㅁㅇ", "ㄴㄵㄶ", "ㄹㄼㅀㄽㄾ"),
)


def keys(first: int, words: Sequence[ConfusableWord]) -> pl.DataFrame:
    """Return hashes of copies of each word in which one letter is replaced by a blank. ``first`` is the first word's index.

    For a long word, also return copies with two blanks, each in a different inner syllable.
    """
    own = pl.DataFrame({"slots": [word.slots for word in words]}, {"slots": pl.String}).with_row_index("word", first)
    own = own.drop_nulls().with_columns(length=pl.col("slots").str.len_chars())
    one = own.with_columns(at=pl.int_ranges("length")).explode("at").drop_nulls("at")
    syllables = pl.col("length") // 3 - pl.col("slots").str.ends_with(_ENDING).cast(pl.UInt32)
    is_long = (syllables >= _LONG_SYLLABLES) & (pl.col("length") <= 3 * _LONGEST)
    two = own.filter(is_long).join(_inner_letters(), on="length", maintain_order="left")
    copies = (
        one.select("word", key=_part(0, "at") + "_" + _rest("at")),
        two.select("word", key=_part(0, "one") + "_" + _part(pl.col("one") + 1, "other") + "_" + _rest("other")),
    )
    return pl.concat(copies).with_columns(pl.col("key").hash())


def points(pairs: pl.DataFrame, words: pl.DataFrame, letters: pl.DataFrame) -> pl.Series:
    """Return the points of each pair, or 0 for names and for words that differ in too many letters."""
    slots = both(pairs.select("a", "b").with_row_index("pair"), words, "slots", "is_proper", "slot_count")
    same_length = pl.col("slot_count_a") == pl.col("slot_count_b")
    # Words that share no key differ in more letters, unless they are too long for the keys with two blanks.
    may_be_alike = flagged(pairs, shared_keys(pairs, letters)["pair"]) | (slots["slot_count_a"] > 3 * _LONGEST)
    found = slots.filter(may_be_alike & same_length & ~pl.col("is_proper_a") & ~pl.col("is_proper_b"))
    worth = pl.Series(map(_points, found["slots_a"], found["slots_b"]), dtype=pl.Int16)
    return pl.zeros(pairs.height, dtype=pl.Int16, eager=True).scatter(found["pair"], worth)


def _points(one: str, other: str) -> int:
    """Return more points for similar letters and longer words."""
    apart = _apart(one, other)
    differing = apart[-1] // 3 + 1 if apart else 0
    if len(apart) == 2 and 3 <= apart[0] < apart[1] // 3 * 3 and _LONG_SYLLABLES <= differing < len(one) // 3:
        return _TWO
    if len(apart) != 1:
        return 0
    (at,) = apart
    coda = at % 3 == 2 and NO_CODA not in (one[at], other[at])
    worth = _LIKE if _alike(at, one, other) else _CODA if coda else _OTHER
    if len(one) == 3:
        return worth + _ONE_SYLLABLE
    if differing == 1:
        return worth + (_SHORT_CODA if coda else _SHORT)
    return worth + (_LONG if differing >= _LONG_SYLLABLES else 0)


def why(one: str, other: str) -> str:
    """Return the reason for the points, including the letters that differ."""
    first, second = sorted([one, other])
    apart = _apart(first, second)
    letters = " and ".join(f"{_named(first[at])}/{_named(second[at])}" for at in apart)
    return f"they differ in {'one letter' if len(apart) == 1 else 'two letters'} ({letters})"


@cache
def _inner_letters() -> pl.DataFrame:
    """Return the pairs of letters in different inner syllables, for each number of letters in a long word."""
    rows = [
        (length, one, other)
        for length in range(3 * _LONG_SYLLABLES, 3 * _LONGEST + 1, 3)
        for one, other in combinations(range(3, length - 3), 2)
        if one // 3 != other // 3
    ]
    return pl.DataFrame(rows, dict.fromkeys(("length", "one", "other"), pl.UInt32), orient="row")


def _part(first: int | pl.Expr, end: str) -> pl.Expr:
    return pl.col("slots").str.slice(first, pl.col(end) - first)


def _rest(blank: str) -> pl.Expr:
    return pl.col("slots").str.slice(pl.col(blank) + 1)


def _apart(one: str, other: str) -> list[int]:
    """Return the indexes at which the words differ."""
    return [at for at, (mine, theirs) in enumerate(zip(one, other, strict=True)) if mine != theirs]


def _alike(at: int, one: str, other: str) -> bool:
    return any(one[at] in group and other[at] in group for group in _ALIKE[at % 3])


def _named(letter: str) -> str:
    return "none" if letter == NO_CODA else letter
