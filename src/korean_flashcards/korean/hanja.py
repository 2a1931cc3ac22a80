"""Find the hanja for Sino-Korean words, but only when the match is certain, and explain the decision.

Most Hangul spellings match some hanja word, but native words match only by chance: 구두 "shoes" is not 口頭 "by mouth". A
table of common words therefore decides first. A candidate that is not in the table is accepted only if a character's gloss
shares a content word with the word's definition and no other candidate comes close, or if it has three or more syllables
and is the only one.
"""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from .glosses import content_words, says_nothing, senses, words_like
from .hanja_data import HanjaCharacter, characters_of, entries, spelled, taught
from .sino_words import choose, is_name, only_spelling, spellings, table

# A rival whose characters are more than this many times as common makes the source's order of candidates doubtful.
_DOUBT = 4
# A character that occurs in this many words (事, 人, 大) says little about any of them.
_EVERYWHERE = 1000


@dataclass(frozen=True)
class HanjaWord:
    """A word in hanja, with its Hangul reading and its characters in order."""

    hanja: str
    reading: str
    characters: tuple[HanjaCharacter, ...]


@dataclass(frozen=True)
class HanjaCandidate:
    """A hanja word with the requested Hangul spelling.

    ``shared``: for each character, the words that its gloss shares with the definition.
    """

    word: HanjaWord
    shared: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class HanjaFinding:
    """The decision about a word: the accepted hanja (or None), the reason, and all candidates.

    ``candidates`` lists the most common word first.
    """

    word: str
    definition: str
    accepted: HanjaWord | None
    why: str
    candidates: tuple[HanjaCandidate, ...]


class _Candidate(NamedTuple):
    hanja: str
    place: int  # index in the source, which is ordered roughly by frequency
    sense: frozenset[str]  # content words of the definition's senses that explain the most characters
    explained: int  # number of characters whose gloss shares a content word with such a sense
    # An explained character that is not too common shares a whole sense, and no earlier candidate is similar.
    telling: bool
    taught: bool
    rarest: int  # number of words that use its rarest unexplained character


def hanja_of(word: str, definition: str) -> HanjaWord | None:
    """Return the hanja for a noun (without particles) with this English definition, or None if no match is certain."""
    word = unicodedata.normalize("NFC", word)
    found, _ = _decide(word, definition)
    return None if found is None else HanjaWord(found, word, characters_of(found, word))


def explain_hanja(word: str, definition: str) -> HanjaFinding:
    """Return the decision that ``hanja_of`` makes, with the reason and all candidates."""
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
    """Return the hanja, or None if the match is uncertain, and the reason for the decision.

    The whole word comes before its parts: 사무실 is 事務室 before it is 事務 and a character for 실.
    """
    if says_nothing(definition):
        return None, "the definition says nothing about the meaning"
    if listed := choose(word, definition):
        return listed.hanja or None, listed.why
    if is_name(definition):
        return None, "the definition says that the word is a name"
    if not content_words(definition):
        return None, "the definition has no content words to compare"
    if len(word) == 1:
        return _one_syllable(word, definition)
    candidates = _candidates(word, definition)
    found, why = _confident(word, candidates)
    if found is None:
        other = _only_listed(word, candidates) or _only_candidate(word) or _from_parts(word)
        return other or (None, why)
    return found, why


def _only_listed(word: str, candidates: list[_Candidate]) -> tuple[str, str] | None:
    """Return the candidate that the table lists, although for other definitions, and the reason, if there is only one."""
    listed = [candidate.hanja for candidate in candidates if candidate.hanja in spellings(word)]
    return (
        (listed[0], "the table of common words has it, and a gloss fits the definition") if len(listed) == 1 else None
    )


def _only_candidate(word: str) -> tuple[str, str] | None:
    """Return the hanja of a word of three or more syllables if the dictionary lists exactly one, and the reason.

    Shorter words match by chance too often.
    """
    known = spelled(word) if len(word) > 2 else []
    return (known[0], "it is the only hanja word with this spelling in the dictionary") if len(known) == 1 else None


def _from_parts(word: str) -> tuple[str, str] | None:
    """Return the hanja of a word made of two words that each have only one spelling, and the reason."""
    for cut in range(2, len(word) - 1):
        left, right = _only_spelling(word[:cut]), _only_spelling(word[cut:])
        if left and right:
            return left + right, f"it consists of {word[:cut]} ({left}) and {word[cut:]} ({right})"
    return None


def _only_spelling(word: str) -> str:
    """Return the hanja of a word that has one row in the table, whatever its meaning, or else one candidate, or ""."""
    if word in table():
        return only_spelling(word)
    known = _only_candidate(word)
    return known[0] if known else ""


def _candidates(word: str, definition: str) -> list[_Candidate]:
    """Return the candidates with at least one character whose gloss shares a word with the definition."""
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
    """Return the best candidate and the reason.

    The candidate is None if a rival fits just as well or a more common word may be meant.
    """
    if not candidates:
        known = spelled(word)
        spoken = f"no gloss of {', '.join(known[:3])}{' …' if known[3:] else ''} shares a word with the definition"
        return None, spoken if known else "the dictionary has no hanja word with this spelling"
    most = max(candidate.explained for candidate in candidates)
    best, *rivals = [candidate for candidate in candidates if candidate.explained == most]
    is_first = best.place == 0
    if rivals and rivals[0].place == best.place + 1 and rivals[0].taught > best.taught:
        # 計畵, 計劃: variants of one word are neighbors in the source, and schools teach the usual one.
        best, *rivals = rivals
    for rival in rivals:
        if rival.taught == best.taught and rival.rarest > _DOUBT * best.rarest:
            return None, f"{rival.hanja} fits just as well as {best.hanja}, and its characters are more common"
    if most == len(best.hanja):
        return best.hanja, "the gloss of every character shares a word with the definition"
    if len(word) == 2:
        # The table has the common words. Others match by chance too often: 대단하다 "great" is not from 大壇.
        return None, f"only one character of {best.hanja} fits the definition"
    if is_first:
        return best.hanja, "it is the usual word with this spelling, and a gloss shares a word with the definition"
    if best.telling:
        return best.hanja, "a character's gloss and the definition have a whole sense in common"
    usual = spelled(word)[0]
    return None, f"{usual} is the usual word with this spelling, and {best.hanja} fits only partially"


def _alike(one: str, other: str) -> bool:
    """Return whether two words differ in exactly one character and so are easily confused (豫定, 豫程)."""
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _one_syllable(word: str, definition: str) -> tuple[str | None, str]:
    """Return the only school-taught character with this reading and sense, and the reason.

    The rule is stricter than for longer words because a single syllable has many homophones, including native words.
    """
    fitting = _fitting(word, definition)
    if len(fitting) == 1:
        return fitting[0], "it is the only character taught in schools that has this reading and this sense"
    if fitting:
        return None, f"several characters have this reading and this sense: {', '.join(fitting)}"
    return None, "no character taught in schools has this reading and this sense"


def _fitting(word: str, definition: str) -> list[str]:
    wanted = senses(definition)
    return [character for character in taught(word) if senses(entries()[character].gloss) & wanted]
