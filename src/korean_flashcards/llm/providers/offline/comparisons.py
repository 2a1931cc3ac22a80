"""Choose a word to compare with, if the list says enough about how the two differ."""

import re

from korean_flashcards.korean.bound_forms import kind_of_bound_form
from korean_flashcards.korean.glosses import senses
from korean_flashcards.korean.hangul import is_syllable, join, split
from korean_flashcards.korean.misspellings import misspellings
from korean_flashcards.korean.morphology import lemma
from korean_flashcards.korean.pronunciation import pronounce
from korean_flashcards.llm.providers.offline.classic_advice import pair_advice
from korean_flashcards.llm.providers.offline.person_names import is_person_name
from korean_flashcards.llm.providers.offline.usage_notes import usage_note

# Meanings that show that the list is wrong about a word, or that it is a part of one: 맡게 “entrustingly”.
_DOUBTFUL = re.compile(r"(?:.* )?(?:suffix|markers?|particles?|nominalizer|question|quote|\w{5,}ingly)")
_RARE_NOUNS = ("아나", "맞고")  # hardly anyone hears these nouns in the forms of 알다 and 맞다
_PLACE = re.compile(r".+에")
# Nearly all speakers pronounce these vowels alike.
_MERGED = {"ㅐ": "ㅔ", "ㅒ": "ㅖ", "ㅙ": "ㅞ", "ㅚ": "ㅞ"}


def comparison_of(term: str, meaning: str, note: str, candidates: list[str] | None) -> dict[str, str] | None:
    """Return the first candidate that is worth a comparison, along with both meanings, or None if there is none.

    Args:
        term: The word.
        meaning: Its meaning.
        note: The list's note on usage, or "".
        candidates: The words that are easily confused with it, such as "갑자기 (suddenly)".
    """
    for candidate in candidates or ():
        other, _, its_meaning = candidate.removesuffix(")").partition(" (")
        if its_meaning and its_meaning != meaning and _can_be_told_apart(term, meaning, note, other, its_meaning):
            both = f"{term} is “{meaning}”, {other} is “{its_meaning}”."
            advice = pair_advice(term, meaning, other, its_meaning)
            if not advice and (_is_doubtful(term, meaning) or _is_doubtful(other, its_meaning)):
                continue
            advice = advice or _same_sound(term, other)
            if advice or "(" in meaning + its_meaning or _names(usage_note(term, "", note), other):
                return {"vs": other, "nuance": f"{both} {advice}" if advice else both}
    return None


def _can_be_told_apart(term: str, meaning: str, note: str, other: str, its_meaning: str) -> bool:
    """Return whether the words sound alike, the note names the other word, or a meaning in common has a qualification.

    Otherwise, the two meanings do not say how to choose: "to appear" and "appear".
    """
    if any(misspellings(other)) or is_person_name(other, its_meaning, ""):
        return False
    if sound_alike(term, other) or _names(note, other):
        return True
    is_qualified = "(" in meaning + its_meaning and not senses(meaning).isdisjoint(senses(its_meaning))
    return is_qualified and all(word.endswith("다") or lemma(word) == word for word in (term, other))


def _is_doubtful(word: str, meaning: str) -> bool:
    """Return whether it teaches nothing that the word sounds like another one: 게 “adverbial suffix”, 발에, 아나."""
    is_part = kind_of_bound_form(word) != "" or _DOUBTFUL.fullmatch(meaning) is not None
    return is_part or word in _RARE_NOUNS or _PLACE.fullmatch(word) is not None


def _names(note: str, other: str) -> bool:
    return other in note and re.search(rf"(?<![가-힣]){re.escape(other)}(?![가-힣])", note) is not None


def _same_sound(term: str, other: str) -> str:
    """Return a sentence about the words' pronunciation, or "" if they sound different."""
    sound = pronounce(term)[0]
    if sound == pronounce(other)[0]:
        return f"Both are pronounced [{sound}]."
    return "Most speakers pronounce them alike." if sound_alike(term, other) else ""


def sound_alike(word: str, other: str) -> bool:
    """Return whether nearly all speakers pronounce two words alike: 같이 and 가치, 새 and 세."""
    return _sound(word) == _sound(other)


def _sound(word: str) -> str:
    return "".join(map(_merged, pronounce(word)[0]))


def _merged(character: str) -> str:
    if not is_syllable(character):
        return character
    letters = split(character)
    return join(letters._replace(vowel=_MERGED.get(letters.vowel, letters.vowel)))
