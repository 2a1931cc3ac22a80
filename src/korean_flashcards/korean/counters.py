"""Find counters that do not fit the counted noun: 학생 세 마리 for 학생 세 명.

Only counters of one kind of thing are compared: 개 counts almost everything. Nouns with several meanings (차, 배) are listed
with the counters of all of them, or left out.
"""

import re
from collections.abc import Iterator
from functools import cache

from korean_flashcards.domain.lazy_regex import lazy_regex

# Kinds of nouns, and the special counters that they take besides 개.
_KINDS = """
명 분 사람 놈=학생 사람 친구 아이 어린이 남자 여자 의사 간호사 선생님 교수 직원 손님 경찰 배우 가수 선수 군인 기자 동생
+ 형 누나 오빠 언니 아들
+ 딸 가족 승객 환자 관광객 외국인 회원 어른 노인 청년 아저씨 아주머니 할머니 할아버지 신입생 대학생 유학생 중학생
+ 고등학생 초등학생 점원 요리사 화가
마리 쌍=강아지 고양이 새 닭 소 돼지 토끼 호랑이 사자 곰 원숭이 코끼리 오리 생선 물고기 고등어 갈치 오징어 나비 벌레 모기
+ 개미 양 여우 늑대 뱀 거북이
+ 병아리 송아지 비둘기 참새 까치 금붕어 낙타 염소 쥐 거미 잠자리 기린 펭귄 독수리 상어 고래
권 장=책 소설 소설책 사전 잡지 공책 교과서 만화책 시집 동화책 수첩 노트 일기장 문제집
대=자동차 버스 택시 트럭 자전거 오토바이 컴퓨터 노트북 텔레비전 냉장고 세탁기 에어컨 핸드폰 휴대폰 휴대전화 스마트폰
+ 카메라 피아노 비행기 선풍기 전화기
+ 청소기 프린터 헬리콥터
잔 병 대접=커피 물 우유 맥주 소주 주스 녹차 홍차 와인 콜라 사이다 막걸리 보리차 유자차 포도주
송이 다발 그루=꽃 장미 장미꽃 튤립 국화 백합 해바라기 카네이션 코스모스 무궁화
그루 장=나무 소나무 사과나무 은행나무 단풍나무 벚나무 감나무 대추나무 느티나무
장=종이 사진 표 우표 엽서 티켓 영화표 기차표 비행기표 손수건 꽃잎 나뭇잎 지폐 색종이 편지지 포스터
벌 장=와이셔츠 블라우스 조끼 청바지 반바지 외투 수영복 옷 바지 치마 양복 한복 원피스 정장 코트 셔츠 티셔츠 재킷 스웨터
+ 교복 잠옷
켤레=신발 구두 운동화 양말 장갑 부츠 슬리퍼 스타킹 등산화
자루=연필 볼펜 펜 만년필 붓 색연필 우산 칼 호미
채 동=집 아파트 기와집 초가집 건물 한옥 별장
척 대=보트 여객선 유람선 요트 군함 어선
척 대 상자=배
개=사과 귤 수박 참외 복숭아 오렌지 레몬 토마토 오이 호박 당근 양파 계란 달걀 감 빵 떡 과자 사탕 케이크 초콜릿
송이=포도 바나나 버섯
"""
_SPECIAL = frozenset(
    ("명", "마리", "권", "대", "잔", "송이", "그루", "벌", "켤레", "자루", "채", "척", "장", "병", "분")
)
# What each counter counts, in English.
_ENGLISH = {
    "명": "people person humans students", "마리": "animals animal fish birds insects dogs cats",
    "권": "books book volumes notebooks magazines", "대": "machines vehicles cars machine vehicle devices",
    "잔": "drinks cups glasses cup glass", "송이": "flowers flower blossoms bunches", "그루": "trees tree plants",
    "켤레": "shoes socks pairs gloves footwear", "척": "ships boats ship",
}  # fmt: skip
# Only people and these are certainly not counted with 개.
_NOT_THINGS = frozenset(("강아지", "고양이", "새", "토끼", "호랑이", "사자", "곰", "원숭이", "코끼리"))
_NUMBER = "(?:[0-9]+|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두|스무|몇|여러)"
# Every match of the patterns contains a number after or before a space or particle.
_SIGN = lazy_regex(_NUMBER)
_END = "(?=(?:[이가을를은는도만의에로과와씩쯤]|밖에|이나|부터|까지|입니다|이에요|예요)?(?![가-힣]))"
# Most text has no number before a counter.
_COUNTED = lazy_regex(f"{_NUMBER} ?[{''.join(sorted({counter[0] for counter in _SPECIAL}))}개]")
_IDLE_WORDS = """
it they this these that the a an is are be word noun native loanword and or always also usually mostly often in shops
"""
_IDLE = frozenset(_IDLE_WORDS.split())
_COUNT = lazy_regex(r"\bcount(?:ed|er|ers|ing)?\b[^.;가-힣]{0,20}((?:[가-힣]+(?: or |, or |, | and )?)+)", re.I)
_FOR = lazy_regex(
    r"(?<![가-힣])([가-힣]{1,2}) (?:is |counts |is used |used )?(?:for |the counter (?:for|of) )?([a-z]+)"
)


