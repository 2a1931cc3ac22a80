"""Configure Kedro. See https://docs.kedro.org/en/stable/configure/configuration_basics/."""

import os
import sys
import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from kedro.framework.context import KedroContext
from kedro.framework.project import configure_logging, pipelines
from kedro.framework.session import KedroServiceSession
from kedro.io import MemoryDataset
from kedro.runner import AbstractRunner

from korean_flashcards.domain.empty_values import NARROWING
from korean_flashcards.domain.yaml_text import yaml_problem
from korean_flashcards.files.settings_loader import SettingsLoader
from korean_flashcards.hooks import RunHooks
from korean_flashcards.llm.secrets import redact_logs_and_tracebacks
from korean_flashcards.pipelines.deck_choice import pipelines_to_run
from korean_flashcards.pipelines.node_names import with_full_names
from korean_flashcards.planning.runners import check_runner

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

    from korean_flashcards.domain.calls import RunPayments
    from korean_flashcards.lifecycle.run_facts import RunFacts
    from korean_flashcards.summary.run_summary import RunSummary

RUN_HOOKS = RunHooks()
redact_logs_and_tracebacks()


class Session(KedroServiceSession):
    """A Kedro session that can run more than once, which notebooks need."""

    ran: Sequence[str] = ()

    @classmethod
    def create(cls, *args: Any, save_on_close: bool = False, **options: Any) -> KedroServiceSession:
        """Return a new session.

        ``save_on_close`` has no effect. `kedro catalog` still passes this argument, for Kedro's older session class.
        """
        return super().create(*args, **options)

    def run(self, *args: Any, hold: bool = False, by_default: bool = False, **options: Any) -> Any:
        """Run pipelines as Kedro does, and end the run in the ledger even after Ctrl-C, when Kedro calls no hook.

        Nodes may be named without their namespace ("plan_nuance"). A run of some words or some nodes leaves the deck
        alone (see ``pipelines.deck_choice``). The names of the pipelines that were run are in ``ran``.

        Args:
            by_default: Whether ``pipeline_names`` are the project's default pipelines, which nobody named for this run.
            hold: Keep the run open until ``end_run`` is called. Until then, runs with different parameters wait, so the
                layers do not change.
        """
        try:
            if isinstance(runner := options.get("runner"), AbstractRunner):
                check_runner(type(runner))
            options = with_full_names(options, pipelines.values())
            selects_words = self._selects_words(options.get("runtime_params"))
            self.ran = pipelines_to_run(options.get("pipeline_names"), pipelines, options, selects_words, by_default)
            outputs = super().run(*args, **options | {"pipeline_names": self.ran})
        except BaseException as error:
            RUN_HOOKS.end(error=error)
            raise
        if not hold:
            RUN_HOOKS.end()
        return outputs

    def _selects_words(self, runtime_params: dict[str, Any] | None) -> bool:
        """Return whether a run processes only some of the words and does not export them to separate files.

        Invalid parameters are reported later.
        """
        parameters = self._get_config_loader(runtime_params)["parameters"]
        export = parameters.get("export")
        separate = isinstance(export, dict) and export.get("only_selected") is True
        return not separate and any(parameters.get(name) is not None for name in NARROWING)

    def payments(self) -> "RunPayments | None":
        """Return the amounts paid by a run started with ``hold`` and by concurrent runs.

        Return None if no run is active.
        """
        return RUN_HOOKS.payments()

    @property
    def facts(self) -> "RunFacts":
        """Return what is known about the last run."""
        return RUN_HOOKS.facts

    def end_run(self, summary: "RunSummary | None" = None, error: BaseException | None = None) -> None:
        """End a run that was started with ``hold``, and record its summary or the error that ended it."""
        RUN_HOOKS.end(summary, error)


class Context(KedroContext):
    """A Kedro context that creates its catalog only once. Kedro creates a catalog at each access, which takes 20 ms."""

    @cached_property
    def catalog(self) -> "CatalogProtocol[Any, Any]":
        """Return the catalog of commands and notebooks. A run creates a separate catalog."""
        return self._get_catalog()

    def _get_parameters(self) -> dict[str, Any]:
        """Return the parameters as datasets that say how they are copied.

        Otherwise, Kedro would find it out, for which it imports pandas. This would take each command 0.2 s.
        """
        parameters = super()._get_parameters()
        return {name: MemoryDataset(value, copy_mode="deepcopy") for name, value in parameters.items()}


class WithoutPlugin:
    """Takes the place of a plugin's hooks, so that Kedro does not load them. ``name`` is that of their entry point."""

    def __init__(self, name: str) -> None:
        self.__name__ = name


# These hooks of kedro-viz count the rows of pandas frames, which no dataset of this project has. For that, they would import
# pandas in every run, which takes 0.5 s and 60 MB. The workflow that kedro-viz shows comes from its other hooks.
HOOKS = (RUN_HOOKS, WithoutPlugin("kedro-dataset-stats"))
SESSION_CLASS = Session
CONTEXT_CLASS = Context
CONFIG_LOADER_CLASS = SettingsLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # Let an environment override individual parameters instead of whole groups.
    "merge_strategy": {"parameters": "soft", "globals": "soft"},
}

# Kedro itself makes this deprecated call, which would print a warning at every start.
warnings.filterwarnings("ignore", message=r"register_new_resolver\(\) is deprecated")

# Kedro looks for conf/logging.yml only in the working directory. In notebooks and subfolders it would use its own noisy
# defaults. Without the file, Kedro's defaults apply, so that the command can report the missing configuration.
_logging = Path(__file__).parents[2] / "conf" / "logging.yml"
if "KEDRO_LOGGING_CONFIG" not in os.environ and _logging.exists():
    try:
        configure_logging(yaml.safe_load(_logging.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        reason = yaml_problem(error) if isinstance(error, yaml.YAMLError) else "it is not a logging configuration"
        sys.stderr.write(f"conf/logging.yml is not used: {reason}. Correct the file.\n")
