"""Format a number with a singular or plural noun, and lists of names."""

from collections.abc import Sequence


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: "1 word", "1,200 words". Irregular nouns need ``plural``: "2 replies"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duplicate_count(duplicates: int, updated: int) -> str:
    """Return the number of duplicate rows, and how many of them updated a word: "3 duplicates (2 updated)"."""
    return counted(duplicates, "duplicate") + (f" ({updated:,} updated)" if updated else "")


def listed(names: Sequence[str]) -> str:
    """Return names as part of a sentence: "a", "a and b", "a, b, and c"."""
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])}, and {names[-1]}"
