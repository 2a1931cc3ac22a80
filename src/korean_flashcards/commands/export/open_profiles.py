"""Open the project with the profiles that a command names, and with what their exports need."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import yaml
from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext
from kedro.io import DataCatalog

from korean_flashcards import __version__
from korean_flashcards.commands.project import fail, ledger_of, project
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.export_record import DECKS
from korean_flashcards.exports.card_filter import CardFilter
from korean_flashcards.profiles.deck_cards import load_deck
from korean_flashcards.profiles.file_formats import formats_of, known_formats
from korean_flashcards.profiles.profile_export import ProfileExporter
from korean_flashcards.profiles.profile_files import (
    Profile,
    load_profile,
    name_problem,
    narrowed,
    profile_folders,
    profile_paths,
    read_profile,
    same_but_for_case,
)


def settings_given(filters: CardFilter, sort: str | None, limit: int | None) -> dict[str, Any]:
    """Return the filters and settings of a command line that replace those of a profile, for JSON."""
    own = {"sort": sort, "limit": limit}
    return filters.given() | {name: value for name, value in own.items() if value is not None}


def folders_of(context: KedroContext) -> list[Path]:
    """Return the folders with profiles."""
    return profile_folders(cast(OmegaConfigLoader, context.config_loader))


@contextmanager
def requested_profiles(
    env: str | None, names: Sequence[str], formats: Sequence[str], name: str | None, given: Mapping[str, Any]
) -> Iterator[tuple[KedroContext, list[Profile]]]:
    """Yield the project's context and the profiles that a command line names or, with ``formats``, describes.

    All of them are checked before any of them is exported.

    Args:
        env: The Kedro environment.
        names: The names of profiles.
        formats: The formats of an export without a profile.
        name: The name of the folder of an export without a profile.
        given: Filters and settings of the command line.
    """
    with project(env) as context:
        folders = folders_of(context)
        if names and (formats or name):
            fail("--format and --name are for exports without a profile. Nothing was exported. Leave them out.")
        _check_named(context, names, folders)
        profiles = [load_profile(each, folders) for each in dict.fromkeys(names)]
        if formats:
            profiles = [_described(formats, name, folders)]
        known = known_formats(cast(DataCatalog, context.catalog))
        for profile in profiles:
            formats_of(profile.settings, known, profile.shown)
        yield context, [narrowed(profile, given) for profile in profiles]


@contextmanager
def exporting(context: KedroContext) -> Iterator[ProfileExporter]:
    """Yield an exporter for the deck of the project."""
    catalog = cast(DataCatalog, context.catalog)
    with ledger_of(context) as ledger:
        yield ProfileExporter(catalog, ledger, load_deck(catalog, ledger), __version__)


def _check_named(context: KedroContext, names: Sequence[str], folders: Sequence[Path]) -> None:
    """Raise SettingsError if a name is not that of a profile, but of an earlier export without a profile."""
    unknown = [name for name in dict.fromkeys(names) if name not in profile_paths(folders) and name not in DECKS]
    if not unknown:
        return
    with ledger_of(context) as ledger:
        for name in unknown:
            if export := ledger.export_history.last_complete(name):
                raise SettingsError(
                    f"{name} is not an export profile, but export {export.number} had this name. Nothing was exported. "
                    f"`kedro export again {export.number}` repeats it. `kedro export new {name}` creates a profile."
                )


def _described(formats: Sequence[str], name: str | None, folders: Sequence[Path]) -> Profile:
    """Return a profile without a file, with only the formats and the name of the command line."""
    every = [each.strip() for given in formats for each in given.split(",")]
    name = name or f"{every[0]}-selection"
    if problem := name_problem(name):
        fail(f"{name!r} cannot be used as a name: {problem}. Nothing was exported. Give a different --name.")
    paths = profile_paths(folders)
    if name in paths or same_but_for_case(name, paths):
        raise SettingsError(f"{name} is the name of a profile. Nothing was exported. Give a different --name.")
    return read_profile(name, yaml.safe_dump({"format": every}, allow_unicode=True))
