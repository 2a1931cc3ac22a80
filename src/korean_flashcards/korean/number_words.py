"""Find Korean numbers of the wrong series or in the wrong form: 삼 시 for 세 시, 하나 개 for 한 개, 스물 살 for 스무 살.

Native numbers (하나, 둘, 셋) count things, people, hours, and years of age. Sino-Korean ones (일, 이, 삼) count minutes,
dates, money, and floors. 하나, 둘, 셋, 넷, and 스물 are 한, 두, 세, 네, and 스무 before a counter. Only what is wrong
in every context is found: 두 층 is two stories, 이 시 is also "this poem", and 십사 시 is usual in the army.
"""

import re
from collections.abc import Iterator
from functools import cache

from korean_flashcards.domain.lazy_regex import lazy_regex

_DIGITS = "일이삼사오육칠팔구"
_FULL = ("하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉")
_BEFORE_COUNTER = ("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_TENS = {"열": 1, "스물": 2, "스무": 2, "서른": 3, "마흔": 4, "쉰": 5, "예순": 6, "일흔": 7, "여든": 8, "아흔": 9}
_VALUES = {word: value for words in (_FULL, _BEFORE_COUNTER, _DIGITS) for value, word in enumerate(words, 1)}
# Counters of native numbers, with the Sino-Korean numbers that are wrong before them.
# Left out are those that mean something else: 이 잔 "this glass", 일 시간 "working hours", 팔 사람 "the one who will sell".
_COUNTS_NATIVE: dict[str, tuple[int, ...]] = {
    "개": (3, 4, 5, 6, 7, 8, 9, 10), "명": tuple(range(1, 10)), "마리": tuple(range(1, 11)), "사람": (3, 5, 6, 9, 10),
    "살": (1, *range(3, 100)), "잔": (1, *range(3, 11)), "송이": tuple(range(3, 10)), "그루": tuple(range(3, 10)),
    "켤레": tuple(range(1, 10)), "그릇": tuple(range(3, 10)), "시간": tuple(range(3, 11)), "시": (1, *range(3, 13)),
    "번째": tuple(range(1, 11)), "달": tuple(range(3, 10)), "군데": tuple(range(3, 11)),
}  # fmt: skip
# Counters before which 하나 must be 한, although Sino-Korean numbers are possible there, too (이 층, 삼 권, 오 번).
_COUNTS_SHORT = (
    "병",
    "권",
    "장",
    "대",
    "번",
    "벌",
    "가지",
    "채",
    "척",
    "곳",
    "상자",
    "봉지",
    "조각",
    "접시",
    "분",
    "자루",
    "층",
)
# Counters of Sino-Korean numbers only.
_COUNTS_SINO = ("초", "개월", "인분", "호선", "월", "퍼센트", "원", "박")
# Counters of Sino-Korean numbers in these contexts: what is before the number, and what is after the counter.
_SINO_IF = {
    "분": ("시 $", "^ (?:동안|걸[리려렸]|지났|늦|전에|후에|더 기다|남았)|^만 기다|^ 정도 걸"),
    "년": (None, "^ (?:동안|전|후|뒤|만에|넘게|정도)"), "일": ("월 $", None), "세": (None, "^(?:예요|이에요|입니다)"),
    "층": (None, "^(?:에 있|에서 내|이에요|입니다|으로 [가올])"), "학년": (None, "^(?:이에요|입니다|이다|이야|생)"),
}  # fmt: skip
_COUNTER = "|".join(
    sorted({*_COUNTS_NATIVE, *_COUNTS_SHORT, *_COUNTS_SINO, *_SINO_IF}, key=lambda counter: -len(counter))
)
_IN_DIGITS = lazy_regex("([0-9]{1,2}) ?([가-힣]+)")
# Counters that only take native numbers, apart from very large ones.
_ONLY_NATIVE = frozenset(
    ("개", "명", "마리", "사람", "살", "잔", "송이", "그루", "켤레", "그릇", "시", "시간", "권", "병", "벌")
)
_READ_SINO = (*_COUNTS_SINO, "분", "년", "일")
# A different syllable after the counter belongs to a longer word: 개월, 분위기, 시작.
_END = (
    "(?=(?:[이가을를은는도만에의나로과와씩쯤경간야다]|에서|만에|밖에|이나|으로|까지|부터|마다|예요|이에요|이야|입니다|이다|이고|인데|이면)?"
    "(?![가-힣])|(?<=번째))"
)
_TWO = lazy_regex(f"(?<![가-힣])이 (?:개|잔|병|시|시간|사람|마리|송이|살){_END}")
_TEN = "|".join(_TENS)
_UNIT = "|".join((*_FULL, *_BEFORE_COUNTER))
_NUMBER = lazy_regex(
    rf"(?<![가-힣0-9])(?:(?P<sino>[이삼사오육칠팔구]?십[{_DIGITS}]?|[{_DIGITS}])|(?P<native>(?:{_TEN})?(?:{_UNIT})|{_TEN}))"
    rf"(?P<space> ?)(?P<counter>{_COUNTER}){_END}"
)
# 십다섯, 스물오 살
_MIXED = lazy_regex(
    rf"(?<![가-힣])[이삼사오육칠팔구]?십(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉)"
    rf"|(?<![가-힣])(?:스물|서른|마흔|쉰)[{_DIGITS}](?= ?(?:살|명|개|마리|시))"
)
_COMMON_WORDS = 5  # 이시, 삼시, 사시, and 오시 are words
_NOT_THINGS = lazy_regex(" ?(?:국어|월|년|소|사단|부문|항목|조)")
_TIME_OF_DAY = lazy_regex("(?:오전|오후|새벽|아침|저녁|낮) $")
_ALONE = lazy_regex("(?<![가-힣])(한|두|스무) 주(?:세요|십시오)")  # 커피 한 주세요
_SIGN = lazy_regex(f"(?:[{_DIGITS}십]|{_UNIT}|{_TEN}) ?[가-힣]")


def wrong_numbers(text: str) -> Iterator[tuple[str, str]]:
    """Yield each wrong number with its counter, and the right form: (삼 시, 세 시)."""
    if not _SIGN.search(text):
        return
    for found in _NUMBER.finditer(text):
        counter, before, after = found["counter"], text[: found.start()], text[found.end() :]
        right = ""
        if sino := found["sino"]:
            right = _native(sino, counter) if _is_wrong_sino(found, before, after) else _changed_month(sino, counter)
        elif found[0] == "세월":  # a word: “time, years”
            continue
        elif _takes_sino(counter, found["native"], before, after):
            right = _sino(found["native"], counter)
        elif found["native"].startswith("스무") and found["native"] != "스무":
            right = f"{found['native'].replace('스무', '스물')} {counter}"
        elif _is_full(found, after):
            right = f"{_short(found['native'])} {counter}"
        if right:
            yield found[0], right.replace("한 번째", "첫 번째")
    for found in _MIXED.finditer(text):
        yield found[0], "a number of one series"
    for found in _ALONE.finditer(text):
        yield found[0], "하나, 둘, or 스물, or a counter"


def _is_wrong_sino(found: re.Match[str], before: str, after: str) -> bool:
    counter, value = str(found["counter"]), _value(found["sino"])
    if counter == "시" and _TIME_OF_DAY.search(before):
        return value <= max(_COUNTS_NATIVE["시"])
    if value not in _COUNTS_NATIVE.get(counter, ()):
        return False
    if counter == "달":
        return re.match(" (?:동안|전|후|뒤|만에)", after) is not None
    if not found["space"] and counter not in ("살", "번째"):
        # 팔시에, but not 사시, 오시, and 구시에다
        is_counter = re.match("에(?![가-힣])|에는|부터|까지|가 |예요|입", after) is not None
        return is_counter and counter in ("시", "명", "마리") and value > _COMMON_WORDS
    if counter == "시" and value == 1:
        return re.match(" (?:반|[이삼사오]?십|오 분)|에(?![가-힣])", after) is not None
    return not (counter == "개" and _NOT_THINGS.match(after)) and not (counter == "시" and after.startswith("다"))


def _takes_sino(counter: str, native: str, before: str, after: str) -> bool:
    """Return whether a native number is wrong before the counter. 한 월 and 한 원 are too short to be certain."""
    if counter in _COUNTS_SINO:
        return native != "한" or counter in ("개월", "인분")
    if counter not in _SINO_IF:
        return native == "한" and counter == "번째"
    before_it, after_it = _SINO_IF[counter]
    if counter == "세" and native not in _TENS:
        return False
    if counter in ("층", "일") and native == "한":
        return False
    fits = bool(before_it and re.search(before_it, before)), bool(after_it and re.search(after_it, after))
    return any(fits) or (counter == "분" and native in ("서른", "마흔", "쉰"))


def _is_full(found: re.Match[str], after: str) -> bool:
    """Return whether 하나, 둘, 셋, 넷, or 스물 is before a counter. 하나 살까요 is a verb."""
    native, counter = found["native"], found["counter"]
    if not native.endswith(("하나", "둘", "셋", "넷", "스물")):
        return False
    is_alone = native in _FULL
    if counter == "살" and is_alone:
        return re.match("이에요|입니다|이다|부터|[.,)]|$", after) is not None
    # 둘 다, 하나 대신, 셋 세
    return counter in (*_COUNTS_NATIVE, *_COUNTS_SHORT) and not (is_alone and counter in ("대", "채", "층", "곳"))


def _changed_month(sino: str, counter: str) -> str:
    return {"육": "유월", "십": "시월"}.get(sino, "") if counter == "월" else ""


def sino_two(text: str) -> str:
    """Return 이 before a counter of native numbers, or "". It is a number if the translation has one: 이 시에 'at two'."""
    return found[0] if (found := _TWO.search(text)) else ""


def native_minutes(text: str) -> str:
    """Return a native number before 분, which counts minutes if the translation says so, or "": 시계가 다섯 분 빨라요."""
    return next((found[0] for found in _NUMBER.finditer(text) if found["native"] and found["counter"] == "분"), "")


def wrong_reading(term: str) -> str:
    """Return the other series' reading of a number in digits with a counter: 10분 → 열 분. Return "" for other terms."""
    parts = _IN_DIGITS.fullmatch(term)
    value = int(parts[1]) if parts else 0
    if parts is None or not 0 < value < 100:
        return ""
    ten, one = divmod(value, 10)
    sino = ("" if ten < 2 else _DIGITS[ten - 1]) + ("십" if ten else "") + (_DIGITS[one - 1] if one else "")
    native = _native(sino, parts[2])
    return (
        f"{sino} {parts[2]}" if parts[2] in _COUNTS_NATIVE and value < 13 else native if parts[2] in _READ_SINO else ""
    )


def series_of(counter: str) -> str:
    """Return the series of numbers that a counter takes, “native” or “sino”, or "" if it takes both or is not a counter."""
    if counter in _ONLY_NATIVE:
        return "native"
    return "sino" if counter in _COUNTS_SINO else ""


@cache
def _value(number: str) -> int:
    if number[0] in _DIGITS or number[0] == "십":
        ten, has_ten, one = number.rpartition("십")
        return (_VALUES.get(ten, 1) * 10 if has_ten else 0) + _VALUES.get(one, 0)
    ten = next((ten for ten in _TENS if number.startswith(ten)), "")
    return _TENS.get(ten, 0) * 10 + _VALUES.get(number.removeprefix(ten), 0)


def _native(sino: str, counter: str) -> str:
    ten, one = divmod(_value(sino), 10)
    tens = next((word for word, value in _TENS.items() if value == ten), "")
    if ten == 2 and not one:
        tens = "스무"
    return f"{tens}{_BEFORE_COUNTER[one - 1] if one else ''} {counter}"


def _sino(native: str, counter: str) -> str:
    if counter == "번째":
        return "첫 번째"
    ten, one = divmod(_value(native), 10)
    number = ("" if ten < 2 else _DIGITS[ten - 1]) + ("십" if ten else "") + (_DIGITS[one - 1] if one else "")
    return _changed_month(number, counter) or f"{number}{'' if counter == '월' else ' '}{counter}"


def _short(native: str) -> str:
    if native == "스물":
        return "스무"
    last = next(full for full in _FULL if native.endswith(full))
    return native.removesuffix(last) + _BEFORE_COUNTER[_FULL.index(last)]
