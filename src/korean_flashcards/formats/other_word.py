"""Tell whether a reply that names the requested word is certainly about a different word.

Only certain cases count, because such a reply is requested again as a whole. The check ``about_another_word`` reports
the uncertain ones.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from korean_flashcards.korean.hangul import split, strip_to_hangul
from korean_flashcards.korean.ipa import ipa_of
from korean_flashcards.korean.ipa_likeness import is_other_word

_KOREAN = re.compile("[가-힣]+")
# A headword with its IPA, or at the start of a card's back, as in "여성[jʌ.sʌŋ]" and "여성: woman".
_WITH_IPA = re.compile(r"([가-힣]+)\s*\[[^\[\]가-힣]+\]")
_AT_START = re.compile(r"\A\W*([가-힣]+)\s*(?:\([^()]*\)\s*)?[:=–—]")
# An inflected form may have a different vowel of the same group: 하다 → 해, 쓰다 → 써, 보다 → 봐, 치다 → 쳐, 이다 → 예요.
_VOWEL_GROUPS = {
    vowel: group for group in ("ㅏㅐㅓㅔㅡ", "ㅗㅘㅙㅚ", "ㅜㅝㅞㅟ", "ㅣㅕㅑㅖㅒㅛㅠㅢ") for vowel in group
}


def is_record_about_other_word(reply: Mapping[str, Any], word: str, ipa: str) -> bool:
    """Return whether an analysis has the IPA and the keywords of a different word and never mentions this word."""
    keywords = reply.get("korean_keywords")
    # Almost every reply lists the word itself, so most words need no pronunciation here.
    if not ipa or not isinstance(keywords, list) or any(word in text for text in _texts(keywords)):
        return False
    if not any(_KOREAN.search(text) for text in _texts(keywords)):
        return False
    expected = (ipa_of(word, is_verb=is_verb) for is_verb in (False, True))
    if not all(known is not None and is_other_word(ipa, known) for known in expected):
        return False
    texts = _texts([part for name, part in reply.items() if name != "term"])
    return not _may_mention("\n".join(texts), word)


def are_cards_about_other_word(cards: Sequence[Mapping[str, Any]], word: str) -> bool:
    """Return whether the cards name a different headword and none of them mentions this word or a form of it."""
    backs = [str(card.get("back") or "") for card in cards]
    texts = [str(card.get("front") or "") for card in cards] + backs
    if any(word in text for text in texts):
        return False
    named = {name for back in backs for name in (*_WITH_IPA.findall(back), *_AT_START.findall(back))}
    return bool(named) and all(map(_KOREAN.search, backs)) and not _may_mention("\n".join(texts), word)


def _may_mention(text: str, word: str) -> bool:
    """Return whether a Korean word in the text may be this word or a form of it. If in doubt, return True."""
    letters = strip_to_hangul(word)
    # A form of a short word or of a part of a word can begin differently.
    if len(letters) < 2 or not _KOREAN.match(word) or letters in strip_to_hangul(text):
        return True
    stem = letters.removesuffix("다")
    fixed = stem != letters and len(stem) > 1
    sought = _beginning(stem[0], exact=fixed)
    return any(_beginning(found[0], exact=fixed) == sought for found in _KOREAN.findall(text))


def _beginning(syllable: str, *, exact: bool) -> tuple[str, str]:
    """Return the onset and the vowel of a syllable, or the vowel's group unless the vowel must be exact."""
    jamo = split(syllable)
    return jamo.onset, jamo.vowel if exact else _VOWEL_GROUPS[jamo.vowel]


def _texts(value: Any) -> Iterable[str]:
    """Yield all strings in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
