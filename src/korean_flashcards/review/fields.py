"""Convert edited text to values, and check that the edited analysis or card is still valid."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.clean_text import clean, clean_values
from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.domain.records import Flashcard, Nuance, ReplyError, headword
from korean_flashcards.formats.card_tags import is_reserved, is_review_state, prefix_of, tag_text
from korean_flashcards.formats.nuance_reply import check_readings, contract_message
from korean_flashcards.review.parts import Part, Row

# The fields of the analysis that are not text. They are edited as JSON.
STRUCTURED = ("comparison", "homonyms", "korean_keywords")
# The project sets this many tags at the start of every card's list: word, part of speech, card type.
_CODES_OWN = 3


def typed_value(part: Part, field: str, text: str) -> Any:
    """Convert the text that a person entered to the field's value. The text is cleaned.

    Raises:
        ReviewError: The field cannot be edited, or it requires JSON and the text is not valid JSON.
    """
    if field not in part.editable:
        raise ReviewError(
            f"The {field} field of {part} cannot be edited. Nothing was changed. "
            f"You can edit {', '.join(part.editable)}."
        )
    text = clean(text)
    if field == "tags":
        return [tag for tag in map(tag_text, text.split(",")) if tag]
    if field not in STRUCTURED:
        return text
    try:
        return clean_values(json.loads(text))
    except ValueError as error:
        raise ReviewError(
            f"The {field} field of {part} must be JSON (null for an empty field): {error}. Nothing was changed. "
            f"`kedro word show {part.item_id} --card {part.name} --json` shows the field's current value."
        ) from error


def checked(part: Part, row: Row, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the validated changes: text is stripped, and empty text becomes null where a field allows null.

    The project sets the tags at the start of a card's tag list and its review state. They cannot be changed.

    Args:
        part: The analysis or card to edit.
        row: The current fields of the analysis or card.
        changes: The new values.

    Raises:
        ReviewError: A value is invalid. The message names the fields and the rules that they break.
    """
    if "tags" in changes:
        own = row["tags"][:_CODES_OWN]
        kinds = {prefix_of(tag) for tag in own}
        given = [tag for tag in changes["tags"] if prefix_of(tag) not in kinds and not is_review_state(tag)]
        if reserved := next(filter(is_reserved, given), None):
            raise ReviewError(
                f"This edit to {part} is not valid: the tag {reserved} has a meaning for the export or for Anki, so a "
                "reviewer cannot add it. Nothing was changed. Choose a different tag, such as "
                f"my_{reserved.replace(':', '_').lower()}."
            )
        changes = {**changes, "tags": list(dict.fromkeys([*own, *given]))}
    model = Flashcard if part.tab_name else Nuance
    try:
        record = model.model_validate({name: row[name] for name in model.model_fields} | dict(changes))
        if isinstance(record, Nuance):
            check_readings(record, headword(row["term"]))
    except ValidationError as error:
        raise ReviewError(f"This edit to {part} is not valid: {_in_words(error)}. Nothing was changed.") from error
    except ReplyError as error:
        raise ReviewError(f"This edit to {part} is not valid: {error}. Nothing was changed.") from error
    valid = record.model_dump()
    return {name: valid[name] for name in changes}


def _in_words(error: ValidationError) -> str:
    if any(broken["loc"] == ("ipa",) and broken["type"] == "string_pattern_mismatch" for broken in error.errors()):
        return "ipa must be in a single pair of square brackets, as in [nam.sʌŋ]"
    return contract_message(error)
