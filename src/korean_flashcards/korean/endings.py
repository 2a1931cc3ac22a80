"""Find compound-final elements that change the preceding sound or become tense: 신혼+여행, 음운~론, 인권'법."""

from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex

from .hangul import split
from .junctions import Mark
from .lexicon import SAI, can_follow

# Second words that trigger ㄴ-insertion, with the minimum number of syllables before them.
_WORDS = {
    "여름": 1, "유리": 1, "연필": 1, "이불": 1, "이야기": 1,
    "여행": 2, "열차": 2, "영화": 2, "요리": 2, "요법": 2, "엽서": 2, "양념": 2, "연습": 2, "요금": 2,
    "요소": 2, "요인": 2, "요원": 2, "여부": 2, "용어": 2, "용지": 2, "용품": 2, "윤리": 2, "예술": 2,
}  # fmt: skip
# 驛, 藥, 炎, 率, 用, 油, 熱: the same after two or more syllables, unless they belong to one of these words: 부작용.
_SINO = frozenset("역약염율용유열")
_SINO_WORDS = """
번역 통역 광역 징역 반역 검역 면역 전역 권역 병역 음역 완역 직역 복역 퇴역 현역 성역 단역 악역 용역 영역 연역 방역 홍역
절약 협약 만약 탄약 연약 농약 공약 청약 언약 선약 밀약 맹약 신약 생약 한약 양약 독약 극약 집약 박약 병약 감염 전염 폭염
간염 작용 적용 활용 인용 신용 실용 전용 관용 겸용 남용 복용 착용 응용 통용 공용 등용 중용 혼용 병용 준용 상용 운용 원용
일용 임용 식용 약용 선용 석유 공유 권유 경유 원유 분유 함유 향유 점유 온유 분열 진열 균열 선열 정열 전열 직열 발열
"""
# Exceptions to Article 20: these after ㄴ, unless they belong to one of these words: 직업훈련, 신인류.
_BOUND = frozenset("력량란료론령례류로")
_L_WORDS = """
권력 전력 인력 근력 분량 천량 전량 혼란 곤란 논란 산란 반란 민란 전란 원료 진료 완료 연료 언론 본론 연령 전령 본령
관령 관례 전례 순례 혼례 선례 인류 한류 분류 전류 본류 난류 진로 선로 난로
"""
_OTHER = frozenset((*_SINO_WORDS.split(), *_L_WORDS.split()))
# 科, 權, 法, 症, 證, and 性: tense after two or more syllables, unless they belong to a word in ``_TENSE_OTHER``: 이용방법.
_TENSE = frozenset("과권법증성")
_TENSE_OTHER = lazy_regex(
    "(?:[효초사여부다모유제]과|무화과|[방마무]법|[검보고인공논]증|[러두세서너무른흔태강]권"
    "|[여남위행왕산장구완형조생편결달근인본이개감음양명함정찬만교환칠금화토유혜항고도반육신대호우총괴탄원가미경동]성|[김박최윤허곽].성)$"
)
# Words whose second syllable is tense, also at the end of longer words: 살인사건, 전제조건.
_TENSE_WORDS = frozenset((
    "사건", "조건", "요건", "안건", "성격", "인격", "평가", "물가", "원가", "문법", "헌법", "형법", "민법", "문자", "글자",
    "염증", "통증", "관점", "초점", "장점", "단점", "쟁점", "여권", "인권", "정권", "주권", "채권", "증권", "외과", "내과",
    "치과",
))  # fmt: skip
_LAST = lazy_regex("|".join((*_WORDS, *_TENSE_WORDS, f"[{''.join((*_SINO, *_BOUND, *_TENSE))}]")))
# The particles after a consonant and after a vowel. 증가 and 인상 do not end in a particle.
_AFTER_CODA = lazy_regex(
    "(?:들)?(?:이|은|을|과|으로|이나|이랑|에|의|도|만|에서|부터|까지|처럼|보다|이라.*|이다|입니다|이에요|이야)?"
)
_AFTER_VOWEL = lazy_regex(
    "(?:들)?(?:가|는|를|와|로|나|랑|에|의|도|만|에서|부터|까지|처럼|보다|라.*|다|입니다|예요|야|고)?"
)


def ending_marks(word: str) -> list[tuple[int, Mark]]:
    """Return the marks before final elements that change the preceding sound, as (index in ``word``, mark) pairs.

    Particles may follow the final element.
    """
    marks = []
    for match in _LAST.finditer(word, 1):
        index, last = match.start(), match[0]
        rest = word[match.end() :]
        if last in _TENSE or last in _TENSE_WORDS:
            last = last if index > 1 else last[-1]  # 영문법 does not end in 문법, but in 법
            index = match.end() - len(last)
            if (
                index > 1
                and (last in _TENSE_WORDS or last in _TENSE)
                and _is_tense(word[index - 2 : index], last, rest)
            ):
                marks.append((match.end() - 1, Mark.HABIT))
        elif (mark := _mark(word[max(index - 2, 0) : index], last)) and can_follow(rest):
            marks.append((index, mark))
    return marks


@lru_cache(maxsize=4096)
def _mark(before: str, last: str) -> Mark | None:
    """Return the mark between ``before`` (the one or two preceding syllables) and the final element, if any."""
    coda, pair = split(before[-1]).coda, before[-1] + last
    if not coda or len(before) < _WORDS.get(last, 2) or pair in _OTHER:
        return None
    if last in _BOUND:
        return Mark.KEEP_N if coda == "ㄴ" else None
    return Mark.SAI_INSERT if before[-1] in SAI else Mark.INSERT


@lru_cache(maxsize=4096)
def _is_tense(before: str, last: str, rest: str) -> bool:
    """Return whether the last syllable of ``last`` is tense after ``before``, its two preceding syllables."""
    particles = _AFTER_CODA if split(last[-1]).coda else _AFTER_VOWEL
    if not particles.fullmatch(rest):
        return False
    if last in _TENSE_WORDS:
        return True
    # After a consonant, 과 is a particle.
    return not (last == "과" and split(before[-1]).coda) and not _TENSE_OTHER.search(before + last)
