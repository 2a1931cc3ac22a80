"""Find grammar patterns in text by their form: -고 싶다 in 가고 싶어요, 은/는 in 저는, -(으)ㄹ 수 있다/없다 in 갈 수 없어요.

Word lists write patterns with hyphens or tildes, placeholders (N, V), slashes between variants, and parentheses around
optional letters. A pattern becomes a regular expression over decomposed text (NFD), in which a final consonant differs from
an initial one. Phrases (눈이 높다) are found in the same way. Like ``inflection``, this needs no model.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import product

from korean_flashcards.domain.lazy_regex import lazy_regex

from .stem_forms import decomposed, ending_regex, predicate_regex

_MARKS = "-~–—〜∼～…+ ?!."
# N에, V-고, A/V-기, 동사 + 고
_PLACEHOLDER = lazy_regex(
    r"^(?:(?:N|V|A|S|AV|VA|Adj|Noun|Verb|명사|동사|형용사)(?:\s*[/,]\s*(?=[NVA명동형]))?)+"
    r"(?=[-~–〜+\s(/가-힣ㄱ-ㅎ])\s*"
)
_MARKED = lazy_regex(r"^[-~–〜∼～…]|[가-힣)][-~–〜∼～…]$|[가-힣)]\s?/\s?[-(가-힣ㄱ-ㅎ]|\([가-힣ㄱ-ㅎ/]+\)|[ㄱ-ㅎ]")
_NOT_KOREAN = lazy_regex(r"\((?![가-힣ㄱ-ㅎ])[^)]*\)|\[[^]]*\]")
_NO_PARENTHESES = str.maketrans("", "", "()")
# These would have a meaning in the regular expression.
_OTHER_SIGNS = lazy_regex(r"[^\w\s(),/·;~–—〜∼～…-]|_")
_VARIANTS = lazy_regex(r"\s*[,·;]\s*|\s+/\s+(?=[-~])")
_OPTIONAL = lazy_regex(r"\(([가-힣ㄱ-ㅎ/]*)\)")
# Variants of one ending by the sound before it. They share what follows the last of them: 아/어서 is 아서 or 어서.
_BY_SOUND = frozenset("아어여해았었였했은는을ㄴㄹ")
# Endings that occur at the beginning of phrases when a word list omits the hyphen: 고 싶다, 지 말다.
_ENDINGS_IN_PHRASES = """
고 지 기 게 는 은 을 던 려고 으려고 러 면 으면 도록 기로 기만 기도 아 어 아야 어야 아도 어도 다가 나 거나 자
에 를 이 가 와 과 의 에게 로 으로 만 밖에
"""
_FIRST_ENDINGS = frozenset(_ENDINGS_IN_PHRASES.split())
# 이 사람, 나 혼자, 만 원
_ALSO_WORDS = frozenset("이가나자만의")
# A particle after the first part, and a negation before the second: 갈 수가 없다, 가고는 안 싶다.
_GAP = decomposed(r"(?:[이가은는도을를만의]|까지|조차)?\s*(?:[안못잘]\s+)?")
_PARTICLES = frozenset("은는이가을를과와")
_LIKE_PREDICATES = frozenset(("보다", "마다", "에다", "다"))
# The other form of an ending or a particle that is listed alone. An ending that begins with 는 or 습 has one with ㄴ or ㅂ.
_PARTNERS = {
    "은": "는", "는": "은", "이": "가", "가": "이", "을": "를", "를": "을", "과": "와", "와": "과", "야": "아", "아": "야",
    "이에요": "예요", "예요": "이에요",
}  # fmt: skip
_LETTERS = "\u1100-\u11ff"


@lru_cache(maxsize=4096)
def is_pattern(headword: str) -> bool:
    """Return whether a headword is written as a pattern: with a hyphen, a placeholder, a slash, or optional letters.

    A phrase that begins with an ending or a particle is a pattern, too (고 싶다, 에 대해).
    """
    plain = _NOT_KOREAN.sub("", headword).strip()
    placeholder, first = _PLACEHOLDER.match(plain), plain.partition(" ")[0]
    if first != plain and first in _FIRST_ENDINGS - _ALSO_WORDS:
        return True
    return _MARKED.search(plain) is not None or (
        placeholder is not None and (" " in plain or plain[placeholder.end()] in _MARKS)
    )


def occurs_as_pattern(headword: str, text: str, *, bound: bool = False) -> bool:
    """Return whether the text contains a form of the pattern or phrase.

    Args:
        headword: The pattern or phrase.
        text: The text to search.
        bound: Whether the pattern follows a stem or a noun even if the headword does not show it.
    """
    return _regex(headword, bound or is_pattern(headword)).search(unicodedata.normalize("NFD", text)) is not None


@lru_cache(maxsize=4096)
def _regex(headword: str, bound: bool) -> re.Pattern[str]:
    plain = _OTHER_SIGNS.sub("", _NOT_KOREAN.sub("", headword))
    variants = [_variant(part, bound) for part in _VARIANTS.split(plain) if part.strip(_MARKS)]
    return re.compile("|".join(filter(None, variants)) or "(?!)")


def _variant(part: str, bound: bool) -> str:
    part = _PLACEHOLDER.sub("", part.strip())
    chunks = re.sub(r"\s*/\s*[-~]?", "/", part.strip(_MARKS)).split()
    if not chunks:
        return ""
    bound = bound or chunks[0] in _FIRST_ENDINGS
    regexes = []
    for place, chunk in enumerate(chunks):
        is_first, is_last, alone = place == 0, place == len(chunks) - 1, len(chunks) == 1
        forms = _alternatives(chunk, alone=bound and alone) + ([] if is_last else _before_more(chunk))
        regexes.append("|".join(_form(form, bound and is_first, is_last, alone) for form in forms))
    start = "" if bound else f"(?<![{_LETTERS}])"
    return start + _GAP.join(f"(?:{regex})" for regex in regexes)


def _alternatives(chunk: str, *, alone: bool) -> list[str]:
    """Return the forms that a chunk stands for: (으)면 → 으면, 면; 아/어서 → 아서, 어서."""
    found = [form for each in _split(chunk) for form in _with_and_without(each)]
    last = found[-1] if found else ""
    if last[:1] in _BY_SOUND:
        found = [form + last[1:] if form in _BY_SOUND and len(last) > 1 else form for form in found]
    found += [form[:-1] for form in found if form.endswith(("위해서", "대해서", "관해서", "통해서"))]
    if alone and len(found) == 1:
        found += _partners(found[0])
    return list(dict.fromkeys(filter(None, found)))


def _split(chunk: str) -> list[str]:
    """Return the parts between the slashes that are not in parentheses."""
    return re.split(r"/(?![^(]*\))", chunk)


def _with_and_without(form: str) -> list[str]:
    """Return the form with each choice of its optional letters: (으)로(서) → 으로서, 으로, 로서, 로."""
    pieces = _OPTIONAL.split(form)
    # The variants of a vowel are not optional: (아/어)서 is 아서 or 어서.
    choices = [
        [piece] if place % 2 == 0 else piece.split("/") if set(piece.split("/")) <= _BY_SOUND and "/" in piece
        else [*piece.split("/"), ""] for place, piece in enumerate(pieces)
    ]  # fmt: skip
    return ["".join(choice).translate(_NO_PARENTHESES) for choice in product(*choices)]


def _partners(form: str) -> list[str]:
    if form in _PARTNERS:
        return [_PARTNERS[form]]
    if len(form) > 1 and form[0] in "는습이":
        return [{"는": "ㄴ", "습": "ㅂ", "이": ""}[form[0]] + form[1:]]
    return []


def _before_more(chunk: str) -> list[str]:
    """Return further forms of a chunk that is not the last: 적 for 적이 있다, ㄹ and 던 for ㄴ/는 것 같다."""
    parts = _split(chunk)
    if {"는"} < set(parts):
        return ["ㄹ", "던"]
    parts = [part.translate(_NO_PARENTHESES) for part in parts]
    return [part[:-1] for part in parts if len(part) > 1 and part[-1] in "이가을를" and part not in _FIRST_ENDINGS]


def _form(form: str, bound: bool, is_last: bool, alone: bool) -> str:
    if alone and form in _PARTICLES:
        return decomposed(form) + ("|[\u1161\u1165]\u11ab" if form in "은는" else "")
    if alone and form in _LIKE_PREDICATES:
        return decomposed(form)
    return predicate_regex(form, bound=bound) if is_last else ending_regex(form, bound=bound)
