"""Recognize English words in Hangul, such as 리틀 "little", which are not the usual Korean words for their meaning.

Word lists from subtitles contain them because of names and titles. Established loanwords such as 티켓 "ticket" do not count.
"""

import re
from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import is_syllable, split

# Loanwords that Korean speakers use for the meaning of the English word.
_ESTABLISHED_TEXT = """
게임 골프 그룹 기타 노트 뉴스 다이어트 댄스 데이터 데이트 드라마 드레스 디자인 디지털 라디오 라면 로봇 로비 리더 리듬
리스트 립스틱 마스크 마이크 마켓 매니저 메뉴 메시지 모델 모니터 모터 뮤지컬 미사일 바나나 바이러스 바이올린 박스 밴드
버스 버튼 버터 보너스 보트 볼펜 브랜드 비디오 비자 비즈니스 빌딩 사이렌 사이즈 사이트 사인 샌드위치 샐러드 샤워
샴페인 선글라스 센터 센스 셔츠 소스 소파 쇼 쇼핑 수프 스케줄 스타일 스튜디오 스트레스 스파이 스포츠 스피커 슬리퍼
시리즈 시스템 시즌 싱글 아르바이트 아이디어 아이스크림 아파트 알람 알코올 앨범 앱 에너지 에세이 에어컨 엔진
엘리베이터 오렌지 오토바이 올림픽 와인 웨이터 유니폼 이메일 이미지 이벤트 인터넷 인터뷰 재킷 점프 주스 채널 챔피언
치즈 카드 카메라 카페 칼럼 캐릭터 캠퍼스 캠프 커튼 커피 컴퓨터 컵 케이크 코너 코드 코미디 코트 콘서트 크리스마스
클래식 클럽 키스 타월 타이어 터널 테스트 테이블 테이프 텍스트 텐트 텔레비전 토마토 토스트 트럭 트렁크 티켓 팀 파일
파일럿 파트너 파티 패션 팬 퍼센트 페이지 펜 포스터 포크 프로그램 프로젝트 프린터 플라스틱 피아노 피자 필름 햄버거
헬멧 헬리콥터 호텔 홈페이지 힌트
"""
_ESTABLISHED = frozenset(_ESTABLISHED_TEXT.split())
# English words in Hangul that are not Korean words. A list may define them by another English word (리틀 "small").
_ENGLISH_TEXT = """
리틀 빅 굿 배드 올드 뉴 나이스 뷰티풀 러브 우먼 키드 베이비 파더 마더 브라더 프렌드 퀸 킹 프린스 블랙 화이트 레드
블루 그린 옐로 골드 데이 모닝 스카이 워터 파이어 하우스 타운 시티 스트리트 월드 라이프 데스 타임 먼스 머니 하트 헤드
핸드 도그 캣 버드 베어 울프 타이거 라이온 쓰리 파이브 식스 세븐 에이트 나인 헬로 헬로우 굿바이 예스 생큐 땡큐 쏘리
플리즈 헤이 닥터 미스터 미시즈 노스 사우스 이스트 웨스트 스피크 토크 스톱 조이 스노우 엠파이어 글로리 로드 스톤 에그 하비
에이프릴 레이 네드 애쉬 다크 헌트 쉴드 오브 로스 체이스 투 리드 오마이갓 스타일즈 세인트 그랜드 아메리칸
메이 빌 해피 딕 워 힐 커런트 파워풀 스마일
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
# Korean speakers use these, too: chess pieces, colors of clothes, casual answers.
_ALSO_KOREAN = frozenset(("킹", "퀸", "블랙", "화이트", "헤이", "예스", "골드", "나이스", "스톱", "투"))
# Letters that a Hangul letter spells in English words (외래어 표기법): ㅌ is t, but ㄷ is d.
_ONSETS = {
    "ㄱ": "gg?|gu", "ㄲ": "g", "ㄴ": "k?nn?", "ㄷ": "dd?|th", "ㄸ": "d|th", "ㄹ": "w?rr?|ll?", "ㅁ": "mm?", "ㅂ": "bb?|v",
    "ㅃ": "b", "ㅅ": "ss?h?|c(?=[eiy])|th", "ㅆ": "s|c(?=[eiy])|th", "ㅇ": "wh?|y|h|", "ㅈ": "j|zz?|d?g|s|d", "ㅉ": "j|z",
    "ㅊ": "t?ch|t(?=u)", "ㅋ": "cc?h?|c?k|q|x", "ㅌ": "tt?h?", "ㅍ": "pp?h?|ff?", "ㅎ": "wh?|h|f",
}  # fmt: skip
_CODAS = {
    "": "", "ㄱ": "c?ke?|g|c|que", "ㄴ": "nn?e?", "ㄹ": "ll?e?|r", "ㅁ": "mm?[be]?", "ㅂ": "pp?e?|b",
    "ㅅ": "tt?e?|d|ght|th|ss?", "ㅇ": "ngu?e?|n",
}  # fmt: skip
# The first letters of each alternative, to skip most words before a pattern is compiled.
_FIRST = {
    "ㄱ": "g", "ㄲ": "g", "ㄴ": "nk", "ㄷ": "dt", "ㄸ": "dt", "ㄹ": "rlw", "ㅁ": "m", "ㅂ": "bv", "ㅃ": "b", "ㅅ": "sct",
    "ㅆ": "sct", "ㅇ": "aeiouwhy", "ㅈ": "jzgsd", "ㅉ": "jz", "ㅊ": "ct", "ㅋ": "ckqx", "ㅌ": "t", "ㅍ": "pf", "ㅎ": "hwf",
}  # fmt: skip
_CODA_LETTERS = {"ㄱ": "ckgq", "ㄴ": "n", "ㄹ": "lr", "ㅁ": "m", "ㅂ": "pb", "ㅅ": "tdgs", "ㅇ": "n"}
_SILENT = "ㅇ"
_VOWEL_LETTERS = "aeiouyw"
_VOWEL = f"[{_VOWEL_LETTERS}]+r{{0,2}}e?"
_WORDS = lazy_regex(r"[a-z]{2,}")
_WHOLE_WORDS = lazy_regex(r"[A-Za-z]{2,}")
_MOST_WORDS = 2
_PARTICLES = "이가은는을를의에도로와과야"
_SHORTEST = 2  # syllables of a word that cannot have a particle after it


def is_transliterated(word: str, definition: str) -> bool:
    """Return whether a word spells an English word in its definition and is not an established loanword: 스카이 "sky".

    A particle of one syllable may follow.
    """
    if not all(map(is_syllable, word)):
        return False
    if word in _ENGLISH and definition[:1].islower():
        return True
    first = _FIRST[split(word[0]).onset]
    english = [each for each in _WORDS.findall(definition.lower()) if each[0] in first]
    stem = word[:-1] if len(word) > _SHORTEST and word[-1] in _PARTICLES else word
    if not 0 < len(english) <= _MOST_WORDS or word in _ESTABLISHED or stem in _ESTABLISHED:
        return False
    return any(_spells(spelled, each) for spelled in {word, stem} for each in english)


def is_english(word: str, definition: str) -> bool:
    """Return whether a word is English in Hangul instead of the usual Korean word, such as 스카이 "sky" for 하늘."""
    stem = word[:-1] if len(word) > _SHORTEST and word[-1] in _PARTICLES else word
    is_name = not (definition[:1].islower() or definition in ("American", "May", "June", "April"))
    return not {word, stem}.isdisjoint(_ENGLISH - _ALSO_KOREAN) and not is_name


def english_source(word: str, definition: str) -> str:
    """Return the English word in the definition that a loanword spells, such as "coat" for 코트, or "".

    A name (유럽 “Europe”) need not come from English, so it is not returned.
    """
    if len(word) == 1 or not all(map(is_syllable, word)):
        return ""
    return next((each for each in _WHOLE_WORDS.findall(definition) if _spells(word, each)), "")


def spells_english(word: str, definition: str) -> bool:
    """Return whether a word spells an English word or a name in its definition: 빌 “bill”, 유카와 “Yukawa”."""
    if not all(map(is_syllable, word)):
        return False
    return any(_spells(word, each) for each in _WORDS.findall(definition.lower()))


def _spells(word: str, english: str) -> bool:
    """Return whether the Hangul may spell the English word."""
    if english[0] not in _FIRST[split(word[0]).onset]:
        return False
    # Compiling a pattern takes a hundred times as long as looking for one letter of each part, which rules out most words.
    at = 0
    for letters in _needed(word):
        at = next((place for place, letter in enumerate(english[at:], at + 1) if letter in letters), 0)
        if not at:
            return False
    pattern = _pattern(word)
    return pattern is not None and pattern.fullmatch(english) is not None


@lru_cache(maxsize=16384)
def _needed(word: str) -> tuple[str, ...]:
    """Return groups of letters. Each match of the pattern contains a letter from each group, in this order."""
    needed: list[str] = []
    for place, (onset, vowel, coda) in enumerate(map(split, word)):
        needed += [_FIRST[onset]] if onset != _SILENT else []
        needed += [] if _may_be_silent(place, onset, vowel) else [_VOWEL_LETTERS]
        needed += [_CODA_LETTERS[coda]] if coda in _CODA_LETTERS else []
    return tuple(needed)


@lru_cache(maxsize=16384)
def _pattern(word: str) -> re.Pattern[str] | None:
    """Return the pattern of the English words that the Hangul may spell, or None if it cannot spell any."""
    parts = []
    for place, (onset, vowel, coda) in enumerate(map(split, word)):
        if coda not in _CODAS:
            return None
        optional = "?" if _may_be_silent(place, onset, vowel) else ""
        parts.append(f"(?:{_ONSETS[onset]})(?:{_VOWEL}){optional}(?:{_CODAS[coda]})")
    return re.compile("".join(parts) + "e?s?")


def _may_be_silent(place: int, onset: str, vowel: str) -> bool:
    """Return whether English may have no letter for a vowel, such as the ㅡ in 코트 "coat"."""
    return vowel == "ㅡ" or (onset == _SILENT and place > 0) or (vowel in "ㅣㅟ" and onset in "ㅅㅈㅊ")
