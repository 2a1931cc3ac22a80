"""Check the settings of a new Kedro context, and complete them."""

from pathlib import Path
from typing import cast

from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.files.catalog_entries import first_problem
from korean_flashcards.files.settings_folders import settings_folders
from korean_flashcards.llm.secrets import keys_of, use_keys
from korean_flashcards.planning.run_settings import check_files, check_parameters, prompt_files, setting_files
from korean_flashcards.validation.attach import FOLDER, attach_suites


def prepare_context(context: KedroContext) -> None:
    """Read API keys from conf/local, check all parameters, and complete the catalog.

    The environment's prompts replace those in conf/base, and the validation suites are attached to their datasets.

    Raises:
        SettingsError: A parameter is unknown or has an invalid value, or no stage uses one of the environment's prompts.
        SuiteError: A suite's file is invalid.
    """
    check_files(context)
    use_keys(keys_of(context))
    check_parameters(context)
    catalog = context.config_loader["catalog"]  # Kedro reads the files each time
    if problem := first_problem(catalog, setting_files(context, "catalog")):
        raise SettingsError(problem)
    prompts = prompt_files(context)
    if problem := prompts.unused():
        raise SettingsError(f"{problem}. Nothing was run.")
    catalog = prompts.in_environment(catalog)
    context.config_loader["catalog"] = attach_suites(catalog, _suite_folders(context), Path(context.project_path))


def data_folder(context: KedroContext) -> Path:
    """Return the folder with the layers."""
    return Path(context.project_path, context.config_loader["globals"]["data"])


def _suite_folders(context: KedroContext) -> list[Path]:
    """Return the suite folders: conf/base/expectations, then the environment's folder, whose files take precedence."""
    return [folder / FOLDER for folder in settings_folders(cast(OmegaConfigLoader, context.config_loader))]
