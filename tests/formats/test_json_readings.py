"""Test that replies are read that are not JSON but mean it: quoted lines, constructors, pairs, and other key styles."""

import re

import pytest
from formats.samples import CARDS, NUANCE, TYPES, WORD, text_of

from korean_flashcards.domain.records import DraftCard
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance

GOOD = read_nuance(text_of(NUANCE), WORD, 7)
GOOD_CARDS = [DraftCard(**card) for card in CARDS]


def rewritten(value):
    """Return a record as text that is not JSON but means it, by name."""
    text, lines = text_of(value), text_of(value, 2)
    pairs = value.items() if isinstance(value, dict) else ()
    return {
        "quoted lines": re.sub("^", "> ", lines, flags=re.MULTILINE),
        "quoted fence": re.sub("^", "> ", f"Here:\n```json\n{lines}\n```", flags=re.MULTILINE),
        "typographic": re.sub(r'(?<!\\)"', "”", text),
        "typographic pairs": re.sub(r'(?<!\\)"(.*?)(?<!\\)"', "“\\1”", lines),
        "undefined": text.replace("null", "undefined"),
        "one key per line": "\n".join(text_of({name: part}) for name, part in pairs) or text,
        "one key per object": text_of([{name: part} for name, part in pairs] or value),
        "pairs": text_of([{"key": name, "value": part} for name, part in pairs] or value),
        "fields": text_of({"fields": [{"field": name, "content": part} for name, part in pairs]} if pairs else value),
    }


BARE = NUANCE | {
    "metaphor": "An oak that stands alone, old and broad.",
    "anchor_sensory": "cold iron",
    "usage_context": None,
}
BARE_CARDS = {"cards": [card | {"back": f"남성 {card['tab_name']}: he's an oak."} for card in CARDS]}


@pytest.mark.parametrize("name", rewritten({}))
def test_a_record_that_is_not_quite_json_is_read(name):
    assert read_nuance(rewritten(BARE)[name], WORD, 7) == read_nuance(text_of(BARE), WORD, 7)
    assert read_cards(rewritten(BARE_CARDS)[name], WORD, TYPES) == read_cards(text_of(BARE_CARDS), WORD, TYPES)


def constructor(name, value):
    return f"{name}({', '.join(f'{key}={part!r}' for key, part in value.items())})"


CARD_CALLS = ", ".join(constructor("Card", card) for card in BARE_CARDS["cards"])


@pytest.mark.parametrize(
    "wrap", ["{}", "```python\n{}\n```", "record = {}\n", "Here's the record:\nprint({})\nI'm done."]
)
def test_a_class_constructor_is_read(wrap):
    homonym = constructor("Homonym", NUANCE["homonyms"][0])
    nested = constructor("NuanceRecord", BARE).replace(repr(NUANCE["homonyms"][0]), homonym)
    for call in (constructor("NuanceRecord", BARE), constructor("models.Nuance", BARE), nested):
        assert read_nuance(wrap.replace("{}", call), WORD, 7) == read_nuance(text_of(BARE), WORD, 7)
    for call in (f"[{CARD_CALLS}]", f"Cards(cards=[{CARD_CALLS}])"):
        assert read_cards(wrap.replace("{}", call), WORD, TYPES) == read_cards(text_of(BARE_CARDS), WORD, TYPES)


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: re.sub("_(.)", lambda found: found[1].upper(), name), lambda name: name.replace("_", " ").title(),
        str.upper, lambda name: name.replace("_", "-"), lambda name: name.title().replace("_", ""),
    ],
)  # fmt: skip
def test_keys_are_read_in_every_style(rename):
    for wrap in ("{}", "```json\n{}\n```", '{"result": {}}', "[{}]"):
        text = text_of({rename(name): part for name, part in NUANCE.items()})
        assert read_nuance(wrap.replace("{}", text), WORD, 7) == GOOD
        cards = [{rename(name): part for name, part in card.items()} for card in CARDS]
        assert read_cards(wrap.replace("{}", text_of({"cards": cards})), WORD, TYPES) == GOOD_CARDS
