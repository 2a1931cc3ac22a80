"""Recognize examples from which nobody should learn: 안전할 장소, 보지 않았을 영화, 엄마에 편지를 썼다.

Lists that a model wrote have such sentences for forms that it could not use. Each rule is certain: it reports only what no
speaker says.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from korean_flashcards.korean.morphology import Morpheme, analyse

# Nouns that follow -(으)ㄹ after adjectives and -았/었-.
_AFTER_FUTURE = """
때 정도 만큼 경우 가능성 지경 무렵 적 당시 시절 듯 뻔 만 법 예정 계획 확률 터 리 수 것 거 줄 뿐 테 바 게 지 걸 텐데 시 시간
이유 필요 순간 자신 판 나위 따름 망정 성 모양 참 셈
"""
# These verbs have only -(으)ㄴ before a noun: 건강에 관한 책.
_ONLY_PAST = ("관하", "대하", "위하", "의하", "인하")
_AFTER_PERSON = re.compile(r"\s*(?:대[하한해]|따[라르른]|관[하한해]|의[하한해]|비[하한해]|달[려렸리]|맞)")
_PEOPLE = """
엄마 아빠 어머니 아버지 친구 남자 여자 아이 동생 형 누나 언니 오빠 선생님 학생 사람 아내 남편 딸 아들
나 너 저 그 그녀 우리 저희 너희 당신 누구
"""


def unnatural_part(example: str, to_person: bool) -> str:
    """Return the part of a sentence that no speaker says, or "".

    Args:
        example: The sentence.
        to_person: Whether the list's word is a person with 에 that means "to": 엄마에 for 엄마에게.
    """
    pieces = analyse(example)
    for place, (one, other) in enumerate(pairwise(pieces)):
        if (
            one.tag == "ETM"
            and one.form in ("ㄹ", "을")
            and other.tag == "NNG"
            and _cannot_be_future(pieces, place, other)
        ):
            return example[_start(pieces, place) : other.end]
        if to_person and one.form in _PEOPLE.split() and other[:2] == ("에", "JKB"):
            if _AFTER_PERSON.match(example, other.end):
                continue
            return example[one.start : other.end]
    return ""


def _cannot_be_future(pieces: Sequence[Morpheme], place: int, noun: Morpheme) -> bool:
    before = pieces[place - 1] if place else noun
    if before.form in ("있", "없") or noun.form in _AFTER_FUTURE.split():
        return False
    return (
        before.tag in ("VA", "XSA") or (before.form in ("었", "았") and before.tag == "EP") or before.form in _ONLY_PAST
    )


def _start(pieces: Sequence[Morpheme], place: int) -> int:
    while place and pieces[place - 1].end >= pieces[place].start:
        place -= 1
    return pieces[place].start
