"""Parse stage-2 replies, in JSON or nine-column TSV, into the requested cards."""

import re
from collections.abc import Collection, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from korean_flashcards.domain.records import CARD_TYPES, DraftCard, FailureCode, HonorificLevel, Problem, ReplyError
from korean_flashcards.formats.card_rows import Row, card_rows, card_type, is_sketch
from korean_flashcards.formats.nuance_reply import contract_message, problems_of
from korean_flashcards.formats.other_word import are_cards_about_other_word
from korean_flashcards.formats.placeholders import is_absent
from korean_flashcards.formats.refusals import refusal
from korean_flashcards.formats.same_word import same_word

_LEVELS = frozenset(get_args(HonorificLevel))
_LEVEL_NAMES = {"informal": "casual", "plain": "casual", "deferential": "formal"}


def read_cards(text: str, word: str, card_types: Sequence[str] | None) -> list[DraftCard]:
    """Return exactly one card of each requested type, in the requested order. Other cards in the reply are dropped.

    If ``card_types`` is None, the requested types are unknown, and all cards in the reply are returned.

    Raises:
        ReplyError: The reply is invalid. The code is ``header_only``, ``wrong_columns``, ``wrong_word``, ``contract``,
            ``missing_card``, ``duplicate_card``, or a code from ``find_json``.
    """
    rows = card_rows(text, card_types)
    for row in rows:
        if row.get("term") and not same_word(str(row["term"]), word):
            raise ReplyError(FailureCode.WRONG_WORD, f"a card is about {str(row['term'])[:60]!r}, not about {word!r}")
    requested = _requested(rows, card_types)
    if requested and all(refusal(_text(row, "front")) and refusal(_text(row, "back")) for row in requested):
        raise ReplyError(FailureCode.REFUSED, f"the cards decline the task: {_text(requested[0], 'back')[:120]}")
    if requested and are_cards_about_other_word(requested, word):
        raise ReplyError(FailureCode.WRONG_WORD, f"the cards are about a different word and never mention {word!r}")
    cards, faults = _sorted_out(requested, card_types)
    problems = _problems(faults, cards, card_types)
    if faults:
        raise ReplyError(faults[0].code, str(faults[0]), problems)
    if card_types is None:
        return list(cards.values())
    if missing := [name for name in card_types if name not in cards]:
        raise ReplyError(
            FailureCode.MISSING_CARD, f"the reply lacks requested card types: {', '.join(missing)}", problems
        )
    return [cards[name] for name in card_types]


def read_valid_cards(text: str, word: str, card_types: Sequence[str]) -> list[DraftCard]:
    """Return the valid cards of a reply in which other requested cards are missing or invalid, in the requested order.

    Raises:
        ReplyError: The whole reply is invalid, for example because it is about a different word.
    """
    try:
        return read_cards(text, word, card_types)
    except ReplyError as error:
        if not error.problems:
            raise
    cards, _ = _sorted_out(_requested(card_rows(text, card_types), card_types), card_types)
    return [cards[name] for name in card_types if name in cards]


def _sorted_out(rows: Sequence[Row], card_types: Sequence[str] | None) -> tuple[dict[str, DraftCard], list[ReplyError]]:
    """Return the valid cards by type, and the faults of the other rows."""
    cards: dict[str, DraftCard] = {}
    faults: list[ReplyError] = []
    for row in unique_rows(rows, card_types):
        try:
            card = _new_card(row, cards)
            cards[card.tab_name] = card
        except ReplyError as fault:
            faults.append(fault)
    return cards, faults


def unique_rows(rows: Sequence[Row], card_types: Sequence[str] | None) -> list[Row]:
    """Return the rows without repeated rows.

    If a requested type is missing, the second of two cards of one type probably has the wrong type, so only the first
    one is returned.
    """
    complete = card_types is None or {card_type(row) for row in rows} >= set(card_types)
    unique: dict[Any, Row] = {}
    for row in rows:
        sides = (_text(row, "front").strip(), _text(row, "back").strip())
        unique.setdefault((card_type(row), sides if complete else None), row)
    return list(unique.values())


def _requested(rows: list[Row], card_types: Sequence[str] | None) -> list[Row]:
    """Return the rows without cards that were not requested, because an extra card must not affect the others.

    A row with an unknown type may be a requested card, unless the reply has all requested cards.
    """
    if card_types is None:
        return rows
    types = set(map(card_type, rows))
    dropped = types - set(card_types) if types >= set(card_types) else types & set(CARD_TYPES) - set(card_types)
    return [row for row in rows if card_type(row) not in dropped]


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


def _new_card(row: Row, cards: dict[str, DraftCard]) -> DraftCard:
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


def _card(row: Row) -> DraftCard:
    name, level = card_type(row), str(row.get("honorific_level") or "").strip().lower()
    level = _LEVEL_NAMES.get(level, level)
    if is_sketch(row) or (empty := [side for side in ("front", "back") if is_absent(row.get(side))]):
        sides = "front and the back are placeholders" if is_sketch(row) else f"{empty[0]} is a placeholder"
        problem = Problem(name, f"the {sides}")
        raise ReplyError(FailureCode.CONTRACT, f"{name}: {problem.message}", (problem,))
    try:
        return DraftCard(
            tab_name=name,  # type: ignore[arg-type]
            front=row.get("front") or "",
            back=row.get("back") or "",
            tags=_tags(row.get("tags")),
            # An unknown level says nothing about the card.
            honorific_level=level if level in _LEVELS else "",  # type: ignore[arg-type]
        )
    except ValidationError as error:
        raise ReplyError(FailureCode.CONTRACT, contract_message(error), problems_of(error, name)) from error


def _text(row: Row, side: str) -> str:
    return str(row.get(side) or "")


def _tags(value: Any) -> list[str]:
    """Return the tags without duplicates. Underscores replace spaces, because Anki separates tags with spaces."""
    parts = re.split(r"[,;]", value) if isinstance(value, str) else value if isinstance(value, list) else []
    tags = ["_".join(part.strip().lstrip("#").split()) for part in parts if isinstance(part, str)]
    return list(dict.fromkeys(tag for tag in tags if tag))
