"""Generate the JSON schemas for model replies from the record classes.

Lengths, patterns, and counts are omitted, because several providers reject them in strict mode. The prompts state these
limits, and the parsers check them. Descriptions are omitted too: schemas are part of the cache key, so they must never
change.
"""

from typing import Any

from korean_flashcards.domain.pair_choice import PairChoice
from korean_flashcards.domain.records import DraftCard, Judgement, Nuance

_LEFT_OUT = {"title", "description", "default", "minLength", "maxLength", "pattern", "minItems", "maxItems"}


def nuance_schema(request_format: int = 2) -> dict[str, Any]:
    """Return the schema for stage 1: all fields of Nuance except ``term_number``, which the project fills in.

    In format 2 (see ``Prompt.request_format``), the IPA is null for most words, because the project computes it.
    """
    schema = _strict(Nuance.model_json_schema())
    del schema["properties"]["term_number"]
    if request_format > 1:
        schema["properties"]["ipa"] = {"anyOf": [schema["properties"]["ipa"], {"type": "null"}]}
    schema["required"] = list(schema["properties"])
    return schema


def cards_schema() -> dict[str, Any]:
    """Return the schema for stage 2: an object with the array ``cards``."""
    cards = {"type": "array", "items": _strict(DraftCard.model_json_schema())}
    return {"type": "object", "properties": {"cards": cards}, "required": ["cards"], "additionalProperties": False}


def judgement_schema(request_format: int = 2) -> dict[str, Any]:
    """Return the schema for the judge: all fields of Judgement. In format 1, there are no ``faults``."""
    schema = _strict(Judgement.model_json_schema())
    if request_format == 1:
        del schema["properties"]["faults"]
        schema["required"] = list(schema["properties"])
    return schema


def pair_schema() -> dict[str, Any]:
    """Return the schema for the judge's choice between two sets of cards."""
    return _strict(PairChoice.model_json_schema())


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema for OpenAI's strict mode, without references, optional properties, or additional properties."""
    definitions = schema.pop("$defs", {})

    def walk(node: Any) -> Any:
        if isinstance(node, list):
            return [walk(part) for part in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return walk(definitions[node["$ref"].rsplit("/", 1)[-1]])
        clean = {key: walk(value) for key, value in node.items() if key not in _LEFT_OUT}
        if "properties" in node:
            clean["properties"] = {name: walk(value) for name, value in node["properties"].items()}
            clean |= {"required": list(node["properties"]), "additionalProperties": False}
        return clean

    strict: dict[str, Any] = walk(schema)
    return strict
