"""The hanja of Sino-Korean words, given only with confidence, and why.

Most Hangul spellings have hanja words, native words too by chance (구두 "shoes" is not 口頭 "by mouth"), so a
candidate counts only if the English glosses of its characters and the word's definition share a content word, and no
other candidate comes close. No confident candidate means no hanja: about one Sino-Korean word in four gets one, and
nearly all of those are right.
"""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from .glosses import content_words, senses, words_like
from .hanja_data import HanjaCharacter, characters_of, entries, spelled, taught

# How many times commoner a rival's characters must be for the source's order of candidates to be doubted.
_DOUBT = 4
# A character in so many words (事, 人, 大) says little about any of them.
_EVERYWHERE = 1000


@dataclass(frozen=True)
class HanjaWord:
    """A word in hanja with its Hangul reading and its characters in order."""

    hanja: str
    reading: str
    characters: tuple[HanjaCharacter, ...]


@dataclass(frozen=True)
class HanjaCandidate:
    """A word in hanja that is spelled so; ``shared`` has for each character the words of its gloss that explain it."""

    word: HanjaWord
    shared: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class HanjaFinding:
    """What was made of a word: the hanja that were accepted (or None), why, and all candidates, the usual ones first."""

    word: str
    definition: str
    accepted: HanjaWord | None
    why: str
    candidates: tuple[HanjaCandidate, ...]


class _Candidate(NamedTuple):
    hanja: str
    place: int  # in the source, whose order is roughly by frequency
    sense: frozenset[str]  # content words of the senses of the definition that explain most characters
    explained: int  # characters whose gloss shares a content word with one such sense
    telling: (
        bool  # one of these is not used everywhere and has a whole sense in common, and no candidate before is alike
    )
    taught: bool
    rarest: int  # uses of its rarest character that is not explained


def hanja_of(word: str, definition: str) -> HanjaWord | None:
    """The hanja of a noun (without particles) that has this English definition; None unless it is sure."""
    word = unicodedata.normalize("NFC", word)
    found, _ = _decide(word, definition)
    return None if found is None else HanjaWord(found, word, characters_of(found, word))


def explain_hanja(word: str, definition: str) -> HanjaFinding:
    """What ``hanja_of`` decides, with its reason and every candidate it looked at."""
    word = unicodedata.normalize("NFC", word)
    found, why = _decide(word, definition)
    if len(word) == 1:
        looked_at = [(character, content_words(definition)) for character in _fitting(word, definition)]
    else:
        explained = {each.hanja: each.sense for each in _candidates(word, definition)}
        looked_at = [(hanja, explained.get(hanja, frozenset())) for hanja in spelled(word)]
    candidates = tuple(
        HanjaCandidate(
            HanjaWord(hanja, word, characters_of(hanja, word)),
            tuple(words_like(entries()[character].gloss, sense) for character in hanja),
        )
        for hanja, sense in looked_at
    )
    accepted = next((each.word for each in candidates if each.word.hanja == found), None)
    return HanjaFinding(word, definition, accepted, why, candidates)


def _decide(word: str, definition: str) -> tuple[str | None, str]:
    """The hanja that are sure, or None; and why."""
    if not content_words(definition):
        return None, "the definition has no word to compare with"
    return _one_syllable(word, definition) if len(word) == 1 else _confident(word, _candidates(word, definition))


def _candidates(word: str, definition: str) -> list[_Candidate]:
    """The candidates that the definition explains at all."""
    wanted = sorted(senses(definition), key=sorted)
    found = []
    all_hanja = spelled(word)
    for place, hanja in enumerate(all_hanja):
        characters = [entries()[character] for character in hanja]
        by_sense = [(sense, [e for e in characters if content_words(e.gloss) & sense]) for sense in wanted]
        explaining = max((by for _, by in by_sense), key=len, default=[])
        if explaining:
            said = frozenset[str]().union(*(sense for sense, by in by_sense if len(by) == len(explaining)))
            found.append(_Candidate(
                hanja, place, said, len(explaining),
                any(entry.uses < _EVERYWHERE and not senses(entry.gloss).isdisjoint(wanted) for entry in explaining)
                and not any(_alike(hanja, before) for before in all_hanja[:place]),
                all(entry.taught for entry in characters),
                min((entry.uses for entry in characters if entry not in explaining), default=10**6),
            ))  # fmt: skip
    return found


def _confident(word: str, candidates: list[_Candidate]) -> tuple[str | None, str]:
    """The candidate that is explained best, unless a rival is as good or a more frequent word may be meant."""
    if not candidates:
        known = spelled(word)
        spoken = f"no gloss of {', '.join(known[:3])}{' …' if known[3:] else ''} shares a word with the definition"
        return None, spoken if known else "the dictionary has no word in hanja that is spelled so"
    most = max(candidate.explained for candidate in candidates)
    best, *rivals = [candidate for candidate in candidates if candidate.explained == most]
    is_first = best.place == 0
    if rivals and rivals[0].place == best.place + 1 and rivals[0].taught > best.taught:
        # 計畵, 計劃: spellings of one word stand side by side, and schools teach the usual one
        best, *rivals = rivals
    for rival in rivals:
        if rival.taught == best.taught and rival.rarest > _DOUBT * best.rarest:
            return None, f"{rival.hanja} is explained as well as {best.hanja}, and its characters are commoner"
    if most == len(best.hanja):
        return best.hanja, "every character is explained by the definition"
    if is_first:
        return best.hanja, "it is the usual word of this spelling, and the definition explains it"
    if best.telling:
        return best.hanja, "a whole sense of a character's gloss is a sense of the definition"
    usual = spelled(word)[0]
    return None, f"{usual} is the usual word of this spelling, and only a part of {best.hanja} is explained"


def _alike(one: str, other: str) -> bool:
    """True if two words differ in one character, so that one is easily taken for the other (豫定, 豫程)."""
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _one_syllable(word: str, definition: str) -> tuple[str | None, str]:
    """A single character has many homophones and native ones: a whole sense must agree, and in one character only."""
    fitting = _fitting(word, definition)
    if len(fitting) == 1:
        return fitting[0], "of the characters taught in schools and read so, only this one has this sense"
    if fitting:
        return None, f"several characters are read so and have this sense: {', '.join(fitting)}"
    return None, "no character taught in schools and read so has this sense"


def _fitting(word: str, definition: str) -> list[str]:
    wanted = senses(definition)
    return [character for character in taught(word) if senses(entries()[character].gloss) & wanted]
