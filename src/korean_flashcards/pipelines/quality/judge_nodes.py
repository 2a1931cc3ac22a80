"""Define the judge's nodes. The judge is an optional third stage in which a model rates the cards.

The judge is only advisory: no card is held back because of its verdict or because it failed.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl

from korean_flashcards.domain.errors import ModelUnavailableError, SettingsError
from korean_flashcards.domain.explanation_language import ENGLISH, language_field
from korean_flashcards.domain.frame_builder import FrameBuilder
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import LLMParameters, QualityParameters, Stale, TaskParameters
from korean_flashcards.domain.records import Fault, Nuance, Rating, ReplyError, headword
from korean_flashcards.domain.requests import Prompt, parsed_user_text
from korean_flashcards.formats.judge_reply import CRITERIA, FINDINGS, read_judgement
from korean_flashcards.formats.schemas import judgement_schema
from korean_flashcards.quality.judge import judge_verdict, judged_words, lowest
from korean_flashcards.stages.ports import ChatClient, Consent, TaskLedger
from korean_flashcards.stages.stage import FAILURE_SCHEMA, SOURCE_SCHEMA, ModelStage, failure, kept_words

logger = logging.getLogger(__name__)

Row = Mapping[str, Any]

_RATING = pl.Struct({"criterion": pl.String, **polars_schema(Rating, "rating", "reason")})
# lowest: the lowest rating, which determines the verdict together with the faults.
JUDGEMENT_SCHEMA = {
    "item_id": pl.String, "term": pl.String, "verdict": pl.String, "lowest": pl.Int64, "ratings": pl.List(_RATING),
    "faults": pl.List(pl.Struct(polars_schema(Fault))), **SOURCE_SCHEMA,
}  # fmt: skip
# The columns of the word list that are sent, so that the judge can compare the text with them.
FROM_LIST = ("pos", "definition", "hanja", "topik_level", "example", "example_translation")
# Fields of the analysis that are not sent. Code computes the pronunciation, and new rules must not request new judgments.
_NOT_SENT = ("term_number", "term", "ipa")


def plan_judgements(
    nuance: pl.DataFrame,
    flashcards: pl.DataFrame,
    quality: pl.DataFrame,
    words: pl.DataFrame,
    checked: pl.DataFrame,
    prompt: Prompt,
    llm: ChatClient,
    ledger: TaskLedger,
    settings: LLMParameters,
    stale: Stale,
    parameters: QualityParameters,
    language: str = ENGLISH,
) -> pl.DataFrame:
    """Return one request per word to judge (columns: ``stages.stage.REQUEST_SCHEMA``), or none if the judge is off.

    Kept cards are not judged again, because new cards will replace them. Their judgments in the cache are used.

    Args:
        nuance: The analyses.
        flashcards: The cards.
        quality: The scores, which select the words.
        words: The words in this run, whose rows of the word list are sent.
        checked: Each word's findings (CHECKED_SCHEMA). Deck-wide findings are not sent, because they depend on other words.
        prompt: The prompt, which also determines the format of the requests.
        llm: The model client.
        ledger: The ledger, which is only read.
        settings: The parameters for model calls.
        stale: Which stale replies to request again.
        parameters: The parameters in ``quality``.
        language: The language in which the analyses and cards explain the words.
    """
    chosen = judged_words(quality, parameters)
    rows = {row["item_id"]: row for row in words.filter(pl.col("item_id").is_in(chosen)).iter_rows(named=True)}
    found = dict(checked.filter(pl.col("item_id").is_in(chosen)).select("item_id", "findings").iter_rows())
    records = {row["item_id"]: row for row in nuance.filter(pl.col("item_id").is_in(chosen)).iter_rows(named=True)}
    cards: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for card in flashcards.filter(pl.col("item_id").is_in(chosen)).iter_rows(named=True):
        cards[card["item_id"]].append({name: card[name] for name in ("tab_name", "front", "back")})
    requests = (
        (
            item_id,
            headword(records[item_id]["term"]),
            _user_text(
                records[item_id], cards[item_id], rows[item_id], found.get(item_id, ()), language, prompt.request_format
            ),
        )
        for item_id in chosen
    )
    stage = _stage(prompt, settings, llm, ledger, stale)
    return stage.plan(requests, _acceptance, waiting=kept_words(flashcards))


def generate_judgements(
    requests: pl.DataFrame,
    prompt: Prompt,
    llm: ChatClient,
    ledger: TaskLedger,
    settings: LLMParameters,
    tasks: TaskParameters,
    stale: Stale,
    consent: Consent | None = None,
) -> pl.DataFrame:
    """Request the missing replies from the model and return all replies (columns: ``stages.stage.REPLY_SCHEMA``).

    ``consent`` is called before the first request is sent. If ``consent`` is None, no confirmation is needed. The
    judge's replies are short, so the whole reply is requested again if it is invalid. If the model cannot be used
    because its key is rejected or its price is unknown, only cached replies are used. Words without a cached reply then
    stay pending, but the deck is still built.
    """
    stage = _stage(prompt, settings, llm, ledger, stale)
    try:
        return stage.generate(requests, _acceptance, tasks, None, consent=consent)
    except (ModelUnavailableError, SettingsError) as error:
        logger.warning("The judge could not be used. The cards are released without judgments. %s", error)
        kept = replace(stage, settings=stage.settings.model_copy(update={"cache_only": True}))
        why = pl.when(pl.col("pending").is_null()).then("message").otherwise(pl.lit(str(error)))
        return kept.generate(requests, _acceptance, tasks, None).with_columns(message=why)


def parse_judgements(replies: pl.DataFrame, quality: QualityParameters) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parse each reply into ratings and a verdict.

    Returns:
        The judgments (JUDGEMENT_SCHEMA) and the failures (``stages.stage.FAILURE_SCHEMA``). Every word without a
        judgment counts as a failure, unless it is pending.
    """
    judgements, failures = FrameBuilder(JUDGEMENT_SCHEMA), FrameBuilder(FAILURE_SCHEMA)
    for reply in replies.filter(pl.col("pending").is_null()).iter_rows(named=True):
        if reply["code"]:
            failures.add(failure(reply, reply["code"], reply["message"]))
            continue
        try:
            judgement = read_judgement(reply["text"], reply["term"])
        except ReplyError as error:
            failures.add(failure(reply, error.code, str(error)))
            continue
        ratings = judgement.model_dump()
        judgements.add(
            {name: reply[name] for name in ("item_id", "term", "model", "prompt_version", "key")}
            | {"verdict": judge_verdict(judgement, quality), "lowest": lowest(judgement)}
            | {"ratings": [{"criterion": name, **ratings[name]} for name in CRITERIA if ratings[name]]}
            | {"faults": ratings["faults"]}
        )
    return judgements.frame(), failures.frame()


