"""A sentence says why a word is not pronounced as it is written."""

import pytest

from korean_flashcards.korean.explanation import explain
from korean_flashcards.korean.spoken_reason import reason_of


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("좋네요", "좋네요 is pronounced [존네요] because ㅎ is lost before ㄴ."),
        ("독립", "독립 is pronounced [동닙] because ㄹ becomes ㄴ after ㄱ and ㄱ becomes ㅇ before ㄴ."),
        ("같이", "같이 is pronounced [가치] because ㅌ becomes ㅊ before 이."),
        ("학교", "학교 is pronounced [학꾜] because ㄱ becomes tense ㄲ after ㄱ."),
        ("사람이", "사람이 is pronounced [사라미] because ㅁ moves to the next vowel."),
        ("먹었어", "먹었어 is pronounced [머거써] because ㄱ and ㅆ move to the next vowel."),
        ("축하", "축하 is pronounced [추카] because ㄱ and ㅎ merge into ㅋ."),
        ("희망", "희망 is pronounced [히망] because ㅢ is pronounced ㅣ after a consonant."),
        ("옷", "옷 is pronounced [옫] because ㅅ at the end of a word is pronounced ㄷ."),
        ("가져", "가져 is pronounced [가저] because ㅕ is pronounced ㅓ after ㅈ."),
        ("한류", "한류 is pronounced [할류] because ㄴ and ㄹ become ㄹㄹ."),
        ("없어", "없어 is pronounced [업써] because the ㅅ of ㅄ moves to the next vowel as ㅆ."),
        ("앉아", "앉아 is pronounced [안자] because the ㅈ of ㄵ moves to the next vowel."),
        ("따뜻한", "따뜻한 is pronounced [따뜨탄] because ㅅ (as ㄷ) and ㅎ merge into ㅌ."),
        ("학생", "학생 is pronounced [학쌩] because ㅅ becomes tense ㅆ after ㄱ."),
        ("나무", ""),
    ],
)  # fmt: skip
def test_the_reason_names_the_letters(word: str, reason: str) -> None:
    assert reason_of(explain(word)) == reason
