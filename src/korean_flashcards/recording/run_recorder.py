"""Describe how a run is started and how it ends, for its record in the ledger."""

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kedro.io.core import DatasetError
from pydantic import ValidationError

from korean_flashcards.domain.errors import FlashcardsError, error_code, origins
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.run_record import RunResult, RunStart, StageFigures
from korean_flashcards.llm.secrets import scrubbed, without_keys
from korean_flashcards.recording.stage_clock import StageClock

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline

    from korean_flashcards.domain.calls import RunPayments
    from korean_flashcards.summary.run_summary import RunSummary

REPLACED = "The exported files were replaced before the run failed. They are complete."

_PIPELINES = ("ingress", "nuance", "flashcards", "quality", "export", "reporting")
_LONGEST = 2000  # characters of an error message
_CLOSE = 5  # seconds; a run's start is noted for its summary shortly before its record
# Layers with the replies of a stage.
_REPLIES: dict[str, Stage] = {"nuance_replies": "nuance", "flashcard_replies": "flashcards"}
_MANIFEST = "export_manifest"  # saving it replaces the exported files
_SUMMARIZING = "summarise_run"  # the node that saves the run's summary


class RunRecorder:
    """The record of the run that is about to begin.

    ``exported``: whether the run has replaced the exported files.

    Args:
        run_params: The run's options, as Kedro passes them to hooks.
        pipeline: The run's nodes.
        catalog: The run's datasets.
    """

    def __init__(
        self, run_params: Mapping[str, Any], pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]"
    ) -> None:
        present = {node.namespace or node.short_name for node in pipeline.nodes}
        ordered = [name for name in _PIPELINES if name in present]
        parameters = Parameters.model_validate(catalog.load("parameters"))
        self.clock = StageClock()
        self._began = time.time()
        self.start = RunStart(
            pipelines=[*ordered, *sorted(present - set(ordered))],
            environment=run_params["env"] or "local",
            given=without_keys(run_params["runtime_params"] or {}),
            parameters=without_keys(parameters.model_dump(mode="json")),
        )
        self._words: int | None = None
        self._cards: int | None = None
        self.exported = False
        self._replies: dict[str, Any] = {}
        summarizes = any(node.short_name == _SUMMARIZING for node in pipeline.nodes)
        self._catalog = catalog if summarizes else None

    def saved(self, name: str, data: Any) -> None:
        """Note what a node has saved. If the run fails later, its record has at least these figures."""
        if name == "words":
            self._words = data.height
        elif name == "released_flashcards":
            self._cards = data.height
        elif name in _REPLIES:
            self._replies[name] = data
        elif name == _MANIFEST:
            self.exported = True

    def result(
        self, summary: "RunSummary | None", error: BaseException | None, payments: "RunPayments | None"
    ) -> RunResult:
        """Return how the run ended.

        Args:
            summary: The run's summary. If it is None, the summary that the run saved counts, if there is one.
            error: The error that ended the run. The record then has the words and cards that were saved before.
            payments: The calls that the ledger recorded.
        """
        if error is not None:
            own = next((cause for cause in origins(error) if isinstance(cause, FlashcardsError)), error)
            message = " ".join(scrubbed(str(own)).split())[:_LONGEST] or "The run was stopped."
            message += f" {REPLACED}" if self.exported else ""
            return RunResult(
                own.exit_code if isinstance(own, FlashcardsError) else 1,
                error_code(error),
                message,
                words=self._words,
                cards=self._cards,
                stages=self._with_payments(payments),
            )
        summary = summary or self._saved_summary()
        if summary is None:
            return RunResult(0, stages=self._with_payments(payments))
        return RunResult(
            0 if summary.complete else 2, words=summary.words, cards=summary.cards, failures=summary.failed,
            stages=_in_order(self._with_costs(summary)),
        )  # fmt: skip

    def _saved_summary(self) -> "RunSummary | None":
        """Return the summary that this run saved, or None if it saved none or the file cannot be read."""
        if self._catalog is None:
            return None
        # Imported here because loading polars takes 0.07 s, and every command imports this module.
        from korean_flashcards.summary.run_summary import RunSummary

        try:
            summary = RunSummary.model_validate_json(self._catalog.load("run_summary"))
        except (DatasetError, ValidationError):
            return None
        # With Kedro's option only_missing_outputs, the file may be that of an earlier run.
        return summary if summary.started.timestamp() > self._began - _CLOSE else None

    def _with_costs(self, summary: "RunSummary") -> list[StageFigures]:
        """Return the stages with their costs. If the run executed no stage with calls, the figures are 0, not unknown."""
        stages = self.clock.figures(summary.costs)
        if summary.costs:
            return stages
        return [StageFigures(stage.stage, stage.seconds, 0, 0, 0, 0, 0, 0.0, 0) for stage in stages]

    def _with_payments(self, payments: "RunPayments | None") -> list[StageFigures]:
        """Return the stages with the replies that were saved and the calls that the ledger recorded for this run."""
        # Imported here because loading polars takes 0.07 s, and every command imports this module.
        from korean_flashcards.summary.run_costs import stage_costs

        replies = {stage: self._replies[name] for name, stage in _REPLIES.items() if name in self._replies}
        costs = stage_costs(replies, payments)
        counted = {cost.stage for cost in costs}
        stages = {stage.stage: stage for stage in self.clock.figures(costs)}
        for paid in payments.own if payments else ():
            if paid.stage in counted:
                continue
            stage = stages.setdefault(paid.stage, StageFigures(paid.stage))
            stage.calls, stage.cache_misses, stage.unpriced = paid.calls, paid.requests, paid.unpriced
            stage.tokens_in, stage.tokens_out, stage.usd = paid.tokens_in, paid.tokens_out, paid.usd
        return _in_order(stages.values())


def _in_order(stages: Iterable[StageFigures]) -> list[StageFigures]:
    """Return the stages in the order in which they run. Some nodes of the reporting stage run early."""
    order = (*_PIPELINES[:4], "judge", *_PIPELINES[4:])
    return sorted(stages, key=lambda each: order.index(each.stage) if each.stage in order else len(order))
