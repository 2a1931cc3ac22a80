"""Tell the tense of a Korean sentence's last verb, if its ending shows it."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from korean_flashcards.domain.lazy_regex import lazy_regex

from .hangul import syllables
from .morphology import RawMorpheme, raw_morphemes


class Tense(StrEnum):
    """The tenses that can be compared with English."""

    PAST = "past"
    PRESENT = "present"
    FUTURE = "future"


_PAST = ("었", "았", "였")
_STEMS = ("VV", "VA", "VX", "XSV", "XSA")
_PRESENT_ENDINGS = frozenset(
    ("어요", "아요", "여요", "어", "ᆸ니다", "습니다", "ᆫ다", "는다", "네요", "네", "ᆸ니까", "습니까", "지요", "죠", "요")
)
_MARKED = lazy_regex(f"[{''.join(syllables(codas=('ㅆ',))).translate(str.maketrans('', '', '있겠'))}]")
_FUTURE_ENDINGS = ("ᆯ게", "을게", "ᆯ래", "을래")
# 마음에 들었어요 'I like it', 알았어요 'I see', 닮았어요 'looks like': the past of these verbs is often a present state.
_PRESENT_STATES = """
알 모르 들 닮 생기 잘생기 못생기 늙 마르 남 멀 늦 틀리 되 끝나 나 지치 다치 결혼 죽 신 입 쓰 끼 차 매 앉 서 눕 붙 걸리
열리 닫히
켜지 꺼지 떨어지 사라지 없어지 반하 질리 이해 약속 그러 그렇 맞 오 도착 생각나 마치 취하 놀라 화나 낡 부족 발달 이루어지
뵙 정들
아니 이 말 참 막히 고장 피 녹 익
굽 휘 구부러지 찢어지 부러지 갈라지 깨지 망가지 살찌 비 섞이 젖 묻 얼 굳 썩 상하 밀리 쌓이 품절 매진 이혼 졸업 은퇴
퇴직 약혼 임신 실종 흐리 물들 삐치 삐지 벗겨지 나가 들어가 퇴근 외출 출장 잠기 잠들 모이 갇히 빠지 빠 숨 담기 적히
새기 놓이 유명하 망하 망 터지 헤어지 멈추 서리 시들 부 붓 쉬 지 저물 밝 어두워지 파이 헐 닳 해지 헝클어지 벌어지 패이
묶이 매달리 기울 기울어지 쓰이 걸치
"""
_STATES = frozenset(_PRESENT_STATES.split())
# 이제 죽었다, 늦었어, 다 왔어: 'I'm going to be in trouble', 'we'll be late', 'we'll be there soon'
_FUTURE_STATES = frozenset(("알", "죽", "늦", "나", "오", "말", "망하", "그렇", "그러"))


def tense_of(korean: str) -> Tense | None:
    """Return the tense of the last verb, or None if it is unclear.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    parts = [part for part in raw_morphemes(korean) if part.tag[0] != "S"]
    while parts and parts[-1].tag.startswith(("JX", "IC")):
        parts.pop()
    if len(parts) < 2:
        return None
    if any(one.tag == "ETM" and one.form in ("ᆯ", "을") and other.form == "거" for one, other in pairwise(parts[-5:])):
        before = parts[[part.form for part in parts].index("거") - 2]
        return None if before.form in _PAST else Tense.FUTURE
    last, before = parts[-1], parts[-2]
    if last.tag not in ("EF", "EC"):
        return None
    if last.form.startswith(_FUTURE_ENDINGS):
        return Tense.FUTURE
    if before.tag == "EP":
        return _of_marker(before, parts, last)
    is_plain = before.tag.startswith(_STEMS) and last.form in _PRESENT_ENDINGS
    return Tense.PRESENT if is_plain else None


def may_be_past(korean: str) -> bool:
    """Return whether the text contains a syllable that may end in the past marker: 갔, 먹었, but not 있 and 겠."""
    return _MARKED.search(korean) is not None


def last_stem(korean: str) -> RawMorpheme | None:
    """Return the stem of the last verb or adjective, or the noun of a verb in 하다, or None."""
    parts = [part for part in raw_morphemes(korean) if part.tag[0] != "S"]
    for at in range(len(parts) - 1, -1, -1):
        if parts[at].tag.startswith("XS") and at and not parts[at].tag.startswith("XSN"):
            return parts[at - 1]
        if parts[at].tag.startswith(("VV", "VA", "VX", "VC")):
            return parts[at]
    return None


def is_state(stem: RawMorpheme) -> bool:
    """Return whether the past of the verb is often translated as a present state."""
    return stem.form in _STATES or (stem.form, stem.tag) == ("지", "VX")


def may_be_future(stem: RawMorpheme) -> bool:
    """Return whether the past of the verb is sometimes translated as the future."""
    return stem.form in _FUTURE_STATES


def is_one_clause(korean: str) -> bool:
    """Return whether the sentence has one verb, apart from modifiers in the present (먹는): not 먹은 and 먹고."""
    parts = [part for part in raw_morphemes(korean) if part.tag[0] != "S"]
    return not any(part.tag in ("EC", "ETN") or (part.tag == "ETM" and part.form != "는") for part in parts[:-1])


def _of_marker(marker: RawMorpheme, parts: Sequence[RawMorpheme], last: RawMorpheme) -> Tense | None:
    if marker.form in _PAST:
        said = last.form.startswith(("대", "ᆯ걸", "을걸", "더", "던", "으면", "어야", "자"))
        return None if said else Tense.PAST
    has_past = len(parts) > 2 and parts[-3].form in _PAST
    return Tense.FUTURE if marker.form == "겠" and not has_past else None
