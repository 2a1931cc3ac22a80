"""Find particles and copulas in the form that does not fit the sound before them: 음악를, 차을, 저희이, 컴퓨터으로.

Many words only look like a noun with a wrong particle: 마을, 작가, 먹는, 아이, 종로. A word is reported only if the analyzer
does not know it as a whole, and takes the corrected word apart into a known noun and the particle.
"""

from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex

from .hangul import CODAS, split, syllables
from .hanja_data import spelled
from .morphology import raw_morphemes

_OPEN, _CLOSED = "".join(syllables(codas=("",))), "".join(syllables(codas=CODAS[1:]))
_OPEN_OR_L = "".join(syllables(codas=("", "ㄹ")))
_CLOSED_BUT_L = "".join(syllables(codas=[coda for coda in CODAS[1:] if coda != "ㄹ"]))
# Wrong particles with the right ones.
_AFTER_CLOSED = {
    "를": "을",
    "는": "은",
    "가": "이",
    "와": "과",
    "랑": "이랑",
    "라고": "이라고",
    "라서": "이라서",
    "나": "이나",
}
_AFTER_OPEN = {
    "을": "를", "은": "는", "이": "가", "과": "와", "이랑": "랑", "이나": "나", "이에요": "예요", "이예요": "예요",
    "으로": "로",
}  # fmt: skip
_CANDIDATES = lazy_regex(
    rf"(?<![가-힣])[가-힣]*(?:[{_CLOSED}](?:를|는|가|와|랑|라고|라서|나|이예요)|[{_CLOSED_BUT_L}]로"
    rf"|[{_OPEN}](?:을|은|이|과|이랑|이나|이에요|이예요)|[{_OPEN_OR_L}]으로)(?![가-힣])"
)
# Most words that end like a wrong particle are forms of these verbs, or these nouns. They need no analysis.
_STEMS = "있없않먹읽받찾앉놓넣좋싫많웃씻벗듣걷믿닫입잡같싶겠었았했늦맞좁높작"
_VERB = lazy_regex(f"[{_STEMS}](?:는|나)$|[{_CLOSED}]라고$(?<=[말살알만날들]라고)")
_LOOK_ALIKE = """
가을 마을 노을 고을 아이 나이 차이 사이 오이 종이 고양이 어린이 놀이 거미 사과 결과 효과 학과 치과 내과 외과 교과 작가
국가 전문가 휴가 물가 평가 증가 참가 추가 길가 강가 신랑 사랑 자랑 별로 바로 서로 새로 따로 함부로 도로 종로 통로
실제로 정말로 절대로 진짜로 주로 그대로 이대로 제대로 마음대로 지은 나은 조은 누구나 언제나 하나 이나 모이 보이 먹이
높이 깊이 길이 넓이 같이 많이 굳이 이리 얼마나 혹은 같은 많은 좋은 작은 높은 은 는 이 가 을 를 과 와 로 으로 이랑 랑
나 이나 왕가 답가 약가 일찍이 더욱이 깨끗이 어머나 거나 무언가 무엇인가 건가
"""
_NOUNS = frozenset(_LOOK_ALIKE.split())
# One-syllable nouns. Others, with what looks like a particle, are usually names or forms of verbs (나을, 그은).
_SHORT_CLOSED = frozenset("집책손발밥옷방산강섬돈꽃빵떡")
_SHORT = frozenset("너배차비코귀해새개소키피표파무게뼈회채죄")
# Nouns before the suffixes 과 "department" and 가 "professional", "quarter", "price", "song".
_PROFESSIONS = """
여행 소식 대식 미식 애연 애주 사업 정치 자본 혁명 운동 연구 전략 수필 번역 건축 작곡 조각 등산 모험 탐험 발명 은행
독재 법률 웅변 이론 사상 교육 평론 비평 전문 예술 음악 미술 소설 만화 무용 성악 수집 투자 활동 자선 낙관 비관 몽상
공상 역사 문필 대학 주택 상점 금융 방송 극장 식당 유흥 시장 판매 구입 최저 이용 공시 권장 응원 유행 찬송 웹툰 문
"""
_SUFFIXED = {
    "과": ("어", "부", "사회", "피부", "소아", "무용", "의예", "치", "미대", "공대", "영화", "기계"),
    "가": tuple(_PROFESSIONS.split()),
}
_PARTICLES = ("J", "VCP", "EF", "EC")
# Two syllables are too often a rare word by chance: 책가 冊價.
_SHORTEST_NOUN = 2


