"""The form of a word is found in a sentence only if there is no doubt."""

import pytest

from korean_flashcards.korean.word_form import forms_in


@pytest.mark.parametrize(
    ("word", "pos", "sentence", "found"),
    [
        ("사과", "noun", "아침마다 사과를 한 개씩 먹어요.", ["사과"]),
        ("배", "noun", "이 배는 참 달고 시원하네요.", ["배"]),
        ("스물", "numeral", "그는 스물에 고향을 떠났다.", ["스물"]),
        ("누구", "pronoun", "저 사람은 누구예요?", ["누구"]),
        ("아이고", "interjection", "아이고, 깜짝이야!", ["아이고"]),
        ("먹다", "verb", "밥을 먹었어요.", ["먹었어요"]),
        ("덥다", "adjective", "오늘은 너무 더워서 나가기 싫어요.", ["더워서"]),
        ("모르다", "verb", "저도 그 소식을 몰랐어요.", ["몰랐어요"]),
        ("몰랐어요", "verb", "저도 그 소식을 몰랐어요.", ["몰랐어요"]),
        ("손이 크다", "phrase", "어머니는 손이 커서 음식을 많이 만드세요.", ["손이 커서"]),
        ("물", "noun", "물은 물은 물은", ["물", "물", "물"]),
        ("엄마의", "particle", "엄마의 사랑은 끝이 없다.", ["엄마의"]),
    ],
)
def test_a_form_is_found(word: str, pos: str, sentence: str, found: list[str]) -> None:
    assert [sentence[start:end] for start, end in forms_in(word, pos, sentence)] == found


@pytest.mark.parametrize(
    ("word", "pos", "sentence"),
    [
        ("나", "pronoun", "나는 나이가 많아요."),  # 나이 is a different word, which looks like 나 with a particle
        ("가다", "verb", "가게에 가요."),
        ("이다", "verb", "이 사람이 이겨요."),
        ("배", "noun", "배우가 왔어요."),
        ("사과", "noun", "친구가 저에게 사과했어요."),  # the verb 사과하다
        ("남성", "noun", "남자가 왔어요."),
        ("-는", "particle", "저는 학생이에요."),
        ("는", "particle", "저는 학생이에요."),
        ("먹다", "verb", ""),
        ("", "noun", "밥을 먹었어요."),
        ("다", "adverb", "모두 갔다."),
    ],
)
def test_nothing_is_found_if_there_is_doubt(word: str, pos: str, sentence: str) -> None:
    assert forms_in(word, pos, sentence) == []
