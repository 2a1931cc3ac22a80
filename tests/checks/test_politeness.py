"""Test the checks of honorifics and speech levels in examples."""

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance

GONE = prompt_examples()[1]
WRONG_HONORIFICS = [
    "저는 이 찻집 주인이십니다.",
    "제가 이따가 차를 드실게요.",
    "저에게 한 가지 여쭈어 보세요.",
    "저는 오늘 약속이 있으세요.",
    "저는 아침을 안 드셨어요.",
    "저에게 선물을 드려서 감사합니다.",
    "저도 진지를 잡수세요.",
    "저는 매일 새벽 네 시에 일어나세요.",
    "제가 고향에 내려오셨어요.",
    "내가 어제 오셨어요.",
    "동생이 진지를 잡수세요.",
    "나는 진지를 먹었어요.",
    "동생에게 길을 여쭈워 보았습니다.",
    "할머니께서 왔어요.",
    "선생님께 꽃을 줬어요.",
    "친구가 저한테 선물을 드렸어요.",
    "제 성함은 김민수입니다.",
    "저는 학교에 가십니다.",
    "강아지가 주무세요.",
    "할아버지께서 밥을 먹었다.",
    "제가 말씀하셨어요.",
    "사장님이 저에게 전화를 드렸어요.",
    "저는 집에서 쉬고 계세요.",
    "저는 선생님이세요.",
]
# Combinations that are wrong without a subject, too.
WRONG_WORDS = [
    "저희 나라는 작아요.",
    "할아버지, 진지 먹어요.",
    "할머니께서 진지를 많이 먹었어요.",
    "안녕히 자요.",
    "친구께서 오셨어요.",
    "친구에게 꽃을 드렸어요.",
    "저를 뵈러 오세요.",
    "친구의 연세가 어떻게 돼요?",
    "연세가 몇 살이세요?",
    "여기 앉으시세요.",
    "할아버지가 죽으셨어요.",
    "선생님, 질문 계세요?",
    "할머니는 집에 있으세요.",
    "커피 나오셨습니다.",
    "오천 원이십니다.",
    "저는 민수 씨예요.",
    "저는 일찍 주무세요.",
]
MIXED = [
    "택시를 타자요.",
    "부장님, 식사했어?",
    "사장님, 안녕!",
    "손님, 이쪽으로 와.",
    "민수야, 어디 가요?",
    "네, 알았어.",
    "네가 했습니다.",
    "너는 괜찮아요.",
    "미안해, 오늘은 약속이 있어요.",
    "미안해. 저도 길을 잘 모르겠습니다.",
    "안녕하세요, 나는 민수야.",
    "저는 어제 영화를 봤어.",
    "저도 학생이야.",
    "제가 할게. 걱정하지 마세요.",
]
GOOD = [
    "나는 학생입니다.",
    "나도 내가 한 일을 잘 알고 있습니다.",
    "과자요.",
    "부장님, 식사하셨어요?",
    "민수야, 어디 가?",
    "네 동생 왔어.",
    "저희 나름대로 했어요.",
    "진지하게 말했어요.",
    "이 사과는 너무 시세요.",
    "할아버지가 죽을 드셨어요.",
    "친구 어머니 생신이에요.",
    "선생님, 질문 있으세요?",
    "제가 좋아하는 사람은 민수 씨예요.",
    "저는 괜찮으니 많이 드세요.",
    "저는 할머니가 계세요.",
    "손님이 많이 오셨어요.",
    "저는 커피 주세요.",
    "저는 괜찮으니까 먼저 가세요.",
    "저도 좀 도와주세요.",
    "저만 믿으세요.",
    "제가 도와 드릴게요.",
    "저는 부모님이 계세요.",
    "제가 존경하는 선생님이 오셨어요.",
    "저는 걱정하지 마세요.",
    "할머니께서 저에게 용돈을 주셨어요.",
    "제가 할머니께 용돈을 드렸어요.",
    "선생님께서 저를 부르셨어요.",
    "저한테 말씀해 주세요.",
    "제가 말씀드렸어요.",
    "저는 어제 선생님을 뵈었어요.",
    "나는 너를 좋아해.",
    "너 어디 가?",
    "저 사람은 누구야?",
    "저기요, 여기 앉아도 돼요?",
    "제가 먼저 갈까요?",
    "동생이 있으세요?",
    "할아버지께 선물을 받았어요.",
    "어머니께서 만드신 김치예요.",
    "어머니께서 사 주신 옷이에요.",
    "할머니께서는 시장에 계세요.",
    "저는 이만 가 볼게요.",
    "제게 물어보셨어요?",
    "저에게 연락 주세요.",
    "와, 맛있네. 이거 어디서 샀어요?",
    "어, 지갑이 없네. 잠깐만요.",
    "저는 됐어요. 많이 드세요.",
    "제가 가는 길을 아세요?",
    "할머니께서 편찮으시대요.",
    "교수님께서 추천하신 책이에요.",
    "저를 아세요?",
    "제 선생님이세요.",
    "저의 어머니세요.",
    "저는 어머니가 선생님이세요.",
    "네가 부러워.",
    "네, 알겠습니다.",
    "선생님께 여쭤 봤어요.",
    "저는 사장님께서 오신 줄 몰랐어요.",
    "할머니 댁에 갔어요.",
    "저도 한번 해 보고 싶어요.",
    "저와 같이 가시겠어요?",
    "저랑 결혼해 주세요.",
    "저는 김치찌개로 하겠습니다.",
    "선생님께 드릴 선물이에요.",
    "내가 선생님께 전해 드릴게.",
    "우리 아버지는 요리를 잘하세요.",
    "저는 형이 있어요. 형은 의사예요.",
    "저는 안 가요. 너무 피곤해서요.",
    "저는 학생이고 누나는 의사예요.",
    "저희 아버지께서는 회사에 다니세요.",
    "저희 할머니는 올해 여든이세요.",
    "저희 가게에 오세요.",
    "저희는 매일 아홉 시에 문을 열어요.",
    "제가 좋아하는 가수세요.",
    "할머니께서 주무셔요.",
]


