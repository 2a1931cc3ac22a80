"""Separate a term from the notes beside it: hanja, an inflected form, a pronunciation, or an English gloss."""

import re
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import has_hangul, strip_to_hangul
from korean_flashcards.korean.inflection import verb_stems
from korean_flashcards.korean.pronunciation import pronounce
from korean_flashcards.korean.romanisation import romanizes

_HAN = "\u2e80-\u2fdf\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_IS_HAN = lazy_regex(f"[{_HAN}]")
_NOT_HAN = lazy_regex(f"[^{_HAN}/,·]+")
_DASHES = r"\-–—―−"
_OPENING, _CLOSING = r"(（\[［〔〈《【「『<", r")）\]］〕〉》】」』>"
_LAST_BRACKET = lazy_regex(rf"(.*\S)(\s*)([{_OPENING}])([^{_OPENING}{_CLOSING}]*)[{_CLOSING}]")
# A word, possibly with a dictionary number.
_WORD = rf"(.*(?:[가-힣][0-9⁰¹²³⁴⁵⁶⁷⁸⁹₀-₉①-⑳]{{0,3}}|[{_CLOSING}]))"
_SQUARE = lazy_regex(r"\[([^\[\]]*)\]")
_HAN_BEFORE_READING = lazy_regex(rf"([{_HAN}]+)\s*[(（\[]([가-힣 ]+)[)）\]]")
# Dictionaries write a dash for each syllable without hanja: 친절하다 親切--, 순두부 -豆腐.
_HAN_AFTER_WORD = lazy_regex(rf"{_WORD}\s+([{_DASHES}]*[{_HAN}][{_HAN} /,·{_DASHES}]*)([가-힣]*)")
_ONLY_DASHES = lazy_regex(rf"{_WORD}(?:\s+[{_DASHES}]+|[{_DASHES}]{{2,}})")
_SLASHED_SOUND = lazy_regex(r"(.*[가-힣])\s+/[^/가-힣]+/")
_SEPARATED_GLOSS = lazy_regex(r"(.*[가-힣)])\s*(?:(?:\s[-–—]{1,2}|[:=：])\s+|[,;]\s*)([^가-힣]+)")
_BARE_GLOSS = lazy_regex(
    rf"(.*(?:[가-힣{_CLOSING}]|[{_HAN}][{_DASHES}]*)[0-9⁰¹²³⁴⁵⁶⁷⁸⁹₀-₉①-⑳]{{0,3}})\s+([A-Za-z][A-Za-z' ,;/-]*)"
)
_FORMS = lazy_regex(r"[\s,/·~\-–]+")
# The pronunciation of a form among forms: 먹다 (먹어, 먹는[멍는]).
_INNER_SOUND = lazy_regex(rf"(.*[{_OPENING}][^{_CLOSING}]*[가-힣])[\[［][가-힣ː:/]+[\]］]([^()（）]*[{_CLOSING}])")
_LABEL_NAME = (
    "(?:(?:의존|보조|고유|자립|인칭|지시) ?)?(?:명|대명|수|동|자동|타동|형용|관형|부|감탄|조|접|접두|접미|접속)사"
    "|어미|어근|관용구|속담|품사 없음|[명동형부]"
)
_LABEL = lazy_regex(rf"(?:{_LABEL_NAME})(?: ?[·ㆍ/,] ?(?:{_LABEL_NAME}))*")
_LABEL_FIRST = lazy_regex(rf"[{_OPENING}]{_LABEL.pattern}[{_CLOSING}]\s*(.+)")
# The verb of a phrase in brackets: 감기에 [걸리다].
_VERB_LAST = lazy_regex(r".*(?:[을를에로]|에서|에게|한테|까지|부터)\s*\[[^\[\]]*다\]")


class Notes(NamedTuple):
    """A term, and the notes beside it. ``hanja`` and ``gloss`` are empty if there are none."""

    term: str
    hanja: str = ""
    gloss: str = ""


def separate_notes(text: str, definition: str) -> Notes:
    """Return the term without its notes, one note after the other from the end.

    A bracket that is part of the word stays: "(으)로", "친구(를) 만나다". Square brackets that mark a part of a phrase are
    removed, and their content stays: "[감기]에 걸리다". Brackets with an unclear purpose stay.
    """
    hanja = gloss = ""
    while (found := _without_last_note(text, definition)) is not None:
        text, hanja, gloss = found.term, hanja or found.hanja, gloss or found.gloss
    return Notes(_without_square_brackets(text), hanja, gloss)


