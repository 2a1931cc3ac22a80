"""Draw a stratified sample of words. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import polars as pl

from korean_flashcards.domain.errors import SettingsError

# Short names of columns of the vocabulary.
_COLUMNS = {"level": "topik_level"}


@dataclass(frozen=True)
class WordSample(Sequence[str]):
    """The word IDs of a sample, in the order of the vocabulary, and how they were drawn."""

    item_ids: tuple[str, ...]
    seed: int
    by: tuple[str, ...]

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self.item_ids[index]

    def __len__(self) -> int:
        return len(self.item_ids)

    def __repr__(self) -> str:
        return f"{len(self)} words: {', '.join(self.item_ids)}"


def draw_sample(vocabulary: pl.DataFrame, count: int, seed: int, by: str) -> WordSample:
    """Return a sample in which each group of words has its share, rounded to whole words.

    The same seed draws the same words. A word's place in the draw depends only on its ID, so most of a sample stays the
    same if words are added to the vocabulary.

    Args:
        vocabulary: The words to draw from.
        count: The number of words.
        seed: Any whole number. Different seeds draw different samples.
        by: The columns whose values form the groups, such as "pos,level", or "" for a simple sample.

    Raises:
        SettingsError: There are not that many words, or a column is unknown.
    """
    names = tuple(name.strip() for name in by.split(",") if name.strip())
    columns = [_COLUMNS.get(name, name) for name in names]
    if unknown := [name for name, column in zip(names, columns, strict=True) if column not in vocabulary.columns]:
        raise SettingsError(
            f"The vocabulary has no column named {unknown[0]}. Its columns include level, {', '.join(vocabulary.columns)}."
        )
    if not 1 <= count <= vocabulary.height:
        raise SettingsError(f"A sample can have 1 to {vocabulary.height:,} words, not {count:,}.")
    groups: dict[tuple[object, ...], list[str]] = {}
    for item_id, *values in vocabulary.select("item_id", *columns).iter_rows():
        groups.setdefault(tuple(values), []).append(item_id)
    drawn: set[str] = set()
    for group, size in _shares(groups, count, vocabulary.height, seed).items():
        drawn.update(sorted(groups[group], key=lambda item_id: _place(seed, item_id))[:size])
    return WordSample(tuple(item_id for item_id in vocabulary["item_id"] if item_id in drawn), seed, names)


def _shares(
    groups: dict[tuple[object, ...], list[str]], count: int, total: int, seed: int
) -> dict[tuple[object, ...], int]:
    """Return each group's number of words: its exact share rounded down, then one more for the largest remainders."""
    shares = {values: count * len(words) // total for values, words in groups.items()}
    by_remainder = sorted(
        groups, key=lambda values: (-(count * len(groups[values]) % total), _place(seed, repr(values)))
    )
    for values in by_remainder[: count - sum(shares.values())]:
        shares[values] += 1
    return shares


def _place(seed: int, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}\0{name}".encode(), digest_size=16).digest()
