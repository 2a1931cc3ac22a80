"""What the offline model's cards must not say, and the entries that it refuses instead of teaching them."""

import json

import pytest
from offline.sample import reply_of
from offline.test_offline_cards import scene

from korean_flashcards.llm.providers.base import BackendError

pytest.importorskip("kiwipiepy")


@pytest.mark.parametrize(
    ("known", "line"),
    [
        (
            {"term": "말했잖아요", "pos": "verb", "definition": "I told you"},
            "말했잖아요 = 말하다 + -았/었- (past) + -잖아요",
        ),
        ({"term": "물어봤어", "pos": "verb", "definition": "asked"}, "물어봤어 = 물어보다 + -았/었- (past)"),
        ({"term": "없어진", "pos": "verb", "definition": "gone"}, "없어진 = 없어지다 + -(으)ㄴ"),
        ({"term": "돌아가셨어요", "pos": "verb", "definition": "died"}, "돌아가셨어요 = 돌아가시다 + -았/었- (past)"),
        ({"term": "못된", "pos": "adjective", "definition": "wicked"}, "못된 = 못되다 + -(으)ㄴ"),
        ({"term": "누군가를", "pos": "pronoun", "definition": "someone"}, "누군가를 = 누군가 + 을/를"),
        ({"term": "꽤나", "pos": "adverb", "definition": "rather"}, "꽤나 = 꽤 + (이)나 (stresses it)"),
        ({"term": "갔었어요", "pos": "verb", "definition": "had gone"}, "갔었어요 = 가다 + -았었/었었-"),
        ({"term": "두명", "pos": "noun", "definition": "two people"}, "Standard spacing: 두 명."),
        ({"term": "나같은", "pos": "adjective", "definition": "like me"}, "Standard spacing: 나 같은."),
        ({"term": "안할거야", "pos": "verb", "definition": "will not do"}, "Standard spacing: 안 할 거야."),
        ({"term": "친구의", "pos": "noun", "definition": "friend's"}, "In speech, 친구의 is usually [친구에]."),
        ({"term": "손가락", "pos": "noun", "definition": "finger"}, "because ㄱ becomes tense ㄲ in this word."),
        ({"term": "아버지의", "pos": "noun", "definition": "father's"}, "Counterpart: 어머니."),
        ({"term": "갈거야", "pos": "verb", "definition": "will go"}, "Standard spacing: 갈 거야."),
        ({"term": "하는걸", "pos": "noun", "definition": "what one does"}, "Standard spacing: 하는 걸."),
        ({"term": "없는데", "pos": "adjective", "definition": "there is none"}, "없는데 = 없다 + -는데/(으)ㄴ데"),
        (
            {"term": "자기야", "pos": "noun", "definition": "honey", "example": "자기야, 어디 가?"},
            "자기야 = 자기 + 야/아 (calls",
        ),
        (
            {"term": "사실이야", "pos": "noun", "definition": "it's true", "example": "사실이야, 걱정 마."},
            "이다 (to be) + -야 (casual)",
        ),
        ({"term": "해보죠", "pos": "verb", "definition": "let's try"}, "suggests it politely"),
        ({"term": "깨끗이", "pos": "adverb", "definition": "cleanly"}, "the adverb of 깨끗하다"),
    ],
)
def test_a_form_is_explained_by_what_it_is(known: dict[str, str], line: str) -> None:
    assert line in scene(**known)["back"]


