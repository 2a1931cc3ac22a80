"""Test that a record is read in every wrapper that models put around it, and that extra cards do no harm."""

import json
import re
import unicodedata

import pytest
from formats.samples import CARDS, NUANCE, TSV_HEADER, TSV_ROWS, TYPES, WORD, text_of

from korean_flashcards.domain.records import DraftCard, ReplyError
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.json_text import ends_complete
from korean_flashcards.formats.nuance_reply import read_nuance

SCENE, HANJA = CARDS
GOOD = read_nuance(text_of(NUANCE), WORD, 7)
GOOD_CARDS = [DraftCard(**card) for card in CARDS]


def fenced(text):
    return f"\n```json\n{text}\n```\n"


def wrapped(text):
    """Return the JSON text of a record in each wrapper, by name."""
    value, string = json.loads(text), json.dumps(text, ensure_ascii=False)
    return {
        "string": string,
        "string with ASCII escapes": json.dumps(text),
        "string in a string": json.dumps(string),
        "string in a fence": fenced(string),
        "string after talk": f"Here it is: {string}",
        "escaped without quotes": string[1:-1],
        "fence in a string": text_of(fenced(text)),
        "fence in a string in an object": text_of({"output": fenced(text)}),
        "fence in an object": '{"result": ' + fenced(text) + "}",
        "string in an object": text_of({"result": text}),
        "class name": f"Nuance({text})",
        "class name as a key": text_of({"NuanceRecord": value}),
        "beside reasoning": text_of({"reasoning": "I think {so}.", "result": value}),
        "before thoughts": text_of({"answer": value, "thoughts": ["one", {"term": "two"}]}),
        "beside a draft": text_of({"final": value, "draft": value | {"x": 1} if isinstance(value, dict) else 1}),
        "beside reasoning, deeper": text_of({"steps": [{"text": "a"}], "data": {"ok": True, "items": [value]}}),
        "array of one": f"[{text}]",
        "array of one string": text_of([text]),
        "tool call": text_of({"name": "nuance", "arguments": text}),
        "tool call with an object": text_of({"name": "nuance", "parameters": value}),
        "tool calls": text_of([{"type": "function", "id": "1", "function": {"name": "x", "arguments": text}}]),
        "tool call in tags": f"<tool_call>\n{text_of({'name': 'x', 'arguments': value})}\n</tool_call>",
        "chat message": text_of({"role": "assistant", "content": text}),
        "completion": text_of({"choices": [{"message": {"role": "assistant", "content": fenced(text)}}]}),
        "assignment": f"result = {text};",
        "function call": f"print(json.dumps({text}))",
        "followed by blanks": text + "\n" * 3000,
        "fence followed by blanks": fenced(text) + " \n" * 3000,
    }


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", wrapped("{}"))
def test_a_record_is_read_in_any_wrapper(name, indent):
    assert read_nuance(wrapped(text_of(NUANCE, indent))[name], WORD, 7) == GOOD
    for shape in ({"cards": CARDS}, CARDS):
        assert read_cards(wrapped(text_of(shape, indent))[name], WORD, TYPES) == GOOD_CARDS


def without_type(card):
    return {name: value for name, value in card.items() if name != "tab_name"}


KEYED = {
    "keys": {"Scene": without_type(SCENE), "Hanja": without_type(HANJA)},
    "keys in cards": {"cards": {"Scene": without_type(SCENE), "Hanja": without_type(HANJA)}},
    "keys in another spelling": {"scene": without_type(SCENE), "HANJA": without_type(HANJA)},
    "keys beside others": {"term": WORD, "Scene": without_type(SCENE), "Hanja": without_type(HANJA), "notes": "x"},
    "lists of one": {"Scene": [without_type(SCENE)], "Hanja": [without_type(HANJA)]},
    "objects of one key": [{"Scene": without_type(SCENE)}, {"Hanja": without_type(HANJA)}],
    "numbered": {"cards": {"1": SCENE, "2": HANJA}},
    "named": {"card_1": SCENE, "card_2": HANJA},
    "result": {"reasoning": "x", "result": {"Scene": without_type(SCENE), "Hanja": without_type(HANJA)}},
}


