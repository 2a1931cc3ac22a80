"""Look up the words in ``lexicon_tables``, whose spelling does not show their pronunciation.

A marker between two syllables of an entry describes the boundary between them:

- ``'``: the next consonant becomes tense (a comment on the table explains why);
- ``+``: ㄴ is inserted before i or y;
- ``=``: a boundary between two words, where the left word keeps its own coda;
- ``~``: ㄴ before ㄹ remains ㄴ;
- ``.``: no change;
- ``?'``, ``?+``, ``?=``: no change, but the change is also permitted;
- ``'?``, ``+?``: the change, but no change is also permitted;
- ``%`` (at the end): the name of a letter.

A final ``-`` marks an entry that anything can follow, as it can follow native words of three or more syllables. All other
words can be followed by particles, the copula, 하다, 되다, and nouns that often form compounds (한자 + 어, 인권 + 법). Words
whose pronunciation depends on their meaning are in ``homographs``.
"""

from functools import lru_cache
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex

from . import lexicon_tables as tables
from .hangul import split
from .junctions import Mark

_SIGNS = {
    "+": Mark.INSERT, "=": Mark.SEPARATE, "~": Mark.KEEP_N, ".": Mark.NONE, "%": Mark.LETTER, "?'": Mark.PLAIN_OR_TENSE,
    "'?": Mark.TENSE_OR_PLAIN, "+?": Mark.INSERT_OR_NOT, "?+": Mark.NOT_OR_INSERT, "?=": Mark.NOT_OR_SEPARATE,
}  # fmt: skip
_PARTS = lazy_regex(r"[가-힣]|[^가-힣]+")

# The nouns that follow the adnominal ending -(으)ㄹ most often, and what can follow it in the same word: 할 수도, 할 것만.
_AFTER_ADNOMINAL = lazy_regex(r"(?:수|것|거|걸|건|게|겁|데|바|줄|적|듯|듯이|지경|정도|동안|성)(?![가-힣]{3})")

# Syllables whose ㅅ is a 사이시옷 whenever another noun follows (Article 30).
SAI = frozenset("햇콧냇뱃샛뒷윗랫뭇깻갯댓훗텃툇촛찻젯귓멧횟욋렛핏혓뼛곗삿잿쇳탯볏쳇맷")
# The same after the first syllable of a word (머릿속), and in these pairs.
_INNER_SAI = frozenset("릿닷룻왓밋랏윳솟둣굣푯칫춧톳싯돗묫딧팃킷갓숫줏짓깃셋")
_SAI_PAIRS = frozenset(
    ("깃발", "깃대", "젓가", "숫자", "잇자", "잇속", "빗방", "빗소", "빗줄", "빗길", "빗발", "빗속", "곳간", "셋방", "엇국",
     "맛비", "못자", "잣집", "빗집", "봇짐")
)  # fmt: skip

_SINO_R_PAIRS = frozenset(tables.SINO_R.split())
_ADNOMINAL_PAIRS = frozenset(tables.ADNOMINAL.split())
_LABIAL_PAIRS = frozenset(("넓죽", "넓적", "넓둥"))
_RG_NOUNS = frozenset("닭흙칡슭탉")
_RG_STEMS = frozenset("읽맑늙밝붉굵긁낡묽얽갉옭")
_RM_STEMS = frozenset("닮젊굶옮곪짊")
_RM_ENDINGS = frozenset("다고지게던더도거겠자죠소습세군구든")

_FOLLOWERS = lazy_regex(
    r"(?:들|님|적|상|용|별|생|자|가|화|력)?"
    r"(?:은|는|이|가|을|를|의|에|에서|에게|께|께서|와|과|랑|이랑|하고|도|만|로|으로|부터|까지|처럼|보다|마다|조차|밖에|이나|나"
    r"|라도|이라도|에는|에도|에서는|에서도|으로는|로는|만은|만이|까지도|이라|라|인|입니다|이다|이야|야|이에요|예요|이죠|이지만"
    r"|(?:하|한|할|해|했|합|함|되|된|될|돼|됐|됩|됨|이었|였|이고|이라고|이라는|이란|인데|인가|일까|이네).*)?"
)