@pytest.mark.parametrize(
    ("known", "absent"),
    [
        ({"term": "유럽", "pos": "noun", "definition": "Europe"}, "loanword"),
        ({"term": "우와", "pos": "noun", "definition": "wow", "example": "우와, 크다!"}, "loanword"),
        ({"term": "같은데", "pos": "adjective", "definition": "seems", "example": "비가 올 것 같은데요?"}, "Opposite"),
        ({"term": "멀지", "pos": "adjective", "definition": "not far", "example": "멀지 않아요."}, "Opposite"),
        ({"term": "앞으로", "pos": "adverb", "definition": "from now on", "example": "앞으로 갈게요."}, "Opposite"),
        ({"term": "나왔어요", "pos": "verb", "definition": "came out", "example": "책이 나왔어요."}, "Opposite"),
        ({"term": "있잖니", "pos": "verb", "definition": "you know", "example": "있잖니, 나 간다."}, "spacing"),
        ({"term": "거나", "pos": "particle", "definition": "or", "example": "먹거나 마셔요."}, " = "),
        ({"term": "치고", "pos": "particle", "definition": "for a", "example": "겨울치고 따뜻해요."}, "치다"),
        ({"term": "유카와", "pos": "noun", "definition": "Yukawa", "example": "유카와 이론을 배워요."}, " = "),
        ({"term": "솜씨가", "pos": "noun", "definition": "skill", "example": "솜씨가 좋아요."}, "With particles"),
        ({"term": "저도요", "pos": "pronoun", "definition": "me too", "example": "저도요."}, "To a close friend"),
        ({"term": "있단다", "pos": "verb", "definition": "there is", "example": "집이 있단다."}, "있단다요"),
        ({"term": "저는", "pos": "pronoun", "definition": "I", "example": "저는 학생이에요."}, "Plain word: 나."),
        ({"term": "위해서", "pos": "verb", "definition": "for", "example": "너를 위해서 샀어."}, "because, or"),
        ({"term": "분도", "pos": "noun", "definition": "arcminute", "example": "1도는 60분도다."}, " = "),
        ({"term": "진짜", "pos": "adverb", "definition": "really", "example": "진짜 커요."}, "Opposite"),
        ({"term": "첫", "pos": "noun", "definition": "first", "example": "첫 차를 탔어요."}, "With particles"),
    ],
)
def test_a_back_does_not_say_what_is_false(known: dict[str, str], absent: str) -> None:
    assert absent not in scene(**known)["back"]