def wrong_counters(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each noun with a counter that does not fit it: the text, the noun, and its usual counter."""
    if not _SIGN.search(text):
        return
    if not _COUNTED.search(text):
        return
    forward, backward = _patterns()
    for found in (*forward.finditer(text), *backward.finditer(text)):
        if (usual := _usual(found["noun"], found["counter"])) and not _counts_something_else(found):
            yield found[0], found["noun"], usual


def wrong_counter_named(noun: str, text: str) -> str:
    """Return the counter in English text such as “Counted with 권” that does not fit the noun, or ""."""
    if noun not in _kinds() or "ount" not in text:
        return ""
    counts = [found[1] for found in _COUNT.finditer(text) if _is_about(noun, text[: found.start()])]
    named = [counter for found in counts for counter in re.findall("[가-힣]+", found)]
    # 권 for paper and 대 for machines
    if set(re.findall("[가-힣]+", text)) & set(_kinds()[noun]):
        return ""
    return next((counter for counter in named if _usual(noun, counter)), "")


def _is_about(noun: str, before: str) -> bool:
    """Return whether the noun is said to be counted, not something else: “bound paper is counted with 권”."""
    clause = re.split(r"[.;:!?\n]", before)[-1].replace(noun, " ")
    return not set(re.findall("[a-z가-힣]+", clause.lower())) - _IDLE


def wrong_kind_named(text: str) -> tuple[str, str] | None:
    """Return a counter and what it does not count, if the text says so: 명 for animals. Return None otherwise."""
    for counter, kind in _FOR.findall(text):
        if kind in _ENGLISH.get(counter, kind).split():
            continue
        if any(kind in kinds.split() for kinds in _ENGLISH.values()):
            return counter, kind
    return None


def _counts_something_else(found: re.Match[str]) -> bool:
    """Return whether the counter may count someone else: 커피를 두 명이 마셨어요, 학생이 책 세 권."""
    particle = found.groupdict().get("particle") or ""
    if particle in ("을", "를"):
        return found["counter"] in ("명", "분")
    return particle != "" and re.match("[이가]? (?:있|없|많|보여|보이|왔)", found.string[found.end() :]) is None


def _usual(noun: str, counter: str) -> str:
    """Return the usual counter of the noun if ``counter`` does not fit it, or ""."""
    taken = _kinds().get(noun, ())
    if not taken or counter in taken:
        return ""
    is_wrong = counter in _SPECIAL or (counter == "개" and (taken[0] == "명" or noun in _NOT_THINGS))
    return taken[0] if is_wrong else ""


@cache
def _kinds() -> dict[str, tuple[str, ...]]:
    """Return the counters of each noun. The first one is the usual one."""
    kinds: dict[str, tuple[str, ...]] = {}
    for line in _KINDS.replace("\n+ ", " ").strip().splitlines():
        counters, _, nouns = line.partition("=")
        kinds |= dict.fromkeys(nouns.split(), tuple(counters.split()))
    return kinds


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a noun before its number (학생 세 명) and after it (세 명의 학생)."""
    nouns = "|".join(sorted(_kinds(), key=lambda noun: -len(noun)))
    counters = "|".join(sorted((*_SPECIAL, "개"), key=lambda counter: -len(counter)))
    counted = f"(?<![가-힣0-9]){_NUMBER} ?(?P<counter>{counters})"
    forward = rf"(?<![가-힣])(?P<noun>{nouns})(?P<particle>[을를이가]?) {counted}{_END}"
    return re.compile(forward), re.compile(rf"{counted}의 (?P<noun>{nouns})(?![가-힣]{{2}})")
