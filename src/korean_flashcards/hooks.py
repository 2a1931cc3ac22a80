"""What surrounds every run, from the terminal and from notebooks: checked parameters, one run at a time, its start."""

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import MemoryDataset
from pydantic import ValidationError

from korean_flashcards.errors import SettingsError
from korean_flashcards.parameters import Parameters

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline

logger = logging.getLogger(__name__)


class RunHooks:
    """Registered once in settings.py."""

    def __init__(self) -> None:
        self._lock: FileLock | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Check every parameter, also top-level names that no node takes. Raises SettingsError."""
        try:
            Parameters.model_validate(context.config_loader["parameters"])
        except ValidationError as error:
            raise SettingsError(_settings_message(error)) from error

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]"
    ) -> None:
        """Wait for a run that is under way in another process, then note the start.

        Two runs would write the same layers and pay for the same replies; the one that waits finds them in the cache. The
        operating system frees the lock when a process dies, so that a killed run never blocks the next one.
        """
        if "run_started" in pipeline.inputs():
            catalog["run_started"] = MemoryDataset(time.time())
        self._release()
        self._lock = FileLock(Path(run_params["project_path"]) / "data" / ".run.lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            logger.info("Another run is at work in this project: waiting for it to end (Ctrl-C to give up).")
            self._lock.acquire()

    @hook_impl
    def after_pipeline_run(self) -> None:
        """Let the next run begin."""
        self._release()

    @hook_impl
    def on_pipeline_error(self) -> None:
        """Let the next run begin, also after an error."""
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release(force=True)


def _settings_message(error: ValidationError) -> str:
    """One line a wrong parameter, with what is allowed there."""
    lines = []
    for problem in error.errors(include_url=False):
        name = ".".join(str(step) for step in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"there is no parameter {name!r}; known are {', '.join(_known(problem['loc'][:-1]))}")
        else:
            lines.append(f"{name}: {problem['msg'].lower()} (it is {problem['input']!r})")
    return "Wrong parameters, nothing was run:\n  - " + "\n  - ".join(lines)


def _known(path: tuple[int | str, ...]) -> list[str]:
    model: Any = Parameters
    for step in path:
        model = model.model_fields[step].annotation
    return [".".join([*map(str, path), name]) for name in model.model_fields]