def _codes(sentence: str) -> set[str]:
    card = GONE.cards[0] | {"back": f"{GONE.cards[0]['back']}\n\n{sentence} 'It is so.'"}
    found = {each.code for each in check_card(card, GONE.record, GONE.word)}
    return found & {"wrong_honorific", "mixed_levels"}


@pytest.mark.parametrize("sentence", WRONG_HONORIFICS + WRONG_WORDS)
def test_a_sentence_that_honors_or_humbles_the_wrong_person_is_reported(sentence: str) -> None:
    assert _codes(sentence) == {"wrong_honorific"}


@pytest.mark.parametrize("sentence", MIXED)
def test_a_sentence_with_two_speech_levels_is_reported(sentence: str) -> None:
    assert _codes(sentence) == {"mixed_levels"}


def test_correct_sentences_are_accepted() -> None:
    assert [sentence for sentence in GOOD if _codes(sentence)] == []


def test_a_mistake_on_purpose_is_accepted() -> None:
    card = GONE.cards[0] | {"back": "갔어요 is yours. It would be wrong to say 제가 어제 가셨어요. 'I went yesterday.'"}
    assert "wrong_honorific" not in {each.code for each in check_card(card, GONE.record, GONE.word)}


def test_honorifics_and_levels_are_checked_in_analyses() -> None:
    def codes(explanation: str) -> set[str]:
        return {each.code for each in check_nuance(GONE.record | {"explanation": f"갔어요. {explanation}"}, GONE.word)}

    assert "wrong_honorific" in codes("Of elders (부모님께서 갔어요), too.")
    assert "wrong_honorific" in codes("Also 할머니가 진지를 먹어요.")
    assert "mixed_levels" in codes("One says 저는 벌써 갔어.")
    good = (
        "Do not say 저희 나라. 제가 가셨어요 would raise yourself. 저희 나라 is wrong, and so is never 진지를 먹다. "
        "질문 계세요 sounds odd."
    )
    assert not codes(good) & {"wrong_honorific", "mixed_levels"}
