"""Test that case particles that a verb never takes are found, and that all particles it may take are accepted."""

import pytest

from korean_flashcards.korean.wrong_cases import may_have_wrong_cases, wrong_cases

_WRONG = """
간호사를 결혼했어요 → 간호사와; 카페에 만나자 → 카페에서; 부엌에 요리해요 → 부엌에서; 버스에 내리다 → 버스에서
시험을 합격했어요 → 시험에; 가수를 되고 싶어요 → 가수가; 방을 넓어요 → 방이; 저는 여름을 싫어요 → 여름이
배를 고파요 → 배가; 음악을 들려요 → 음악이; 언니에게 만났어요 → 언니를; 부모님을 전화했어요 → 부모님에게
선배를 결혼했어요 → 선배와; 친구를 선물을 줬어요 → 친구에게; 할머니께 모시고 가요 → 할머니를
카페에 일했어요 → 카페에서; 교실에 책을 읽어요 → 교실에서; 택시에 내렸어요 → 택시에서; 지하철로 탔어요 → 지하철을
운동을 관심이 있어요 → 운동에; 빵이 먹었어요 → 빵을; 저는 드라마가 좋아해요 → 드라마를; 부산을 살아요 → 부산에
산에 가리켰어요 → 산을
모임을 참석했어요 → 모임에; 그 계획을 동의해. → 계획에; 서점에서 들렀어요 → 서점에; 면접을 붙은 → 면접에
독감을 걸려서 → 독감에
수업을 늦었어요 → 수업에; 학원에서 다녀요 → 학원에; 결승으로 이겼다 → 결승에서; 비를 왔어요 → 비가; 소식을 안 와요 → 소식이
부장님을 여쭤보고 → 부장님께; 동생을 부럽다 → 동생이; 창문이 닫고 → 창문을; 컴퓨터가 켰어요 → 컴퓨터를
주소가 몰라요 → 주소를
시청에게 물어봤어요 → 시청에; 우체국에게서 왔어요 → 우체국에서; 꽃에게 물을 줘요 → 꽃에; 여덟 시에서 출발해요 → 여덟 시에
산을 잘 안 보여요 → 산이; 형에게 닮았어요 → 형을; 강에 건넜어요 → 강을; 고등학교에 졸업했어요 → 고등학교를
물을 끓어요 → 물이
"""
_RIGHT = """
학교에 가요. 학교를 가요. 도서관에 공부하러 가요. 버스를 타요. 버스에 타요. 한 시간을 있었어요. 친구에게 만나자고
했어요. 이름을 적어요. 물을 길어요. 저는 동생이 좋아하는 옷을 샀어요. 제가 좋아해요. 말을 되풀이해요. 아침에
공부해요. 집에 와서 먹었어요. 물이 들었어요. 답장을 오는 길에 부쳤어요. 방법이 알고 싶어요. 가을 좋아요. 하루를
행복했어요. 두 시에서 세 시까지 만나요.
사진을 보여요. 그 말을 좋아해요. 회의를 참석해서 들었어요. 정신을 집중해요. 은행에서 가입했어요. 학교에서 다녀왔어요.
어머니께 전화했어요. 주사를 맞아요. 집에 있어요. 서울에 놀러 가요.
가게에 사람이 많아요. 시장에 가서 과일을 샀어요. 삶을 살아요. 김밥을 싸요. 손님이 되었어요. 책을 되찾았어요. 여행을
와요.
"""


def _pairs() -> list[list[str]]:
    return [pair.split(" → ") for line in _WRONG.strip().splitlines() for pair in line.split("; ")]


@pytest.mark.parametrize(("wrong", "right"), _pairs())
def test_wrong_particles_are_found_with_the_right_one(wrong: str, right: str) -> None:
    assert [found for _, found in wrong_cases(wrong)] == [right]
    assert may_have_wrong_cases(wrong)


def test_particles_that_a_verb_may_take_are_accepted() -> None:
    assert list(wrong_cases(_RIGHT)) == []
