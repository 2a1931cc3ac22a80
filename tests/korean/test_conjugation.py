"""Test the conjugation of regular and irregular stems (한글 맞춤법 15, 18, 34–40), without the analyzer."""

import pytest

from korean_flashcards.korean.conjugation import conjugated

_FORMS = """
가다 가요 갔어요 갈 간
서다 서요 섰어요 설 선
켜다 켜요 켰어요 켤 켠
보내다 보내요 보냈어요 보낼 보낸
오다 와요 왔어요 올 온
배우다 배워요 배웠어요 배울 배운
마시다 마셔요 마셨어요 마실 마신
여기다 여겨요 여겼어요 여길 여긴
치다 쳐요 쳤어요 칠 친
피다 피어요 피었어요 필 핀
되다 돼요 됐어요 될 된
쥐다 쥐어요 쥐었어요 쥘 쥔
희다 희어요 희었어요 흴 흰
하다 해요 했어요 할 한
조용하다 조용해요 조용했어요 조용할 조용한
받다 받아요 받았어요 받을 받은
얕다 얕아요 얕았어요 얕을 얕은
입다 입어요 입었어요 입을 입은
수줍다 수줍어요 수줍었어요 수줍을 수줍은
줍다 주워요 주웠어요 주울 주운
돕다 도와요 도왔어요 도울 도운
가깝다 가까워요 가까웠어요 가까울 가까운
자연스럽다 자연스러워요 자연스러웠어요 자연스러울 자연스러운
해롭다 해로워요 해로웠어요 해로울 해로운
닫다 닫아요 닫았어요 닫을 닫은
깨닫다 깨달아요 깨달았어요 깨달을 깨달은
엿듣다 엿들어요 엿들었어요 엿들을 엿들은
벗다 벗어요 벗었어요 벗을 벗은
낫다 나아요 나았어요 나을 나은
퍼붓다 퍼부어요 퍼부었어요 퍼부을 퍼부은
넣다 넣어요 넣었어요 넣을 넣은
좋다 좋아요 좋았어요 좋을 좋은
싫다 싫어요 싫었어요 싫을 싫은
그렇다 그래요 그랬어요 그럴 그런
하얗다 하얘요 하얬어요 하얄 하얀
허옇다 허예요 허옜어요 허열 허연
누렇다 누레요 누렜어요 누럴 누런
살다 살아요 살았어요 살 산
거칠다 거칠어요 거칠었어요 거칠 거친
쓰다 써요 썼어요 쓸 쓴
바쁘다 바빠요 바빴어요 바쁠 바쁜
모르다 몰라요 몰랐어요 모를 모른
부르다 불러요 불렀어요 부를 부른
따르다 따라요 따랐어요 따를 따른
들르다 들러요 들렀어요 들를 들른
푸르다 푸르러요 푸르렀어요 푸를 푸른
재미있다 재미있어요 재미있었어요 재미있을 재미있는
맛없다 맛없어요 맛없었어요 맛없을 맛없는
재밌다 재밌어요 재밌었어요 재밌을 재밌는
"""


@pytest.mark.parametrize("line", _FORMS.strip().split("\n"))
def test_each_class_has_its_own_forms(line: str) -> None:
    base, *expected = line.split()
    forms = conjugated(base)
    assert forms is not None
    assert [forms.present, forms.past, forms.future.removesuffix(" 거예요"), forms.describing] == expected


@pytest.mark.parametrize(
    "base",
    [
        *("갖다", "머물다", "서둘다", "서툴다", "건들다", "내딛다"),  # short forms without endings in a vowel
        *("어딨다", "여깄다"),  # contracted
        *("걷다", "굽다", "이르다", "누르다"),  # two verbs each
        *("그러다", "어쩌다", "푸다", "이다", "뵙다", "다", "학교", "안 가다"),
    ],
)
def test_uncertain_and_defective_verbs_have_no_forms(base: str) -> None:
    assert conjugated(base) is None
