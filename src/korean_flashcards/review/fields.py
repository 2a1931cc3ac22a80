"""What a person typed for a field → its value; and whether the analysis or card with it still keeps the contract."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.domain.records import Flashcard, Nuance, ReplyError, headword
from korean_flashcards.formats.card import tag_text
from korean_flashcards.formats.nuance_reply import check_readings, contract_message
from korean_flashcards.review.parts import Part, Row

# Fields of the analysis that are no text; a person writes them as JSON.
_STRUCTURED = ("comparison", "homonyms", "korean_keywords")
# The first tags of every card, which code writes: word, part of speech, card type.
_CODES_OWN = 3


def typed_value(part: Part, field: str, text: str) -> Any:
    """Return what the text means for the field. Raises ReviewError for a field that cannot be edited, or no JSON."""
    if field not in part.editable:
        raise ReviewError(
            f"{field} of {part} cannot be edited. Nothing was changed. Can be: {', '.join(part.editable)}."
        )
    if field == "tags":
        return [tag for tag in map(tag_text, text.split(",")) if tag]
    if field not in _STRUCTURED:
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise ReviewError(
            f"{field} of {part} is JSON (null for none), and this is not: {error}. Nothing was changed. "
            f"`kedro word show {part.item_id} --card {part.name} --json` shows what it is now."
        ) from error


def checked(part: Part, row: Row, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes as the contract wants them (stripped, an empty text as null). ``row``: as it is now.

    The tags that code writes stay first whatever is given. Raises ReviewError, naming the fields and the rules.
    """
    if "tags" in changes:
        own = row["tags"][:_CODES_OWN]
        kinds = {tag.partition(":")[0].lower() for tag in own}
        given = (tag for tag in changes["tags"] if tag.partition(":")[0].lower() not in kinds)
        changes = {**changes, "tags": list(dict.fromkeys([*own, *given]))}
    model = Flashcard if part.tab_name else Nuance
    try:
        record = model.model_validate({name: row[name] for name in model.model_fields} | dict(changes))
        if isinstance(record, Nuance):
            check_readings(record, headword(row["term"]))
    except ValidationError as error:
        raise ReviewError(f"{part} would break its contract: {_in_words(error)}. Nothing was changed.") from error
    except ReplyError as error:
        raise ReviewError(f"{part} would break its contract: {error}. Nothing was changed.") from error
    valid = record.model_dump()
    return {name: valid[name] for name in changes}


def _in_words(error: ValidationError) -> str:
    if any(broken["loc"] == ("ipa",) and broken["type"] == "string_pattern_mismatch" for broken in error.errors()):
        return "ipa stands in one pair of square brackets, as in [nam.sʌŋ]"
    return contract_message(error)
