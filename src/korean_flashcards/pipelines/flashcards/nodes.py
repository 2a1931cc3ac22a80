"""Nodes of stage 2. Only ``plan_flashcards`` and ``ask_for_flashcards`` touch the client; the rest are pure."""

import json
from functools import partial
from typing import Any

import polars as pl
from pydantic import ValidationError

from korean_flashcards.asking import FAILURE_SCHEMA, ChatClient, ask, chat_template, failure, plan
from korean_flashcards.chat import ChatTemplate, Prompt
from korean_flashcards.contracts import FailureCode, Flashcard, Nuance, ReplyError
from korean_flashcards.formats.card import Record, primer, supported_types, tags
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import contract_message
from korean_flashcards.formats.schemas import cards_schema
from korean_flashcards.parameters import FlashcardParameters, LLMParameters

CARD_SCHEMA = {
    "item_id": pl.String, "position": pl.Int64, "term": pl.String, "term_number": pl.Int64, "tab_name": pl.String,
    "primer": pl.String, "front": pl.String, "back": pl.String, "tags": pl.List(pl.String),
    "honorific_level": pl.String, "model": pl.String, "prompt_version": pl.String, "key": pl.String,
}  # fmt: skip


def plan_flashcards(
    nuance: pl.DataFrame, prompt: Prompt, llm: ChatClient, settings: LLMParameters, flashcards: FlashcardParameters
) -> pl.DataFrame:
    """Return one request a word that supports at least one card type (columns: ``asking.REQUEST_SCHEMA``)."""
    questions = (
        (record["item_id"], _word(record), _question(record, types))
        for record in nuance.iter_rows(named=True)
        if (types := supported_types(record, flashcards.card_types))
    )
    return plan(_template(prompt, settings, llm), prompt, questions, llm)


def ask_for_flashcards(
    requests: pl.DataFrame, prompt: Prompt, llm: ChatClient, settings: LLMParameters
) -> pl.DataFrame:
    """Ask the model for what is not in the cache; return all replies (columns: ``asking.REPLY_SCHEMA``)."""
    acceptances = (
        partial(read_cards, word=term, card_types=_types(user))
        for term, user in requests.select("term", "user").iter_rows()
    )
    return ask(requests, _template(prompt, settings, llm), prompt, acceptances, llm, settings)


def parse_flashcards(
    requests: pl.DataFrame, replies: pl.DataFrame, nuance: pl.DataFrame, words: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read each reply into cards and add what code knows: numbers, primer, tags.

    Returns (flashcards, failures): CARD_SCHEMA with ``position`` 1..n, and ``asking.FAILURE_SCHEMA`` for every analysed
    word without cards. No two cards share front and back: the later word becomes a failure.
    """
    by_item = {row["item_id"]: row for row in words.iter_rows(named=True)}
    records = {row["item_id"]: row for row in nuance.iter_rows(named=True)}
    cards: list[dict[str, Any]] = []
    asked = set(replies["item_id"])
    failures = [_unsupported(record) for item_id, record in records.items() if item_id not in asked]
    seen: dict[tuple[str, str], str] = {}
    for reply, user in zip(replies.iter_rows(named=True), requests["user"], strict=True):
        try:
            drafts = _cards(reply, _types(user), records[reply["item_id"]], by_item[reply["item_id"]])
            _check_unique(drafts, seen)
        except ReplyError as error:
            failures.append(failure(reply, error.code, str(error)))
        else:
            cards += [{**card, "position": position} for position, card in enumerate(drafts, start=len(cards) + 1)]
            seen |= {(card["front"], card["back"]): card["term"] for card in drafts}
    return pl.DataFrame(cards, schema=CARD_SCHEMA), pl.DataFrame(failures, schema=FAILURE_SCHEMA)


def _template(prompt: Prompt, settings: LLMParameters, llm: ChatClient) -> ChatTemplate:
    return chat_template("flashcards", prompt, cards_schema(), settings, llm)


def _word(record: Record) -> str:
    """The word of a nuance record: its term without the IPA."""
    return str(record["term"]).split("[", 1)[0].strip()


def _question(record: Record, types: list[str]) -> str:
    """The user text: the term, its nuance without the number that only says where it stands, the card types."""
    nuance = {name: record[name] for name in Nuance.model_fields if name != "term_number"}
    return json.dumps({"term": _word(record), "nuance": nuance, "card_types": types}, ensure_ascii=False)


def _types(user: str) -> list[str]:
    types: list[str] = json.loads(user)["card_types"]
    return types


def _cards(reply: dict[str, Any], types: list[str], record: Record, word: Record) -> list[dict[str, Any]]:
    """The reply's cards as rows of CARD_SCHEMA, position still 1."""
    if reply["code"]:
        raise ReplyError(FailureCode(reply["code"]), reply["message"])
    source = {name: reply[name] for name in ("model", "prompt_version", "key")}
    try:
        return [
            Flashcard(
                item_id=reply["item_id"], position=1, term=record["term"], term_number=record["term_number"],
                tab_name=draft.tab_name, primer=primer(record["pos"], record["term_number"], record["term"]),
                front=draft.front, back=draft.back, tags=tags(draft, record, word, reply["model"]),
                honorific_level=draft.honorific_level,
            ).model_dump() | source
            for draft in read_cards(reply["text"], reply["term"], types)
        ]  # fmt: skip
    except ValidationError as error:
        raise ReplyError(FailureCode.CONTRACT, contract_message(error)) from error


def _check_unique(cards: list[dict[str, Any]], seen: dict[tuple[str, str], str]) -> None:
    for card in cards:
        if other := seen.get((card["front"], card["back"])):
            message = f"the {card['tab_name']} card has the same front and back as a card of {other}"
            raise ReplyError(FailureCode.DUPLICATE_CARD, message)


def _unsupported(record: Record) -> dict[str, Any]:
    message = "none of the card types in parameters_flashcards.yml fits this word: add Scene, which fits every word"
    return {
        **{name: record[name] for name in ("item_id", "model", "prompt_version")},
        "term": _word(record), "code": str(FailureCode.NO_CARD_TYPE), "message": message, "attempts": 0, "text": None,
    }  # fmt: skip
