"""Conjugate a verb or an adjective by the rules of the orthography (한글 맞춤법 15, 18, 34–40), without the analyzer.

Verbs whose class is not certain, verbs without all forms (갖다, 머물다), and contracted words (어딨다) have no result.
"""

from typing import NamedTuple

from .hangul import Jamo, is_syllable, join, split
from .stem_classes import B_IRREGULAR, D_IRREGULAR, IN_RU, S_IRREGULAR

_BRIGHT = ("ㅏ", "ㅑ", "ㅗ")
# Last syllables of regular stems in ㅂ, ㄷ, and ㅅ. Other stems in these letters must be listed, too, or have no result.
_B_REGULAR = ("입", "잡", "씹", "집", "접", "꼽", "뽑", "업", "좁", "줍")
_D_REGULAR = ("받", "믿", "닫", "얻", "쏟", "뜯", "돋", "뻗", "굳", "곧")
_S_REGULAR = ("웃", "벗", "씻", "빗", "솟", "앗", "뺏")
_IRREGULAR = {
    "ㅂ": frozenset((*B_IRREGULAR.split("|"), "놀랍", "부끄럽", "메스껍", "미덥")),
    "ㄷ": frozenset(D_IRREGULAR.split("|")),
    "ㅅ": frozenset(S_IRREGULAR.split("|")),
}
_REGULAR = {"ㅂ": _B_REGULAR, "ㄷ": _D_REGULAR, "ㅅ": _S_REGULAR}
# Ends of other irregular stems: 자연스럽다, 엿듣다, 퍼붓다.
_IRREGULAR_ENDINGS = {
    "ㅂ": ("스럽", "롭", "답", *(each for each in B_IRREGULAR.split("|") if len(each) > 1)),
    "ㄷ": ("듣", "싣", "깨닫"),
    "ㅅ": ("낫", "짓", "붓", "잇", "긋", "젓"),
}
# ㅂ becomes 오 only after these stems, 우 after others (한글 맞춤법 18).
_TO_O = ("돕", "곱")
_H_TO_AE = ("이렇", "그렇", "저렇", "요렇", "고렇", "어떻", "아무렇")  # 그렇다: 그래요, but 누렇다: 누레요
_H_ENDINGS = tuple("렇떻맣멓갛겋랗얗옇")  # adjectives; verbs in ㅎ (놓다, 넣다) and 좋다 are regular
_H_FUSED = {"ㅏ": "ㅐ", "ㅑ": "ㅒ", "ㅓ": "ㅔ", "ㅕ": "ㅖ"}
_RU_REGULAR = ("따르", "치르", "들르", "다다르", "우러르")
# Without 이르다 and 누르다, which are two verbs each (이르러요, 일러요).
_RU_IRREGULAR = tuple(frozenset(IN_RU.split("|")) - {*_RU_REGULAR, "푸르", "이르", "누르"})
# Open stems that fuse with 어. Stems in other vowels, such as ㅟ and ㅢ, never fuse.
_FUSED = {"ㅏ": "ㅏ", "ㅓ": "ㅓ", "ㅕ": "ㅕ", "ㅐ": "ㅐ", "ㅔ": "ㅔ", "ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ", "ㅚ": "ㅙ"}
_ONE_SYLLABLE_IN_I = ("지", "치", "찌")  # 져요; other stems of one syllable in ㅣ rarely fuse: 피어요, 비어요
_UNFUSED = frozenset("ㅟㅢㅞ")
# Short forms have no endings that begin with a vowel (표준어 규정 16): 머물러요 is from 머무르다, 가져요 from 가지다.
_DEFECTIVE = ("갖", "머물", "서둘", "서툴", "건들", "딛")
_CONTRACTED = ("딨", "깄")  # 어딨다 and 여깄다 are 어디 있다 and 여기 있다
# 푸다 (퍼요) is the only stem in ㅜ that loses it. 둘다 is short for 두르다. 오래다 has only 오랜.
_EXCEPTIONS = ("푸", "이", "아니", "그러", "이러", "저러", "요러", "고러", "어쩌", "뵙", "말", "둘", "오래")
_EXISTS = ("있", "없", "밌")  # 재미있는, 맛없는, 재밌는


class Conjugation(NamedTuple):
    """The forms that learners need first.

    Attributes:
        present: The polite present: 추워요.
        past: The polite past: 추웠어요.
        future: The future, for verbs: 누울 거예요.
        describing: The form before a noun, for adjectives: 추운.
    """

    present: str
    past: str
    future: str
    describing: str


