"""Test finding grammar patterns in text, in the notations of word lists."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_flashcards.korean.headword_pattern import is_pattern, occurs_as_pattern

# A pattern or phrase, and texts that contain it.
_FOUND = """
-고 싶다 | 뭐 알고 싶어? | 알고 싶으세요?
-아/어 보다 | 한번 먹어 보세요 | 부산에 가 봤어요 | 제가 해 볼게요 | 입어봐도 돼요?
은/는 | 저는 | 난 몰라
-(으)시- | 읽으세요 | 가셨어요 | 오십니다
-답다 | 너다워 | 친구다운
-스럽다 | 고급스러워요
-(으)ㄹ 수 있다/없다 | 수영할 수 있어요 | 먹을 수가 없어요
-(으)려고 하다 | 출발하려고 해요 | 읽으려고 했어요
-아/어서 | 피곤해서 | 집에 가서
을/를 | 커피를
-았/었/였- | 갔어요 | 했다
-기로 하다 | 만나기로 했어요
-(으)ㄴ/는 것 같다 | 비가 올 것 같아요 | 자는 거 같아
-ㅂ니다/습니다 | 김민수입니다 | 먹습니다
V-(으)ㄹ까요? | 점심 먹을까요? | 먹을까?
N에 대해(서) | 역사에 대해서 | 역사에 대해 말해
(이)나 | 커피나 차 | 다섯 시간이나
-는데 | 추운데 | 오는데
손을 씻다 | 손을 씻었어요
-지 말다 | 가지 마세요
A/V-기 때문에 | 왔기 때문에
-(으)ㄹ 거예요 | 갈 겁니다
-(으)ㄴ 적이 있다/없다 | 먹은 적 있어요
-아/어야 하다/되다 | 가야 해요 | 먹어야 돼요
-게 되다 | 살게 됐어요
-아/어 주다 | 도와 드릴까요
-고 있다 | 자고 계세요
-ㄴ/는다 | 먹는다 | 간다
-(느)ㄴ다 | 먹는다
-(이)에요/예요 | 학생이에요
이에요/예요 | 친구예요
-았/었으면 좋겠다 | 갔으면 좋겠어요
-(으)ㄹ수록 | 갈수록
-(으)로 | 학교로
에게/한테 | 친구한테
-(으)ㄴ/는지 알다/모르다 | 가는지 몰라요
-는 바람에 | 비가 오는 바람에
-롭다 | 자유로운
-거리다 | 반짝거려요
-(으)ㄹ 뿐만 아니라 | 갈 뿐만 아니라
-기 전에 | 자기 전에
-(으)ㄴ 후에 | 먹은 후에
-이다 | 학생입니다
가/이 | 비가
와/과 | 빵과
-(으)며 | 가며
-도록 하다 | 가도록 하세요
-(으)ㅂ시다 | 갑시다
-(으)십시오 | 가십시오
-습니다 | 갑니다
-지 않다 | 가지 않아요
-지 못하다 | 가지 못했어요
-(으)면 안 되다 | 가면 안 돼요
-아도/어도 되다 | 가도 돼요
-아/어도 되다 | 앉아도 될까요?
-(으)니까 | 추우니까
-아/어지다 | 예뻐졌어요
-어 있다 | 앉아 있어요
-군(요) | 춥군요
-(는)군요 | 가는군요
-(으)ㄹ게(요) | 할게
-더니 | 가더니
-느라고 | 자느라고
-대요 | 간대요
-자 | 가자
밖에 | 하나밖에
-아/어 버리다 | 먹어 버렸어요
-(으)러 가다/오다 | 먹으러 갔어요
크다/작다 | 작아요
-(이)라고 하다 | 민수라고 해요
-다고 하다 | 간다고 해요
ㄴ/은/는 편이다 | 큰 편이에요
-(으)ㄹ 때 | 갈 때
-(으)ㄹ 줄 알다/모르다 | 할 줄 몰라요
-겠- | 가겠습니다
-하다 | 공부했어요
-(으)ㄴ가/나 보다 | 자나 봐요
-(으)ㄴ가 보다 | 큰가 봐요
안/못 | 못 가요
-아야/어야지 | 가야지
고 싶다 | 먹고 싶어요
지 말다 | 가지 마
에 대해 | 그 일에 대해서
~에 관한 | 역사에 관한 책
-(으)ㄹ 만하다 | 먹을 만해요
-(으)ㄹ 뻔하다 | 넘어질 뻔했어요
-기 시작하다 | 가기 시작했어요
-던데요 | 춥던데
-ㄹ/을 | 먹을
N때문에 | 비 때문에
-네(요) | 춥네
N을/를 위해서 | 너를 위해
N을/를 위해(서) | 너를 위해
V-고 | 가고
-기는 하다 | 비싸긴 해요
-(으)ㄴ 채(로) | 입은 채로
-는 척하다 | 아는 척했어요
-아/어하다 | 슬퍼해요
-음/-ㅁ | 슬픔
-게 | 예쁘게
-적 | 사회적
첫- | 첫눈
"""
# A pattern or phrase, and texts without it that look similar.
_NOT_FOUND = """
-고 싶다 | 밥을 먹어요
-아/어 보다 | 밥을 먹어요
-(으)시- | 밥을 먹었다
-답다 | 대단해요
-스럽다 | 밥을 먹어요
-(으)ㄹ 수 있다/없다 | 시간이 없어요
-기 때문에 | 비 때문에
을/를 | 비가 와요
-더라고요 | 가더라
-(으)려고 하다 | 하려면
눈이 높다 | 산이 높아요
-(으)ㄹ까요? | 갈게요
-기로 하다 | 가기 해요
-아/어서 | 먹고
-네요 | 가요
-지 말다 | 가지요
"""


def _pairs(table: str) -> list[tuple[str, str]]:
    lines = [line.split(" | ") for line in table.strip().split("\n")]
    return [(pattern, text) for pattern, *texts in lines for text in texts]


@pytest.mark.parametrize(("pattern", "text"), _pairs(_FOUND))
def test_a_pattern_is_found(pattern: str, text: str) -> None:
    assert occurs_as_pattern(pattern, text)


@pytest.mark.parametrize(("pattern", "text"), _pairs(_NOT_FOUND))
def test_another_pattern_is_not_found(pattern: str, text: str) -> None:
    assert not occurs_as_pattern(pattern, text)


@settings(max_examples=300)
@given(
    st.one_of(
        st.text("가다아어었은는을이해것거르으시보ㄹㄴㅂㅏ()/-~ VN,·[*+?]{}|\\\\.0a남", max_size=9), st.text(max_size=6)
    )
)
def test_any_headword_is_accepted(headword: str) -> None:
    is_pattern(headword)
    for bound in (True, False):
        assert occurs_as_pattern(headword, "가 다", bound=bound) in {True, False}


def test_notation_shows_whether_a_headword_is_a_pattern() -> None:
    patterns = ("-던", "~지 말다", "은/는", "(이)나", "-(으)시-", "N에 대해(서)", "V-고", "ㄴ데", "첫-", "고 싶다")
    words = (
        "먹다",
        "눈이 높다",
        "TV를 보다",
        "3D 영화",
        "K팝",
        "배 (fruit)",
        "남성[nam.sʌŋ]",
        "A형",
        "10분",
        "이 사람",
        "만 원",
    )
    assert all(map(is_pattern, patterns)) and not any(map(is_pattern, words))
