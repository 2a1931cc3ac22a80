"""Today's questions: what a run would ask about with the prompts, the models and the words as they are now. Only looks.

The second stage asks about the analyses, so that only words whose analysis is there have a question in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl
from kedro.framework.context import KedroContext

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import Ask
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.formats.schemas import cards_schema, nuance_schema
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.pipelines.flashcards.nodes import plan_flashcards
from korean_flashcards.pipelines.ingress.nodes import find_confusables
from korean_flashcards.pipelines.nuance.nodes import parse_nuance, plan_nuance
from korean_flashcards.stages.selection import select
from korean_flashcards.stages.stage import REPLY_SCHEMA, Asking


@dataclass(frozen=True)
class Questions:
    """One stage's questions: ``requests`` as the stage plans them (``asking.REQUEST_SCHEMA``), ``asking`` how it asks."""

    stage: Stage
    asking: Asking
    requests: pl.DataFrame

    @property
    def missing(self) -> pl.DataFrame:
        """What a run would ask, and pay."""
        return self.requests.filter(pl.col("state").is_in(["new", "retry", "stale"]))


class Today:
    """The questions of all words, or of those named (headwords or item ids), with the parameters of the project."""

    def __init__(self, context: KedroContext, ledger: Ledger, words: Sequence[str] | None = None) -> None:
        self._catalog, self._ledger = context.catalog, ledger
        self.parameters = Parameters.model_validate(context.config_loader["parameters"])
        self._llm: LLMClient = context.catalog.load("llm")
        vocabulary = ledger.vocabulary.items(None)
        self.words = select(vocabulary, ledger, None, None, None, list(words) if words else None).words

    def analyses(self) -> Questions:
        """The questions of the first stage. Raises LedgerError for a word that is not there."""
        asking, llm, stale = self._asking("nuance", nuance_schema()), self.parameters.llm, self.parameters.stale
        alike = find_confusables(self.words, self._ledger, self.parameters.confusables)
        requests = plan_nuance(self.words, alike, asking.prompt, self._llm, self._ledger, llm, stale)
        return Questions("nuance", asking, requests)

    def cards(self, analyses: Questions) -> Questions:
        """The questions of the second stage about the analyses that are there."""
        asking, llm, stale = self._asking("flashcards", cards_schema()), self.parameters.llm, self.parameters.stale
        nuance, _ = parse_nuance(self._replies(analyses), self.words)
        requests = plan_flashcards(
            nuance, asking.prompt, self._llm, self._ledger, llm, stale, self.parameters.flashcards
        )
        return Questions("flashcards", asking, requests)

    def _asking(self, stage: Stage, schema: dict[str, Any]) -> Asking:
        prompt = self._catalog.load(f"{stage}_prompt")
        return Asking.of(stage, schema, prompt, self.parameters.llm, self._llm, self._ledger, self.parameters.stale)

    def _replies(self, analyses: Questions) -> pl.DataFrame:
        """The replies that are there, as a run has them."""
        found = analyses.requests.filter(pl.col("state").is_in(["cached", "kept"]))
        tasks = self._ledger.queue.tasks("nuance", found["item_id"])
        rows, asks = list(found.iter_rows(named=True)), list[Ask]()
        for row in rows:
            kept = row["state"] == "kept"
            others = () if kept else tuple(other.key(row["user"]) for other in analyses.asking.others)
            key = str(tasks[row["item_id"]].key) if kept else row["key"]
            asks.append(Ask(key, row["user"], partial(read_nuance, word=row["term"], term_number=0), others))
        replies = self._llm.recall(asks)
        names = ("item_id", "term", "key", "model", "prompt_version")
        return frame_of(
            (
                {name: row[name] for name in names} | {"cached": True, "text": replies[ask.key].text}
                for row, ask in zip(rows, asks, strict=True)
                if ask.key in replies
            ),
            REPLY_SCHEMA,
        )
