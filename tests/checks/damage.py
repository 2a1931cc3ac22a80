"""Define ways to damage good entries for tests. A damage returns None if it does not apply to an entry."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from checks.good_records import Entry, Row, all_entries

from korean_flashcards.korean.hangul import has_hangul, strip_to_hangul

Damager = Callable[[Entry, Random], Entry | None]


class Damage(NamedTuple):
    """Represent one way to damage an entry. A finding with any of the ``codes`` detects it correctly."""

    name: str
    codes: frozenset[str]
    do: Damager


def damage(*codes: str) -> Callable[[Damager], Damage]:
    """Return a decorator that turns a function into a damage detected by these codes."""
    return lambda do: Damage(do.__name__, frozenset(codes), do)


def with_record(entry: Entry, **fields: Any) -> Entry:
    return entry._replace(record=entry.record | fields)


def with_ipa(entry: Entry, ipa: str) -> Entry:
    """Return the entry with this IPA in both ipa and term, where the parser writes it."""
    return with_record(entry, ipa=ipa, term=f"{entry.word['term']}{ipa}")


def with_card(entry: Entry, tab_name: str, **fields: Any) -> Entry:
    return entry._replace(cards=[card | fields if card["tab_name"] == tab_name else card for card in entry.cards])


def card_of(entry: Entry, *tab_names: str) -> Row | None:
    return next((card for card in entry.cards if not tab_names or card["tab_name"] in tab_names), None)


def another(entry: Entry, random: Random, same: Callable[[Entry], bool] = lambda other: True) -> Entry:
    """Return a random entry whose word has no syllable in common with this one."""
    mine = set(strip_to_hangul(" ".join([entry.word["term"], *entry.record["korean_keywords"]])))
    others = [
        other for other in all_entries()
        if same(other) and len(other.word["term"]) > 1 and not mine & set(strip_to_hangul(other.word["term"]))
    ]  # fmt: skip
    return random.choice(others)


def as_if_by_a_model(entry: Entry) -> Entry:
    """Return the entry as if a language model had written it.

    The offline model uses the same layout for all words by design, so the checks report repeated texts only in records of
    language models.
    """
    return entry._replace(
        record=entry.record | {"model": "by/model"}, cards=[card | {"model": "by/model"} for card in entry.cards]
    )


def is_by_a_model(entry: Entry) -> bool:
    return entry.record["model"].startswith("by/")


def applicable(
    entries: Iterator[Entry] | tuple[Entry, ...], way: Damage, random: Random
) -> Iterator[tuple[Entry, Entry]]:
    """Yield (good, damaged) for each entry to which the damage applies."""
    for entry in entries:
        damaged = way.do(entry, random)
        if damaged is not None and damaged != entry and has_hangul(entry.word["term"]):
            yield entry, damaged
