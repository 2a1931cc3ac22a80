"""The offline model's cards: a gap in the list's example, and true lines about the word's form, sound, and hanja."""

import json

import pytest
from offline.sample import CARDS, VOCABULARY, reply_of

from korean_flashcards.checks import check_card
from korean_flashcards.domain.records import Severity
from korean_flashcards.formats.card import GAP
from korean_flashcards.formats.listed_usage import ListedUsage, read_usage, written_usage
from korean_flashcards.llm.providers.base import BackendError

pytest.importorskip("kiwipiepy")


def scene(term: str, **known: str) -> dict[str, str]:
    """Return the Scene card of a word in a list."""
    nuance = json.loads(reply_of("nuance", term=term, **known))
    listed = {name: known[name] for name in ("example", "example_translation") if name in known}
    cards = json.loads(reply_of("flashcards", term=term, nuance=nuance, card_types=["Scene"], **listed))["cards"]
    return cards[0]


def test_a_card_asks_for_the_word_in_its_example_and_explains_its_form_and_sound() -> None:
    card = scene(
        "좋네요",
        definition="is good",
        pos="adjective",
        example="날씨가 좋네요.",
        example_translation="The weather is nice.",
    )
    assert card["front"].split("\n") == [
        "날씨가 ____.", "“The weather is nice.”", "Fill the gap: “is good” (adjective) + -네요. Initial consonants: ㅈㄴㅇ.",
    ]  # fmt: skip
    assert card["back"].split("\n") == [
        "좋네요 — is good (adjective).",
        "날씨가 좋네요. “The weather is nice.”",
        "좋네요 = 좋다 + -네요 (polite; notices something just now).",
        "좋네요 is pronounced [존네요] because ㅎ is lost before ㄴ.",
        "Speech level: polite (해요체). To a close friend: 좋네.",
        "Opposite: 나쁘다.",
        "좋다 takes 이/가 (커피가 좋아요); 좋아하다 takes 을/를 (커피를 좋아해요).",
    ]
    assert card["honorific_level"] == "polite"


@pytest.mark.parametrize(
    ("term", "pos", "example", "gapped"),
    [
        ("사과", "noun", "사과를 샀어요.", "____를 샀어요."),
        ("먹다", "verb", "밥을 먹었어요.", "밥을 ____."),
        ("출발", "noun", "기차는 7시에 출발합니다.", "기차는 7시에 ____합니다."),
        ("같은게", "noun", "같은 게 많아요.", "____ 많아요."),
        ("에게", "particle", "나는 친구에게 편지를 썼다.", "나는 친구____ 편지를 썼다."),
        ("-지만", "ending", "비싸지만 맛있어요.", "비싸____ 맛있어요."),
        ("집에", "particle", "저는 집에 있어요.", "저는 ____ 있어요."),
    ],
)
def test_the_gap_is_where_the_word_is(term: str, pos: str, example: str, gapped: str) -> None:
    assert scene(term, definition="x", pos=pos, example=example)["front"].split("\n")[0] == gapped


@pytest.mark.parametrize(
    ("term", "pos", "example"),
    [
        ("사고", "noun", "교통사고가 났어요."),
        ("학교", "noun", "학교에서 학교로 갔어요."),
    ],
)
def test_a_word_whose_place_is_not_certain_gets_a_front_without_a_gap(term: str, pos: str, example: str) -> None:
    question, sound = f"{example}\nWhat does {term} mean", ", and how do you pronounce it?"
    assert scene(term, definition="x", pos=pos, example=example)["front"] in (f"{question}?", question + sound)


def test_no_front_with_a_gap_shows_its_word() -> None:
    words = dict(VOCABULARY.select("item_id", "term").iter_rows())
    gapped = [card for card in CARDS.iter_rows(named=True) if GAP in card["front"]]
    assert len(gapped) > 120
    assert [
        card["front"] for card in gapped if len(words[card["item_id"]]) > 1 and words[card["item_id"]] in card["front"]
    ] == []


@pytest.mark.parametrize(
    ("term", "pos", "definition", "kept"),
    [
        ("집에", "particle", "at home", "phrase"), ("진심이야", "noun", "I'm serious", "phrase"),
        ("숨어서", "adverb", "hiding", "verb"), ("들은", "adjective", "heard", "verb"),
        ("좋네", "verb", "good", "adjective"),
        ("차고", "noun", "garage", "noun"), ("빨리", "adverb", "quickly", "adverb"), ("걷기", "noun", "walking", "noun"),
    ],
)  # fmt: skip
def test_a_wrong_part_of_speech_in_the_list_is_corrected(term: str, pos: str, definition: str, kept: str) -> None:
    example = {"차고": "우리 집에는 차고가 있다."}.get(term, f"{term}.")
    assert json.loads(reply_of("nuance", term=term, pos=pos, definition=definition, example=example))["pos"] == kept


