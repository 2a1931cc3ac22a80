"""Conjugate a verb or an adjective in the forms that learners need first, and say what is irregular about it."""

from collections.abc import Sequence
from functools import lru_cache

from .conjugation import Conjugation, conjugated
from .hangul import split
from .morphology import RawMorpheme, raw_morphemes, rebuilt

# Two verbs with different forms have these dictionary forms: 걷다 "walk" (걸어요) and "roll up" (걷어요).
_TWO_VERBS = frozenset(("걷다", "묻다", "굽다", "이르다", "누르다", "곱다", "일다", "붇다", "붓다", "싣다", "불다"))
# 그러다 (그래요), 뵙다 (봬요), and honorific verbs (계세요) have forms that the rules do not give.
_NO_FORMS = frozenset((
    "있다", "없다", "아니다", "이다", "않다", "말다", "달다", "데리다", "그러다", "이러다", "저러다", "어쩌다", "뵙다",
    "안녕하다", "인하다", "대하다", "위하다", "의하다", "관하다", "계시다", "드시다",
    "주무시다", "잡수시다", "돌아가시다", "편찮으시다",
))  # fmt: skip
_ADJECTIVE = ("VA", "XSA")
_VERB = ("VV", "XSV")
_POLITE, _PAST = ("어요", "EF"), ("었", "EP")


@lru_cache(maxsize=4096)
def forms_of(base: str, pos: str) -> str:
    """Return a line such as "춥다: 추워요, 추웠어요, 추운 (before a noun); ㅂ becomes 우 before a vowel.", or "".

    The forms are the polite present, the polite past, and, for verbs, the future, for adjectives, the form before a noun.

    Args:
        base: The dictionary form.
        pos: The part of speech, or "" if unknown. Adjectives that are listed as verbs get the future, which they have, too.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    if " " in base or not base.endswith("다") or base in _TWO_VERBS or base in _NO_FORMS:
        return ""
    forms = conjugated(base)
    tag = _tag(base, forms) if forms else ""
    if forms is None or not tag:
        return ""
    tag = "VV" if pos == "verb" else tag
    if pos == "adjective" and tag in _VERB:
        return ""  # 진정하다 "true" is not 진정하다 "calm down"
    third = f"{forms.describing} (before a noun)" if tag in _ADJECTIVE else forms.future
    irregular = _irregular(base[:-1], forms.present.removesuffix("요"))
    return f"{base}: {forms.present}, {forms.past}, {third}" + (f"; {irregular}." if irregular else ".")


def _tag(base: str, forms: Conjugation) -> str:
    """Return the analyzer's tag of a verb, or "" if the analyzer does not confirm that these are forms of it.

    The analyzer takes some dictionary forms apart wrongly, such as 쥐다 (쥐 "mouse" + 이다), but not their past forms.
    """
    stem = raw_morphemes(base)[:-1]
    if _is_verb(stem, base[:-1]):
        present, past = (_with(stem, *endings) for endings in ((_POLITE,), (_PAST, _POLITE)))
        is_confirmed = (present, past) == (forms.present, forms.past)
        return _plain(stem[-1]) if is_confirmed else ""
    pieces = raw_morphemes(forms.past)
    is_past = [piece.tag for piece in pieces[1:]] == ["EP", "EF"]
    return _plain(pieces[0]) if is_past and _is_verb(pieces[:1], base[:-1]) else ""


def _is_verb(pieces: Sequence[RawMorpheme], stem: str) -> bool:
    """Return whether the pieces are a verb or an adjective with this stem that the analyzer's dictionary contains."""
    if not pieces or not all(piece.known for piece in pieces) or "".join(piece.form for piece in pieces) != stem:
        return False
    return _plain(pieces[-1]) in (*_ADJECTIVE, *_VERB) and all(each.tag.startswith(("N", "XR")) for each in pieces[:-1])


def _plain(piece: RawMorpheme) -> str:
    return piece.tag.partition("-")[0]


def _with(stem: Sequence[RawMorpheme], *endings: tuple[str, str]) -> str:
    return rebuilt([*stem, *(RawMorpheme(form, tag, 0, 0, True) for form, tag in endings)])


def _irregular(stem: str, present: str) -> str:
    """Return what happens to a stem before a vowel (한글 맞춤법 18), or "" if it does not change.

    Args:
        stem: The stem, such as 춥.
        present: The form with 아/어, such as 추워.
    """
    last, at = split(stem[-1]), len(stem) - 1
    if len(present) <= at:
        return ""
    same = split(present[at])
    if last.coda == "ㅂ" and same.coda == "":
        return "ㅂ becomes 우 or 오 before a vowel"
    if last.coda == "ㄷ" and same.coda == "ㄹ":
        return "ㄷ becomes ㄹ before a vowel"
    if last.coda == "ㅅ" and same.coda == "":
        return "ㅅ is dropped before a vowel"
    if last.coda == "ㅎ" and same.vowel in "ㅐㅒ":
        return "ㅎ is dropped before a vowel"
    if stem.endswith("르") and at and split(present[at - 1]).coda == "ㄹ" and same.onset == "ㄹ":
        return "르 becomes ㄹㄹ before 아/어"
    if last.vowel == "ㅡ" and last.coda == "" and same.vowel in "ㅏㅓ":
        return "ㅡ is dropped before 아/어"
    return "ㄹ is dropped before ㄴ, ㅂ, and ㅅ" if last.coda == "ㄹ" else ""