@pytest.mark.parametrize("shape", KEYED.values(), ids=KEYED)
@pytest.mark.parametrize("wrap", ["{}", "```json\n{}\n```", "Here:\n{}\nDone."])
def test_cards_with_keys_are_read(shape, wrap):
    assert read_cards(wrap.replace("{}", text_of(shape)), WORD, TYPES) == GOOD_CARDS


@pytest.mark.parametrize(
    "text",
    [
        "{scene}\n{hanja}", "{hanja}\n{scene}\n", "```jsonl\n{scene}\n{hanja}\n```", "{scene}\n\n{hanja}\nDone.",
        "```json\n{scene}\n```\nand\n```json\n{hanja}\n```", '{"cards": [{scene}]}\n{"cards": [{hanja}]}',
        "{scene},\n{hanja}", "{draft}\n{hanja}\nWait, the first one again:\n{scene}",
    ],
)  # fmt: skip
def test_one_card_per_line_is_read(text):
    text = text.replace("{scene}", text_of(SCENE)).replace("{hanja}", text_of(HANJA))
    assert read_cards(text.replace("{draft}", text_of(SCENE | {"front": "A draft."})), WORD, TYPES) == GOOD_CARDS


def rejected(text, types=TYPES):
    with pytest.raises(ReplyError) as caught:
        read_cards(text, WORD, types)
    return str(caught.value.code), [problem.field for problem in caught.value.problems]


GRAMMAR = SCENE | {"tab_name": "Grammar", "back": "A noun."}


@pytest.mark.parametrize(
    "extra",
    [
        GRAMMAR,
        GRAMMAR | {"front": ""},
        GRAMMAR | {"tab_name": "Story"},
        GRAMMAR | {"honorific_level": "royal"},
        {"tab_name": "Cultural"},
        SCENE | {"tab_name": "Example"},
    ],
)
def test_a_card_that_was_not_requested_is_dropped(extra):
    for cards in ([*CARDS, extra], [extra, *CARDS], [SCENE, extra, HANJA]):
        assert read_cards(text_of({"cards": cards}), WORD, TYPES) == GOOD_CARDS
        assert read_cards("\n".join(map(text_of, cards)), WORD, TYPES) == GOOD_CARDS


def test_an_extra_row_in_a_table_is_dropped():
    extra = TSV_ROWS[0].replace("Scene", "Cultural").replace("An oak.", "More.")
    assert [card.tab_name for card in read_cards("\n".join([TSV_HEADER, *TSV_ROWS, extra]), WORD, TYPES)] == TYPES


def test_a_missing_or_invalid_card_affects_only_that_card():
    assert rejected(text_of({"cards": [SCENE, GRAMMAR]})) == ("missing_card", ["Hanja"])
    assert rejected(text_of({"Scene": without_type(SCENE), "Hanja": None})) == ("missing_card", ["Hanja"])
    assert rejected(text_of(SCENE)) == ("missing_card", ["Hanja"])
    assert rejected(text_of({"cards": [SCENE, HANJA | {"back": ""}, GRAMMAR]})) == ("contract", ["Hanja"])


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("{nuance}" + "\0" * 3000, True), ("{nuance}" + "\\n" * 3000, True), ("{cards}" + "\\n\\t \n\\r" * 900, True),
        ("```json\n{nuance}\n```" + "\\u0000" * 900, True), ("{cut}" + "\0" * 3000, False), ("{cut}" + "\\n" * 3000, False),
        ("{nuance}\n\n\n", True), ("```json\n{nuance}\n```\n\n\n\n", True), ("Here it is:\n{nuance}   \n\t\n", True),
        ("```json\n{nuance}\n\n\n\n", True), ("{cards}\n\n", True), (f"{TSV_HEADER}\n{TSV_ROWS[0]}\n\n\n", True),
        ('"{escaped}"\n\n\n', True), ("{cut}", False), ("{cut}\n\n\n\n", False), ("{nuance}\nAnd now I ex", False),
        (f"{TSV_HEADER}\n{TSV_ROWS[0]}", False), (f"{TSV_HEADER}\n{TSV_ROWS[0]}\n", False), ("", False), ("Sure, I", False),
        ("<think>Let me see", False),
    ],
)  # fmt: skip
def test_a_reply_at_the_token_limit_may_end_in_blanks(text, complete):
    record = text_of(NUANCE)
    text = text.replace("{nuance}", record).replace("{cards}", text_of(CARDS)).replace("{cut}", record[:300])
    text = text.replace("{escaped}", json.dumps(record)[1:-1])
    assert ends_complete(text) is complete
    if complete and record in text:
        assert read_nuance(text, WORD, 7) == GOOD


