"""Test the checks of what analyses and cards say about numbers and inflection."""

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance


def codes_of_record(term: str, **fields: str) -> set[str]:
    """Return the codes of the findings for an analysis with these fields."""
    pos = fields.get("pos", "noun")
    return {each.code for each in check_nuance({"term": term, **fields}, {"term": term, "pos": pos})}


@pytest.mark.parametrize(
    ("term", "explanation"),
    [
        ("바빴다", "바쁘다, ㅡ drops before -았-."),
        ("걸었어요", "걷다 is ㄷ-irregular: 걸었어요."),
        ("매워요", "맵다 + -어요, ㅂ-irregular: 매워요."),
        ("불러요", "From 부르다, a 르-irregular verb."),
        ("잡다", "잡다 is not ㅂ-irregular."),
        ("푸르다", "러-irregular: 푸르러요."),
        ("-스럽다", "ㅂ-irregular: 자연스러워요."),
        ("파랗다", "ㅎ-irregular: 파래요."),
        ("닫다", "Regular: 닫아요."),
        ("지어요", "ㅅ-irregular, ㅅ drops before a vowel."),
        ("드세요", "From 들-, whose ㄹ drops, and -세요."),
    ],
)
def test_what_an_explanation_says_about_inflection_is_accepted(term: str, explanation: str) -> None:
    assert "irregular" not in codes_of_record(term, pos="verb", explanation=explanation)


@pytest.mark.parametrize(
    ("term", "explanation"),
    [
        ("바빴다", "A ㅂ-irregular adjective."),
        ("깨달았어요", "깨닫다 is regular: 깨달았어요."),
        ("잡다", "ㅂ-irregular: 자워요."),
        ("부르다", "Regular. The object takes 을/를."),
        ("좋다", "ㅎ-irregular, as 파랗다."),
        ("파랗다", "ㅎ falls: 파래요. 좋다 is irregular, too."),
        ("굽다", "A regular verb: 고기를 굽다."),
        ("웃다", "ㅅ-irregular: 우어요."),
        ("부르다", "러-irregular: 불러요."),
        ("고르다", "regular: 골라요."),
        ("-스럽다", "ㄷ-irregular: 자연스러워요."),
    ],
)
def test_a_false_statement_about_inflection_is_reported(term: str, explanation: str) -> None:
    assert "irregular" in codes_of_record(term, pos="verb", explanation=explanation)


def test_numbers_are_checked_in_all_fields() -> None:
    assert "wrong_number" in codes_of_record("회의", explanation="It begins at an hour: 삼 시에 시작해요.")
    assert "wrong_number" in codes_of_record("회의", explanation="Hours take Sino-Korean numbers.")
    assert "wrong_number" in codes_of_record("20분", ipa="[sɯ.mu pun]")
    assert "wrong_number" in codes_of_record("마리", explanation="Follows Sino-Korean numbers: 개 두 마리.")
    assert "wrong_number" in codes_of_record(
        "시계", explanation="시계가 오 분 느려요, 시계가 세 분 빨라요 'three minutes fast'."
    )
    assert "wrong_number" in codes_of_record("회의", explanation="회의는 이 시에 시작해요 'it begins at two'.")
    assert "wrong_number" not in codes_of_record("회의", explanation="이 시에 나오는 회의 'the meeting in this poem'.")
    assert "wrong_counter" in codes_of_record("자전거", usage_context="Counted with 마리.")
    good = "회의는 네 시에 시작해요, not 사 시에. Minutes take Sino-Korean numbers."
    assert not codes_of_record("회의", explanation=good)


def test_an_example_that_the_front_asks_for_may_lack_the_word() -> None:
    word, record, cards = prompt_examples()[1]
    back = "친구 집에 갔어요. 'I went to a friend's house.' 꽃에 물을 줬어요. 'I gave water to the flowers.'"
    fronts = ("Say where you went.", "Say where you went, and that you gave some water to the flowers.")
    cards = [cards[0] | {"tab_name": "Grammar", "back": back, "front": front} for front in fronts]
    found = [{each.code for each in check_card(card, record, word)} for card in cards]
    assert ["example_without_word" in codes for codes in found] == [True, False]


