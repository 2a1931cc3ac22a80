"""Compute the requests that a run would send with the current prompts, models, and words. Nothing is sent.

The second stage generates cards from analyses, so it has requests only for words with an analysis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl
from kedro.framework.context import KedroContext

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import Request
from korean_flashcards.formats.prompt_sections import prompt_for
from korean_flashcards.formats.schemas import cards_schema, nuance_schema
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.pipelines.flashcards.nodes import plan_flashcards
from korean_flashcards.pipelines.ingress.nodes import find_confusables
from korean_flashcards.pipelines.nuance.nodes import accept_nuance, parse_nuance, plan_nuance
from korean_flashcards.stages.selection import select
from korean_flashcards.stages.stage import REPLY_SCHEMA, ModelStage
from korean_flashcards.stages.task import REQUESTED


@dataclass(frozen=True)
class StageRequests:
    """One stage's requests (columns: ``stages.stage.REQUEST_SCHEMA``) and the ``ModelStage`` that planned them."""

    stage: Stage
    model_stage: ModelStage
    requests: pl.DataFrame

    @property
    def missing(self) -> pl.DataFrame:
        """Return the requests that a run would send and pay for."""
        return self.requests.filter(pl.col("state").is_in(REQUESTED))


class CurrentRequests:
    """The current requests for all words or for the given words, based on the project's parameters.

    Args:
        context: The project's Kedro context.
        ledger: The project's ledger.
        words: Headwords (with all their homographs) or item IDs; None for all words.

    Raises:
        LedgerError: A word is not in the ledger.
    """

    def __init__(self, context: KedroContext, ledger: Ledger, words: Sequence[str] | None = None) -> None:
        self._catalog, self._ledger = context.catalog, ledger
        self.parameters = Parameters.model_validate(context.config_loader["parameters"])
        self._llm: LLMClient = context.catalog.load("llm")
        self._vocabulary = ledger.vocabulary.items(None)
        self.words = select(self._vocabulary, ledger, None, None, None, list(words) if words else None).words

    def analyses(self) -> StageRequests:
        """Return the first stage's requests."""
        stage, llm, stale = self._model_stage("nuance"), self.parameters.llm, self.parameters.stale
        before = self._catalog.load("confusables_before")
        confusables, _ = find_confusables(self._vocabulary, self._ledger, self.parameters.confusables, before)
        requests = plan_nuance(
            self.words, confusables, stage.prompt, self._llm, self._ledger, llm, stale, self.parameters.language
        )
        return StageRequests("nuance", stage, requests)

    def cards(self, analyses: StageRequests) -> StageRequests:
        """Return the second stage's requests, for words that have an analysis."""
        stage, llm, stale = self._model_stage("flashcards"), self.parameters.llm, self.parameters.stale
        nuance, _ = parse_nuance(self._replies(analyses), self.words)
        requests = plan_flashcards(
            nuance,
            self.words,
            stage.prompt,
            self._llm,
            self._ledger,
            llm,
            stale,
            self.parameters.flashcards,
            self.parameters.language,
        )
        return StageRequests("flashcards", stage, requests)

    def _model_stage(self, stage: Stage) -> ModelStage:
        prompt = self._catalog.load(f"{stage}_prompt")
        schema = nuance_schema(prompt.request_format)
        if stage == "flashcards":
            prompt, schema = prompt_for(prompt, self.parameters.flashcards.card_types), cards_schema()
        return ModelStage.of(stage, schema, prompt, self.parameters.llm, self._llm, self._ledger, self.parameters.stale)

    def _replies(self, analyses: StageRequests) -> pl.DataFrame:
        """Return the cached replies with the same columns as in a run (REPLY_SCHEMA)."""
        found = analyses.requests.filter(pl.col("state").is_in(["cached", "kept"]))
        tasks = self._ledger.queue.tasks("nuance", found["item_id"])
        rows, requests = list(found.iter_rows(named=True)), list[Request]()
        for row in rows:
            kept = row["state"] == "kept"
            fallbacks = () if kept else tuple(each.key(row["user"]) for each in analyses.model_stage.fallbacks)
            key = str(tasks[row["item_id"]].key) if kept else row["key"]
            requests.append(Request(key, row["user"], partial(accept_nuance, row["term"]), fallbacks))
        replies = self._llm.recall(requests)
        names = ("item_id", "term", "key", "model", "prompt_version")
        return frame_of(
            (
                {name: row[name] for name in names} | {"cached": True, "text": replies[request.key].text}
                for row, request in zip(rows, requests, strict=True)
                if request.key in replies
            ),
            REPLY_SCHEMA,
        )
