"""Test that the schemas sent to models are strict and match the records."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from formats.samples import CARDS, NUANCE, Record

from korean_flashcards.domain.records import CARD_TYPES, DraftCard, Nuance, PartOfSpeech
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
    import jsonschema  # takes 2.5 s

    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_property_is_required_and_no_others_are_allowed(name):
    objects = [node for node in nodes(SCHEMAS[name]) if node.get("type") == "object"]
    assert len(objects) == {"nuance": 3, "cards": 2}[name]
    for node in objects:
        assert node["required"] == list(node["properties"])
        assert node["additionalProperties"] is False


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_have_no_keywords_that_strict_providers_reject(name):
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


def test_the_properties_are_the_fields_of_the_records():
    assert list(nuance_schema()["properties"]) == [name for name in Nuance.model_fields if name != "term_number"]
    assert list(cards_schema()["properties"]["cards"]["items"]["properties"]) == list(DraftCard.model_fields)
    assert len(Nuance.model_fields) == 17


def test_the_enums_are_those_of_the_records():
    card = cards_schema()["properties"]["cards"]["items"]["properties"]
    assert nuance_schema()["properties"]["pos"]["enum"] == list(get_args(PartOfSpeech))
    assert card["tab_name"]["enum"] == list(CARD_TYPES)
    assert card["honorific_level"]["enum"] == ["formal", "polite", "casual", "neutral", "humble", "honorific", ""]


@pytest.mark.parametrize("changes", [{}, EMPTY_FIELDS], ids=["full", "nulls"])
def test_a_valid_record_matches_the_schema(changes):
    record = Nuance.model_validate(NUANCE | changes | {"term_number": 7}).model_dump(exclude={"term_number"})
    assert accepts(nuance_schema(), record)
    assert accepts(cards_schema(), {"cards": [DraftCard(**card).model_dump() for card in CARDS]})


@pytest.mark.parametrize("name", sorted({*NUANCE} - {*EMPTY_FIELDS, "ipa"}))
def test_a_required_field_may_not_be_null(name):
    assert not accepts(nuance_schema(), NUANCE | {name: None})


def test_the_ipa_may_be_null():
    assert accepts(nuance_schema(), NUANCE | {"ipa": None})


def test_changing_a_returned_schema_does_not_affect_other_callers():
    nuance_schema()["properties"].clear()
    assert nuance_schema() == SCHEMAS["nuance"]
