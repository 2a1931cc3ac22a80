"""The schemas sent to models: strict, the contract's own names, and no wider or narrower than the contract."""

from collections.abc import Iterator
from typing import Any

import pytest
from formats.samples import CARDS, NUANCE, Record

from korean_flashcards.domain.records import CARD_TYPES, PARTS_OF_SPEECH, DraftCard, Nuance
from korean_flashcards.formats.schemas import cards_schema, nuance_schema

SCHEMAS = {"nuance": nuance_schema(), "cards": cards_schema()}
EMPTY_FIELDS = dict.fromkeys(("other_meanings", "usage_context", "comparison", "homonyms"))


def nodes(schema: Any) -> Iterator[Record]:
    if isinstance(schema, list):
        for part in schema:
            yield from nodes(part)
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from nodes(part)


def accepts(schema: Record, value: Any) -> bool:
    import jsonschema  # 2.5 s

    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_object_requires_all_it_has_and_takes_no_more(name):
    objects = [node for node in nodes(SCHEMAS[name]) if node.get("type") == "object"]
    assert len(objects) == {"nuance": 3, "cards": 2}[name]
    for node in objects:
        assert node["required"] == list(node["properties"])
        assert node["additionalProperties"] is False


@pytest.mark.parametrize("name", SCHEMAS)
def test_nothing_that_strict_providers_reject_is_sent(name):
    keywords = {
        key
        for node in nodes(SCHEMAS[name])
        for key in node
        if not isinstance(node.get("type"), dict) and key not in {*Nuance.model_fields, *DraftCard.model_fields}
    }
    assert keywords <= {
        "type", "properties", "required", "additionalProperties", "items", "anyOf", "enum",
        "cards", "vs", "nuance", "hanja", "reading", "meaning", "differentiator",
    }  # fmt: skip


def test_the_fields_are_those_of_the_contract_but_for_the_number():
    assert list(nuance_schema()["properties"]) == [name for name in Nuance.model_fields if name != "term_number"]
    assert list(cards_schema()["properties"]["cards"]["items"]["properties"]) == list(DraftCard.model_fields)
    assert len(Nuance.model_fields) == 17


def test_the_names_are_those_of_the_contract():
    card = cards_schema()["properties"]["cards"]["items"]["properties"]
    assert nuance_schema()["properties"]["pos"]["enum"] == list(PARTS_OF_SPEECH)
    assert card["tab_name"]["enum"] == list(CARD_TYPES)
    assert card["honorific_level"]["enum"] == ["formal", "polite", "casual", "neutral", "humble", "honorific", ""]


@pytest.mark.parametrize("changes", [{}, EMPTY_FIELDS], ids=["full", "nulls"])
def test_a_valid_record_is_valid_for_the_schema(changes):
    record = Nuance.model_validate(NUANCE | changes | {"term_number": 7}).model_dump(exclude={"term_number"})
    assert accepts(nuance_schema(), record)
    assert accepts(cards_schema(), {"cards": [DraftCard(**card).model_dump() for card in CARDS]})


@pytest.mark.parametrize("name", sorted({*NUANCE} - {*EMPTY_FIELDS}))
def test_what_may_not_be_null_in_the_contract_may_not_in_the_schema(name):
    assert not accepts(nuance_schema(), NUANCE | {name: None})


def test_the_schemas_are_made_anew_so_that_no_caller_can_change_another_s_key():
    nuance_schema()["properties"].clear()
    assert nuance_schema() == SCHEMAS["nuance"]