FULL_WIDTH = str.maketrans(":,", "：，")


def full_width(text, pieces):
    """Replace the colons and commas outside of the strings."""
    return "".join(piece if piece.startswith('"') else pieces(piece) for piece in _split(text))


def _split(text):
    return re.findall(r'"(?:\\.|[^"\\])*"|[^"]+', text)


@pytest.mark.parametrize(
    "change",
    [
        lambda piece: piece.translate(FULL_WIDTH), lambda piece: piece.translate(FULL_WIDTH).replace(" ", "\u3000"),
        lambda piece: piece.replace(" ", "\xa0"), lambda piece: piece.replace("{", "｛").replace("}", "｝"),
        lambda piece: piece.replace("[", "［").replace("]", "］").replace(":", "： "),
    ],
)  # fmt: skip
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrap", ["{}", "```json\n{}\n```"])
def test_full_width_punctuation_between_the_strings_is_read(change, indent, wrap):
    record = NUANCE | {"usage_context": "전각：이 문장은，그대로｛남는다｝."}
    text = wrap.replace("{}", full_width(text_of(record, indent), change))
    assert read_nuance(text, WORD, 7).model_dump() == record | {"term_number": 7}
    assert (
        read_cards(wrap.replace("{}", full_width(text_of({"cards": CARDS}, indent), change)), WORD, TYPES) == GOOD_CARDS
    )


# Each is "an oak" after cleaning.
DIRTY = {
    "NUL": "an\x00 oak",
    "unit separator": "an\x1f oak",
    "bidi": "an\u202e oak\u200f",
    "BOM": "\ufeffan oak",
    "escape": "an\x08 oak",
    "lone surrogate": "an\ud800 oak",
    "zero width": "an\u200b oak\u2060",
    "soft hyphen": "an o\xadak",
    "filler": "an\u3164 oak",
    "tag": "an\U000e0041 oak",
}


@pytest.mark.parametrize("dirty", DIRTY.values(), ids=DIRTY)
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("wrap", ["{}", "```json\n{}\n```", '{"output": {}}'])
def test_no_invisible_character_reaches_a_record(dirty, ascii_only, wrap):
    record, card = NUANCE | {"metaphor": dirty}, SCENE | {"back": dirty, "tags": [dirty]}
    text = json.dumps(record, ensure_ascii=ascii_only)
    assert read_nuance(wrap.replace("{}", text), WORD, 7) == GOOD.model_copy(update={"metaphor": "an oak"})
    text = wrap.replace("{}", json.dumps({"cards": [card, HANJA]}, ensure_ascii=ascii_only))
    (scene, _) = read_cards(text, WORD, TYPES)
    assert (scene.back, scene.tags) == ("an oak", ["an_oak"])


@pytest.mark.parametrize("dirty", DIRTY.values(), ids=DIRTY)
def test_no_invisible_character_in_a_table_reaches_a_card(dirty):
    scene, _ = read_cards("\n".join([TSV_HEADER, *TSV_ROWS]).replace("An oak", dirty), WORD, TYPES)
    assert scene.back == "an oak."


def test_hangul_is_composed_and_hanja_are_ordinary():
    record = text_of(NUANCE | {"usage_context": "\uf9e1 \uf981"})
    assert read_nuance(unicodedata.normalize("NFD", record), WORD, 7) == GOOD.model_copy(
        update={"usage_context": "李 女"}
    )
    cards = unicodedata.normalize("NFD", text_of({"cards": [SCENE, HANJA | {"back": "\uf981"}]}))
    assert [card.back for card in read_cards(cards, WORD, TYPES)] == [SCENE["back"], "女"]


def test_halves_of_a_pair_become_one_character():
    text = json.dumps(NUANCE | {"metaphor": "an oak 🌳"})
    assert "\\ud83c\\udf33" in text and read_nuance(text, WORD, 7).metaphor == "an oak 🌳"
