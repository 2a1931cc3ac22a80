"""Parse stage-2 replies, in JSON or nine-column TSV, into the requested cards."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.records import CARD_TYPES, DraftCard, FailureCode, Problem, ReplyError
from korean_flashcards.formats.json_text import find_json, opens_record, unfenced, unwrapped
from korean_flashcards.formats.nuance_reply import contract_message, problems_of, same_word

COLUMNS = ("position", "term", "term_number", "tab_name", "primer", "front", "back", "tags", "honorific_level")
_CARD_NAMES = {re.sub(r"[^a-z]", "", name.lower()): name for name in CARD_TYPES} | {
    "usage": "Usage-Comparison", "comparison": "Usage-Comparison", "formality": "Formal-Casual", "culture": "Cultural",
}  # fmt: skip
_LEVEL_NAMES = {"informal": "casual", "plain": "casual", "deferential": "formal", "none": "", "null": "", "n/a": ""}


def read_cards(text: str, word: str, card_types: Sequence[str] | None) -> list[DraftCard]:
    """Return exactly one card of each requested type, in the requested order.

    If ``card_types`` is None, the requested types are unknown, and all cards in the reply are returned.

    Raises:
        ReplyError: The reply is invalid. The code is ``header_only``, ``wrong_columns``, ``wrong_word``, ``contract``,
            ``missing_card``, ``unexpected_card``, ``duplicate_card``, or a code from ``find_json``.
    """
    rows = card_rows(text, card_types)
    for row in rows:
        if row.get("term") and not same_word(str(row["term"]), word):
            raise ReplyError(FailureCode.WRONG_WORD, f"a card is about {str(row['term'])[:60]!r}, not about {word!r}")
    cards: dict[str, DraftCard] = {}
    faults: list[ReplyError] = []
    for row in rows:
        try:
            card = _new_card(row, cards)
            cards[card.tab_name] = card
        except ReplyError as fault:
            faults.append(fault)
    problems = _problems(faults, cards, card_types)
    if faults:
        raise ReplyError(faults[0].code, str(faults[0]), problems)
    if card_types is None:
        return list(cards.values())
    if missing := [name for name in card_types if name not in cards]:
        raise ReplyError(
            FailureCode.MISSING_CARD, f"the reply lacks requested card types: {', '.join(missing)}", problems
        )
    if extra := [name for name in cards if name not in card_types]:
        raise ReplyError(
            FailureCode.UNEXPECTED_CARD, f"the reply has card types that were not requested: {', '.join(extra)}"
        )
    return [cards[name] for name in card_types]


def card_rows(text: str, card_types: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return the cards in ``text`` exactly as the model sent them.

    A reply that lacks its closing brackets is accepted only if it contains all ``card_types``.

    Raises:
        ReplyError: No cards can be parsed.
    """
    return _tsv_rows(text) if _looks_like_tsv(text) else _json_rows(text, card_types)


def card_type(row: dict[str, Any]) -> str:
    """Return the card type for a row's tab_name. An unknown name is returned unchanged."""
    name = str(row.get("tab_name") or "")
    return _CARD_NAMES.get(re.sub(r"[^a-z]", "", name.lower()), name)


def _looks_like_tsv(text: str) -> bool:
    """Return whether a reply is TSV.

    JSON may also contain raw tabs, so a reply that contains the start of a JSON record is not TSV.
    """
    return not opens_record(text) and any(line.count("\t") >= 3 for line in text.splitlines())


def _tsv_rows(text: str) -> list[dict[str, str]]:
    """Return the rows of nine-column TSV, without header rows. Surrounding text without tabs is skipped."""
    lines = [line.strip("\r\n").split("\t") for line in unfenced(text).splitlines() if line.count("\t") >= 3]
    rows = [line for line in lines if [cell.strip().lower() for cell in line[:3]] != list(COLUMNS[:3])]
    if not rows:
        raise ReplyError(FailureCode.HEADER_ONLY, "the reply has a header row but no cards")
    for row in rows:
        if len(row) != len(COLUMNS):
            raise ReplyError(FailureCode.WRONG_COLUMNS, f"a card has {len(row)} columns instead of {len(COLUMNS)}")
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def _json_rows(text: str, card_types: Sequence[str] | None) -> list[dict[str, Any]]:
    rows = _rows_in(find_json(text, lambda value: _whole(_rows_in(value), card_types)))
    if rows == []:
        raise ReplyError(FailureCode.EMPTY, "the reply has no cards")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ReplyError(FailureCode.MALFORMED, "the cards in the reply are not JSON objects")
    return rows


def _rows_in(value: Any) -> Any:
    value = unwrapped(value)
    if isinstance(value, dict) and not {"front", "back"} & value.keys():
        value = next((value[name] for name in ("cards", "rows", "flashcards") if name in value), value)
    return [value] if isinstance(value, dict) else value or []


def _whole(rows: Any, card_types: Sequence[str] | None) -> bool:
    """Return whether a reply without its closing brackets contains every requested card with all of its fields."""
    if not card_types or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return False
    complete = {card_type(row) for row in rows if row.keys() >= DraftCard.model_fields.keys()}
    return len(complete) == len(rows) and complete >= set(card_types)


def _problems(
    faults: Sequence[ReplyError], cards: Collection[str], card_types: Sequence[str] | None
) -> tuple[Problem, ...]:
    """Return the problems in each card. If the requested types are known, omit problems in cards of other types."""
    found = [problem for fault in faults for problem in fault.problems]
    if card_types is None:
        return tuple(found)
    named = {problem.field for problem in found} | set(cards)
    found += [Problem(name, "the card is missing") for name in card_types if name not in named]
    return tuple(problem for problem in found if problem.field in card_types)


def _new_card(row: dict[str, Any], cards: dict[str, DraftCard]) -> DraftCard:
    """Convert a row to a card.

    Raises:
        ReplyError: The row is invalid, or ``cards`` already has a card of this type or with this content.
    """
    card = _card(row)
    repeated = [other.tab_name for other in cards.values() if (card.front, card.back) == (other.front, other.back)]
    if card.tab_name in cards:
        message, problem = f"the reply has two {card.tab_name} cards", "the card appears twice"
    elif repeated:
        message = f"the {card.tab_name} card repeats another card in the reply"
        problem = f"the front and the back are the same as on the {repeated[0]} card"
    else:
        return card
    raise ReplyError(FailureCode.DUPLICATE_CARD, message, (Problem(card.tab_name, problem),))


def _card(row: dict[str, Any]) -> DraftCard:
    name, level = card_type(row), str(row.get("honorific_level") or "").strip().lower()
    try:
        return DraftCard(
            tab_name=name,  # type: ignore[arg-type]
            front=row.get("front") or "",
            back=row.get("back") or "",
            tags=_tags(row.get("tags")),
            honorific_level=_LEVEL_NAMES.get(level, level),  # type: ignore[arg-type]
        )
    except ValidationError as error:
        raise ReplyError(FailureCode.CONTRACT, contract_message(error), problems_of(error, name)) from error


def _tags(value: Any) -> list[str]:
    """Return the tags without duplicates. Underscores replace spaces, because Anki separates tags with spaces."""
    parts = re.split(r"[,;]", value) if isinstance(value, str) else value if isinstance(value, list) else []
    tags = ["_".join(part.strip().lstrip("#").split()) for part in parts if isinstance(part, str)]
    return list(dict.fromkeys(tag for tag in tags if tag))
