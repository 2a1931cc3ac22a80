"""Prepare every run, from a terminal or a notebook: check its parameters, wait for other runs, and record its start."""

import hashlib
import json
import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import MemoryDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.between_nodes import share_between_nodes
from korean_flashcards.datasets.export_stage import ExportStage, export_stage, separate_export
from korean_flashcards.datasets.layer_check import know_layers
from korean_flashcards.datasets.new_entries import add_new_entries
from korean_flashcards.datasets.output_check import check_outputs
from korean_flashcards.domain.errors import LedgerError, OutputError, SettingsError, SuiteError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.files.catalog_entries import first_problem
from korean_flashcards.files.settings_folders import settings_folders
from korean_flashcards.files.temporary_files import clear_temporary
from korean_flashcards.ledger.db.health import live_runs
from korean_flashcards.llm.secrets import keys_of, use_keys
from korean_flashcards.planning.consent import RunConsent
from korean_flashcards.planning.exported_before import restore_exported_words
from korean_flashcards.planning.import_changes import ExportComparison
from korean_flashcards.planning.missing_ledger import check_ledger, record_lost_spending
from korean_flashcards.planning.narrowed_run import WHOLE_DECK, narrow
from korean_flashcards.planning.run_settings import check_files, check_parameters, setting_files
from korean_flashcards.recording.run_recorder import REPLACED, RunRecorder
from korean_flashcards.validation import check_process
from korean_flashcards.validation.attach import FOLDER, attach_suites

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline
    from kedro.pipeline.node import Node

    from korean_flashcards.datasets.narrowing import Narrowing
    from korean_flashcards.domain.calls import RunPayments
    from korean_flashcards.domain.exported_notes import ImportChanges
    from korean_flashcards.ledger.facade import Ledger
    from korean_flashcards.llm.client import LLMClient
    from korean_flashcards.summary.run_summary import RunSummary

logger = logging.getLogger(__name__)

CONSENT = "consent"
MAP_CHECKS = "map_checks"
_CONFIRMING = {"confirm_above_usd", "confirm_addresses", "confirm_missing", "confirm_upgrade"}
_LAYER_FOLDERS = "0[2-8]_*"  # in the data folder; 01_raw contains the user's own files
_IMPORTING = "import_lists"  # the node that imports the word lists
_VERIFYING, _RECORDING = "list_exports", "record_export"  # the nodes that verify an export and record it
# The plans, and the states of words for which a stage requests new text. Retries mostly fail again.
_PLANS, _NEW = ("nuance_requests", "flashcard_requests"), ("new", "stale")
_NOTES = ("identified_notes", "anki_notes")  # the notes before and after ``export.filters`` selects some of them
# The node of each stage that calls the model, in the order in which the stages run.
_GENERATING: dict[Stage, str] = {
    "nuance": "generate_nuance",
    "flashcards": "generate_flashcards",
    "judge": "generate_judgements",
}


