"""What surrounds every run, from the terminal and from notebooks: checked parameters, other runs, its start."""

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import MemoryDataset
from pydantic import ValidationError

from korean_flashcards.errors import SettingsError
from korean_flashcards.parameters import Parameters

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline

    from korean_flashcards.ledger.ledger import Ledger


class RunHooks:
    """Registered once in settings.py."""

    def __init__(self) -> None:
        self._ledger: Ledger | None = None

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
        """Clear up after runs that died, wait for those that do something else, then note the start.

        Two runs with different parameters would write different layers over each other; two with the same share the work
        and write the same.
        """
        self.end()
        if "run_started" in pipeline.inputs():
            catalog["run_started"] = MemoryDataset(time.time())
        self._ledger = catalog.load("ledger")
        self._ledger.runs.sweep()
        self._ledger.runs.wait_for_others(_fingerprint(run_params, pipeline, catalog))

    def end(self) -> None:
        """End the run, however it went: what was under way waits again, and runs with other parameters begin.

        Called by the session: Kedro calls no hook when Ctrl-C ends a run.
        """
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            ledger.close()


def _fingerprint(run_params: dict[str, Any], pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]") -> str:
    """Equal for runs that write the same layers: the nodes, the environment, all parameters and the prompts."""
    prompts = [name for name in ("nuance_prompt", "flashcards_prompt") if name in catalog]
    parts = {
        "nodes": sorted(node.name for node in pipeline.nodes),
        "env": run_params["env"],
        "parameters": catalog.load("parameters"),
        "prompts": [catalog.load(name).version for name in prompts],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


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
