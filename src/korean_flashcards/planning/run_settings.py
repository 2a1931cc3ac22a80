"""Check the settings of a run before it starts. Errors name the file and the line of each mistake."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import click
from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext
from pydantic import ValidationError

from korean_flashcards.domain.empty_values import empty_value, null_by_omission
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.explanation_language import ENGLISH
from korean_flashcards.domain.parameter_problems import parameter_problems
from korean_flashcards.domain.parameters import Parameters, without_old_names
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.parameter_places import ParameterPlaces
from korean_flashcards.files.prompt_files import PromptFiles
from korean_flashcards.files.setting_places import place_of
from korean_flashcards.files.settings_folders import ignored_settings, settings_folders

_RENAMED = "korean_flashcards.renamed"  # in click's context: the renamed parameters were printed
# Parameters that releases added, with the values that keep the behavior of earlier releases.
_NEW_PARAMETERS: dict[str, Any] = {"language": ENGLISH, "ingress": {"gone": "keep"}}
# The paths that conf/base/globals.yml sets, each with an example.
_PLACES = {"word_lists": "data/01_raw", "data": "data", "cache": "data/cache", "ledger": "data/ledger.db"}


def check_files(context: KedroContext) -> None:
    """Raise SettingsError if Kedro would ignore a file with settings, or if conf/*/globals.yml is not complete."""
    if problem := ignored_settings(settings_folders(_loader(context))):
        raise SettingsError(f"{problem}. Nothing was run.")
    places = context.config_loader["globals"]
    if wrong := [name for name in _PLACES if not isinstance(places.get(name), str)]:
        files = setting_files(context, "globals")
        found = dict.fromkeys(place_of([name], files) or "conf/base/globals.yml" for name in wrong)
        raise SettingsError(
            f"globals.yml must set {' and '.join(wrong)} to a path, such as {wrong[0]}: {_PLACES[wrong[0]]}. "
            f"Nothing was run. Correct {' and '.join(found)}."
        )


def check_parameters(context: KedroContext) -> None:
    """Replace renamed parameters, add those of newer releases, and check all values.

    Raises:
        SettingsError: A parameter is unknown or has an invalid value.
    """
    _replace_old_names(context)
    _add_new_parameters(context)
    try:
        _check_empty_values(context)
        parameters = Parameters.model_validate(context.config_loader["parameters"])
    except ValidationError as error:
        raise SettingsError(_invalid(parameter_problems(error, _places(context).of))) from error
    _check_weights(context, parameters.quality.weights)
    _check_filters(context, parameters.export.filters)


def setting_files(context: KedroContext, kind: str) -> list[Path]:
    """Return the files with parameters or the catalog. Those of the environment, which take precedence, come last."""
    patterns = _loader(context).config_patterns[kind]
    return [
        path
        for folder in settings_folders(_loader(context))
        for path in sorted({path for pattern in patterns for path in folder.glob(pattern)})
        if path.suffix in (".yml", ".yaml")
    ]


def prompt_files(context: KedroContext) -> PromptFiles:
    """Return the prompt files of the context's environment."""
    base, *own = settings_folders(_loader(context))
    return PromptFiles(base, own[0] if own else None).used_by(context.config_loader["catalog"])


def _replace_old_names(context: KedroContext) -> None:
    """Replace renamed parameters and print their new names. ``--params`` takes precedence over a parameter file."""
    loader = _loader(context)
    # Assigned, so that the files are not read again.
    parameters = loader["parameters"] = loader["parameters"]
    llm = parameters.get("llm")
    if not isinstance(llm, dict) or llm.get("max_concurrency") is None:
        return
    given = (loader.runtime_params or {}).get("llm")
    given = given if isinstance(given, dict) else {}
    if "concurrency" in given and "max_concurrency" not in given:
        llm = {name: value for name, value in llm.items() if name != "max_concurrency"}
    current = without_old_names(llm)
    loader["parameters"] = parameters | {"llm": current}
    command = click.get_current_context(silent=True)
    if command is not None and command.find_root().meta.setdefault(_RENAMED, loader) is not loader:
        return  # a command may create several contexts
    click.echo(
        "llm.max_concurrency is now llm.concurrency, the maximum number of parallel calls. This run uses "
        f"llm.concurrency={current['concurrency']}. Set llm.concurrency in your parameter files and delete "
        "llm.max_concurrency.",
        err=True,
    )


def _add_new_parameters(context: KedroContext) -> None:
    """Add the parameters that nodes use if the parameter files are from a release without them."""
    context.config_loader["parameters"] = _NEW_PARAMETERS | context.config_loader["parameters"]


def _check_empty_values(context: KedroContext) -> None:
    """Raise SettingsError if a parameter file omits the value of a parameter that narrows a run.

    YAML reads "limit:" as null, which means all words. A half-finished edit must not make the user pay for all words.
    """
    for path in setting_files(context, "parameters"):
        if empty := null_by_omission(path.read_text("utf-8", "replace")):
            problem = f"{place_of(empty[:1], [path])}: {empty_value(empty, ': ').rstrip('.')}"
            raise SettingsError(_invalid([problem]))


def _check_weights(context: KedroContext, weights: dict[str, float]) -> None:
    """Raise SettingsError if a weight is set for a check that does not exist."""
    if not weights:
        return
    # Imported here, which saves 60 ms, because only weights need this module.
    from korean_flashcards.checks import CHECKS

    if unknown := sorted(set(weights) - set(CHECKS)):
        place = _places(context).of(("quality", "weights", unknown[0]))
        problem = (
            f"quality.weights: there is no check named {', '.join(unknown)} (`kedro quality checks` lists the checks)"
        )
        raise SettingsError(_invalid([f"{place}: {problem}"]))


def _check_filters(context: KedroContext, filters: dict[str, Any]) -> None:
    """Raise SettingsError if a filter in export.filters is unknown or invalid."""
    if not filters:
        return
    # Imported here, which saves 60 ms, because only filters need this module.
    from korean_flashcards.exports.profile_settings import card_filter

    try:
        card_filter(filters)
    except SettingsError as error:
        place = _places(context).of(("export", "filters", next(iter(filters))))
        raise SettingsError(
            _invalid([f"{place}: export.filters: {line}" for line in str(error).split("\n")])
        ) from error


def _places(context: KedroContext) -> ParameterPlaces:
    """Return where the parameters of this run can come from, so that an error can name the file and the line."""
    command = click.get_current_context(silent=True)
    config = command and command.params.get("config")
    options = Path(str(config)) if config else Path(context.project_path, ".kedro.yml")
    given = _loader(context).runtime_params or {}
    return ParameterPlaces(setting_files(context, "parameters"), given, options)


def _invalid(problems: Sequence[str]) -> str:
    these = "this parameter" if len(problems) == 1 else "these parameters"
    return (
        f"{counted(len(problems), 'invalid parameter')}:\n  - "
        + "\n  - ".join(problems)
        + f"\nNothing was run. Correct {these}, and run the same command again."
    )


def _loader(context: KedroContext) -> OmegaConfigLoader:
    return cast(OmegaConfigLoader, context.config_loader)