WRONG_LABELS = [
    ("봤어요", "usage_context", "해체, among friends."),
    ("봤어요", "usage_context", "Formal speech, to superiors."),
    ("봤어요", "primary_meaning", "saw, watched (casual past)"),
    ("봤어요", "explanation", "Plain past of 보다."),
    ("봤어", "usage_context", "해요체, to everyone."),
    ("봤습니다", "usage_context", "Plain style of diaries."),
    ("봤다", "usage_context", "Polite."),
    ("-네요", "usage_context", "하십시오체, spoken."),
    ("보다", "usage_context", "To friends 봅니다."),
    ("보다", "usage_context", "To a teacher 봤어, of course."),
    ("보다", "usage_context", "봐요 is casual."),
    ("보다", "usage_context", "Casual: 봤어요."),
    ("보다", "usage_context", "해요체, casual."),
]
RIGHT_LABELS = [
    ("봤어요", "usage_context", "해요체, everyday polite speech. To friends 봤어."),
    ("봤어요", "usage_context", "Polite, less formal than 봤습니다."),
    ("봤다", "usage_context", "해라체: diaries, news."),
    ("보다", "usage_context", "Polite, neutral, and casual speech alike."),
    ("보다", "usage_context", "To friends 봐, in formal speech 봅니다."),
    ("보다", "usage_context", "봐요 is polite, 봐 casual. 봐요 (polite), 봐 (casual), 봅니다 (formal)."),
    ("안녕하세요", "usage_context", "A formal greeting. More formal: 안녕하십니까."),
    ("고마워", "usage_context", "Casual; polite 고마워요, formal 고맙습니다."),
    ("보다", "usage_context", "To a boss 봤어 is rude."),
]


def _label_is_reported(term: str, field: str, text: str) -> bool:
    pos = "ending" if term[0] == "-" else "phrase"
    return "speech_label" in codes_of_record(term, **{"pos": pos, field: text})


def test_wrong_names_of_speech_levels_are_reported() -> None:
    assert [each for each in WRONG_LABELS if not _label_is_reported(*each)] == []


def test_right_names_of_speech_levels_are_accepted() -> None:
    assert [each for each in RIGHT_LABELS if _label_is_reported(*each)] == []


@pytest.mark.parametrize(
    ("term", "pos", "use", "level", "is_wrong"),
    [
        ("봤어요", "verb", "Everyday speech.", "formal", True),
        ("봤어요", "verb", "Everyday speech.", "polite", False),
        ("나무", "noun", "Everywhere.", "humble", True),
        ("나무", "noun", "Everywhere.", "honorific", True),
        ("댁", "noun", "Of elders.", "honorific", False),
        ("꿀팁", "noun", "Slang of young people.", "formal", True),
        ("이에 따라", "phrase", "Formal, in reports.", "casual", True),
        ("이에 따라", "phrase", "Formal, in reports.", "formal", False),
    ],
)
def test_the_level_of_a_card_fits_what_the_record_says(
    term: str, pos: str, use: str, level: str, is_wrong: bool
) -> None:
    record = {"term": term, "pos": pos, "primary_meaning": "something", "usage_context": use}
    card = {"tab_name": "Example", "front": "Say it.", "back": f"{term}.", "honorific_level": level}
    codes = {each.code for each in check_card(card, record, {"term": term, "pos": pos})}
    assert ("level_of_word" in codes) == is_wrong


def test_both_readings_of_the_particle_after_a_consonant_are_accepted() -> None:
    for said, is_wrong in (("거든뇨", False), ("거드뇨", False), ("거든료", True)):
        codes = codes_of_record("-거든요", pos="ending", explanation=f"Said [{said}].")
        assert ("spoken_differs" in codes) == is_wrong


WRONG_GRAMMAR = """
After a vowel it is 을, after a consonant 를. | 을 after a vowel, 를 after a consonant. | 은 is used after a vowel.
After a consonant -니까, after a vowel -으니까. | The particle is 가 after a final consonant.
문 + subject particle 을.
을/를 marks the subject. | 이/가 is the object particle. | 먹다, because its stem ends in a vowel | 먹- ends in ㅂ
The stem vowel is ㅓ, so the past is -았- | After ㅏ or ㅗ -어요
"""
RIGHT_GRAMMAR = """
After a consonant it is 을, after a vowel 를: 창문을. | 을 after a consonant, 를 after a vowel.
로 after a vowel or ㄹ, 으로 after a consonant.
After a vowel -니까 (가니까), after a consonant -으니까 (먹으니까). | 를 never after a consonant.
을/를 marks the object.
The topic particle 은 is not the subject particle 이. | 먹다, because its stem ends in a consonant | 읽다 ends in ㄺ
살다 ends in ㄹ
The stem vowel is ㅓ, so the past is -었-, not -았-. | After ㅏ or ㅗ -아요, else -어요.
-았- after ㅏ and ㅗ, -었- otherwise.
"""


