"""Kedro settings: see https://docs.kedro.org/en/stable/configure/configuration_basics/."""

import os
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from kedro.framework.project import configure_logging, pipelines
from kedro.framework.session import KedroServiceSession

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.hooks import RunHooks
from korean_flashcards.llm.secrets import redact_logs_and_tracebacks
from korean_flashcards.pipelines.node_names import with_full_names

RUN_HOOKS = RunHooks()
redact_logs_and_tracebacks()


class Session(KedroServiceSession):
    """Many runs a session, as notebooks need. `kedro catalog` still passes an option of the older session class."""

    @classmethod
    def create(cls, *args: Any, save_on_close: bool = False, **options: Any) -> KedroServiceSession:
        """Return a new session; ``save_on_close`` belongs to the older class and means nothing here."""
        return super().create(*args, **options)

    def run(self, *args: Any, hold: bool = False, **options: Any) -> Any:
        """Run, as Kedro does; a run that Ctrl-C ends in a notebook ends for the others too, as no hook is called then.

        ``hold``: runs with other parameters wait until ``end_run``, so that the layers stay as this one left them.
        Nodes may be named without their namespace ("plan_nuance").
        """
        try:
            outputs = super().run(*args, **with_full_names(options, pipelines.values()))
        except BaseException:
            with suppress(LedgerError):  # the run's own error says more
                RUN_HOOKS.end()
            raise
        if not hold:
            RUN_HOOKS.end()
        return outputs

    def end_run(self) -> None:
        """End the run that is held."""
        RUN_HOOKS.end()


HOOKS = (RUN_HOOKS,)
SESSION_CLASS = Session
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment overrides single parameters, not whole groups.
    "merge_strategy": {"parameters": "soft", "globals": "soft"},
}

# Kedro's own call, a warning at every start.
warnings.filterwarnings("ignore", message=r"register_new_resolver\(\) is deprecated")

# Kedro looks for conf/logging.yml from the working directory only: notebooks and sub-folders would get its noise.
if "KEDRO_LOGGING_CONFIG" not in os.environ:
    _logging = Path(__file__).parents[2] / "conf" / "logging.yml"
    configure_logging(yaml.safe_load(_logging.read_text(encoding="utf-8")))
