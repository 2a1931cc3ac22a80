"""Find the words that each word in a deck is most likely to be confused with, without comparing all pairs of words."""

from bisect import bisect_left
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import polars as pl

from korean_flashcards.confusables import lemma, rank
from korean_flashcards.confusables.rank import Likeness
from korean_flashcards.confusables.word import ConfusableWord
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.parameters import ConfusableParameters
from korean_flashcards.korean.glosses import cut

# ``candidate``: position (from 1) among the words that the analysis request suggests for the comparison, or null.
CONFUSABLE_SCHEMA = {
    "item_id": pl.String, "term": pl.String, "other_id": pl.String, "other_term": pl.String, "other_meaning": pl.String,
    "kinds": pl.List(pl.String), "score": pl.Int64, "rank": pl.Int64, "candidate": pl.Int64, "why": pl.String,
}  # fmt: skip
# If more than twice this many words share a key, a word is compared only with this many on each side, alphabetically.
_WINDOW = 100
_SHORT_MEANING = 60  # characters
_Index = Mapping[Hashable, list[int]]


class _Found(NamedTuple):
    other: ConfusableWord
    likeness: Likeness


def find_among(
    vocabulary: pl.DataFrame, settings: ConfusableParameters, of: Collection[str] | None = None
) -> pl.DataFrame:
    """Return the words that each word may be confused with, most likely first (CONFUSABLE_SCHEMA).

    A new word changes only the rows for words that share a key with it.

    Args:
        vocabulary: All words to compare, with the columns item_id, term, pos, and definition.
        settings: The maximum numbers of confusable words and candidates per word.
        of: Item IDs of the words for which to return rows. None means all words.
    """
    words = sorted(
        map(ConfusableWord.of, vocabulary.select("item_id", "term", "pos", "definition").iter_rows(named=True)),
        key=_order,
    )
    wanted = range(len(words)) if of is None else [at for at, word in enumerate(words) if word.item_id in of]
    index = _index(
        words, None if of is None else {key for at in wanted for key in chain(_keys(words[at]), _stems(words[at]))}
    )
    place = {item_id: at for at, item_id in enumerate(vocabulary["item_id"])}
    rows = {
        words[at].item_id: list(_rows(words[at], _near(words, index, at, settings.per_word), settings)) for at in wanted
    }
    in_order = sorted(rows, key=place.__getitem__)
    return frame_of((row for item_id in in_order for row in rows[item_id]), CONFUSABLE_SCHEMA)


def candidates_of(confusables: pl.DataFrame) -> dict[str, list[str]]:
    """Return the words that each word should be compared with, such as "갑자기 (suddenly)", keyed by item ID.

    Words without candidates are left out.
    """
    chosen = confusables.filter(pl.col("candidate").is_not_null()).sort("item_id", "candidate")
    named = chosen.select(
        "item_id", pl.format("{} ({})", "other_term", "other_meaning").fill_null(pl.col("other_term"))
    )
    found: dict[str, list[str]] = {}
    for item_id, text in named.iter_rows():
        found.setdefault(item_id, []).append(text)
    return found


def _order(word: ConfusableWord) -> tuple[str, str]:
    return word.bare, word.item_id


def _keys(word: ConfusableWord) -> Iterator[Hashable]:
    for kind in rank.KINDS:
        for key in kind.keys(word):
            yield kind.name, key


def _stems(word: ConfusableWord) -> Iterator[Hashable]:
    for stem in lemma.keys(word):
        yield rank.INFLECTION, stem


def _index(words: Sequence[ConfusableWord], wanted: Collection[Hashable] | None) -> _Index:
    """Map each key to the sorted indexes of the words that share it. Keys that belong to only one word are left out.

    ``wanted`` limits the result to these keys. None means all keys.
    """
    index: dict[Hashable, list[int]] = {}
    for at, word in enumerate(words):
        for key in chain(_keys(word), _stems(word)):
            if wanted is None or key in wanted:
                index.setdefault(key, []).append(at)
    return {key: places for key, places in index.items() if len(places) > 1}


def _near(words: Sequence[ConfusableWord], index: _Index, at: int, enough: int) -> list[_Found]:
    """Return the words that the word at index ``at`` may be confused with, most likely first.

    Forms of the same word rank last, so they are searched for only if fewer than ``enough`` other words are found.
    """
    word = words[at]
    others = _sharing(index, _keys(word), at)
    found = _alike(word, words, others)
    if sum(one.likeness.kinds != (rank.INFLECTION,) for one in found) < enough:
        found += _alike(word, words, _sharing(index, _stems(word), at) - others)
    return sorted(found, key=lambda one: (-one.likeness.score, one.other.item_id))


def _sharing(index: _Index, keys: Iterable[Hashable], at: int) -> set[int]:
    """Return the indexes of the words that share at least one of the keys with the word at index ``at``."""
    others: set[int] = set()
    for key in keys:
        places = index.get(key, [])
        if len(places) > 2 * _WINDOW:
            own = bisect_left(places, at)
            places = places[max(0, own - _WINDOW) : own + _WINDOW + 1]
        others.update(places)
    return others - {at}


def _alike(word: ConfusableWord, words: Sequence[ConfusableWord], places: Iterable[int]) -> list[_Found]:
    return [_Found(words[other], alike) for other in places if (alike := rank.likeness(word, words[other])) is not None]


def _rows(word: ConfusableWord, found: Sequence[_Found], settings: ConfusableParameters) -> Iterator[dict[str, Any]]:
    distinct = _distinct(found, settings.per_word)
    chosen = _candidates(distinct, settings.candidates)
    kept = [one for at, one in enumerate(distinct) if at < settings.per_word or one in chosen]
    for place, one in enumerate(kept, start=1):
        other = one.other
        yield {
            "item_id": word.item_id, "term": word.term, "other_id": other.item_id, "other_term": other.term,
            "other_meaning": cut(other.definition, _SHORT_MEANING) or None, "kinds": list(one.likeness.kinds),
            "score": one.likeness.score, "rank": place,
            "candidate": chosen.index(one) + 1 if one in chosen else None,
            "why": rank.why(word, other, one.likeness),
        }  # fmt: skip


def _distinct(found: Sequence[_Found], enough: int) -> list[_Found]:
    """Return the confusable words without other forms of a word that is already listed, such as 업무를 after 업무.

    Only the first words are compared until ``enough`` are distinct. Forms of the word itself are all kept.
    """
    distinct: list[_Found] = []
    for at, one in enumerate(found):
        if len(distinct) >= enough or one.likeness.kinds == (rank.INFLECTION,):
            return distinct + list(found[at:])
        if not any(lemma.same(one.other, other.other) for other in distinct):
            distinct.append(one)
    return distinct


def _candidates(found: Sequence[_Found], most: int) -> list[_Found]:
    """Return up to ``most`` words to suggest for a comparison, most easily confused first.

    Homographs, forms of the word itself, and other forms of a word already chosen are left out.
    """
    chosen: list[_Found] = []
    for one in found:
        if len(chosen) == most or one.likeness.score < rank.LIKELY:
            break
        own = {rank.HOMOGRAPH, rank.INFLECTION} & {*one.likeness.kinds}
        if not own and not any(
            one.other.bare == other.other.bare or lemma.same(one.other, other.other) for other in chosen
        ):
            chosen.append(one)
    return chosen
