"""Find the prompt for a reference: the default of a stage (nuance), a draft (nuance.short), or a recorded version."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext
from sqlalchemy import select

from korean_flashcards.datasets.prompt import PromptDataset
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.plurals import listed
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.files.settings_folders import settings_folders
from korean_flashcards.lab.variant import PROMPTS, LabPrompt
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.prompt_tables import prompt_versions

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

_SHORTEST = 4  # characters of a version


def find_prompt(context: KedroContext, catalog: "CatalogProtocol[Any, Any]", reference: str) -> LabPrompt:
    """Return the prompt with this reference.

    Raises:
        SettingsError: There is no such prompt, or several versions begin with the reference.
    """
    stage, _, draft = reference.partition(".")
    if stage in PROMPTS and not draft:
        return LabPrompt(stage, reference, catalog.load(f"{stage}_prompt"))
    if stage in PROMPTS:
        return LabPrompt(stage, reference, _draft(context, reference))
    return _version(catalog.load("ledger").store, catalog, reference)


def _draft(context: KedroContext, reference: str) -> Prompt:
    folders = settings_folders(cast(OmegaConfigLoader, context.config_loader))
    files = [folder / "prompts" / f"{reference}.md" for folder in folders]
    # The last folder is the environment's own, whose files take precedence.
    for path in reversed(files):
        if path.exists():
            return PromptDataset(filepath=str(path)).load()
    places = listed([str(Path(*path.parts[-4:])) for path in files])
    raise SettingsError(f"There is no prompt {reference}: neither file exists: {places}. Nothing was sent.")


def _version(store: LedgerStore, catalog: "CatalogProtocol[Any, Any]", reference: str) -> LabPrompt:
    versions = prompt_versions.c
    query = select(versions.stage, versions.version, versions.text).where(
        versions.version.startswith(reference, autoescape=True)
    )
    found = []
    # A ledger that does not exist is not created to look for a version.
    if len(reference) >= _SHORTEST and store.path.exists():
        with store.read() as connection:
            found = list(connection.execute(query).tuples())
    if len(found) != 1:
        which = (
            f"Several recorded versions begin with {reference}" if found else f"There is no prompt named {reference}"
        )
        raise SettingsError(
            f"{which}. Name a stage ({listed(PROMPTS)}), a draft such as nuance.short, or the beginning of a version. "
            "Nothing was sent."
        )
    stage, version, text = found[0]
    # The ledger does not record the format of requests, so the one of the stage's default is used.
    default: Prompt = catalog.load(f"{stage}_prompt")
    return LabPrompt(stage, version, Prompt(default.name, text, default.request_format))
