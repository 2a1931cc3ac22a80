"""Prepare a run, follow its nodes, and record its result, from a terminal or a notebook."""

import hashlib
import json
import logging
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kedro.io import MemoryDataset

from korean_flashcards.datasets.between_nodes import share_between_nodes
from korean_flashcards.datasets.export_stage import ExportStage, export_stage, separate_export
from korean_flashcards.datasets.output_check import check_outputs
from korean_flashcards.domain.errors import LedgerError, OutputError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.files.prompt_files import own_prompt
from korean_flashcards.files.temporary_files import clear_temporary
from korean_flashcards.ledger.db.health import live_runs
from korean_flashcards.lifecycle.prepared_catalog import CONSENT, MAP_CHECKS
from korean_flashcards.lifecycle.run_facts import RunFacts
from korean_flashcards.lifecycle.step_line import StepLine
from korean_flashcards.planning.consent import RunConsent
from korean_flashcards.planning.exported_before import restore_exported_words
from korean_flashcards.planning.import_changes import ExportComparison
from korean_flashcards.planning.later_inputs import check_later_inputs
from korean_flashcards.planning.missing_ledger import check_ledger, record_lost_spending
from korean_flashcards.planning.narrowed_run import narrow
from korean_flashcards.recording.run_recorder import REPLACED, RunRecorder
from korean_flashcards.stages.ports import Consent
from korean_flashcards.validation import check_process

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline
    from kedro.pipeline.node import Node

    from korean_flashcards.domain.calls import RunPayments
    from korean_flashcards.ledger.facade import Ledger
    from korean_flashcards.llm.client import LLMClient
    from korean_flashcards.summary.run_summary import RunSummary

logger = logging.getLogger(__name__)

_CONFIRMING = {"confirm_above_usd", "confirm_addresses", "confirm_missing", "confirm_upgrade"}
_LAYER_FOLDERS = "0[2-8]_*"  # in the data folder; 01_raw contains the user's own files
# The node that imports the word lists, its input, and its output.
_IMPORTING, _LISTS, _IMPORTED = "import_lists", "word_lists", "imported_lists"
_VERIFYING, _RECORDING = "list_exports", "record_export"  # the nodes that verify an export and record it
# The plans, and the states of words for which a stage requests new text. Retries mostly fail again.
_PLANS: dict[str, Stage] = {"nuance_requests": "nuance", "flashcard_requests": "flashcards"}
_NEW = ("new", "stale")
_NOTES = ("identified_notes", "anki_notes")  # the notes before and after ``export.filters`` selects some of them
# The node of each stage that calls the model, in the order in which the stages run.
_GENERATING: dict[Stage, str] = {
    "nuance": "generate_nuance",
    "flashcards": "generate_flashcards",
    "judge": "generate_judgements",
}