def _without_last_note(text: str, definition: str) -> Notes | None:
    if found := _LABEL_FIRST.fullmatch(text):
        return Notes(found[1])
    if found := _HAN_BEFORE_READING.fullmatch(text):
        return Notes(found[2].strip(), found[1])
    if (found := _HAN_AFTER_WORD.fullmatch(text)) and strip_to_hangul(found[1]).endswith(found[3]):
        return Notes(found[1], _hanja_in(found[2]))
    if found := _ONLY_DASHES.fullmatch(text):
        return Notes(found[1])
    if found := _SLASHED_SOUND.fullmatch(text):
        return Notes(found[1])
    if (found := _SEPARATED_GLOSS.fullmatch(text)) and any(map(_is_in_gloss, found[2])):
        return Notes(found[1], gloss=found[2].strip())
    if (found := _BARE_GLOSS.fullmatch(text)) and _is_gloss(found[2], definition):
        return Notes(found[1], gloss=found[2])
    if found := _INNER_SOUND.fullmatch(text):
        return Notes(found[1] + found[2])
    if (found := _LAST_BRACKET.fullmatch(text)) and has_hangul(found[1]):
        return _of_bracket(found[1], bool(found[2]), found[3] in "[［", found[4].strip())
    return None


def _of_bracket(word: str, apart: bool, square: bool, content: str) -> Notes | None:
    """Return the word and the note in the bracket after it, or None if the bracket belongs to the word."""
    if _IS_HAN.search(content):
        return Notes(word, _hanja_in(content))
    if not has_hangul(content):
        if square:
            return Notes(word)
        if not re.search("[a-z\u0250-\u02af]", content):
            return None  # an abbreviation, as in 텔레비전(TV), or a placeholder
        is_gloss = re.fullmatch("[A-Za-z][A-Za-z' ,;/]{2,}", content) and not romanizes(content, word)
        return Notes(word, gloss=content if is_gloss else "")
    if _LABEL.fullmatch(content) or _are_forms(word, content):
        return Notes(word)
    if square and _is_pronunciation(content, word.split()[-1], apart):
        return Notes(word)
    return None


def _are_forms(word: str, content: str) -> bool:
    """Return whether the content consists of inflected forms of the word: 듣다 [들었어요], 값(값이, 값만)."""
    forms = [form for form in _FORMS.split(content) if form]
    if len(forms) > 1 and all(form.startswith(word) for form in forms):
        return True
    stems = verb_stems(word.split()[-1])
    return word.endswith("다") and all(form == word or stems & verb_stems(form) for form in forms)


def _is_pronunciation(content: str, word: str, apart: bool) -> bool:
    """Return whether the syllables are a word's sound: 같이[가치]. After a space, they may be another word: 높다 [낮다].

    Dictionaries write a dash for the syllables that sound as they are spelled: 먹다[-따].
    """
    sound = strip_to_hangul(content)
    if content[0] in "-–—" or content[-1] in "-–—":
        return len(sound) < len(strip_to_hangul(word))
    if apart or sound == word:
        return sound in pronounce(word)
    return len(sound) == len(strip_to_hangul(word))


def _is_gloss(text: str, definition: str) -> bool:
    """Return whether Latin text after a word is its meaning: it repeats the definition, or the definition is missing."""
    if not re.search("[a-z]{3}", text):
        return False
    if definition:
        return set(re.findall("[a-z]+", text.lower())) <= set(re.findall("[a-z]+", definition.lower()))
    return text.islower()


def _is_in_gloss(sign: str) -> bool:
    """Return whether the sign is a letter of some other script than Hangul and hanja, but not of an abbreviation."""
    return sign.isalpha() and not sign.isupper() and not _IS_HAN.match(sign) and not "ㄱ" <= sign <= "ㆎ"


def _hanja_in(text: str) -> str:
    return _NOT_HAN.sub("", text).strip("/,·")


def _without_square_brackets(text: str) -> str:
    """Remove square brackets around a part of a phrase, but not a note in Hangul at the end, which may mean anything."""
    if text.endswith("]") and not _VERB_LAST.fullmatch(text):
        return text
    return " ".join(_SQUARE.sub(r"\1", text).split())