@pytest.mark.parametrize(
    ("hint", "line"),
    [
        ("Counted with 개: 사과 두 개", "Counted with 개: 사과 두 개."),
        ("Used with verbs like 먹다 or 깎다 in everyday speech", "Often with 먹다 and 깎다."),
        ("Common noun used in formal and informal contexts", None),
        ("Vulgar slang; used among close friends", "Rude: learn to recognize it, but do not say it."),
        ("Object particle 을 attached to nouns ending in consonants", None),
    ],
)
def test_a_note_that_says_nothing_is_left_out(hint: str, line: str | None) -> None:
    back = scene("마늘쪼가리", definition="bit of garlic", pos="noun", usage_hint=hint)["back"].split("\n")
    about = [each for each in back[1:] if not each.startswith("With particles")]
    assert about == ["마늘쪼가리 is pronounced as it is written.", *([line] if line else [])]


def test_a_hanja_card_describes_each_character_and_names_related_words() -> None:
    card = next(
        card for card in CARDS.iter_rows(named=True) if card["term"].startswith("독립[") and card["tab_name"] == "Hanja"
    )
    assert card["back"].split("\n") == [
        "獨立 (독립) — independence.",
        "獨 (홀로 독): alone. Also in 고독 孤獨 “solitude”.",
        "立 (설 립): stand. Also in 국립 國立 “national”, 설립 設立 “establishment”.",
    ]


@pytest.mark.parametrize(
    "usage",
    [
        ListedUsage("밥을 먹어요.", "I eat.", "A note — with a dash."),
        ListedUsage("밥을 먹어요.", "I eat.", ""),
        ListedUsage("", "", "A note."),
    ],
)
def test_a_usage_can_be_read_back(usage: ListedUsage) -> None:
    assert read_usage(written_usage(usage)) == usage


@pytest.mark.parametrize(
    ("known", "codes"),
    [
        ({"definition": "sharply"}, ["bare_card"]),
        ({"definition": "sharply", "example": "바늘로 콕 찔렀다.", "example_translation": "It pricked sharply."}, []),
        ({"definition": "sharply", "usage_hint": "Only with verbs for pricking and for poking."}, []),
    ],
)
def test_a_card_without_content_does_not_score_100(known: dict[str, str], codes: list[str]) -> None:
    card = scene("콕", pos="adverb", **known) | {"model": "offline/dictionary@6"}
    record = json.loads(reply_of("nuance", term="콕", pos="adverb", **known)) | {"model": "offline/dictionary@6"}
    found = check_card(card, record, {"term": "콕", **known})
    assert [each.code for each in found if each.severity is not Severity.NOTE] == codes


@pytest.mark.parametrize(
    ("term", "pos", "example", "form"),
    [
        (
            "됐는데",
            "verb",
            "아니, 됐는데.",
            "됐는데 = 되다 + -았/었- (past) + -는데/(으)ㄴ데 (casual; leaves the rest open).",
        ),
        ("끝나지", "verb", "일이 끝나지 않았다.", "끝나지 = 끝나다 + -지 (from -지 않다: not)."),
        ("끝나지", "verb", "벌써 끝나지?", "끝나지 = 끝나다 + -지 (casual; expects the listener to agree or to know)."),
        ("놀러", "noun", "친구와 놀러 갔어요.", "놀러 = 놀다 + -(으)러 (in order to, with 가다 or 오다)."),
        ("후회하게", "adverb", "곧 후회하게 될 거야.", "후회하게 = 후회하다 + -게 (from -게 되다: come to, end up)."),
        ("낫게", "adjective", "더 낫게 해 봐.", "낫게 = 낫다 + -게 (makes an adverb, or “so that”)."),
        ("즐겨", "verb", "축구를 즐겨 한다.", "즐겨 = 즐기다 + -아/어 (links the verb to the next one)."),
        (
            "잘하네",
            "verb",
            "농구 정말 잘하네.",
            "잘하네 = 잘하다 + -네 (notices something; older adults also state facts with it).",
        ),
    ],
)
def test_the_example_shows_which_form_a_word_is(term: str, pos: str, example: str, form: str) -> None:
    assert form in scene(term, definition="x", pos=pos, example=example)["back"].split("\n")


@pytest.mark.parametrize(
    ("term", "pos", "example", "spacing"),
    [
        ("할거야", "verb", "내일 할거야.", "할 거야"),
        ("무슨일", "noun", "무슨 일이 있어요?", "무슨 일"),
        ("할게", "verb", "내가 할게.", None),
    ],
)
def test_a_word_that_needs_a_space_is_shown_with_it(term: str, pos: str, example: str, spacing: str | None) -> None:
    back = scene(term, definition="x", pos=pos, example=example)["back"].split("\n")
    assert [line for line in back if "spacing" in line] == ([f"Standard spacing: {spacing}."] if spacing else [])