class ActiveRun:
    """The run that this process is executing.

    Args:
        run_params: The run's options, as Kedro passes them to hooks.
        pipeline: The run's nodes.
        catalog: The run's datasets.
        data: The folder with the layers.
    """

    def __init__(
        self, run_params: dict[str, Any], pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]", data: Path | None
    ) -> None:
        self._params, self._pipeline, self._catalog, self._data = run_params, pipeline, catalog, data
        self._names = {node.short_name for node in pipeline.nodes}
        self.facts = RunFacts(imported=_IMPORTING not in self._names)
        self._ledger: Ledger | None = None
        self._llm: LLMClient | None = None
        self._stage: ExportStage | None = None
        self._recorder: RunRecorder | None = None
        self._comparison: ExportComparison | None = None
        self._line = StepLine(sys.stderr)

    def start(self) -> None:
        """Clean up after crashed runs, wait for runs with different parameters, and record the start of this run.

        Runs with different parameters would overwrite each other's layers. Runs with the same parameters share the
        requests and write the same layers.
        """
        check_ledger(self._catalog, asking=True)
        try:
            check_outputs(self._pipeline, self._catalog)
        except OutputError:
            self._record_refused()
            raise
        self._tell_own_prompts()
        self._line.show("start run")
        self._add_datasets()
        ledger: Ledger = self._catalog.load("ledger")
        self._ledger, self._llm = ledger, self._catalog.load("llm")
        if _IMPORTING in self._names and not ledger.store.path.exists():
            check_process.prepare()  # a new project's words will be checked
        # Great Expectations is idle while the words are checked, and takes as much memory as the analyzer.
        map_checks = partial(self._llm.map_checks, make_room=check_process.close, use_room=check_process.prepare)
        self._catalog[MAP_CHECKS] = MemoryDataset(map_checks, copy_mode="assign")
        run_id = self._wait(ledger)
        parameters = Parameters.model_validate(self._catalog.load("parameters"))
        stage = self._export_stage(run_id, parameters.separate_export, ledger)
        if self._names & {_IMPORTING, _VERIFYING}:
            restore_exported_words(self._catalog, ledger)
        self._comparison = ExportComparison(ledger, parameters.separate_export)
        if stage and _VERIFYING in self._names:
            self._stage = stage.used_by(self._catalog)
        self.facts.narrowing = narrow(self._catalog, self._pipeline, parameters, ledger)
        check_later_inputs(self._pipeline, self._catalog, self._params)
        share_between_nodes(self._pipeline, self._catalog)

    def begin(self, node: "Node") -> None:
        """Assign the time from now on to the node's stage, and show the node's name on the terminal."""
        if self._recorder is not None:
            self._recorder.clock.begin(node.namespace)
            self._line.show(node.short_name.replace("_", " "))

    def finished(self, node: "Node") -> None:
        """Note that the word lists have been imported, a stage was executed, or the export is in the ledger.

        After the import, the ledger contains the words in the run.
        """
        self.facts.imported = self.facts.imported or node.short_name == _IMPORTING
        self.facts.generated.update(stage for stage, name in _GENERATING.items() if name == node.short_name)
        if self._stage is not None and node.short_name == _RECORDING:
            self._stage.discard()
        if self._comparison is not None and node.short_name == _RECORDING:
            self.facts.import_changes = self._comparison.changes()

    def loaded(self, dataset_name: str, data: Any) -> None:
        """Start to load Great Expectations while a new list is imported, because its words will be checked."""
        if dataset_name == _LISTS and self._ledger is not None and self._ledger.imports.are_new(data):
            check_process.prepare()

    def saved(self, dataset_name: str, data: Any) -> None:
        """Note the figures of the saved data for the run's record. New text must be checked, so prepare for it."""
        if self._recorder is not None:
            self._recorder.saved(dataset_name, data)
        if self._comparison is not None:
            self._comparison.saved(dataset_name, data)
        if dataset_name == _IMPORTED:
            words = sum(data.filter(data["already"].is_null())["imported"])
            self._prepare_model("nuance", words if self.facts.narrowing is None else min(words, 1))
        if dataset_name in _PLANS and (new := data["state"].is_in(_NEW).sum()):
            check_process.prepare()
            self._prepare_model(_PLANS[dataset_name], new)
        if dataset_name in _NOTES:
            self.facts.note_counts[dataset_name] = dict(data["CardType"].value_counts().sort("CardType").iter_rows())

    def payments(self) -> "RunPayments | None":
        """Return the amounts paid by this run and by concurrent runs, or None if the run has ended."""
        return None if self._ledger is None else self._ledger.payments()

    def end(self, summary: "RunSummary | None" = None, error: BaseException | None = None) -> None:
        """End the run, whether it succeeded or not: record its result, release its tasks, and let waiting runs start.

        A ledger that cannot be written gives a warning, so that the run's own result is shown. An ended run cannot be ended
        again.

        Args:
            summary: The run's summary, if its caller has computed it. Otherwise, the one that the run has saved counts.
            error: The error that ended the run.
        """
        self._line.end()
        ledger, self._ledger = self._ledger, None
        llm, self._llm = self._llm, None
        recorder, self._recorder = self._recorder, None
        stage, self._stage = self._stage, None
        self._comparison = None
        # Files that are in place but not in the ledger are recorded by the next run.
        if stage is not None and not stage.released:
            stage.discard()
        if llm is not None:
            llm.close()
        if error is not None and recorder is not None and recorder.exported:
            click.echo(REPLACED, err=True)
        if ledger is None:
            return
        try:
            if recorder is not None:
                ledger.runs.conclude(recorder.result(summary, error, ledger.payments()))
            ledger.close()
        except LedgerError as failure:
            logger.warning("The result of this run could not be recorded: %s", failure)

    def _prepare_model(self, stage: Stage, words: int) -> None:
        """Let the stage's model be loaded, such as while confusable words are searched, for at least this many words."""
        if self._llm is not None and _GENERATING[stage] in self._names:
            parameters = Parameters.model_validate(self._catalog.load("parameters"))
            self._llm.prepare(parameters.llm.of(stage), words)

    def _confirm(self, consent: Consent, stage: Stage) -> None:
        """Hide the line, because the consent may ask for confirmation, and then the client shows its own progress."""
        self._line.show(None)
        consent(stage)

    def _add_datasets(self) -> None:
        """Give the run's nodes its consent, its start, and the stages that it has executed."""
        stages = [stage for stage, node in _GENERATING.items() if node in self._names]
        self._catalog[CONSENT].save(partial(self._confirm, RunConsent(self._catalog, stages)))
        if "run_started" in self._pipeline.inputs():
            self._catalog["run_started"] = MemoryDataset(time.time(), copy_mode="assign")
        if "generated_stages" in self._pipeline.inputs():
            # The set itself, because the stages are added while the run executes them.
            self._catalog["generated_stages"] = MemoryDataset(self.facts.generated, copy_mode="assign")

    def _tell_own_prompts(self) -> None:
        """Say which prompts of this run are not those in conf/base."""
        names = sorted(name for name in self._pipeline.inputs() if name.endswith("_prompt"))
        if files := [file for name in names if (file := own_prompt(self._catalog.load(name).file))]:
            click.echo(f"This run uses {' and '.join(files)}.", err=True)

    def _wait(self, ledger: "Ledger") -> str:
        """Wait for runs with different parameters, record the start of this run, and return its ID."""
        record_lost_spending(ledger)
        ledger.runs.sweep()
        recorder = RunRecorder(self._params, self._pipeline, self._catalog)
        run_id = ledger.runs.wait_for_others(self._fingerprint(), recorder.start)
        self._recorder = recorder
        self._clear_temporary(ledger)
        return run_id

    def _export_stage(self, run_id: str, separate: bool, ledger: "Ledger") -> ExportStage | None:
        """Return the stage for this run's export, after finishing an export that a killed run left behind."""
        stage = export_stage(self._catalog, run_id, ledger.store.path)
        if stage:
            stage.finish_interrupted(ledger.runs.alive, ledger.exports.record)
        if separate:
            separate_export(self._catalog)
            stage = export_stage(self._catalog, run_id, ledger.store.path)
        return stage

    def _record_refused(self) -> None:
        """Begin a run that cannot save its results, so that ``end`` records it. A new ledger is not created for that."""
        ledger: Ledger = self._catalog.load("ledger")
        if not ledger.store.path.exists():
            return
        # The reason for the refusal is more useful than a ledger that cannot be written for the same reason.
        with suppress(LedgerError):
            recorder = RunRecorder(self._params, self._pipeline, self._catalog)
            ledger.runs.enter("run", start=recorder.start)
            self._ledger, self._recorder = ledger, recorder

    def _clear_temporary(self, ledger: "Ledger") -> None:
        """Delete the temporary files of killed runs from the layers' folders, unless another run is writing layers."""
        if self._data is not None and len(live_runs(ledger.store.path)) == 1:
            for folder in self._data.glob(_LAYER_FOLDERS):
                clear_temporary(folder)

    def _fingerprint(self) -> str:
        """Return a hash that is the same for runs with the same nodes, environment, parameters, and prompts.

        Runs with the same hash write the same layers. The parameters that only decide whether the run asks for
        confirmation are left out.
        """
        catalog = self._catalog
        prompts = [name for name in ("nuance_prompt", "flashcards_prompt", "judge_prompt") if name in catalog]
        parameters = Parameters.model_validate(catalog.load("parameters"))
        parts = {
            "nodes": sorted(node.short_name for node in self._pipeline.nodes),
            "env": self._params["env"],
            "parameters": parameters.model_dump(mode="json", exclude={"llm": _CONFIRMING}),
            "prompts": [catalog.load(name).version for name in prompts],
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
