"""Define the stage-1 nodes, which analyze words.

``select_words`` and ``plan_nuance`` read the ledger. Only ``generate_nuance`` changes the ledger and calls the model.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import polars as pl

from korean_flashcards.checks import nuance_quality_check
from korean_flashcards.confusables import candidates_of
from korean_flashcards.domain.earlier_result import EarlierResult, result_key
from korean_flashcards.domain.errors import FlashcardsError, NoWordsError, WordsRemovedError
from korean_flashcards.domain.explanation_language import ENGLISH, language_field
from korean_flashcards.domain.frame_builder import FrameBuilder
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import LLMParameters, Stale, TaskParameters
from korean_flashcards.domain.records import Nuance, ReplyError
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.formats.schemas import nuance_schema
from korean_flashcards.stages.accepted_records import AcceptedRecords, AcceptedReplies
from korean_flashcards.stages.ports import ChatClient, Consent, TaskLedger
from korean_flashcards.stages.selection import Selection, select
from korean_flashcards.stages.stage import (
    FAILURE_SCHEMA,
    KEPT_SCHEMA,
    RECORD_SCHEMA,
    ModelStage,
    failure,
    last_good,
    repairer,
)
from korean_flashcards.stages.task import CANDIDATES

# The columns that are sent to the model. Position, frequency and tags are omitted because they depend on the list, and
# the same word in a different list must be a cache hit. The list's IPA is omitted because it is mostly wrong.
KNOWN_COLUMNS = ("pos", "definition", "hanja", "topik_level", "example", "example_translation", "usage_hint")
NUANCE_SCHEMA = {"item_id": pl.String, **polars_schema(Nuance), **RECORD_SCHEMA}
_JSON = json.JSONEncoder(ensure_ascii=False)
_ANALYSES = AcceptedRecords[Nuance]("nuance", Nuance, partial(read_nuance, term_number=0))


def select_words(
    vocabulary: pl.DataFrame,
    imported_lists: pl.DataFrame,
    ledger: TaskLedger,
    word_lists: str | None,
    limit: int | None,
    batch: str | None,
    priority_min: int | None,
    words: str | list[str] | None,
) -> pl.DataFrame:
    """Return the words that the parameters select, in vocabulary order (see ``stages.selection``).

    Raises:
        NoWordsError: The run has no words. Without this error, an empty deck would replace the existing one.
        WordsRemovedError: All words were rolled back meanwhile.
    """
    lists = None if word_lists is None else imported_lists["batch_id"].to_list()
    selection = select(vocabulary, ledger, limit, batch, priority_min, words, lists)
    if selection.words.is_empty():
        raise _no_words(selection)
    return selection.words


def plan_nuance(
    words: pl.DataFrame,
    confusables: pl.DataFrame,
    prompt: Prompt,
    llm: ChatClient,
    ledger: TaskLedger,
    settings: LLMParameters,
    stale: Stale,
    language: str = ENGLISH,
) -> pl.DataFrame:
    """Return one request per word, with the word's state and reason (columns: ``stages.stage.REQUEST_SCHEMA``)."""
    candidates = candidates_of(confusables)
    requests = (
        (word["item_id"], word["term"], _user_text(word, candidates.get(word["item_id"]), language))
        for word in words.iter_rows(named=True)
    )
    return _stage(prompt, settings, llm, ledger, stale).plan(requests, _acceptance)


def generate_nuance(
    requests: pl.DataFrame,
    prompt: Prompt,
    llm: ChatClient,
    ledger: TaskLedger,
    settings: LLMParameters,
    tasks: TaskParameters,
    stale: Stale,
    repair_prompt: Prompt,
    consent: Consent | None = None,
    accepted: AcceptedReplies | None = None,
) -> pl.DataFrame:
    """Request the missing replies from the model and return all replies (columns: ``stages.stage.REPLY_SCHEMA``).

    ``consent`` is called before the first request is sent. If ``consent`` is None, no confirmation is needed. The replies in
    ``accepted`` are not parsed to accept them again.
    """
    with _ANALYSES.reusing(accepted):
        return _stage(prompt, settings, llm, ledger, stale).generate(
            requests, _acceptance, tasks, repairer("nuance", repair_prompt), nuance_quality_check, consent
        )