# Nouns that often follow a Sino-Korean noun, and shorter ones that follow nouns of two syllables: 치과의사, 한자어.
_SECOND = (
    "론자|학자|원장|장애|사례|권자|집단|단체|의사|의원|병원|치료|진료|수술|교육|시험|운동|문제|조사|제도|정책|문화|능력|관계|기준|결과|방법|기술"
    "|시대|사회|국가|정부|위원회|보호|침해|선언|존중|변호사|상승|하락|지수|안정|분석|관리|정보|카드|사전|신청|번호|사진|시장|거래|회사|투자"
    "|가수|가요|상품|투표|순위|스타|드라마|작가|배우|절정|폭발|만점|최고|검사|차이|정리|기사|현장|기록|사고|당시|발생|해결|반사|완화|변경"
    "|환자|주의|주의자|식품|지역|논란|여부|향상"
)
_SHORT_SECOND = "어|음|법|론|학|료|원|장|사|품|체|판|말|식|권|꾼|층|성|도|비|률|율|표|책|실|집|단|회|팀|균"
_AFTER_LONG = lazy_regex(f"(?:{_SECOND})")
_AFTER_SHORT = lazy_regex(f"(?:{_SECOND}|{_SHORT_SECOND})")


def parse(entry: str, tensed: Mark) -> tuple[str, tuple[tuple[int, Mark], ...]]:
    """Return an entry's word and marks: "길'가" → ("길가", ((1, tensed),)).

    ``tensed``: the mark that ``'`` represents in this table.
    """
    word, marks = "", []
    parts = _PARTS.findall(entry)
    for sign, following in zip(parts, (*parts[1:], ""), strict=True):
        if sign == "'":
            marks.append((len(word), Mark.SINO if tensed is Mark.HABIT and _r_meets(word, following) else tensed))
        elif sign == "+" and word[-1] in SAI:
            marks.append((len(word), Mark.SAI_INSERT))
        elif sign in _SIGNS:
            marks.append((len(word), _SIGNS[sign]))
        else:
            word += sign
    return word, tuple(marks)


def _r_meets(word: str, following: str) -> bool:
    """Return whether Article 26 already makes the next consonant of a Sino-Korean word tense."""
    return split(word[-1]).coda == "ㄹ" and split(following).onset in ("ㄷ", "ㅅ", "ㅈ")


_TABLES = (
    (tables.SINO, Mark.HABIT), (tables.SINO_R_WORDS, Mark.SINO), (tables.COMPOUNDS, Mark.COMPOUND),
    (tables.N_INSERTED, Mark.COMPOUND), (tables.N_NOT_INSERTED, Mark.NONE), (tables.EITHER, Mark.HABIT),
    (tables.SEPARATE, Mark.COMPOUND), (tables.N_KEPT, Mark.HABIT), (tables.STEM_FORMS, Mark.STEM),
    (tables.LETTERS, Mark.HABIT),
)  # fmt: skip

_SURE = 3  # an entry this long is not part of an unrelated word
STEMS, _PLAIN_STEMS = frozenset(tables.STEMS.split()), frozenset(tables.PLAIN_STEMS.split())
_STEM_ENDINGS = lazy_regex(tables.STEM_ENDINGS)
_SHORT_ENDINGS = lazy_regex(f"{tables.STEM_ENDINGS}|{tables.SHORT_ENDINGS}")
_LONGEST_STEM = max(map(len, STEMS))


class _LexiconEntry(NamedTuple):
    marks: tuple[tuple[int, Mark], ...]
    is_free: bool  # whether anything can follow


def _entries() -> dict[str, _LexiconEntry]:
    found = {}
    for table, tensed in _TABLES:
        for entry in table.split():
            word, marks = parse(entry.removesuffix("-"), tensed)
            # 경제성장 does not consist of 경제성 and a second noun.
            is_sure = len(word) >= _SURE and table is not tables.SINO
            found[word] = _LexiconEntry(marks, entry.endswith("-") or is_sure)
    return found


