"""Words are taken apart only if every piece is known."""

import pytest

from korean_flashcards.korean.morphology import analyse
from korean_flashcards.korean.word_parts import parts_of

pytest.importorskip("kiwipiepy")


@pytest.mark.parametrize(
    ("word", "pos", "base", "pieces", "level", "counterpart"),
    [
        ("찾았는데", "verb", "찾다", ["-았/었-", "-는데/(으)ㄴ데"], "", ""),
        ("추웠어요", "adjective", "춥다", ["-았/었-", "-아/어요"], "polite", "추웠어"),
        ("공부했습니다", "verb", "공부하다", ["-았/었-", "-ㅂ니다/습니다"], "formal", ""),
        ("먹네", "verb", "먹다", ["-네"], "", ""),
        ("가자", "verb", "가다", ["-자"], "casual", ""),
        ("믿으세요", "verb", "믿다", ["-(으)세요"], "polite", ""),
        ("생각해봐", "verb", "생각하다", ["-아/어 보다", "-아/어"], "casual", "생각해봐요"),
        ("알아야겠어", "verb", "알다", ["-아/어야겠-", "-아/어"], "casual", "알아야겠어요"),
        ("사람들이", "noun", "사람", ["들", "이/가"], "", ""),
        ("선생님께서", "noun", "선생님", ["께서"], "", ""),
        ("진심이야", "noun", "진심", ["이다", "-야"], "casual", ""),
        ("학교에서", "noun", "학교", ["에서"], "", ""),
        ("갈거야", "verb", "가다", ["-(으)ㄹ 것이다", "-야"], "casual", ""),
        ("먹는거죠", "verb", "먹다", ["-는 것이다", "-죠"], "polite", ""),
        ("안돼요", "verb", "안 되다", ["-아/어요"], "polite", ""),
        ("못해서", "verb", "못하다", ["-아/어서"], "", ""),
        ("뭐해", "verb", "뭐 하다", ["-아/어"], "casual", ""),
        ("다시는", "adverb", "다시", ["은/는"], "", ""),
        ("왜요", "adverb", "왜", ["요"], "polite", "왜"),
        ("없잖아요", "adjective", "없다", ["-잖아요"], "polite", "없잖아"),
        ("춥더라", "adjective", "춥다", ["-더라(고)"], "casual", ""),
    ],
)  # fmt: skip
def test_a_word_is_taken_apart(word: str, pos: str, base: str, pieces: list[str], level: str, counterpart: str) -> None:
    parts = parts_of(word, analyse(word, pos), True)
    assert parts is not None
    assert (parts.base, [piece.written for piece in parts.pieces]) == (base, pieces)
    assert (parts.level, parts.counterpart) == (level, counterpart)


@pytest.mark.parametrize(
    ("word", "pos"),
    [("가다", "verb"), ("학교", "noun"), ("거기", "pronoun"), ("불가피하다", "adjective"), ("너 같은", "")],
)
def test_a_dictionary_form_and_an_uncertain_word_are_not_taken_apart(word: str, pos: str) -> None:
    assert parts_of(word, analyse(word, pos), True) is None


@pytest.mark.parametrize(("ends_sentence", "level"), [(True, "casual"), (False, "")])
def test_the_same_ending_is_casual_only_at_the_end_of_a_sentence(ends_sentence: bool, level: str) -> None:
    parts = parts_of("움직이지", analyse("움직이지", "verb"), ends_sentence)
    assert (parts.level if parts else "") == level