def may_have_wrong_particles(text: str) -> bool:
    """Return whether a text contains a word that ends like a wrong particle and is not a frequent word."""
    return any(word not in _NOUNS and not _VERB.search(word) for word in _CANDIDATES.findall(text))


def wrong_particles(text: str) -> list[tuple[str, str]]:
    """Return the words with a particle in the wrong form, each with the right spelling.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    return [(word, right) for word in _CANDIDATES.findall(text) if (right := _right(word))]


@lru_cache(maxsize=65536)
def _right(word: str) -> str:
    if word in _NOUNS or _VERB.search(word):
        return ""
    noun, particle, right = _parts(word)
    if not noun or noun.endswith(_SUFFIXED.get(particle, ("?",))):
        return ""
    own = raw_morphemes(word)
    if (len(own) == 1 and own[0].known) or own[0].tag.startswith(("V", "XR", "MAG")):
        return ""
    if own[-1].tag == "NNG" and own[-1].known and len(own[-1].form) > len(particle):
        return ""  # 민주국가, 소비자물가
    if particle.startswith("이") and len(own[0].form) > len(noun) and own[0].known:
        return ""  # 고양이랑, 아이에요
    # A longer noun, and a noun in a consonant other than before 로, is certain.
    short = _SHORT if not split(noun[-1]).coda else _SHORT_CLOSED if particle == "로" else noun
    if len(noun) == 1 and noun not in short:
        return ""
    if (particle == "이예요" and len(raw_morphemes(f"{noun}이")) == 1) or own[-1].form.endswith(("ᆫ가", "은가", "인가")):
        return ""  # 거북이예요, 일인가
    corrected = raw_morphemes(f"{noun}{right}")
    length = next((at for at, each in enumerate(corrected) if each.tag.startswith(_PARTICLES)), 0)
    content, rest = corrected[:length], corrected[length:]
    is_noun = "".join(each.form for each in content) == noun and all(
        _is_noun(each.tag) and each.known for each in content
    )
    fits = is_noun and bool(rest) and all(each.tag.startswith(_PARTICLES) for each in rest)
    may_be_name = (
        particle in ("로", "이", "이예요") and fits and content[-1].tag == "NNP" and noun[-1] not in "역장관실원국점"
    )
    if not fits or may_be_name or (len(word) > _SHORTEST_NOUN and spelled(word)):
        return ""  # 흡연가
    return f"{noun}{right}"


def _parts(word: str) -> tuple[str, str, str]:
    """Return the noun, the wrong particle, and the right one."""
    for length in (3, 2, 1):
        noun, particle = word[:-length], word[-length:]
        if not noun:
            continue
        coda = split(noun[-1]).coda
        if particle == "으로" and coda in ("", "ㄹ"):
            return noun, particle, "로"
        if particle == "로" and coda not in ("", "ㄹ"):
            return noun, particle, "으로"
        if coda and particle == "이예요":
            return noun, particle, "이에요"
        wrong = _AFTER_CLOSED if coda else _AFTER_OPEN
        if particle in wrong and particle != "으로":
            return noun, particle, wrong[particle]
    return "", "", ""


def _is_noun(tag: str) -> bool:
    return tag.startswith(("NNG", "NNP", "NP", "NR", "XSN", "NNB", "XPN"))