def _lengths_by_first_syllable() -> dict[str, tuple[int, ...]]:
    """Return the lengths of the entries that begin with each syllable, the longest first."""
    lengths: dict[str, set[int]] = {}
    for word in (*_ENTRIES, *STEMS):
        lengths.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


_ENTRIES = _entries()
_LENGTHS = _lengths_by_first_syllable()


@lru_cache(maxsize=4096)
def can_follow(rest: str) -> bool:
    """Return whether ``rest`` can follow a noun.

    ``rest`` may be empty or consist of particles, the copula, 하다, and so on.
    """
    return _FOLLOWERS.fullmatch(rest) is not None


def is_adnominal(last: str, following: str) -> bool:
    """Return whether a final ㄹ is probably the adnominal ending, because of the next word: 할 수, 먹을 것."""
    return split(last).coda == "ㄹ" and _AFTER_ADNOMINAL.match(following) is not None


def word_marks(word: str, start: int = 0) -> tuple[tuple[int, Mark], ...]:
    """Return the marks for the longest listed word at ``start`` that the rest of ``word`` can follow.

    Each mark is an (index in ``word``, mark) pair.
    """
    lengths = _LENGTHS.get(word[start])
    if lengths is None:
        return ()
    for length in lengths:
        end = start + length
        entry = _ENTRIES.get(word[start:end])
        if entry and (entry.is_free or _may_follow(word[end:], length >= _SURE)):
            return shifted(entry.marks, start)
    return _stem_marks(word, start)


@lru_cache(maxsize=4096)
def _may_follow(rest: str, is_long: bool) -> bool:
    """Return whether ``rest`` can follow a noun, possibly after a second noun: 어 and 어를 after 한자."""
    if can_follow(rest):
        return True
    second = (_AFTER_LONG if is_long else _AFTER_SHORT).match(rest)
    return second is not None and can_follow(rest[second.end() :])


def _stem_marks(word: str, start: int) -> tuple[tuple[int, Mark], ...]:
    """Return the mark for Article 24 after a listed stem, before an ending that shows that it is one: 참다, 숨겠다."""
    for end in range(start + 1, min(len(word), start + _LONGEST_STEM + 1)):
        if word[start:end] in STEMS:
            endings = _SHORT_ENDINGS if word[start:end] in _PLAIN_STEMS else _STEM_ENDINGS
            if endings.fullmatch(word, end):
                return ((end, Mark.STEM),)
    return ()


def shifted(marks: tuple[tuple[int, Mark], ...], by: int) -> tuple[tuple[int, Mark], ...]:
    """Return the marks with their indexes shifted ``by`` syllables to the right."""
    return tuple((index + by, mark) for index, mark in marks) if by else marks


def syllable_marks(word: str) -> list[tuple[int, Mark]]:
    """Return the marks that depend only on two adjacent syllables, as (index of the right syllable, mark) pairs."""
    found: list[tuple[int, Mark]] = []
    for index in range(1, len(word) + 1):
        mark = _pair_mark(word[index - 1 : index + 1], index == 1)
        if mark is not Mark.NONE:
            found.append((index, mark))
    return found


@lru_cache(maxsize=65536)
def _pair_mark(pair: str, is_first: bool) -> Mark:
    left, right = pair[0], pair[1:]
    if pair in _SINO_R_PAIRS or (right == "적" and split(left).coda == "ㄹ"):
        return Mark.SINO
    if pair in _ADNOMINAL_PAIRS:
        return Mark.ADNOMINAL
    if left == "밟" or pair in _LABIAL_PAIRS:
        return Mark.LABIAL
    if left == "덟" or left in _RG_NOUNS:
        return Mark.NOUN
    if left in _RG_STEMS or (left in _RM_STEMS and right in _RM_ENDINGS):
        return Mark.STEM
    if right == "잎" or pair in ("십육", "백육", "천육"):
        return Mark.SAI_INSERT if left in SAI else Mark.INSERT
    has_sai = left in SAI or pair in _SAI_PAIRS or (left in _INNER_SAI and not is_first)
    return Mark.SAI if has_sai and right else Mark.NONE