class RunHooks:
    """The project's implementation of Kedro's hooks. One instance is registered in settings.py.

    ``imported``: whether the last run imported its word lists or did not need to import any. ``narrowing``: the words and
    lists of the last run if its parameters selected some of the words. ``generated``: the stages whose replies the last
    run generated or loaded from the cache. Other stages' layers are from earlier runs. ``note_counts``: the notes of the
    last export by card type, before and after ``export.filters`` (``identified_notes`` and ``anki_notes``).
    ``import_changes``: what an import of the deck changes that the last run exported, or None if it exported none.
    """

    def __init__(self) -> None:
        self._ledger: Ledger | None = None
        self._llm: LLMClient | None = None
        self._data: Path | None = None
        self._stage: ExportStage | None = None
        self._recorder: RunRecorder | None = None
        self.imported = False
        self.narrowing: Narrowing | None = None
        self.generated: set[Stage] = set()
        self.import_changes: ImportChanges | None = None
        self._comparison: ExportComparison | None = None
        self.note_counts: dict[str, dict[str, int]] = {}

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read API keys from conf/local, check all parameters, and attach the validation suites to their datasets.

        Raises:
            SettingsError: A parameter is unknown or has an invalid value.
            SuiteError: A suite's file is invalid.
        """
        check_files(context)
        use_keys(keys_of(context))
        check_parameters(context)
        self._data = Path(context.project_path) / context.config_loader["globals"]["data"]
        catalog = context.config_loader["catalog"]  # Kedro reads the files each time
        if problem := first_problem(catalog, setting_files(context, "catalog")):
            raise SettingsError(problem)
        context.config_loader["catalog"] = attach_suites(catalog, suite_folders(context), Path(context.project_path))

    @hook_impl
    def after_catalog_created(self, catalog: "CatalogProtocol[Any, Any]") -> None:
        """Add the consent dataset, which nodes need before they send requests, and the two datasets that checks need.

        A stage that is run on its own shows its own plan and asks for confirmation. Only a narrowed run needs to read
        the whole deck. A run's client may check texts in a separate process. From now on, the columns of each layer are
        checked when it is loaded.
        """
        # Imported here because a late import costs nothing: creating the catalog has already imported the pipelines.
        from korean_flashcards.layers.known_layers import known_layers

        know_layers(known_layers())
        add_new_entries(catalog)
        catalog[CONSENT] = MemoryDataset(RunConsent(catalog), copy_mode="assign")
        catalog[WHOLE_DECK] = MemoryDataset(None, copy_mode="assign")
        catalog[MAP_CHECKS] = MemoryDataset(None, copy_mode="assign")

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]"
    ) -> None:
        """Clean up after crashed runs, wait for runs with different parameters, and record the start of this run.

        Runs with different parameters would overwrite each other's layers. Runs with the same parameters share the
        requests and write the same layers.
        """
        # Imported here because a late import costs nothing in a run, which has already imported the pipelines.
        from korean_flashcards.planning.later_inputs import check_later_inputs

        self.end()
        check_ledger(catalog, asking=True)
        try:
            check_outputs(pipeline, catalog)
        except OutputError:
            self._record_refused(run_params, pipeline, catalog)
            raise
        names = {node.short_name for node in pipeline.nodes}
        self.imported = _IMPORTING not in names
        catalog[CONSENT].save(RunConsent(catalog, [stage for stage, node in _GENERATING.items() if node in names]))
        if "run_started" in pipeline.inputs():
            catalog["run_started"] = MemoryDataset(time.time(), copy_mode="assign")
        self.generated = set()
        if "generated_stages" in pipeline.inputs():
            # The set itself, because the stages are added while the run executes them.
            catalog["generated_stages"] = MemoryDataset(self.generated, copy_mode="assign")
        self._ledger, self._llm = catalog.load("ledger"), catalog.load("llm")
        catalog[MAP_CHECKS] = MemoryDataset(self._llm.map_checks, copy_mode="assign")
        record_lost_spending(self._ledger)
        self._ledger.runs.sweep()
        recorder = RunRecorder(run_params, pipeline, catalog)
        run_id = self._ledger.runs.wait_for_others(_fingerprint(run_params, pipeline, catalog), recorder.start)
        self._recorder = recorder
        self._clear_temporary(self._ledger)
        parameters = Parameters.model_validate(catalog.load("parameters"))
        stage = self._export_stage(catalog, run_id, parameters.separate_export, self._ledger)
        if names & {_IMPORTING, _VERIFYING}:
            restore_exported_words(catalog, self._ledger)
        self._comparison = ExportComparison(self._ledger, parameters.separate_export)
        self.import_changes = None
        if stage and _VERIFYING in names:
            self._stage = stage.used_by(catalog)
        self.note_counts = {}
        self.narrowing = narrow(catalog, pipeline, parameters, self._ledger)
        check_later_inputs(pipeline, catalog, run_params)
        share_between_nodes(pipeline, catalog)

    @hook_impl
    def before_dataset_loaded(self, node: "Node") -> None:
        """Assign the time that the node's inputs take to its stage."""
        self.before_node_run(node)

    @hook_impl
    def before_node_run(self, node: "Node") -> None:
        """Assign the time from now on to the node's stage."""
        if self._recorder is not None:
            self._recorder.clock.begin(node.namespace)

    @hook_impl
    def after_node_run(self, node: "Node") -> None:
        """Note that the word lists have been imported, a stage was executed, or the export is in the ledger.

        After the import, the ledger contains the words in the run.
        """
        self.imported = self.imported or node.short_name == _IMPORTING
        self.generated.update(stage for stage, name in _GENERATING.items() if name == node.short_name)
        if self._stage is not None and node.short_name == _RECORDING:
            self._stage.discard()
        if self._comparison is not None and node.short_name == _RECORDING:
            self.import_changes = self._comparison.changes()

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any) -> None:
        """Note the figures of the saved data for the run's record. New text must be checked, so prepare for it."""
        if self._recorder is not None:
            self._recorder.saved(dataset_name, data)
        if self._comparison is not None:
            self._comparison.saved(dataset_name, data)
        if dataset_name in _PLANS and data["state"].is_in(_NEW).any():
            check_process.prepare()
        if dataset_name in _NOTES:
            self.note_counts[dataset_name] = dict(data["CardType"].value_counts().sort("CardType").iter_rows())

    @hook_impl
    def on_pipeline_error(self, error: Exception, catalog: "CatalogProtocol[Any, Any]") -> None:
        """Write the first page of the Data Docs if validation stopped the run before the node that writes it."""
        if isinstance(error.__cause__, SuiteError):
            # Imported here, which saves 70 ms, because only a failed validation needs this module.
            from korean_flashcards.pipelines.reporting.data_docs import render_data_docs

            with suppress(SettingsError, DatasetError):  # The error of the run itself is more useful.
                results, template = catalog.load("validation_results"), catalog.load("data_docs_template")
                catalog.save("data_docs", render_data_docs(results, template))

    def payments(self) -> "RunPayments | None":
        """Return the amounts paid by this run and by concurrent runs, or None if no run is active."""
        return None if self._ledger is None else self._ledger.payments()

    def end(self, summary: "RunSummary | None" = None, error: BaseException | None = None) -> None:
        """End the run, whether it succeeded or not: record its result, release its tasks, and let waiting runs start.

        The session calls this method, because Kedro calls no hook when Ctrl-C ends a run. A ledger that cannot be
        written gives a warning, so that the run's own result is shown.

        Args:
            summary: The run's summary, if its caller has computed it. Otherwise, the one that the run has saved counts.
            error: The error that ended the run.
        """
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

    @staticmethod
    def _export_stage(
        catalog: "CatalogProtocol[Any, Any]", run_id: str, separate: bool, ledger: "Ledger"
    ) -> ExportStage | None:
        """Return the stage for this run's export, after finishing an export that a killed run left behind."""
        stage = export_stage(catalog, run_id, ledger.store.path)
        if stage:
            stage.finish_interrupted(ledger.runs.alive, ledger.exports.record)
        if separate:
            separate_export(catalog)
            stage = export_stage(catalog, run_id, ledger.store.path)
        return stage

    def _record_refused(
        self, run_params: dict[str, Any], pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]"
    ) -> None:
        """Begin a run that cannot save its results, so that ``end`` records it. A new ledger is not created for that."""
        ledger: Ledger = catalog.load("ledger")
        if not ledger.store.path.exists():
            return
        # The reason for the refusal is more useful than a ledger that cannot be written for the same reason.
        with suppress(LedgerError):
            recorder = RunRecorder(run_params, pipeline, catalog)
            ledger.runs.enter("run", start=recorder.start)
            self._ledger, self._recorder = ledger, recorder

    def _clear_temporary(self, ledger: "Ledger") -> None:
        """Delete the temporary files of killed runs from the layers' folders, unless another run is writing layers."""
        if self._data is not None and len(live_runs(ledger.store.path)) == 1:
            for folder in self._data.glob(_LAYER_FOLDERS):
                clear_temporary(folder)


def suite_folders(context: KedroContext) -> list[Path]:
    """Return the suite folders: conf/base/expectations, then the environment's folder, whose files take precedence."""
    return [folder / FOLDER for folder in settings_folders(cast(OmegaConfigLoader, context.config_loader))]


def _fingerprint(run_params: dict[str, Any], pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]") -> str:
    """Return a hash that is the same for runs with the same nodes, environment, parameters, and prompts.

    Runs with the same hash write the same layers. The parameters that only decide whether the run asks for confirmation
    are left out.
    """
    prompts = [name for name in ("nuance_prompt", "flashcards_prompt", "judge_prompt") if name in catalog]
    parameters = Parameters.model_validate(catalog.load("parameters"))
    parts = {
        "nodes": sorted(node.short_name for node in pipeline.nodes),
        "env": run_params["env"],
        "parameters": parameters.model_dump(mode="json", exclude={"llm": _CONFIRMING}),
        "prompts": [catalog.load(name).version for name in prompts],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
