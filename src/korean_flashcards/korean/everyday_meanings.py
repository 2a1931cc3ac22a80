"""Look up how everyday Korean words are translated, and which Korean words an English word translates.

``data/everyday_meanings.tsv`` was written for this project. A line has Korean words with the same meaning, their
translations, and the kind of thing that they name. Translations after the bar, such as "look" for 눈 "eye", do not show that
another word is meant. Words after a question mark are often left out or translated freely (가다, 정말).
"""

from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .english_roots import root


class Meanings(NamedTuple):
    """The roots of a word's translations, whether it is often translated freely, and its kind ("color") or ""."""

    roots: frozenset[str]
    is_loose: bool
    kind: str


# Words that are too common to show that another Korean word is meant.
_COMMON = """
like love work live life play please when out on off up all how what where who why here go come get take see look think
know nice big small many much lot day thing person man hand head change call answer start stop end last next first
time way place world right left present book kind clear light bright hard close matter fact report test still just study
touch match hold run fall miss mind turn use need want sound back after before over again always early late soon even
return rest sister brother older younger child kid drink cook new old clean dry fire point order watch show feel clock
lesson class school english korean japan chinese secret rule event case smoke name word story question problem mean
meaning news voice noise plan result reason part cold hot cool warm pretty beautiful great strong full together well
careful speak say tell talk eat food meal money try help meet give mark step board shop park ring bat tie fly fish rice
rock cross this too she with home leave store now make he both car war so keep set probably put thank open draw act age
responsible responsibility opportunity borrow catch happy year idea carry follow two these soap other back dirty wet
paper key ask angry baby sea cry young sometimes pick really interest slow river find enter
almost very quite suddenly slowly already again soon all everyone everything together alone only really usually exactly
long not finish chance pay hit wave apply heavy good bit capital little some any few other another
"""


@cache
def everyday_meanings() -> dict[str, Meanings]:
    """Return the translations of each Korean word in its dictionary form."""
    return {
        word: Meanings(frozenset(map(root, first + more)), is_loose, kind)
        for words, is_loose, first, more, kind in _lines()
        for word in words
    }


@cache
def words_for() -> dict[str, tuple[str, ...]]:
    """Return the Korean words that the root of an English word may translate."""
    found: dict[str, list[str]] = defaultdict(list)
    for word, (roots, *_) in everyday_meanings().items():
        for each in roots:
            found[each].append(word)
    return {each: tuple(words) for each, words in found.items()}


@cache
def telling_words() -> dict[str, tuple[str, ...]]:
    """Return the Korean words for each English root that shows that one of them is meant."""
    common = frozenset(map(root, _COMMON.split()))
    found: dict[str, list[str]] = defaultdict(list)
    for words, _, first, *_more in _lines():
        for each in set(map(root, first)) - common:
            found[each] += words
    return {each: tuple(words) for each, words in found.items()}


def _lines() -> list[tuple[list[str], bool, list[str], list[str], str]]:
    text = files(__package__).joinpath("data", "everyday_meanings.tsv").read_text(encoding="utf-8")
    rows = [(*line.split("\t"), "")[:3] for line in text.splitlines()]
    return [
        (words.lstrip("?").split(","), words[0] == "?", *_translations(all_english), kind)
        for words, all_english, kind in rows
    ]


def _translations(all_english: str) -> tuple[list[str], list[str]]:
    first, _, more = all_english.partition("|")
    return [word for word in first.split(",") if word], [word for word in more.split(",") if word]
