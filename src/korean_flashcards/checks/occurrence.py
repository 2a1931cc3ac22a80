"""Find a word, or an inflected form of it, in Korean text."""

from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import CODAS, has_hangul, is_syllable, split, strip_to_hangul
from korean_flashcards.korean.headword_pattern import is_pattern, occurs_as_pattern
from korean_flashcards.korean.morphology import Morpheme, analyse
from korean_flashcards.korean.near import stem

_PREDICATES = ("VV", "VA", "VX", "VCN")
_NAMES = ("N", "XR", "XSN", "XPN", "MM", "MA", "IC")
# Words that occur in many phrases and therefore do not identify one.
_LIGHT = frozenset(("하다", "되다", "있다", "없다", "주다", "이다", "거", "것", "수"))
# 못하다 is also written apart: 숙제를 못 했어요.
_ATTACHED = lazy_regex(r"\b([못잘안]) ")
_BEFORE_COUNTER = {"하나": "한", "둘": "두", "셋": "세", "넷": "네", "스물": "스무"}
_TOKENS = lazy_regex("[가-힣]+")
_KOREAN = lazy_regex(r"[가-힣][가-힣0-9 .,?!~]*")


def spelled_in(word: str, text: str) -> bool:
    """Return whether the text contains the word as spelled, ignoring spaces.

    A one-syllable word must be a whole token, with or without particles.
    """
    sought = strip_to_hangul(word)
    if not sought:
        return word in text
    if len(sought) > 1:
        return sought in text or sought in strip_to_hangul(text)
    return any(sought in (token, stem(token)) for token in _TOKENS.findall(text))


@lru_cache(maxsize=16384)
def occurs_in(word: str, text: str, pos: str = "", *, bound: bool = False, inflects: bool = False) -> bool:
    """Return whether the text contains the word or an inflected form of it.

    Args:
        word: The word to find.
        text: The Korean text to search.
        pos: The word's part of speech, or "" if unknown.
        bound: Whether the word occurs only within other words (-님, 는).
        inflects: Whether a token that begins with the word counts as an occurrence (바라 in 바란다).

    Raises:
        AnalyserMissing: The word cannot be found by its spelling, and kiwipiepy is not installed.
    """
    if (bound or " " in word or is_pattern(word)) and occurs_as_pattern(word, text, bound=bound):
        return True
    if spelled_in(word, text) or ((inflects or word.endswith("다")) and _begins_a_token(word.removesuffix("다"), text)):
        return True
    if _has_number(word, text) or (
        word[0] in "못잘안" and _begins_a_token(word.removesuffix("다"), _ATTACHED.sub(r"\1", text))
    ):
        return True
    pieces = _pieces(text)
    if len(word) == 1 and _inside_another(word, pieces):
        return True
    sought = lemmas(word, pos) - _LIGHT or lemmas(word, pos)
    if " " in word.strip():
        return bool(sought) and sought <= frozenset().union(*map(lemmas, pieces))
    return any(sought & lemmas(piece) for piece in pieces)


def has_part_of(phrase: str, text: str) -> bool:
    """Return whether the text contains one of the content words of a phrase of several words.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    sought = lemmas(phrase) - _LIGHT if " " in phrase else frozenset()
    return any(sought & lemmas(piece) for piece in _pieces(text)) if sought else False


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in _KOREAN.findall(text)]


def _has_number(word: str, text: str) -> bool:
    """Return whether the text contains a number in the form before a counter: 셋 in 세 개, 열하나 in 열한 시."""
    forms = next((word.removesuffix(last) + form for last, form in _BEFORE_COUNTER.items() if word.endswith(last)), "")
    return forms != "" and forms in _TOKENS.findall(text)


def _inside_another(syllable: str, pieces: list[str]) -> bool:
    """Return whether a one-syllable word is part of another word: 관 in 도서관, 여 in 여권, 뿐 in 너뿐이야."""
    names = [name for piece in pieces for name in lemmas(piece) if name[-1] != "다"]
    in_a_noun = any(name.startswith(syllable) or name.endswith(syllable) for name in names)
    return in_a_noun or any(morpheme.form == syllable for piece in pieces for morpheme in analyse(piece))


def _begins_a_token(stem: str, text: str) -> bool:
    """Return whether a token begins with the stem: 신 in 신고.

    The last vowel of a stem with at least two syllables may differ: 계시 in 계세요.
    """
    if not stem or not all(map(is_syllable, stem)):
        return False
    letters = _letters(stem)
    if len(stem) > 1:
        letters = letters.rstrip("".join(CODAS))[:-1]
    return any(_letters(token).startswith(letters) for token in _TOKENS.findall(text))


@lru_cache(maxsize=16384)
def _letters(word: str) -> str:
    return "".join("".join(split(syllable)) for syllable in word)


@lru_cache(maxsize=65536)
def lemmas(text: str, pos: str = "") -> frozenset[str]:
    """Return the dictionary forms of the content words in a text: 친절했어요 → {친절, 친절하다}.

    ``pos`` is the part of speech of a single word, or "" if unknown.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    found: set[str] = set()
    before: Morpheme | None = None
    for morpheme in analyse(text, pos) if has_hangul(text) else ():
        if morpheme.tag.startswith(_PREDICATES):
            found.add(f"{morpheme.form}다")
        elif morpheme.tag in ("XSV", "XSA") and before:
            found.add(f"{before.form}{morpheme.form}다")
        elif morpheme.tag.startswith(_NAMES):
            found.add(morpheme.form)
        before = morpheme
    return frozenset(found)