def parse_nuance(replies: pl.DataFrame, words: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parse each reply into the 17 fields of an analysis.

    A pending or failed word keeps the analysis from its last good reply, with ``kept`` set.

    Returns:
        The analyses (NUANCE_SCHEMA) and the failures (``stages.stage.FAILURE_SCHEMA``). Every word whose request failed
        counts as a failure, even if it keeps an analysis.
    """
    numbers = dict(words.select("item_id", "term_number").iter_rows())
    records, failures = FrameBuilder(NUANCE_SCHEMA), FrameBuilder(FAILURE_SCHEMA)
    for reply in replies.iter_rows(named=True):
        good, number = last_good(reply), numbers[reply["item_id"]]
        if reply["code"]:
            failures.add(failure(reply, reply["code"], reply["message"]))
        elif not reply["pending"]:
            try:
                records.add(_record(reply, number) | {"kept": False})
                continue
            except ReplyError as error:
                failures.add(failure(reply, error.code, str(error)))
        if good:
            with suppress(ReplyError):
                records.add(_record(good, number) | {"kept": True})
    return records.frame(), failures.frame()


def parse_changed_nuance(
    replies: pl.DataFrame, words: pl.DataFrame, before: EarlierResult
) -> tuple[pl.DataFrame, pl.DataFrame, str]:
    """Return what ``parse_nuance`` returns, and the key of the analyses, which are ``before`` if no reply has changed.

    Failed requests have no analysis, so their messages and numbers of attempts do not count. The key is empty if a reply
    could not be parsed, because the earlier analyses do not tell why.
    """
    settled = pl.col("code").is_null()
    text = pl.when(settled).then("text")
    columns = ("item_id", "term", "key", "model", "prompt_version", *sorted({*KEPT_SCHEMA} & {*replies.columns}))
    unsettled = [pl.col(name).is_not_null() for name in ("code", "pending")]
    inputs = before.inputs_hash(replies.select(*columns, text, *unsettled), words.select("item_id", "term_number"))
    failed = replies.filter(~settled).select(*FAILURE_SCHEMA)
    if found := before.of(inputs):
        return found[0], failed, before.key
    nuance, failures = parse_nuance(replies, words)
    return nuance, failures, result_key(inputs, nuance) if failures.equals(failed) else ""


def accept_nuance(term: str, text: str) -> None:
    """Keep the analysis in a reply for ``parse_nuance``. Raises ReplyError if it is not usable."""
    _ANALYSES.accept(text, term)


def _no_words(selection: Selection) -> FlashcardsError:
    unchanged = "Nothing was requested, and the existing deck was not changed."
    if len(selection.lost) == selection.known:
        return WordsRemovedError(
            f"All words of this run were removed from the ledger while it was starting, because a list was rolled back. "
            f"{unchanged} Import a word list, then run `kedro run`."
        )
    if selection.narrowed_by:
        return NoWordsError(f"No word matches {selection.narrowed_by}. {unchanged} `kedro tasks list` lists the words.")
    return NoWordsError(
        f"All words were dropped from the queue. {unchanged} `kedro tasks retry --state dropped` restores them."
    )


def _record(reply: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the reply's analysis as a row of NUANCE_SCHEMA without ``kept``. Raises ReplyError if it is not usable."""
    nuance = _ANALYSES.take(reply["text"], reply["term"])
    source = {name: reply[name] for name in ("item_id", "model", "prompt_version", "key")}
    return nuance.model_dump() | {"term_number": number} | source


def _stage(prompt: Prompt, settings: LLMParameters, llm: ChatClient, ledger: TaskLedger, stale: Stale) -> ModelStage:
    return ModelStage.of("nuance", nuance_schema(prompt.request_format), prompt, settings, llm, ledger, stale)


def _acceptance(term: str, user: str | None) -> Callable[[str], object]:
    return partial(accept_nuance, term)


def _user_text(word: dict[str, object], candidates: list[str] | None, language: str) -> str:
    """Return the user text as JSON: the term, the word's non-null columns, the words to compare it with, the language."""
    known = {column: word[column] for column in KNOWN_COLUMNS if word[column] is not None}
    compared = {CANDIDATES: candidates} if candidates else {}
    request = {"term": word["term"], **known, **compared, **language_field(language)}
    return _JSON.encode(request)
