"""List the particles that verbs and adjectives never take, and the right ones: 시험에 합격하다, 약국에 들르다, 배가 고프다.

Source: the patterns of the standard dictionary (표준국어대사전). Verbs with a choice (반대하다, 방문하다) are left out, as
are verbs with a second meaning that takes the other particle, unless the noun tells the meanings apart.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from .conjugation import conjugated
from .hangul import join, split

_PERSON = (
    "친구 선생님 엄마 아빠 어머니 아버지 어머님 아버님 동생 언니 오빠 형 누나 할머니 할아버지 교수님 부모님 사장님 "
    "부장님 과장님 남편 아내 의사 손님 여자 남자 사람 그분 선배 후배 직원 점원 "
    "기자 이웃 아이 아들 딸 조카 삼촌 이모 고모 저 나 너 우리"
)
_SCHOOL = "학교 대학교 고등학교 중학교 초등학교 대학 대학원"
_WORK = f"{_SCHOOL} 회사 직장 학원 교회 은행 병원 유치원 어린이집"
_CONTEST = "경기 시합 대회 결승 결승전 예선 준결승"
_COMES = "봄 여름 가을 겨울 잠 전화 편지 버스 기차 손님 택배 문자 메일 소식 연락 답장"
_SEAT = "의자 소파 자리 벤치 침대 바닥 책상 앞자리 뒷자리 옆자리"
# verbs | the wrong particles > the right one | the nouns, or * for all. Without !, only forms that end a sentence count:
# other forms may stand between an object and its own verb: 편지를 오는 길에 부쳤어요.
_TABLE = f"""
합격하다 도착하다 동의하다 접근하다 참석하다 참가하다 참여하다 가입하다 입학하다 입원하다 | 을 > 에 | *
취직하다 취업하다 적응하다 도전하다 | 을 > 에 | *
속하다 해당하다 몰두하다 전념하다 의존하다 반응하다 출연하다 등장하다 복종하다 공감하다 | 을 > 에 | *
앉다 눕다 놀라다 지치다 시달리다 익숙하다 능숙하다 어울리다 | 을 > 에 | *
들르다 | 에서 > 에 | *
붙다 떨어지다 합격하다 불합격하다 | 을 > 에 | ! 시험 면접 대회 오디션 대학 입학시험 운전면허시험
걸리다 | 을 > 에 | ! 감기 독감 병 암 폐렴 코로나
늦다 | 을 > 에 | {_SCHOOL} 회사 수업 약속 회의 시간 모임
대답하다 답하다 | 을 > 에 | 질문 물음
출근하다 | 을 > 에 | 회사 사무실 직장 은행 학교 병원
취하다 | 을 > 에 | ! 술 소주 맥주
젖다 | 을 > 에 | ! 비 땀
다니다 | 에서 > 에 | {_WORK}
입원하다 입학하다 취직하다 취업하다 | 에서 > 에 | {_WORK}
앉다 눕다 | 에서 > 에 | {_SEAT}
졸업하다 | 에 > 을 | {_SCHOOL} 유치원
건너다 | 에 > 을 | 길 다리 강 횡단보도 바다
타다 | 로 > 을 | ! 버스 기차 지하철 택시 비행기 자동차 차 배 자전거 전철
이기다 지다 | 로 > 에서 | ! {_CONTEST}
오다 내리다 | 을 > 이 | ! 비 눈 소나기 첫눈 봄비
오다 | 을 > 이 | {_COMES}
피다 | 을 > 이 | 꽃 벚꽃 장미 개나리 진달래
결혼하다 이혼하다 헤어지다 친하다 비슷하다 | 을 > 과 | *
싸우다 다투다 약속하다 통화하다 대화하다 화해하다 악수하다 상의하다 의논하다 | 을 > 과 | {_PERSON}
전화하다 연락하다 인사하다 사과하다 대답하다 질문하다 | 을 > 에게 | {_PERSON}
고백하다 항의하다 조언하다 충고하다 선물하다 답장하다 | 을 > 에게 | {_PERSON}
여쭙다 여쭈다 여쭤보다 말씀드리다 감사하다 감사드리다 | 을 > 께 | ! {_PERSON}
돕다 존경하다 초대하다 칭찬하다 사랑하다 좋아하다 싫어하다 미워하다 기다리다 닮다 | 에게 > 을 | {_PERSON}
부러워하다 무시하다 비판하다 | 에게 > 을 | {_PERSON}
응원하다 도와주다 도와드리다 깨우다 배웅하다 모시다 만나다 | 에게 > 을 | {_PERSON}
열다 닫다 | 이 > 을 | ! 문 창문 뚜껑
끄다 켜다 | 이 > 을 | ! 불 텔레비전 티브이 에어컨 컴퓨터 라디오 전등 선풍기
모르다 알다 | 이 > 을 | 길 답 주소 전화번호 비밀번호 방법 정답 이유
"""
# Adjectives and intransitive verbs. 적다, 길다, and 싸다 are also transitive verbs, 보이다 and 울리다 also causatives.
_WITHOUT_OBJECT = """
좋다 싫다 예쁘다 뜨겁다 차갑다 춥다 덥다 비싸다 많다 맛있다 맛없다 재미있다 재미없다 있다 없다 어렵다 쉽다 아프다 바쁘다
필요하다 다르다 같다 맵다 무겁다 가볍다 높다 넓다 좁다 깊다 고프다 무섭다 부럽다 궁금하다 유명하다 친절하다 조용하다
깨끗하다 따뜻하다 시원하다 편하다 불편하다 중요하다 가깝다 멀다 빠르다 느리다 크다 작다 짧다 피곤하다 행복하다 슬프다
기쁘다 그립다 들리다 생기다 열리다 닫히다 끝나다 태어나다 서운하다 섭섭하다 외롭다 밉다 두렵다 부끄럽다 창피하다 지루하다
심심하다 답답하다 괜찮다 미안하다 고맙다 죄송하다 반갑다 즐겁다 귀엽다 아름답다 멋있다 착하다 똑똑하다 건강하다 안전하다
위험하다 복잡하다 간단하다 충분하다 부족하다 모자라다 늘어나다 줄어들다 변하다 사라지다 없어지다 나타나다 깨지다 망가지다
고장나다 막히다 쌓이다 팔리다 풀리다 끊기다 꺼지다 켜지다 바뀌다 달라지다 어두워지다 밝아지다 좋아지다 나빠지다 커지다
작아지다 이루어지다 만들어지다 자라다 끓다 흐르다 빛나다 시끄럽다 지저분하다 더럽다 어둡다 낡다 부드럽다 딱딱하다 달콤하다
싱겁다 느끼하다 싱싱하다 신선하다 젊다 어색하다 낯설다 익숙해지다 짜증나다 놀랍다 완벽하다 특별하다 이상하다 자연스럽다
"""
# Amounts may precede any verb with 을/를: 한 시간을 늦었어요.
_AMOUNTS = (
    "시간",
    "분",
    "년",
    "달",
    "주일",
    "개월",
    "동안",
    "하루",
    "이틀",
    "사흘",
    "며칠",
    "종일",
    "내내",
    "밤",
    "번",
    "날",
)
_FORMS = {
    "을": ("을", "를"),
    "이": ("이", "가"),
    "과": ("과", "와"),
    "로": ("으로", "로"),
    "에게": ("에게", "한테", "께"),
}
_EITHER = {"을": "을/를", "이": "이/가", "과": "과/와", "로": "으로/로"}


class Frame(NamedTuple):
    """A particle that a verb never takes after some nouns. ``nouns`` is empty if this holds for all of them."""

    right: str
    nouns: frozenset[str]
    is_any_form: bool


def wrong_frame(noun: str, particle: str, verb: str, *, is_end: bool) -> str:
    """Return the particle that a verb form takes in place of the given one, such as "을/를", or "" if that may be right.

    ``is_end``: whether the form ends the text or a sentence.
    """
    for base, is_final in _bases_of(verb):
        for frame in _frames().get((base, _plain(particle)), ()):
            fits = noun in frame.nouns if frame.nouns else not noun.endswith(_AMOUNTS)
            if fits and (is_final or is_end or frame.is_any_form):
                return frame.right
    return ""


@cache
def endings_of_nouns() -> tuple[str, ...]:
    """Return the particles that may be wrong, in their different forms, longest first."""
    names = {particle for _, particle in _frames()}
    return tuple(sorted((form for name in names for form in _FORMS.get(name, (name,))), key=len, reverse=True))


@lru_cache(maxsize=16384)
def _bases_of(form: str) -> tuple[tuple[str, bool], ...]:
    """Return the verbs in the tables that have this form, each with whether the form ends a sentence."""
    return tuple(_forms().get(form, ()))


@cache
def _forms() -> dict[str, list[tuple[str, bool]]]:
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for base in dict.fromkeys(base for base, _ in _frames()):
        for form in dict.fromkeys(_final_forms(base)):
            found[form].append((base, True))
        for form in dict.fromkeys(_other_forms(base)):
            found[form].append((base, False))
    return dict(found)


def _final_forms(base: str) -> Iterator[str]:
    """Yield the frequent forms of a verb that end a sentence, and the dictionary form."""
    stem, past, opened, is_closed = _stems(base)
    before_n = opened if is_closed and split(stem[-1]).coda == "ㄹ" else stem
    yield from (base, f"{_infinitive(base)}요", f"{past}어요", f"{past}습니다", f"{past}다", f"{past}네요", f"{past}죠")
    yield from (
        f"{past}을까요",
        f"{past}습니까",
        f"{past}거든요",
        f"{past}어",
        f"{stem}죠",
        f"{stem}지요",
        f"{before_n}네요",
    )
    yield from (f"{stem}거든요", f"{stem}겠어요", f"{stem}겠습니다", f"{stem}겠죠", f"{stem}잖아요", f"{past}잖아요")
    if is_closed and split(stem[-1]).coda != "ㄹ":
        yield from (f"{stem}습니다", f"{stem}습니까", f"{stem}는다")
    else:
        yield from (f"{_closed(opened, 'ㅂ')}니다", f"{_closed(opened, 'ㅂ')}니까", f"{_closed(opened, 'ㄴ')}다")


def _other_forms(base: str) -> Iterator[str]:
    """Yield forms within a sentence, which may also belong to a later verb with its own object."""
    stem, past, _, _ = _stems(base)
    yield from (
        f"{stem}고",
        f"{stem}지",
        f"{stem}기",
        f"{stem}는",
        f"{stem}던",
        f"{stem}지만",
        f"{_infinitive(base)}서",
    )
    yield from (_infinitive(base), f"{past}고", f"{past}지만", f"{past}는데", f"{past}던", f"{past}을", f"{past}으면")
    future = _future(base)
    yield future
    if future.endswith("을"):
        yield from (f"{future[:-1]}은", f"{future[:-1]}으면", f"{future[:-1]}으러", f"{future[:-1]}으려고")
    else:
        opened = _closed(future, "")
        yield from (
            _closed(opened, "ㄴ"),
            f"{opened}면",
            f"{opened}러",
            f"{opened}려고",
            f"{opened}세요",
            f"{opened}니까",
        )


def _stems(base: str) -> tuple[str, str, str, bool]:
    """Return the stem, the stem of the past, the stem without a final consonant, and whether it has one."""
    stem = base[:-1]
    past = _infinitive(base)
    return stem, _closed(past, "ㅆ"), _closed(stem, ""), split(stem[-1]).coda != ""


def _infinitive(base: str) -> str:
    found = conjugated(base)
    assert found is not None, base
    return found.present.removesuffix("요")


def _future(base: str) -> str:
    found = conjugated(base)
    assert found is not None, base
    return found.future.split()[0]


def _closed(stem: str, coda: str) -> str:
    return stem[:-1] + join(split(stem[-1])._replace(coda=coda))


def _plain(particle: str) -> str:
    return next((name for name, forms in _FORMS.items() if particle in forms), particle)


@cache
def _frames() -> dict[tuple[str, str], list[Frame]]:
    found: dict[tuple[str, str], list[Frame]] = defaultdict(list)
    for row in _TABLE.strip().split("\n"):
        verbs, particles, nouns = row.split(" | ")
        wrong, _, right = particles.partition(" > ")
        named = frozenset(nouns.split()) - {"*", "!"}
        for verb in verbs.split():
            for particle in wrong.split():
                found[verb, particle].append(Frame(_EITHER.get(right, right), named, "!" in nouns))
    for verb in _WITHOUT_OBJECT.split():
        found[verb, "을"].append(Frame("이/가", frozenset(), False))
    return dict(found)
