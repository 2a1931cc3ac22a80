"""The JSON schemas that are sent to models, derived from the contracts so that there is one definition of a record.

Lengths, patterns and counts are left out: several providers reject them in strict mode; the prompts state them and the
parsers check them.
"""

from typing import Any

from korean_flashcards.domain.records import DraftCard, Judgement, Nuance

_LEFT_OUT = {"title", "description", "default", "minLength", "maxLength", "pattern", "minItems", "maxItems"}


def nuance_schema() -> dict[str, Any]:
    """Stage 1: all fields of Nuance but ``term_number``, which code fills in."""
    schema = _strict(Nuance.model_json_schema())
    del schema["properties"]["term_number"]
    schema["required"] = list(schema["properties"])
    return schema


def cards_schema() -> dict[str, Any]:
    """Stage 2: an object with the array ``cards``."""
    cards = {"type": "array", "items": _strict(DraftCard.model_json_schema())}
    return {"type": "object", "properties": {"cards": cards}, "required": ["cards"], "additionalProperties": False}


def judgement_schema() -> dict[str, Any]:
    """The judge: all fields of Judgement."""
    return _strict(Judgement.model_json_schema())


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """References resolved, every property required, nothing additional: what OpenAI's strict mode asks for."""
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
