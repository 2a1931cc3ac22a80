"""Test the forms of verbs and adjectives, and what is irregular about them (한글 맞춤법 18)."""

import pytest

from korean_flashcards.korean.verb_forms import forms_of

pytest.importorskip("kiwipiepy")


@pytest.mark.parametrize(
    ("base", "pos", "line"),
    [
        ("눕다", "verb", "눕다: 누워요, 누웠어요, 누울 거예요; ㅂ becomes 우 or 오 before a vowel."),
        ("입다", "verb", "입다: 입어요, 입었어요, 입을 거예요."),
        ("깨닫다", "verb", "깨닫다: 깨달아요, 깨달았어요, 깨달을 거예요; ㄷ becomes ㄹ before a vowel."),
        ("잇다", "verb", "잇다: 이어요, 이었어요, 이을 거예요; ㅅ is dropped before a vowel."),
        ("고르다", "verb", "고르다: 골라요, 골랐어요, 고를 거예요; 르 becomes ㄹㄹ before 아/어."),
        ("슬프다", "adjective", "슬프다: 슬퍼요, 슬펐어요, 슬픈 (before a noun); ㅡ is dropped before 아/어."),
        ("노랗다", "adjective", "노랗다: 노래요, 노랬어요, 노란 (before a noun); ㅎ is dropped before a vowel."),
        ("만들다", "verb", "만들다: 만들어요, 만들었어요, 만들 거예요; ㄹ is dropped before ㄴ, ㅂ, and ㅅ."),
        ("되다", "verb", "되다: 돼요, 됐어요, 될 거예요."),
        ("조용하다", "adjective", "조용하다: 조용해요, 조용했어요, 조용한 (before a noun)."),
        ("쥐다", "verb", "쥐다: 쥐어요, 쥐었어요, 쥘 거예요."),  # the analyzer finds 쥐 "mouse" with 이다
        ("여기다", "verb", "여기다: 여겨요, 여겼어요, 여길 거예요."),
        ("나다", "verb", "나다: 나요, 났어요, 날 거예요."),
        ("재미있다", "adjective", "재미있다: 재미있어요, 재미있었어요, 재미있는 (before a noun)."),
        ("거기다", "verb", ""),  # no verb
        ("갖다", "verb", ""),
        ("어딨다", "adjective", ""),
        ("묻다", "verb", ""),  # "ask" (물어요) or "bury" (묻어요)
        ("진정하다", "adjective", ""),
        ("뵙다", "verb", ""),
        ("그러다", "verb", ""),
        ("학교", "verb", ""),
        ("안 되다", "verb", ""),
    ],
)
def test_forms_of_regular_and_irregular_verbs(base: str, pos: str, line: str) -> None:
    assert forms_of(base, pos) == line
