"""Find verb forms that break the rules of inflection, without an analyzer: 춥어요 (추워요), 살으면 (살면), 먹았다 (먹었다).

Each rule describes letters that no correct word has, or an irregular stem before a vowel, and forms the right spelling.
Sources: 한글 맞춤법, Articles 15–18 and 34–36. The stems are in ``stem_classes``.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from operator import add
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex

from . import stem_classes as stems
from .hangul import CODAS, ONSETS, VOWELS, Jamo, join, split, syllables


def _syllables(onsets: str = ONSETS, vowels: str = VOWELS, codas: tuple[str, ...] = CODAS) -> str:
    """Return all syllables that consist of these letters, separated by "|"."""
    return "|".join(syllables(onsets, vowels, codas))


def _without(syllables: str, others: str) -> str:
    return "|".join(each for each in syllables.split("|") if each not in others)


_WORD = lazy_regex("[가-힣]+")
_CLOSED = CODAS[1:]
_ANY_CLOSED = _syllables(codas=_CLOSED)
_OPEN = _syllables(codas=("",))
_L, _PAST = _syllables(codas=("ㄹ",)), _syllables(codas=("ㅆ",))
_BRIGHT = "ㅏㅗㅑ"
_DARK = "".join(vowel for vowel in VOWELS if vowel not in _BRIGHT)

_H_TO_E = {"그렇": "그래", "이렇": "이래", "저렇": "저래", "요렇": "요래", "어떻": "어때"}
_PROMISES = {"도와": "도울", "해": "할", "봐": "볼", "줘": "줄"}  # 도와게요
_H_OPENED = {
    "빨가": "빨개", "노라": "노래", "하야": "하얘", "까마": "까매", "어떠": "어때", "뻘거": "뻘게", "누러": "누레",
    "퍼러": "퍼레", "허여": "허예",
}  # fmt: skip
_OPENED = str.maketrans("ㅏㅑㅓㅕ", "ㅐㅒㅔㅖ")
_REGULAR_RU = ("따르", "치르", "들르", "다다르", "우러르")


class _Rule(NamedTuple):
    """A stem and an ending that cannot follow each other.

    Attributes:
        pattern: Matches the stem (group 1) and the ending (group 2).
        right: Returns the right spelling of a match, or "" if it is unknown.
        pairs: The last syllable of each stem with the first syllable of each ending.
    """

    pattern: re.Pattern[str]
    right: Callable[[re.Match[str]], str]
    pairs: frozenset[str]


def wrong_inflections(text: str) -> Iterator[tuple[str, str]]:
    """Yield the impossible verb forms in a text, each as (the word, its right spelling or "")."""
    yield from filter(None, map(_in_word, _WORD.findall(text)))


def pairs_of_rules() -> frozenset[str]:
    """Return the pairs of syllables that the rules look for. Most texts contain none of them."""
    return _rules()[1]


@lru_cache(maxsize=16384)
def _in_word(word: str) -> tuple[str, str] | None:
    rules, pairs = _rules()
    found = pairs.intersection(map(add, word, word[1:]))
    for rule in rules if found else ():
        if not rule.pairs.isdisjoint(found) and (match := rule.pattern.search(word)):
            return _whole_word(word, match, rule.right(match))
    return None


def _whole_word(text: str, match: re.Match[str], right: str) -> tuple[str, str]:
    first, last = match.span()
    while first and "가" <= text[first - 1] <= "힣":
        first -= 1
    while last < len(text) and "가" <= text[last] <= "힣":
        last += 1
    return text[first:last], f"{text[first : match.start()]}{right}{text[match.end() : last]}" if right else ""


@cache
def _rules() -> tuple[tuple[_Rule, ...], frozenset[str]]:
    """Return the rules, and the pairs of syllables of all of them."""
    rules = (*_irregular_stems(), *_stems_in_l(), *_vowel_harmony(), *_vowels_between(), *_after_past(), *_of_classes())
    return rules, frozenset().union(*(rule.pairs for rule in rules))


def _rule(
    first: str,
    last: str,
    right: Callable[[re.Match[str]], str],
    *,
    alone: bool = False,
    unless: str = "",
    after: str = "",
) -> _Rule:
    """Return a rule.

    Args:
        first: The stems, separated by "|".
        last: The beginnings of the endings, separated by "|".
        right: As in ``_Rule``.
        alone: Whether the stem must be at the beginning of the word.
        unless: A pattern that must not precede the stem.
        after: A pattern that must follow.
    """
    start = ("^" if alone else "") + (f"(?<!{unless})" if unless else "")
    pattern = re.compile(f"{start}({_one_of(first)})({_one_of(last)}){after}")
    return _Rule(pattern, right, frozenset(stem[-1] + end[0] for stem in first.split("|") for end in last.split("|")))


def _one_of(alternatives: str) -> str:
    texts = alternatives.split("|")
    return (
        f"[{''.join(texts)}]"
        if all(len(text) == 1 for text in texts)
        else "|".join(sorted(texts, key=len, reverse=True))
    )


def _irregular_stems() -> Iterator[_Rule]:
    yield _rule(stems.B_IRREGULAR, "어|아|었|았|은|을|음|으", _b_form, unless="수(?=줍)|유(?=럽)")
    # 추우지만: the stem has 우 only before 어, ㄴ, ㄹ, and ㅁ.
    before_vowels = "|".join(f"{_recoded(stem, '')}우" for stem in stems.B_IRREGULAR.split("|"))
    yield _rule(before_vowels, "지|고|네요|거나|게|기|든지|다", lambda match: _recoded(match[1][:-1], "ㅂ") + match[2])
    yield _rule(
        stems.D_IRREGULAR,
        "어|아|었|았|은|을|음|으",
        lambda match: _recoded(match[1], "ㄹ") + _DARKER.get(match[2], match[2]),
    )
    yield _rule(
        stems.S_IRREGULAR,
        "어|아|었|았|으면|으니|으려|으세|으시|으러",
        lambda match: _recoded(match[1], "") + match[2],
        alone=True,
    )
    yield _rule(stems.H_IRREGULAR, "어|아|었|았|은|을|음|으", _h_form)
    # 빨가요, 어떠요
    yield _rule("|".join(_H_OPENED), "요", lambda match: f"{_H_OPENED[match[1]]}요", alone=True, after="$")
    yield _rule(stems.IN_RU, "어|아|었|았", _ru_form)
    yield _rule(stems.IN_EU, "어|아|었|았", _eu_form)
    # 뜨아 and 크아 alone are interjections or slang.
    yield _rule("쓰|크|뜨|끄|트", "어|아|었|았", _eu_form, alone=True, after="(?=.)")


def _stems_in_l() -> Iterator[_Rule]:
    yield _rule(
        stems.IN_L, "으면|으니|으려|으러|으며|으세|으시", lambda match: _before(match[1], match[2][1]), alone=True
    )
    yield _rule(stems.ONLY_IN_L, "은|을", lambda match: _recoded(match[1], split(match[2]).coda), alone=True, after="$")
    yield _rule(stems.IN_L, "을까|을게|을래", lambda match: match[1] + match[2][1], alone=True)
    yield _rule(
        f"{stems.IN_L}|{stems.IN_L_OR_D}", "는|네요|니까|나요|냐고",
        lambda match: _recoded(match[1], "") + match[2], alone=True, after="(?!지)",
    )  # fmt: skip
    # 만드려고: ㄹ stays before ㄹ, ㅁ, and ㄱ
    yield _rule(
        "만드|흔드|힘드|떠드|거드|잠드|물드|줄어드|스며드", "려고|러|면|며|면서|려면|고|지만|거나|게|기",
        lambda match: _recoded(match[1], "ㄹ") + match[2], alone=True, after="(?!름)",
    )  # fmt: skip
    yield _rule(_L, "습니다|습니까", lambda match: f"{_recoded(match[1], 'ㅂ')}{match[2][1:]}")
    yield _rule(
        f"{stems.IN_L}|{stems.IN_L_OR_D}",
        "세요|십시오|십니",
        lambda match: _recoded(match[1], "") + match[2],
        alone=True,
    )


def _vowel_harmony() -> Iterator[_Rule]:
    bright, dark = (_syllables(vowels=vowels, codas=_CLOSED) for vowels in (_BRIGHT, _DARK))
    yield _rule(_without(bright, _PAST), "었", lambda match: f"{match[1]}았")
    yield _rule(dark, "았", lambda match: f"{match[1]}었")
    yield _rule(stems.BRIGHT, "어요|어서", lambda match: f"{match[1]}아{match[2][1]}", alone=True)
    yield _rule(dark, "아요|아서", lambda match: f"{match[1]}어{match[2][1]}", after="$")
    yield _rule(stems.OPEN_A, "았|었", lambda match: _recoded(match[1], "ㅆ"), unless="낫")
    yield _rule("나|만나|일어나|끝나|떠나", "었", lambda match: _recoded(match[1], "ㅆ"), alone=True)
    yield _rule("하", "어|았|었", lambda match: "했" if match[2] in "았었" else "해")
    yield _rule("오|보", "었|어요|어서", _rounded, alone=True)
    yield _rule("오", "아요|아서|았", _rounded, alone=True)
    yield _rule(stems.IN_A, "아요|아서|어요|어서", lambda match: match[1] + match[2][1], alone=True)
    yield _rule(stems.OPEN_DARK, "아요|아서|았", _open_dark, alone=True)


def _vowels_between() -> Iterator[_Rule]:
    yield _rule(
        stems.CLOSED, "면|려고|러|세요|니까|면서|십시오", lambda match: f"{match[1]}으{match[2]}", alone=True, after="$"
    )
    # 나으면 (낫다), 모으면 (모으다)
    open_stems = _without(_OPEN, "나지이부그저모쏘푸으")
    yield _rule(open_stems, "으면|으니까|으세요|으려고", lambda match: f"{match[1]}{match[2][1:]}")
    yield _rule(_OPEN, "습니다|습니까", lambda match: f"{_recoded(match[1], 'ㅂ')}{match[2][1:]}")
    yield _rule(_OPEN, "는다", lambda match: f"{_recoded(match[1], 'ㄴ')}다", after="(?=고|면|$)")


def _after_past() -> Iterator[_Rule]:
    yield _rule(_PAST, "아요|에요|예요|애요|여요|서요|써요|얘요", lambda match: f"{match[1]}어요")
    yield _rule(_PAST, "아|애|여|서|써", lambda match: f"{match[1]}어", after="$")
    yield _rule(
        _PAST,
        "슴|씀|스니",
        lambda match: f"{match[1]}습{'니' if match[2] == '스니' else ''}",
        after="(?=니다|니까|다|까)",
    )
    yield _rule("|".join(_PROMISES), "게요", lambda match: f"{_PROMISES[match[1]]}게요", after="$")
    yield _rule(_PAST, "요", lambda match: f"{match[1]}어요", after="$")
    yield _rule(_PAST, "면|니까|려고|며|세요|시면|시고", lambda match: f"{match[1]}으{match[2]}")
    yield _rule(
        _PAST, "내요|네여|어여", lambda match: match[1] + {"내요": "네요", "네여": "네요", "어여": "어요"}[match[2]]
    )
    yield _rule(_without(_PAST, "있"), "은데", lambda match: f"{match[1]}는데")


def _of_classes() -> Iterator[_Rule]:
    yield _rule(stems.ADJECTIVES, "는", _adjective_form, alone=True, after="(?!거)")
    # 거예요 and 말예요 are accepted contractions.
    yield _rule(_without(_ANY_CLOSED, f"말{_PAST}"), "예요", lambda match: f"{match[1]}이에요", after="$")
    yield _rule("맛있|멋있|재미있|맛없|멋없|재미없", "은", lambda match: f"{match[1]}는", after="$")
    # 됬어요, 예쁬다. Contractions such as 어딨어, 재밌다, and 여깄다 are accepted.
    never = _without(_syllables(vowels="ㅗㅛㅜㅠㅡㅟㅢㅚㅣ", codas=("ㅆ",)), "있딨밌깄")
    yield _rule(never, "어|습|다|는|고|지|던|으|었|네|을", _past_form)
    # 먹엇어요, 기다렷다
    yield _rule(
        "엇|앗|렷|쳣|졋|켯|갓|왓|봣|샷|췃|줫|햇|됏|겟", "어요|어|다|습니|는데|고|지만|네|던",
        lambda match: _recoded(match[1], "ㅆ") + match[2], unless="무(?=엇)|빼(?=앗)",
    )  # fmt: skip
    # 깟어요, 샷습니다, without stems that end in ㅅ (벗, 낫) and nouns (맛, 것)
    in_s = _without(_syllables(vowels="ㅏㅐㅓㅔㅕㅘㅙㅝ", codas=("ㅅ",)), "벗뺏앗낫젓엿맛멋것갓섯")
    yield _rule(
        in_s,
        "어요|어서|습니다|습니까|었|는데|던데|네요|거든요|어도|어야",
        lambda match: _recoded(match[1], "ㅆ") + match[2],
    )
    # 어려워여, 안녕하세여
    yield _rule("세|해|워|와|봐|줘|쳐|려|져|켜|어", "여", lambda match: f"{match[1]}요", unless="^", after="$")


_DARKER = {"아": "어", "았": "었"}


def _recoded(stem: str, coda: str) -> str:
    """Return a stem with a different final consonant."""
    return stem[:-1] + join(split(stem[-1])._replace(coda=coda))


def _before(stem: str, ending: str) -> str:
    """Return a stem in a vowel or ㄹ with an ending: 살 + 니 → 사니, 살 + 면 → 살면."""
    return (_recoded(stem, "") if split(stem[-1]).coda == "ㄹ" and ending[0] in "니세시" else stem) + ending


def _fused(stem: str, ending: str) -> str:
    return _recoded(stem, split(ending).coda)


def _b_form(match: re.Match[str]) -> str:
    start, end = _recoded(match[1], ""), match[2]
    if match[1] in ("돕", "곱") and end in "어아었았":
        return start + ("와" if end in "어아" else "왔")
    return start + join(Jamo("ㅇ", "ㅝ" if end in "어아었았" else "ㅜ", split(end).coda))


def _h_form(match: re.Match[str]) -> str:
    stem, end = match[1], match[2]
    if end in "은을음으":
        return _recoded(stem, split(end).coda)
    vowel = split(stem[-1]).vowel.translate(_OPENED)
    open_form = _H_TO_E.get(stem) or stem[:-1] + join(split(stem[-1])._replace(vowel=vowel, coda=""))
    return _recoded(open_form, split(end).coda)


def _ru_form(match: re.Match[str]) -> str:
    stem, end = match[1], match[2]
    vowel = "ㅏ" if split(stem[-2]).vowel in _BRIGHT else "ㅓ"
    last = join(Jamo("ㄹ", vowel, split(end).coda))
    if stem in _REGULAR_RU:
        return stem[:-1] + last
    return stem + join(Jamo("ㄹ", "ㅓ", split(end).coda)) if stem == "푸르" else _recoded(stem[:-1], "ㄹ") + last


def _eu_form(match: re.Match[str]) -> str:
    stem, end = match[1], match[2]
    vowel = "ㅏ" if len(stem) > 1 and split(stem[-2]).vowel in _BRIGHT else "ㅓ"
    return stem[:-1] + join(Jamo(split(stem[-1]).onset, vowel, split(end).coda))


def _rounded(match: re.Match[str]) -> str:
    """Return 오 or 보 with 아/어: 와요, 봤다."""
    onset, end = split(match[1]).onset, match[2]
    return join(Jamo(onset, "ㅘ", "ㅆ")) if end in "았었" else join(Jamo(onset, "ㅘ", "")) + end[1:]


def _open_dark(match: re.Match[str]) -> str:
    """Return a stem that ends in a vowel with 어: 마셔요, 배웠다."""
    stem, end = match[1], match[2]
    letters = split(stem[-1])
    if letters.vowel == "ㅟ":
        return f"{stem}{'었' if end == '았' else '어'}{end[1:]}"
    fused = letters._replace(vowel={"ㅣ": "ㅕ", "ㅜ": "ㅝ"}.get(letters.vowel, letters.vowel))
    return stem[:-1] + join(fused._replace(coda="ㅆ" if end == "았" else "")) + end[1:]


def _past_form(match: re.Match[str]) -> str:
    letters = split(match[1])
    vowel = {"ㅚ": "ㅙ", "ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ", "ㅡ": "ㅓ"}.get(letters.vowel)
    return join(letters._replace(vowel=vowel)) + match[2] if vowel else ""


def _adjective_form(match: re.Match[str]) -> str:
    stem = match[1]
    coda = split(stem[-1]).coda
    if not coda:
        return _recoded(stem, "ㄴ")
    return _recoded(stem, "") + "운" if coda == "ㅂ" and stem != "좁" else f"{stem}은"
