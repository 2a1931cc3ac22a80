"""Define the stage-2 nodes, which generate cards.

``plan_flashcards`` reads the ledger. Only ``generate_flashcards`` changes the ledger and calls the model.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import polars as pl
from pydantic import ValidationError

from korean_flashcards.checks import card_quality_check
from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.earlier_result import EarlierResult, result_key
from korean_flashcards.domain.explanation_language import ENGLISH, language_field
from korean_flashcards.domain.frame_builder import FrameBuilder
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import FlashcardParameters, LLMParameters, Stale, TaskParameters
from korean_flashcards.domain.records import DraftCard, FailureCode, Flashcard, Nuance, ReplyError, headword
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.formats.card import Record, offline_types, primer, supported_types, tags
from korean_flashcards.formats.cards_reply import read_cards, read_valid_cards
from korean_flashcards.formats.nuance_reply import contract_message
from korean_flashcards.formats.prompt_sections import prompt_for
from korean_flashcards.formats.schemas import cards_schema
from korean_flashcards.stages.accepted_records import AcceptedRecords, AcceptedReplies
from korean_flashcards.stages.ports import ChatClient, Consent, TaskLedger
from korean_flashcards.stages.stage import (
    FAILURE_SCHEMA,
    KEPT_SCHEMA,
    RECORD_SCHEMA,
    ModelStage,
    failure,
    kept_words,
    last_good,
    repairer,
)

# Failures that concern only some of the requested cards.
_PARTIAL = {FailureCode.MISSING_CARD, FailureCode.CONTRACT, FailureCode.DUPLICATE_CARD}
# The columns of the word list that are sent in addition to the analysis. The cards use the learner's own example.
_FROM_LIST = ("topik_level", "example", "example_translation")
# The fields of an analysis that are not sent. The number depends on the list. The IPA depends on the pronunciation rules,
# and a change of these rules must not request new cards.
_NOT_SENT = ("term_number", "term", "ipa")
# The key of the card types in a user text. Inside a string, the quotation marks would be escaped.
_CARD_TYPES, _DECODER, _JSON = '"card_types": ', json.JSONDecoder(), json.JSONEncoder(ensure_ascii=False)
CARD_SCHEMA = {**polars_schema(Flashcard), **RECORD_SCHEMA}
_CARDS = AcceptedRecords[list[DraftCard]](
    "flashcards", list[DraftCard], lambda text, word, *types: read_cards(text, word, types or None)
)


def plan_flashcards(
    nuance: pl.DataFrame,
    words: pl.DataFrame,
    prompt: Prompt,
    llm: ChatClient,
    ledger: TaskLedger,
    settings: LLMParameters,
    stale: Stale,
    flashcards: FlashcardParameters,
    language: str = ENGLISH,
) -> pl.DataFrame:
    """Return one request for each word that fits at least one card type (columns: ``stages.stage.REQUEST_SCHEMA``).

    All requests have the same prompt, even if a word fits only some of the card types. A word that keeps its last good
    analysis is not requested: its cards would be paid for again with its new analysis.
    """
    types_of = offline_types if settings.of("flashcards").model.startswith(OFFLINE_PREFIX) else supported_types
    listed = words.select("item_id", *_FROM_LIST)
    requests = (
        (record["item_id"], headword(record["term"]), _user_text(record, types, language, prompt.request_format))
        for record in nuance.join(listed, on="item_id", how="left", maintain_order="left").iter_rows(named=True)
        if (types := types_of(record, flashcards.card_types))
    )
    stage = _stage(prompt, settings, llm, ledger, stale, flashcards)
    return stage.plan(requests, _acceptance, waiting=kept_words(nuance))


def generate_flashcards(
    requests: pl.DataFrame,
    prompt: Prompt,
    llm: ChatClient,
    ledger: TaskLedger,
    settings: LLMParameters,
    tasks: TaskParameters,
    stale: Stale,
    repair_prompt: Prompt,
    flashcards: FlashcardParameters,
    consent: Consent | None = None,
    accepted: AcceptedReplies | None = None,
) -> pl.DataFrame:
    """Request the missing replies from the model and return all replies (columns: ``stages.stage.REPLY_SCHEMA``).

    ``consent`` is called before the first request is sent. If ``consent`` is None, no confirmation is needed. The replies in
    ``accepted`` are not parsed to accept them again.
    """
    with _CARDS.reusing(accepted):
        return _stage(prompt, settings, llm, ledger, stale, flashcards).generate(
            requests, _acceptance, tasks, repairer("flashcards", repair_prompt), card_quality_check, consent, _repeats
        )


def parse_flashcards(
    requests: pl.DataFrame, replies: pl.DataFrame, nuance: pl.DataFrame, words: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parse each reply into cards and add the numbers, primers, and tags that the model does not generate.

    A reply that was kept from an earlier request contains that request's card types. If two cards have the same front
    and back, the later card's word counts as failed, or the word that has a last good reply. A pending or failed word
    keeps the cards from its last good reply, except those that its current reply contains, with ``kept`` set. The cards
    of a kept analysis are kept, too.

    Returns:
        The cards (CARD_SCHEMA, with ``position`` starting at 1) and the failures (``stages.stage.FAILURE_SCHEMA``).
        Every analyzed word without all of its current cards counts as a failure, unless it is pending or was dropped
        from the queue.
    """
    made, failures = _CardBuilder(kept_words(nuance)), FrameBuilder(FAILURE_SCHEMA)
    for record in nuance.join(requests, on="item_id", how="anti").iter_rows(named=True):
        failures.add(_unsupported(record))
    known = nuance.select("item_id", "term_number", "pos", "metaphor_noun", "comparison", "homonyms", heading="term")
    requested = (
        replies.with_row_index("place")
        .join(requests.select("item_id", "user", request_key="key"), on="item_id", maintain_order="left")
        .join(known, on="item_id", maintain_order="left")
        .join(words.select("item_id", "topik_level", own_tags="tags"), on="item_id", maintain_order="left")
    )
    seen: dict[int, str] = {}
    for reply in _kept_last(requested.filter(pl.col("pending").is_null())).iter_rows(named=True):
        try:
            cards = _cards(reply)
            _check_unique(cards, seen)
        except ReplyError as error:
            failures.add(failure(reply, error.code, str(error)))
            cards = _valid_cards(reply, error.code, seen)
        made.add(reply, cards)
    # New cards come first, so that a kept card never replaces a new card of a different word.
    for reply in requested.iter_rows(named=True):
        if good := last_good(reply):
            made.add(reply, _unused_cards(good, made.types(reply), seen), kept=True)
    return made.frame(), failures.frame()