def _stage(prompt: Prompt, settings: LLMParameters, llm: ChatClient, ledger: TaskLedger, stale: Stale) -> ModelStage:
    return ModelStage.of("judge", judgement_schema(prompt.request_format), prompt, settings, llm, ledger, stale)


def _acceptance(term: str, user: str | None) -> Callable[[str], object]:
    return partial(read_judgement, word=term, request=parsed_user_text(user))


def _user_text(
    record: Row,
    cards: list[dict[str, Any]],
    listed: Row,
    findings: Iterable[Row],
    language: str,
    request_format: int = 2,
) -> str:
    """Return the user text as JSON: the term, the list's row, the analysis, the cards, the findings, and the language.

    Format 1 (see ``Prompt.request_format``) has only the term, the analysis, the cards, and the language.
    """
    term = headword(record["term"])
    if request_format == 1:
        nuance = {name: record[name] for name in Nuance.model_fields if name != "term_number"}
        request = {"term": term, "nuance": nuance, "cards": cards}
    else:
        nuance = {name: record[name] for name in Nuance.model_fields if name not in _NOT_SENT}
        row = {name: listed[name] for name in FROM_LIST if listed[name] is not None}
        hints = [_hint(finding) for finding in findings if finding["field"] not in _NOT_SENT]
        request = {"term": term, "row": row, "nuance": nuance, "cards": cards, FINDINGS: hints}
    return json.dumps({**request, **language_field(language)}, ensure_ascii=False)


def _hint(finding: Row) -> dict[str, Any]:
    """Return a finding as the judge receives it."""
    where = {"card": finding["tab_name"] or "analysis"}
    return where | {name: finding[name] for name in ("field", "severity", "message")}
