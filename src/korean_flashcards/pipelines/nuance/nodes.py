"""Define the stage-1 nodes, which analyze words.

``select_words`` and ``plan_nuance`` read the ledger. Only ``generate_nuance`` changes the ledger and calls the model.
"""

import json
from collections.abc import Callable
from functools import partial

import polars as pl

from korean_flashcards.checks import nuance_quality_check
from korean_flashcards.confusables import candidates_of
from korean_flashcards.domain.explanation_language import ENGLISH, language_field
from korean_flashcards.domain.frame_builder import FrameBuilder
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import LLMParameters, Stale, TaskParameters
from korean_flashcards.domain.records import Nuance, ReplyError
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.formats.schemas import nuance_schema
from korean_flashcards.stages.ports import ChatClient, Consent, TaskLedger
from korean_flashcards.stages.selection import select
from korean_flashcards.stages.stage import FAILURE_SCHEMA, SOURCE_SCHEMA, ModelStage, failure, repairer
from korean_flashcards.stages.task import CANDIDATES

# The columns that are sent to the model. Position, frequency and tags are omitted because they depend on the list, and
# the same word in a different list must be a cache hit. The list's IPA is omitted because it is mostly wrong.
KNOWN_COLUMNS = ("pos", "definition", "hanja", "topik_level", "example", "example_translation", "usage_hint")
NUANCE_SCHEMA = {"item_id": pl.String, **polars_schema(Nuance), **SOURCE_SCHEMA}


def select_words(
    vocabulary: pl.DataFrame,
    ledger: TaskLedger,
    limit: int | None,
    batch: str | None,
    priority_min: int | None,
    words: str | list[str] | None,
) -> pl.DataFrame:
    """Return the words that the parameters select, in vocabulary order (see ``stages.selection``)."""
    return select(vocabulary, ledger, limit, batch, priority_min, words).words


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
) -> pl.DataFrame:
    """Request the missing replies from the model and return all replies (columns: ``stages.stage.REPLY_SCHEMA``).

    ``consent`` is called before the first request is sent. If ``consent`` is None, no confirmation is needed.
    """
    return _stage(prompt, settings, llm, ledger, stale).generate(
        requests, _acceptance, tasks, repairer("nuance", repair_prompt), nuance_quality_check, consent
    )


def parse_nuance(replies: pl.DataFrame, words: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parse each reply into the 17 fields of an analysis.

    Returns:
        The analyses (NUANCE_SCHEMA) and the failures (``stages.stage.FAILURE_SCHEMA``). Every word without an analysis
        counts as a failure, unless it is pending.
    """
    numbers = dict(words.select("item_id", "term_number").iter_rows())
    records, failures = FrameBuilder(NUANCE_SCHEMA), FrameBuilder(FAILURE_SCHEMA)
    for reply in replies.filter(pl.col("pending").is_null()).iter_rows(named=True):
        if reply["code"]:
            failures.add(failure(reply, reply["code"], reply["message"]))
            continue
        try:
            nuance = read_nuance(reply["text"], reply["term"], numbers[reply["item_id"]])
        except ReplyError as error:
            failures.add(failure(reply, error.code, str(error)))
        else:
            source = {name: reply[name] for name in ("item_id", "model", "prompt_version", "key")}
            records.add({**nuance.model_dump(), **source})
    return records.frame(), failures.frame()


def _stage(prompt: Prompt, settings: LLMParameters, llm: ChatClient, ledger: TaskLedger, stale: Stale) -> ModelStage:
    return ModelStage.of("nuance", nuance_schema(), prompt, settings, llm, ledger, stale)


def _acceptance(term: str, user: str | None) -> Callable[[str], object]:
    return partial(read_nuance, word=term, term_number=0)


def _user_text(word: dict[str, object], candidates: list[str] | None, language: str) -> str:
    """Return the user text as JSON: the term, the word's non-null columns, the words to compare it with, the language."""
    known = {column: word[column] for column in KNOWN_COLUMNS if word[column] is not None}
    compared = {CANDIDATES: candidates} if candidates else {}
    request = {"term": word["term"], **known, **compared, **language_field(language)}
    return json.dumps(request, ensure_ascii=False)