@pytest.mark.parametrize(
    ("term", "definition", "candidate", "note", "compared"),
    [
        ("같이", "together", "가치 (value)", "", True),
        ("세", "three", "새 (bird)", "", True),
        ("남자", "man", "남성 (man (formal))", "", True),
        ("갑자기", "suddenly", "문득 (all at once)", "For a thought, prefer 문득.", True),
        ("보였어", "appeared", "보이 (to appear)", "From 보이다.", False),
        ("가져가", "take", "걸려 (take (time))", "", False),
        ("벽이", "wall", "병이 (illness)", "", False),
        ("도니", "turning", "돈이 (Danny)", "", False),
        # The note names the other word, but it says nothing that the card shows.
        ("끝내", "in the end", "마침내 (at last)", "Synonym of 마침내, commonly used in formal contexts", False),
    ],
)
def test_a_comparison_needs_something_to_choose_by(
    term: str, definition: str, candidate: str, note: str, compared: bool
) -> None:
    request = {"term": term, "definition": definition, "usage_hint": note, "comparison_candidates": [candidate]}
    assert (json.loads(reply_of("nuance", **request))["comparison"] is not None) is compared


@pytest.mark.parametrize(
    ("known", "lines"),
    [
        (
            {"term": "바래요", "definition": "hope", "pos": "verb", "example": "저는 여러분의 성공을 바래요."},
            ["바래요 = 바라다 + -아/어요 (polite).",
             "바래요 is common in speech. The standard spelling is 바라요, from 바라다."],
        ),
        (
            {"term": "흔들어", "definition": "shake", "pos": "verb", "example": "병을 흔들어 주세요."},
            ["흔들어 = 흔들다 + -아/어 (from -아/어 주다: do something for someone)."],
        ),
        (
            {"term": "공항", "definition": "airport", "pos": "noun", "example": "공항이 커요."},
            ["Often: 공항에 가다."],
        ),
        (
            {"term": "무서운", "definition": "scary", "pos": "adjective", "example": "영화가 무서워서 잠을 못 잤어요."},
            ["영화가 무서워서 잠을 못 잤어요.", "무서운 = 무섭다 + -(으)ㄴ (describes the next noun)."],
        ),
        (
            {"term": "좋아요", "definition": "good", "pos": "adjective", "example": "난 이런게 좋아요."},
            ["Standard spacing: 이런 게."],
        ),
        (
            {"term": "솔직히", "definition": "honestly", "pos": "adverb", "example": "솔직히 말해 주세요."},
            ["솔직히 is the adverb of 솔직하다."],
        ),
        (
            {"term": "졸라", "definition": "very", "pos": "adverb", "example": "졸라 추워."},
            ["Rude: learn to recognize it, but do not say it."],
        ),
    ],
)  # fmt: skip
def test_a_card_says_what_code_knows_about_the_word(known: dict[str, str], lines: list[str]) -> None:
    back = scene(**known)["back"].split("\n")
    assert [line for line in lines if line not in back] == []


@pytest.mark.parametrize(
    ("known", "absent"),
    [
        # 저에 is only right in 저에 대해
        ({"term": "저에", "definition": "to me", "pos": "pronoun", "example": "저에 대해 아세요?"}, "저에 ="),
        # 어쩐 is a form of 어쩌다 "do somehow", not the adverb
        ({"term": "어쩐", "definition": "what kind of", "pos": "verb", "example": "어쩐 거야?"}, "By chance"),
        ({"term": "수록", "definition": "the more", "pos": "noun", "example": "할수록 좋아요."}, "With particles"),
        ({"term": "보렴", "definition": "look", "pos": "verb", "example": "하늘을 보렴."}, "보렴요"),
        # Nobody says 으음이.
        ({"term": "으음", "definition": "hesitation sound", "pos": "noun", "example": "으음, 글쎄요."}, "With particles"),
    ],
)  # fmt: skip
def test_a_card_does_not_say_what_is_not_certain(known: dict[str, str], absent: str) -> None:
    assert absent not in scene(**known)["back"]


def test_an_example_that_mixes_speech_levels_makes_no_card() -> None:
    with pytest.raises(BackendError, match="has the casual 너 but ends in polite speech"):
        reply_of("nuance", term="대단해요", definition="great", pos="adjective", example="너는 정말 대단해요.")


@pytest.mark.parametrize(
    ("term", "pos", "definition", "makes_card"),
    [
        ("싶다고", "verb", "quotative", False),
        ("표현", "noun", "expression", True),
        ("강조", "noun", "emphasis", True),
    ],
)
def test_a_meaning_that_is_only_grammar_makes_no_card_of_a_verb(
    term: str, pos: str, definition: str, makes_card: bool
) -> None:
    try:
        reply_of("nuance", term=term, pos=pos, definition=definition)
    except BackendError:
        assert not makes_card
    else:
        assert makes_card
