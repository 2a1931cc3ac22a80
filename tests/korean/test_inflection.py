"""Test that forms of a word share a stem, and that words that only look alike do not."""

import pytest

from korean_flashcards.korean.inflection import letters, noun_stems, verb_stems


@pytest.mark.parametrize(
    ("form", "stem"),
    [
        ("가다", "가"), ("갔어요", "가"), ("간다", "가"), ("갈게", "가"), ("가니까", "가"), ("갔으면", "가"),
        ("가겠다", "가"),
        ("먹었습니다", "먹"), ("먹으면", "먹"), ("먹는", "먹"), ("써요", "쓰"), ("예뻤다", "예쁘"), ("와서", "오"),
        ("배웠어", "배우"), ("마셔", "마시"), ("보냈어요", "보내"), ("했는데", "하"), ("됐어", "되"),
        ("추웠는데", "춥"), ("더우면", "덥"), ("도와주세요", "돕"), ("걸어서", "걷"), ("들으면", "듣"), ("나아요", "낫"),
        ("나으면", "낫"), ("몰랐어요", "모르"), ("아는", "알"), ("압니다", "알"), ("그랬어", "그렇"), ("하얀", "하얗"),
    ],
)  # fmt: skip
def test_a_verb_form_has_the_expected_stem(form: str, stem: str) -> None:
    assert letters(stem) in verb_stems(form)


@pytest.mark.parametrize(
    ("form", "stem"),
    [
        ("문", "문"), ("문을", "문"), ("학교에서는", "학교"), ("사람들이", "사람"), ("일입니다", "일"),
        ("시작했어요", "시작"),
        ("감염된", "감염"), ("적당히", "적당"), ("여길", "여기"),
    ],
)  # fmt: skip
def test_a_noun_with_particles_or_suffixes_has_the_expected_stem(form: str, stem: str) -> None:
    assert letters(stem) in noun_stems(form)


@pytest.mark.parametrize(
    ("one", "other"),
    [("낫다", "낳다"), ("낫다", "났다"), ("잊다", "잃다"), ("가르치다", "가리키다"), ("부치다", "붙이다")],
)
def test_similar_verbs_share_no_stem(one: str, other: str) -> None:
    assert verb_stems(one).isdisjoint(verb_stems(other))


@pytest.mark.parametrize("text", ["", "가", "tv에서", "10분", "ㅋㅋ", "-지만"])
def test_any_text_is_accepted(text: str) -> None:
    assert len(letters(text)) < 2 or letters(text) in noun_stems(text)
    assert verb_stems(text) >= set()
