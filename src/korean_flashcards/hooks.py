"""What surrounds every run, from the terminal and from notebooks: checked parameters, other runs, its start."""

import hashlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import MemoryDataset
from pydantic import ValidationError

from korean_flashcards.domain.errors import SettingsError, SuiteError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.llm.secrets import keys_of, use_keys
from korean_flashcards.planning.consent import RunConsent
from korean_flashcards.validation.attach import FOLDER, attach_suites

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline

    from korean_flashcards.ledger.facade import Ledger

CONSENT = "consent"
# The node of each stage that calls the model, in the order of the flow.
_GENERATING: dict[Stage, str] = {
    "nuance": "generate_nuance",
    "flashcards": "generate_flashcards",
    "judge": "generate_judgements",
}


class RunHooks:
    """Registered once in settings.py."""

    def __init__(self) -> None:
        self._ledger: Ledger | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Take keys from conf/local; check every parameter, also names that no node takes; attach the suites.

        Raises SettingsError, SuiteError.
        """
        use_keys(keys_of(context))
        try:
            parameters = Parameters.model_validate(context.config_loader["parameters"])
        except ValidationError as error:
            raise SettingsError(_settings_message(error)) from error
        _check_weights(parameters.quality.weights)
        context.config_loader["catalog"] = attach_suites(
            context.config_loader["catalog"], suite_folders(context), Path(context.project_path)
        )

    @hook_impl
    def after_catalog_created(self, catalog: "CatalogProtocol[Any, Any]") -> None:
        """Add the consent that the nodes which send requests take as an input; each stage by itself shows its plan."""
        catalog[CONSENT] = MemoryDataset(RunConsent(catalog), copy_mode="assign")

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]"
    ) -> None:
        """Clear up after runs that died, wait for those that do something else, then note the start.

        Two runs with different parameters would write different layers over each other; two with the same share the work
        and write the same.
        """
        self.end()
        names = {node.short_name for node in pipeline.nodes}
        catalog[CONSENT].save(RunConsent(catalog, [stage for stage, node in _GENERATING.items() if node in names]))
        if "run_started" in pipeline.inputs():
            catalog["run_started"] = MemoryDataset(time.time())
        self._ledger = catalog.load("ledger")
        self._ledger.runs.sweep()
        self._ledger.runs.wait_for_others(_fingerprint(run_params, pipeline, catalog))

    @hook_impl
    def on_pipeline_error(self, error: Exception, catalog: "CatalogProtocol[Any, Any]") -> None:
        """Show in the Data Docs what stopped the run, which does not come to write their first page itself."""
        if isinstance(error.__cause__, SuiteError):
            # Saves 70 ms: only a broken suite needs it.
            from korean_flashcards.pipelines.reporting.data_docs import render_data_docs

            results, template = catalog.load("validation_results"), catalog.load("data_docs_template")
            catalog.save("data_docs", render_data_docs(results, template))

    def end(self) -> None:
        """End the run, however it went: what was under way waits again, and runs with other parameters begin.

        Called by the session: Kedro calls no hook when Ctrl-C ends a run.
        """
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            ledger.close()


def suite_folders(context: KedroContext) -> list[Path]:
    """Where suites are: conf/base/expectations, then the environment's, whose files take the place of equal names."""
    loader = cast(OmegaConfigLoader, context.config_loader)
    environments = dict.fromkeys([loader.base_env, loader.env or loader.default_run_env])
    return [Path(loader.conf_source) / name / FOLDER for name in environments if name]


def _fingerprint(run_params: dict[str, Any], pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]") -> str:
    """Equal for runs that write the same layers: the nodes, the environment, all parameters and the prompts.

    All parameters but that for asking first: whoever agreed beforehand shares the work of whoever was asked.
    """
    prompts = [name for name in ("nuance_prompt", "flashcards_prompt", "judge_prompt") if name in catalog]
    parameters = Parameters.model_validate(catalog.load("parameters"))
    parts = {
        "nodes": sorted(node.short_name for node in pipeline.nodes),
        "env": run_params["env"],
        "parameters": parameters.model_dump(mode="json", exclude={"llm": {"confirm_above_usd"}}),
        "prompts": [catalog.load(name).version for name in prompts],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _check_weights(weights: dict[str, float]) -> None:
    """Raise SettingsError for a weight of a check that does not exist."""
    if not weights:
        return
    # Saves 60 ms: only a weight needs it.
    from korean_flashcards.checks import CHECKS

    if unknown := sorted(set(weights) - set(CHECKS)):
        raise SettingsError(
            f"Wrong parameters, nothing was run:\n  - quality.weights: there is no check {', '.join(unknown)}; known are "
            "those that `kedro quality checks` lists"
        )


def _settings_message(error: ValidationError) -> str:
    """One line a wrong parameter, with what is allowed there."""
    lines = []
    for problem in error.errors(include_url=False):
        name = ".".join(str(step) for step in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"there is no parameter {name!r}; known are {', '.join(_known(problem['loc'][:-1]))}")
        elif problem["type"] == "value_error":
            lines.append(f"{name}: {problem['ctx']['error']}".removeprefix(": "))
        else:
            lines.append(f"{name}: {problem['msg'].lower()} (it is {problem['input']!r})")
    return "Wrong parameters, nothing was run:\n  - " + "\n  - ".join(lines)


def _known(path: tuple[int | str, ...]) -> list[str]:
    model: Any = Parameters
    for step in path:
        model = model.model_fields[step].annotation
    return [".".join([*map(str, path), name]) for name in model.model_fields]
