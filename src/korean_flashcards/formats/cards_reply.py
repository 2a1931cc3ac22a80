"""Stage 2: a model's text → the cards that were asked for, from JSON or from nine-column TSV."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from korean_flashcards.contracts import CARD_TYPES, DraftCard, FailureCode, ReplyError
from korean_flashcards.formats.json_text import find_json, opens_record, unfenced, unwrapped
from korean_flashcards.formats.nuance_reply import contract_message, same_word

COLUMNS = ("position", "term", "term_number", "tab_name", "primer", "front", "back", "tags", "honorific_level")
_CARD_NAMES = {re.sub(r"[^a-z]", "", name.lower()): name for name in CARD_TYPES} | {
    "usage": "Usage-Comparison", "comparison": "Usage-Comparison", "formality": "Formal-Casual", "culture": "Cultural",
}  # fmt: skip
_LEVEL_NAMES = {"informal": "casual", "plain": "casual", "deferential": "formal", "none": "", "null": "", "n/a": ""}


def read_cards(text: str, word: str, card_types: Sequence[str] | None) -> list[DraftCard]:
    """Return exactly one card of each type asked for, in that order; where that is not known, the cards there are.

    Raises ReplyError: the codes of ``find_json``, ``header_only``, ``wrong_columns``, ``wrong_word``, ``contract``,
    ``missing_card``, ``unexpected_card``, ``duplicate_card``.
    """
    rows = _tsv_rows(text) if _looks_like_tsv(text) else _json_rows(text)
    for row in rows:
        if row.get("term") and not same_word(str(row["term"]), word):
            raise ReplyError(FailureCode.WRONG_WORD, f"a card is about {str(row['term'])[:60]!r}, not about {word!r}")
    cards: dict[str, DraftCard] = {}
    for row in rows:
        card = _card(row)
        if card.tab_name in cards:
            raise ReplyError(FailureCode.DUPLICATE_CARD, f"two {card.tab_name} cards in one reply")
        if any((card.front, card.back) == (other.front, other.back) for other in cards.values()):
            raise ReplyError(FailureCode.DUPLICATE_CARD, f"the {card.tab_name} card repeats another card of the reply")
        cards[card.tab_name] = card
    if card_types is None:
        return list(cards.values())
    if missing := [name for name in card_types if name not in cards]:
        raise ReplyError(FailureCode.MISSING_CARD, f"no {', '.join(missing)} card in the reply")
    if extra := [name for name in cards if name not in card_types]:
        raise ReplyError(FailureCode.UNEXPECTED_CARD, f"a {', '.join(extra)} card that was not asked for")
    return [cards[name] for name in card_types]


def _looks_like_tsv(text: str) -> bool:
    """JSON may hold raw tabs too, as indentation and in texts: where a record opens, it is JSON."""
    return not opens_record(text) and any(line.count("\t") >= 3 for line in text.splitlines())


def _tsv_rows(text: str) -> list[dict[str, str]]:
    """The rows of nine-column TSV without its header lines; talk before and after has no tabs and is passed over."""
    lines = [line.strip("\r\n").split("\t") for line in unfenced(text).splitlines() if line.count("\t") >= 3]
    rows = [line for line in lines if [cell.strip().lower() for cell in line[:3]] != list(COLUMNS[:3])]
    if not rows:
        raise ReplyError(FailureCode.HEADER_ONLY, "the reply has a header row and no cards")
    for row in rows:
        if len(row) != len(COLUMNS):
            raise ReplyError(FailureCode.WRONG_COLUMNS, f"a card has {len(row)} columns instead of {len(COLUMNS)}")
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def _json_rows(text: str) -> list[dict[str, Any]]:
    value = unwrapped(find_json(text))
    if isinstance(value, dict) and not {"front", "back"} & value.keys():
        value = next((value[name] for name in ("cards", "rows", "flashcards") if name in value), value)
    rows = [value] if isinstance(value, dict) else value or []
    if rows == []:
        raise ReplyError(FailureCode.EMPTY, "the reply has no cards")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ReplyError(FailureCode.MALFORMED, "the cards of the reply are not JSON objects")
    return rows


def _card(row: dict[str, Any]) -> DraftCard:
    name, level = str(row.get("tab_name") or ""), str(row.get("honorific_level") or "").strip().lower()
    try:
        return DraftCard(
            tab_name=_CARD_NAMES.get(re.sub(r"[^a-z]", "", name.lower()), name),  # type: ignore[arg-type]
            front=row.get("front") or "",
            back=row.get("back") or "",
            tags=_tags(row.get("tags")),
            honorific_level=_LEVEL_NAMES.get(level, level),  # type: ignore[arg-type]
        )
    except ValidationError as error:
        raise ReplyError(FailureCode.CONTRACT, contract_message(error)) from error


def _tags(value: Any) -> list[str]:
    """Tags without spaces (Anki separates by them), each once."""
    parts = re.split(r"[,;]", value) if isinstance(value, str) else value if isinstance(value, list) else []
    tags = ["_".join(part.strip().lstrip("#").split()) for part in parts if isinstance(part, str)]
    return list(dict.fromkeys(tag for tag in tags if tag))