def test_false_statements_about_grammar_are_reported() -> None:
    def is_reported(text: str) -> bool:
        return "false_grammar" in codes_of_record("문", explanation=text.strip())

    assert [
        each for each in WRONG_GRAMMAR.replace("\n", "|").split("|") if each.strip() and not is_reported(each)
    ] == []
    assert [each for each in RIGHT_GRAMMAR.replace("\n", "|").split("|") if is_reported(each)] == []


def test_humble_words_called_honorific_are_reported() -> None:
    def is_reported(term: str, explanation: str) -> bool:
        return "speech_label" in codes_of_record(term, pos="verb", explanation=explanation)

    wrong = [
        ("드리다", "Honorific of 주다: 드려요."), ("주무시다", "Humble partner of 자다."),
        ("자다", "주무시다 is the humble verb for it."),
        ("우리", "저희 raises your own family."), ("말", "드리다 honours the one who speaks."),
    ]  # fmt: skip
    right = [
        ("드리다", "Humble of 주다: 드려요."), ("주무시다", "Honorific of 자다."), ("우리", "저희 lowers your own family."),
        ("있다", "계시다 is the honorific verb for it; 계시다 honors the subject."),
    ]  # fmt: skip
    assert [pair for pair in wrong if not is_reported(*pair)] == []
    assert [pair for pair in right if is_reported(*pair)] == []


def test_counters_of_other_things_on_a_card_are_accepted() -> None:
    assert "wrong_counter" in codes_of_record("노트북", explanation="Loanword. Counted with 권.")
    assert "wrong_counter" not in codes_of_record(
        "노트북", explanation="A 공책 is counted with 권. Bound paper is counted with 권."
    )
    assert "speech_label" not in codes_of_record("밖에", explanation="만 keeps the verb plain: 십 분만 있어요.")
    assert "speech_label" not in codes_of_record("께서", explanation="Of herself she uses the plain forms: 저는 가요.")


@pytest.mark.parametrize(
    ("term", "listed", "pos", "is_wrong"),
    [
        ("서운했어요", "adjective", "verb", True), ("마르다", "verb", "adjective", True), ("20만", "numeral", "noun", True),
        ("-느라고", "ending", "particle", True), ("밝아요", "adjective", "verb", False), ("갔어요", "verb", "verb", False),
        ("졸려요", "verb", "adjective", False),
    ],
)  # fmt: skip
def test_a_listed_class_that_the_form_confirms_is_kept(term: str, listed: str, pos: str, is_wrong: bool) -> None:
    found = check_nuance({"term": term, "pos": pos}, {"term": term, "pos": listed})
    assert ("pos" in [each.field for each in found]) == is_wrong


@pytest.mark.parametrize(
    ("explanation", "is_wrong"),
    [
        ("With 하다 [약속하다]: 친구하고 약속했어요.", True), ("With 하다 [약쏘카다]: 친구하고 약속했어요.", False),
        ("Ten of them are read [십만 개].", True), ("Ten of them are read [심만 개].", False),
        ("Before a vowel [약쏘기] 약속이.", False), ("Before a vowel [약소기] 약속이.", True),
    ],
)  # fmt: skip
def test_brackets_show_the_word_with_하다_or_the_word_after_them(explanation: str, is_wrong: bool) -> None:
    assert ("spoken_differs" in codes_of_record("약속", explanation=explanation)) == is_wrong


def test_the_korean_before_a_gap_has_no_speech_level() -> None:
    word = {"term": "만나다", "pos": "verb"}
    card = {"tab_name": "Scene", "front": "저는 어제 친구 만났어 ____ 같이.", "back": "만나다.", "honorific_level": ""}
    assert "mixed_levels" not in {each.code for each in check_card(card, word, word)}
    card = card | {"front": "저는 어제 친구 만났어."}
    assert "mixed_levels" in {each.code for each in check_card(card, word, word)}


def test_a_tag_that_names_the_wrong_inflection_is_reported() -> None:
    word = {"term": "걸어요", "pos": "verb"}
    cards = [
        {"tab_name": "Grammar", "front": "Say it.", "back": "걸어요.", "tags": [f"grammar:{kind}_irregular"]}
        for kind in "ㄷㅂ"
    ]
    assert ["irregular" in {each.code for each in check_card(card, word, word)} for card in cards] == [False, True]