def conjugated(base: str) -> Conjugation | None:
    """Return the forms of a verb or an adjective, or None if its class is not certain.

    Args:
        base: The dictionary form.
    """
    stem = base.removesuffix("다")
    if stem == base or not stem or not all(map(is_syllable, stem)) or _has_no_forms(stem):
        return None
    found = _bases(stem)
    if found is None:
        return None
    infinitive, before_u = found
    past = infinitive[:-1] + _with_coda(infinitive[-1], "ㅆ")
    describing = f"{stem}는" if stem.endswith(_EXISTS) else _closed(before_u, "ㄴ", "은")
    return Conjugation(f"{infinitive}요", f"{past}어요", f"{_closed(before_u, 'ㄹ', '을')} 거예요", describing)


def _has_no_forms(stem: str) -> bool:
    return stem in _EXCEPTIONS or stem.endswith((*_DEFECTIVE, *_CONTRACTED))


def _bases(stem: str) -> tuple[str, str] | None:
    """Return the form with 아/어 and the form before -(으)ㄴ and -(으)ㄹ, or None if the class is not certain."""
    last = split(stem[-1])
    if stem.endswith("하"):
        return f"{stem[:-1]}해", stem
    if not last.coda:
        fused = _open(stem, last)
        return (fused, stem) if fused else None
    if last.coda in _IRREGULAR:
        return _irregular_or_regular(stem, last)
    if last.coda == "ㅎ" and len(stem) > 1 and stem.endswith(_H_ENDINGS):
        vowel = "ㅐ" if stem in _H_TO_AE else _H_FUSED[last.vowel]
        return stem[:-1] + join(Jamo(last.onset, vowel, "")), stem[:-1] + join(last._replace(coda=""))
    before_u = stem[:-1] + join(last._replace(coda="")) if last.coda == "ㄹ" else stem
    return stem + _a_or_eo(last.vowel), before_u


def _irregular_or_regular(stem: str, last: Jamo) -> tuple[str, str] | None:
    coda, opened = last.coda, stem[:-1] + join(last._replace(coda=""))
    is_irregular = stem in _IRREGULAR[coda] or stem.endswith(_IRREGULAR_ENDINGS[coda])
    if coda == "ㅂ" and is_irregular:
        return f"{opened}{'와' if stem in _TO_O else '워'}", f"{opened}우"
    if coda == "ㄷ" and is_irregular:
        changed = stem[:-1] + join(last._replace(coda="ㄹ"))
        return changed + _a_or_eo(last.vowel), f"{changed}으"
    if coda == "ㅅ" and is_irregular:
        return opened + _a_or_eo(last.vowel), f"{opened}으"
    return (stem + _a_or_eo(last.vowel), stem) if stem.endswith(_REGULAR[coda]) else None


def _open(stem: str, last: Jamo) -> str:
    """Return the form with 아/어 of a stem without a final consonant, or "" if it is not certain."""
    if stem.endswith("르") and len(stem) > 1 and not stem.endswith(_RU_REGULAR):
        if stem == "푸르":
            return "푸르러"
        return _doubled(stem) if stem.endswith(_RU_IRREGULAR) else ""
    if last.vowel == "ㅡ":
        vowel = "ㅏ" if len(stem) > 1 and split(stem[-2]).vowel in _BRIGHT else "ㅓ"
        return stem[:-1] + join(last._replace(vowel=vowel))
    if last.vowel in _UNFUSED or (last.vowel == "ㅣ" and len(stem) == 1 and stem not in _ONE_SYLLABLE_IN_I):
        return f"{stem}어"
    fused = _FUSED.get(last.vowel)
    return stem[:-1] + join(last._replace(vowel=fused)) if fused else ""


def _doubled(stem: str) -> str:
    before = split(stem[-2])
    ending = "라" if before.vowel in _BRIGHT else "러"
    return stem[:-2] + join(before._replace(coda="ㄹ")) + ending if not before.coda else ""


def _a_or_eo(vowel: str) -> str:
    return "아" if vowel in _BRIGHT else "어"


def _closed(stem: str, coda: str, after_consonant: str) -> str:
    """Return the stem with a final consonant, or with the syllable that follows a stem that has one."""
    last = split(stem[-1])
    if last.coda:
        return stem + after_consonant
    return stem[:-1] + join(last._replace(coda=coda))


def _with_coda(syllable: str, coda: str) -> str:
    return join(split(syllable)._replace(coda=coda))
