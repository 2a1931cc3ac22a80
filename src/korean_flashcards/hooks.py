"""Let Kedro call ``lifecycle`` for every context, catalog, and run, from a terminal or a notebook."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io.core import DatasetError

from korean_flashcards.domain.errors import SettingsError, SuiteError
from korean_flashcards.lifecycle.run_facts import RunFacts

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline
    from kedro.pipeline.node import Node

    from korean_flashcards.domain.calls import RunPayments
    from korean_flashcards.lifecycle.active_run import ActiveRun
    from korean_flashcards.summary.run_summary import RunSummary


class RunHooks:
    """The project's implementation of Kedro's hooks. One instance is registered in settings.py."""

    def __init__(self) -> None:
        self._run: ActiveRun | None = None
        self._data: Path | None = None

    @property
    def facts(self) -> RunFacts:
        """Return what is known about the last run of this process."""
        return RunFacts() if self._run is None else self._run.facts

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Check the settings, and complete them. See ``prepare_context``."""
        # Imported here because commands such as `kedro registry list` create no context.
        from korean_flashcards.lifecycle.prepared_context import data_folder, prepare_context

        prepare_context(context)
        self._data = data_folder(context)

    @hook_impl
    def after_catalog_created(self, catalog: "CatalogProtocol[Any, Any]") -> None:
        """Add the datasets that are not in the catalog's files. See ``prepare_catalog``."""
        # Imported here because many commands create no catalog.
        from korean_flashcards.lifecycle.prepared_catalog import prepare_catalog

        prepare_catalog(catalog)

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]"
    ) -> None:
        """Prepare the run, and record its start. See ``ActiveRun.start``."""
        # Imported here because most commands run no pipeline.
        from korean_flashcards.lifecycle.active_run import ActiveRun

        self.end()
        self._run = ActiveRun(run_params, pipeline, catalog, self._data)
        self._run.start()

    @hook_impl
    def before_dataset_loaded(self, node: "Node") -> None:
        """Assign the time that the node's inputs take to its stage."""
        self.before_node_run(node)

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any) -> None:
        """Prepare for what new word lists need."""
        if self._run is not None:
            self._run.loaded(dataset_name, data)

    @hook_impl
    def before_node_run(self, node: "Node") -> None:
        """Assign the time from now on to the node's stage."""
        if self._run is not None:
            self._run.begin(node)

    @hook_impl
    def after_node_run(self, node: "Node") -> None:
        """Note what the node has done."""
        if self._run is not None:
            self._run.finished(node)

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any) -> None:
        """Note the figures of the saved data."""
        if self._run is not None:
            self._run.saved(dataset_name, data)

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
        return None if self._run is None else self._run.payments()

    def end(self, summary: "RunSummary | None" = None, error: BaseException | None = None) -> None:
        """End the run if it is active. See ``ActiveRun.end``.

        The session calls this method, because Kedro calls no hook when Ctrl-C ends a run.
        """
        if self._run is not None:
            self._run.end(summary, error)