@pytest.mark.parametrize(
    ("term", "listed", "definition", "example", "pos"),
    [
        ("잘됐네", "adverb", "that's great", "합격했다니 잘됐네!", "verb"),
        ("나도야", "verb", "me too", "A: 배고파. B: 나도야.", "phrase"),
        ("그걸로", "particle", "with that", "저는 그걸로 할게요.", "phrase"),
        ("거나", "particle", "or", "먹거나 마셔요.", "ending"),
        ("우와", "noun", "wow", "우와, 크다!", "interjection"),
        ("첫", "noun", "first", "첫 차를 탔어요.", "determiner"),
        ("싸고", "verb", "cheap", "싸고 좋아요.", "adjective"),
        ("미안하다", "verb", "be sorry", "정말 미안하다.", "adjective"),
        ("좋아진", "adjective", "improved", "날씨가 좋아진 날이었어요.", "verb"),
    ],
)
def test_the_example_shows_the_part_of_speech(term: str, listed: str, definition: str, example: str, pos: str) -> None:
    known = json.loads(reply_of("nuance", term=term, pos=listed, definition=definition, example=example))
    assert known["pos"] == pos


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (
            {"term": "행복할", "pos": "adjective", "definition": "happy", "example": "행복할 가족을 만났어요."},
            "행복할 가족",
        ),
        ({"term": "읽었을", "pos": "verb", "definition": "read", "example": "어제 읽었을 책이 좋아요."}, "읽었을 책"),
        ({"term": "친구에", "pos": "noun", "definition": "to a friend", "example": "친구에 선물을 줬어요."}, "친구에"),
        ({"term": "걸자", "pos": "verb", "definition": "let's walk", "example": "같이 걸자."}, "걸다"),
        ({"term": "잡지", "pos": "verb", "definition": "catch", "example": "공을 잡지만 또 놓쳐요."}, "separate word"),
        (
            {"term": "찍고", "pos": "noun", "definition": "photo depot", "example": "찍고에 사진이 있다."},
            "calls 찍고 a noun",
        ),
        ({"term": "집이예요", "pos": "phrase", "definition": "it is a house", "example": "우리 집이예요."}, "집이에요"),
        (
            {"term": "크군", "pos": "adjective", "definition": "exclamatory ending", "example": "정말 크군."},
            "only of its ending",
        ),
        ({"term": "슈미트가", "pos": "noun", "definition": "Harris", "example": "슈미트가 왔어요."}, "person's name"),
        (
            {"term": "쿵", "pos": "adverb", "definition": "thud", "example": "'쿵'은 소리를 나타낸다."},
            "is about the word",
        ),
        ({"term": "스피크", "pos": "verb", "definition": "speak", "example": "스피크 영어."}, "English in Hangul"),
        ({"term": "맡게", "pos": "adverb", "definition": "entrustingly", "example": "일을 맡게 했다."}, "entrustingly"),
        ({"term": "거기다", "pos": "verb", "definition": "put", "example": "거기다 놓으세요."}, "it is a pronoun"),
        ({"term": "빌게", "pos": "verb", "definition": "borrow", "example": "내일 책을 빌게."}, "a form of 빌다"),
        ({"term": "여깄다", "pos": "verb", "definition": "consider", "example": "성공이라고 여겼다."}, "separate word"),
        (
            {"term": "필", "pos": "noun", "definition": "brush", "usage_hint": "Rarely used standalone; in compounds"},
            "only a part of words",
        ),
        ({"term": "너에", "pos": "pronoun", "definition": "to you", "example": "이건 너에 보낸 거야."}, "nobody says"),
        ({"term": "엉망이", "pos": "noun", "definition": "mess", "example": "방이 엉망이야."}, "a form of 이다"),
        (
            {"term": "보내게", "pos": "verb", "definition": "send", "example": "이건 내가 보내게."},
            "misspelling of 보낼게",
        ),
    ],
)
def test_an_entry_that_would_teach_something_wrong_is_refused(known: dict[str, str], said: str) -> None:
    with pytest.raises(BackendError, match=said):
        reply_of("nuance", **known)


def test_natural_examples_with_the_same_endings_are_accepted() -> None:
    for term, definition, example in (
        ("아플", "sick", "아플 때 쉬세요."),
        ("볼", "to see", "볼 영화가 많아요."),
        ("있을", "be held", "내일 있을 회의예요."),
        ("사람에", "person", "사람에 따라 달라요."),
        ("갔을", "went", "벌써 갔을 거예요."),
        ("나에", "me", "모든 것은 나에 달려 있어요."),
        ("들게", "carry", "가방은 내가 들게."),
    ):
        assert json.loads(reply_of("nuance", term=term, pos="verb", definition=definition, example=example))["term"]


def test_a_hanja_card_does_not_name_the_word_itself_in_another_spelling() -> None:
    nuance = json.loads(reply_of("nuance", term="비밀", pos="noun", definition="secret", hanja="祕密"))
    card = json.loads(reply_of("flashcards", term="비밀", nuance=nuance, card_types=["Hanja"]))["cards"][0]
    assert "비밀 秘密" not in card["back"]


@pytest.mark.parametrize(
    ("known", "other"),
    [
        ({"term": "개", "pos": "noun", "definition": "dog"}, "게 (adverbial suffix)"),
        ({"term": "않아", "pos": "verb", "definition": "not"}, "아나 (announcer)"),
        ({"term": "이래", "pos": "adverb", "definition": "this way"}, "일에 (work)"),
    ],
)
def test_what_only_sounds_like_a_part_of_a_word_is_not_compared(known: dict[str, str], other: str) -> None:
    assert not json.loads(reply_of("nuance", **known, confusable_candidates=[other]))["comparison"]