def parse_changed_flashcards(
    requests: pl.DataFrame, replies: pl.DataFrame, nuance: pl.DataFrame, words: pl.DataFrame, before: EarlierResult
) -> tuple[pl.DataFrame, pl.DataFrame, str]:
    """Return what ``parse_flashcards`` returns, and the key of the cards, which are ``before`` if no reply has changed.

    The messages and the numbers of attempts of failed requests do not count, because no card depends on them. The key is
    empty if a reply could not be parsed, because the earlier cards do not tell why.
    """
    inputs = before.inputs_hash(
        _deciding(replies, requests), requests.select("item_id", "key", "user"), nuance,
        words.select("item_id", "topik_level", "tags"),
    )  # fmt: skip
    failed = _failed(requests, replies, nuance)
    if found := before.of(inputs):
        return found[0], failed, before.key
    cards, failures = parse_flashcards(requests, replies, nuance, words)
    return cards, failures, result_key(inputs, cards) if failures.equals(failed) else ""


def _deciding(replies: pl.DataFrame, requests: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of the replies that decide their cards."""
    of_earlier = pl.col("cached") & (pl.col("key") != pl.col("request_key"))
    text = pl.when(pl.col("code").is_null() | pl.col("code").is_in(list(_PARTIAL))).then("text")
    columns = (
        "item_id",
        "term",
        "key",
        "model",
        "prompt_version",
        "code",
        *sorted({*KEPT_SCHEMA} & {*replies.columns}),
    )
    of_request = requests.select("item_id", request_key="key")
    joined = replies.join(of_request, on="item_id", how="left", maintain_order="left")
    return joined.select(*columns, text, pl.col("pending").is_not_null(), cached=of_earlier)


def _failed(requests: pl.DataFrame, replies: pl.DataFrame, nuance: pl.DataFrame) -> pl.DataFrame:
    """Return the failures of words that fit no card type, and of words whose request failed."""
    failures = FrameBuilder(FAILURE_SCHEMA)
    for record in nuance.join(requests, on="item_id", how="anti").iter_rows(named=True):
        failures.add(_unsupported(record))
    failed = replies.filter(pl.col("pending").is_null() & pl.col("code").is_not_null())
    return pl.concat([failures.frame(), _kept_last(failed).select(*FAILURE_SCHEMA)])


def _stage(
    prompt: Prompt, settings: LLMParameters, llm: ChatClient, ledger: TaskLedger, stale: Stale,
    flashcards: FlashcardParameters,
) -> ModelStage:  # fmt: skip
    own = prompt_for(prompt, flashcards.card_types)
    return ModelStage.of("flashcards", cards_schema(), own, settings, llm, ledger, stale)


def _acceptance(term: str, user: str | None) -> Callable[[str], object]:
    return partial(_accept, term, () if user is None else _types(user))


def _accept(term: str, types: Sequence[str], text: str) -> None:
    _CARDS.accept(text, term, *types)


def _user_text(record: Record, types: list[str], language: str, request_format: int = 2) -> str:
    """Return the user text as JSON: the term, its analysis, the list's example and level, the card types, the language.

    In format 1 (see ``Prompt.request_format``), the list's columns are missing, and the analysis has the IPA.
    """
    left_out, added = (_NOT_SENT, _FROM_LIST) if request_format > 1 else (_NOT_SENT[:1], ())
    nuance = {name: record[name] for name in Nuance.model_fields if name not in left_out}
    listed = {name: record[name] for name in added if record.get(name) is not None}
    own = {"term": headword(record["term"]), "nuance": nuance, **listed}
    request = {**own, "card_types": types, **language_field(language)}
    return _JSON.encode(request)


def _types(user: str) -> list[str]:
    """Return the card types in a user text. The analysis before them is not parsed, which would take most of the time."""
    types: list[str]
    types, _ = _DECODER.raw_decode(user, user.rindex(_CARD_TYPES) + len(_CARD_TYPES))
    return types


def _cards(reply: Record) -> list[Record]:
    """Return a reply's cards as rows of CARD_SCHEMA. Every card has position 1; the caller renumbers the cards.

    Raises:
        ReplyError: The request failed, or the reply is unusable.
    """
    if reply["code"]:
        raise ReplyError(FailureCode(reply["code"]), reply["message"])
    earlier = reply["cached"] and reply["key"] != reply["request_key"]
    drafts = _CARDS.take(reply["text"], reply["term"], *(() if earlier else _types(reply["user"])))
    try:
        return [_card(reply, draft) for draft in drafts]
    except ValidationError as error:
        raise ReplyError(FailureCode.CONTRACT, contract_message(error)) from error


def _valid_cards(reply: Record, code: FailureCode, seen: dict[int, str]) -> list[Record]:
    """Return the valid cards of a reply that lacks other requested cards. A missing card must not affect the others."""
    if code not in _PARTIAL or not reply["text"]:
        return []
    try:
        made = [_card(reply, draft) for draft in read_valid_cards(reply["text"], reply["term"], _types(reply["user"]))]
        _check_unique(made, seen)
    except (ReplyError, ValidationError):
        return []
    return made


def _unused_cards(good: Record, types: Collection[str], seen: dict[int, str]) -> list[Record]:
    """Return the cards from a word's last good reply, except those of the given types and those of other words."""
    try:
        made = [_card(good, draft) for draft in _CARDS.take(good["text"], good["term"])]
    except (ReplyError, ValidationError):
        return []
    found = []
    for card in made:
        with suppress(ReplyError):
            if card["tab_name"] not in types:
                _check_unique([card], seen)
                found.append(card)
    return found


class _CardBuilder:
    """Collect the cards and number them in the order of their words' replies."""

    def __init__(self, kept_analyses: Collection[str]) -> None:
        self._cards = FrameBuilder({**CARD_SCHEMA, "place": pl.UInt32})
        self._types: dict[int, set[str]] = {}
        self._kept_analyses = kept_analyses

    def types(self, reply: Record) -> Collection[str]:
        """Return the types of the cards that were added for the reply."""
        return self._types.get(reply["place"], ())

    def add(self, reply: Record, cards: list[Record], kept: bool = False) -> None:
        """Add cards for a reply, which has a ``place``."""
        place, kept = reply["place"], kept or reply["item_id"] in self._kept_analyses
        self._types.setdefault(place, set()).update(card["tab_name"] for card in cards)
        for card in cards:
            self._cards.add({**card, "kept": kept, "place": place})

    def frame(self) -> pl.DataFrame:
        """Return the cards (CARD_SCHEMA), with ``position`` starting at 1."""
        ordered = self._cards.frame().sort("place", maintain_order=True).drop("place")
        return ordered.with_columns(position=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


def _card(reply: Record, draft: DraftCard) -> Record:
    """Return a card as a row of CARD_SCHEMA. Raises ValidationError if the card is not valid."""
    card = Flashcard(
        item_id=reply["item_id"], position=1, term=reply["heading"], term_number=reply["term_number"],
        tab_name=draft.tab_name, primer=primer(reply["pos"], reply["term_number"], reply["heading"]),
        front=draft.front, back=draft.back, tags=tags(draft, reply), honorific_level=draft.honorific_level,
    )  # fmt: skip
    return card.model_dump() | {name: reply[name] for name in ("model", "prompt_version", "key")}


def _kept_last(replies: pl.DataFrame) -> pl.DataFrame:
    """Return the replies, with those last whose words keep their last good reply if the cards repeat different cards."""
    # A layer that an earlier release wrote does not have the column.
    if "kept_text" not in replies.columns:
        return replies
    return replies.sort(pl.col("kept_text").is_not_null(), maintain_order=True)


def _repeats(replies: Sequence[Mapping[str, Any]], newer: Collection[str]) -> set[str]:
    """Return the words in ``newer`` whose reply has the same card as a different word (see ``stages.stage.Repeats``)."""
    seen: set[tuple[str, str]] = set()
    found = set()
    for reply in sorted(replies, key=lambda reply: reply["item_id"] in newer):
        if reply.get("pending") or reply.get("code"):
            continue
        with suppress(ReplyError):
            texts = {(draft.front, draft.back) for draft in read_cards(reply["text"], reply["term"], None)}
            if seen.isdisjoint(texts):
                seen |= texts
            elif reply["item_id"] in newer:
                found.add(reply["item_id"])
    return found


def _check_unique(cards: list[Record], seen: dict[int, str]) -> None:
    """Raise ReplyError if a card has the same front and back as an earlier card. Otherwise, add the cards to ``seen``.

    Args:
        cards: One word's cards.
        seen: The terms of earlier cards, keyed by a hash of each card's front and back.
    """
    texts = {hash((card["front"], card["back"])): card for card in cards}
    for text, card in texts.items():
        if other := seen.get(text):
            message = f"the {card['tab_name']} card has the same front and back as a card for {other}"
            raise ReplyError(FailureCode.DUPLICATE_CARD, message)
    seen.update((text, str(card["term"])) for text, card in texts.items())


def _unsupported(record: Record) -> Record:
    message = "none of the card types in parameters_flashcards.yml fits this word: add Scene, which fits every word"
    return {
        **{name: record[name] for name in ("item_id", "model", "prompt_version")},
        "term": headword(record["term"]), "code": str(FailureCode.NO_CARD_TYPE), "message": message, "attempts": 0,
        "text": None,
    }  # fmt: skip
