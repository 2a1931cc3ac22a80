"""Test the parser of stage-2 replies in JSON and nine-column TSV, and the replies that it must reject."""

import json
import re

import pytest
from formats.samples import CARDS, TSV_HEADER, TSV_ROWS, TYPES, WORD, text_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

from korean_flashcards.domain.records import CARD_TYPES, DraftCard, ReplyError
from korean_flashcards.formats.cards_reply import read_cards

GOOD = [DraftCard(**card) for card in CARDS]
SCENE, HANJA = CARDS


def rejected(text: str, types: list[str] = TYPES) -> tuple[str, str]:
    with pytest.raises(ReplyError) as caught:
        read_cards(text, WORD, types)
    return str(caught.value.code), str(caught.value)


def outcome(text: str, types: list[str]) -> list[DraftCard] | str:
    """Return the cards or the failure code."""
    try:
        return read_cards(text, WORD, types)
    except ReplyError as error:
        return str(error.code)


def cards(*changed: dict[str, object]) -> str:
    return text_of({"cards": list(changed)})


SHAPES = {
    "as requested": {"cards": CARDS},
    "different order": {"cards": CARDS[::-1]},
    "a list": CARDS,
    "different name": {"flashcards": CARDS},
    "in an object": {"result": {"cards": CARDS}},
    "in a list": [{"cards": CARDS}],
    "with additional fields": {
        "term": "남성[nam.sʌŋ]",
        "cards": [card | {"term": WORD, "primer": "x"} for card in CARDS],
    },
    "different case": {"cards": [SCENE | {"tab_name": "scene"}, HANJA | {"tab_name": "HANJA"}]},
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize(
    "wrap", ["{}", "```json\n{}\n```", "Here are the [2] cards:\n{}\nI can't wait!"], ids=["bare", "fence", "prose"]
)
def test_cards_have_the_requested_order_regardless_of_wrapping(shape, indent, wrap):
    assert read_cards(wrap.replace("{}", text_of(shape, indent)), WORD, TYPES) == GOOD


def test_a_single_object_is_read_as_a_list():
    for shape in (SCENE, {"cards": SCENE}, [SCENE]):
        assert read_cards(text_of(shape), WORD, ["Scene"]) == GOOD[:1]


def test_trailing_commas_and_raw_line_breaks_are_read():
    text = text_of({"cards": CARDS}).replace("}", ",}").replace("]", ",]").replace("an oak", "an\n\t\t\toak\t")
    text = text.replace("[,]", "[]").replace("{no,}", "{no}")
    assert read_cards(text, WORD, TYPES)[0].back == "남성: an\n\t\t\toak\t, and it says {no}."


@pytest.mark.parametrize(
    ("name", "level"),
    [("Formal", "formal"), ("informal", "casual"), ("plain", "casual"), ("deferential", "formal"), (None, ""),
     ("none", ""), ("N/A", ""), (" polite ", "polite")],
)  # fmt: skip
def test_synonyms_of_honorific_levels_are_recognized(name, level):
    assert read_cards(cards(SCENE | {"honorific_level": name}), WORD, ["Scene"])[0].honorific_level == level


@pytest.mark.parametrize(
    ("tags", "kept"),
    [(["oak tree", "#old", "oak tree"], ["oak_tree", "old"]), ("a, b c;d", ["a", "b_c", "d"]), (None, []), ("", []),
     ([None, 3, {"a": 1}, ["x"], "", " "], []), ({"term": "남성"}, [])],
)  # fmt: skip
def test_tags_have_no_spaces_and_no_duplicates(tags, kept):
    assert read_cards(cards(SCENE | {"tags": tags}), WORD, ["Scene"])[0].tags == kept


TSV = {
    "without header": "\n".join(TSV_ROWS),
    "with header": "\n".join([TSV_HEADER, *TSV_ROWS]),
    "header repeated": "\n".join([TSV_HEADER, TSV_ROWS[0], TSV_HEADER, TSV_ROWS[1]]),
    "header in capitals": "\n".join([TSV_HEADER.upper(), *TSV_ROWS]),
    "CRLF": "\r\n".join([TSV_HEADER, *TSV_ROWS]) + "\r\n",
    "blank lines": "\n\n".join([TSV_HEADER, *TSV_ROWS]) + "\n\n",
    "different order": "\n".join(TSV_ROWS[::-1]),
}


@pytest.mark.parametrize("text", TSV.values(), ids=TSV)
@pytest.mark.parametrize(
    "wrap",
    ["{}", "```tsv\n{}\n```", "```\n{}\n```\nShall I go on?", "Here you are, [2] {cards}:\n\n{}\n\nI can't wait!"],
    ids=["bare", "fence", "fence and prose", "prose"],
)
def test_nine_column_tsv_is_read(text, wrap):
    scene, hanja = read_cards(wrap.replace("{}", text), WORD, TYPES)
    assert (scene.front, scene.back, scene.tags, scene.honorific_level) == (
        "Who stands?", "An oak.", ["term:남성", "oak"], "formal",
    )  # fmt: skip
    assert (hanja.tab_name, hanja.back, hanja.tags, hanja.honorific_level) == ("Hanja", "男性", ["hanja"], "")


def test_a_missing_trailing_tab_is_an_error():
    assert rejected("\n".join([TSV_ROWS[0], TSV_ROWS[1].rstrip("\t")]))[0] == "wrong_columns"


@pytest.mark.parametrize(
    ("row", "count"),
    [(TSV_ROWS[0].rsplit("\t", 1)[0], 8), (TSV_ROWS[0] + "\t", 10), (TSV_ROWS[0] + "\tmore", 10), ("a\tb\tc\td", 4)],
)
def test_a_wrong_number_of_columns_is_rejected(row, count):
    code, message = rejected(f"{row}\n{TSV_ROWS[1]}")
    assert code == "wrong_columns" and f"{count} columns instead of 9" in message


MANY = cards(SCENE, HANJA, SCENE | {"front": "Another?"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"), (" \n", "empty"), ("[]", "empty"), ('{"cards": []}', "empty"), ('{"cards": null}', "empty"),
        (TSV_HEADER, "header_only"), (f"{TSV_HEADER}\n{TSV_HEADER}\n", "header_only"),
        (f"```\n{TSV_HEADER}\n```", "header_only"),
        ('{"cards": 5}', "malformed"), ('{"cards": true}', "malformed"), ('{"cards": "Scene"}', "malformed"),
        ("[1, 2]", "malformed"), ("[[]]", "empty"), ("Here you are!", "malformed"),
        ('[{"tab_name": "Scene"}, null]', "contract"), ("[null]", "malformed"), ("{}", "malformed"),
        ("I’m sorry, I can’t do that.", "refused"), ("I cannot help with [this].", "refused"),
        (cards(SCENE), "missing_card"), (cards(HANJA), "missing_card"), (TSV_ROWS[0], "missing_card"),
        (MANY, "duplicate_card"),
        (cards(SCENE, SCENE | {"tab_name": "Hanja"}), "duplicate_card"),
        (cards(SCENE | {"term": "여성"}, HANJA), "wrong_word"),
        ("\n".join(TSV_ROWS).replace("남성[", "여성["), "wrong_word"),
        (cards(SCENE | {"front": ""}, HANJA), "contract"), (cards(SCENE | {"back": " "}, HANJA), "contract"),
        (cards(SCENE | {"front": ["a", 5]}, HANJA), "contract"), (cards(SCENE | {"back": {"a": 1}}, HANJA), "contract"),
        (cards(SCENE | {"front": None}, HANJA), "contract"), (cards(SCENE | {"front": "x" * 1001}, HANJA), "contract"),
        (cards(SCENE | {"tab_name": "Story"}, HANJA), "contract"), (cards(SCENE | {"tab_name": None}, HANJA), "contract"),
        ("\n".join(TSV_ROWS).replace("An oak.", ""), "contract"),
    ],
)  # fmt: skip
def test_invalid_replies_are_rejected_with_a_code(text, code):
    assert rejected(text)[0] == code


@pytest.mark.parametrize(
    "shape", [{"cards": CARDS}, CARDS, [SCENE], SCENE], ids=["as requested", "list", "list of one", "one"]
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_truncated_reply_is_accepted_only_if_it_lacks_nothing_but_brackets(shape, indent):
    text = text_of(shape, indent)
    types = TYPES if text_of(HANJA["back"]) in text else ["Scene"]
    cards = read_cards(text, WORD, types)
    accepted = [end for end in range(len(text)) if outcome(text[:end], types) not in ("empty", "cut_short")]
    assert all(outcome(text[:end], types) == cards for end in accepted)
    assert re.fullmatch(r"[\s}\]]+", text[min(accepted) :])


def test_a_truncated_reply_is_rejected_if_the_requested_types_are_unknown():
    with pytest.raises(ReplyError, match="ends in the middle"):
        read_cards(text_of({"cards": CARDS})[:-1], WORD, None)


def test_missing_brackets_are_added_only_if_every_card_is_complete():
    bare = {name: SCENE[name] for name in ("tab_name", "front", "back")}
    tags_last = {name: value for name, value in SCENE.items() if name != "tags"} | {"tags": SCENE["tags"]}
    assert read_cards(text_of([SCENE])[:-2], WORD, ["Scene"]) == GOOD[:1]
    assert read_cards(text_of([tags_last])[:-2], WORD, ["Scene"]) == GOOD[:1]
    for text in (text_of([SCENE])[:-1], text_of([bare])[:-1]):
        assert rejected(text)[0] == "cut_short"
    for text in (
        text_of([bare])[:-1],
        text_of([tags_last])[:-3],
        text_of(SCENE | {"tags": [], "honorific_level": 1})[:-1],
    ):
        assert rejected(text, ["Scene"])[0] == "cut_short"


def test_truncated_tsv_never_loses_a_card_silently():
    """Only the provider's finish reason can show that the last cell is incomplete."""
    text = "\n".join([TSV_HEADER, *TSV_ROWS[::-1]])
    for end in range(len(text) - len("formal")):
        assert rejected(text[:end])[0] != "refused"


@given(
    st.one_of(
        st.text(max_size=80),
        st.text(st.sampled_from('{}[]",:\t\n남성1Scene'), max_size=80),
        st.lists(st.sampled_from([TSV_HEADER, *TSV_ROWS, "talk", "{", "```", "\t\t\t"]), max_size=5).map("\n".join),
        st.fixed_dictionaries(
            {"cards": st.recursive(
                st.none() | st.integers() | st.text(max_size=3) | st.sampled_from(CARDS),
                lambda part: st.lists(part, max_size=3)
                | st.dictionaries(st.sampled_from([*SCENE, "term", "cards"]), part, max_size=5),
                max_leaves=8,
            )}
        ).map(json.dumps),
    )
)  # fmt: skip
@example("[" * 100_000)
@example('{"cards": [' + '{"cards":' * 10_000)
@settings(max_examples=200)
def test_any_text_gives_the_requested_cards_or_a_failure_code(text):
    try:
        drafts = read_cards(text, WORD, TYPES)
    except ReplyError as error:
        assert error.code and str(error)
    else:
        assert [card.tab_name for card in drafts] == TYPES
        assert all(DraftCard.model_validate(card.model_dump()) == card for card in drafts)


@pytest.mark.parametrize("name", CARD_TYPES)
def test_card_types_are_recognized_in_any_spelling(name):
    for spelling in (name, name.lower(), name.upper(), name.replace("-", " "), name.replace("-", "_")):
        assert read_cards(cards(SCENE | {"tab_name": spelling}), WORD, [name])[0].tab_name == name
