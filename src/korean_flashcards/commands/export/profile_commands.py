"""``kedro export list``, ``new``, and ``validate``: find, create, and check export profiles."""

from pathlib import Path
from typing import Any, cast

import click
import polars as pl
from kedro.io import DataCatalog
from kedro.io.core import DatasetError

from korean_flashcards.commands.export.filter_options import FORMATS
from korean_flashcards.commands.export.open_profiles import folders_of
from korean_flashcards.commands.layout import hanging_table, wrapped
from korean_flashcards.commands.project import (
    ExampleCommand,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    project,
)
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.errors import FlashcardsError, SettingsError
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.profile_settings import ProfileSettings
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.files.disk import explaining_disk
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.layers.exported_cards import load_card_table
from korean_flashcards.profiles.file_formats import formats_named, known_formats
from korean_flashcards.profiles.new_profile import copied_profile, new_profile_text
from korean_flashcards.profiles.profile_check import check_profile
from korean_flashcards.profiles.profile_files import (
    load_profile,
    name_problem,
    profile_path,
    profile_paths,
    profile_text,
    same_but_for_case,
)

_DAY = len("2026-11-30")


@click.command(name="list", cls=ExampleCommand, examples=("kedro export list",))
@json_option
@env_option
@explaining
def list_profiles(as_json: bool, env: str | None) -> None:
    """List export profiles with their last exports."""
    with project(env) as context, ledger_of(context) as ledger:
        folders = folders_of(context)
        found = []
        for name, path in profile_paths(folders).items():
            last = ledger.export_history.last_complete(name)
            row: dict[str, Any] = {
                "profile": name, "file": shown_path(path), "format": None, "description": None, "problem": None,
                "last_export": last and last.ended, "cards": last and last.cards,
            }  # fmt: skip
            try:
                settings = load_profile(name, folders).settings
                row |= {"format": ", ".join(settings.format), "description": settings.description}
            except SettingsError as error:
                row["problem"] = str(error)
            found.append(row)
    if as_json:
        echo_json(found)
    elif not found:
        click.echo("There are no export profiles yet. `kedro export new NAME` creates one.")
    else:
        rows = [
            (row["profile"], row["format"] or "–", local_time(row["last_export"])[:_DAY] if row["last_export"] else "–",
             ["Its file is not valid: see `kedro export validate`." if row["problem"] else row["description"]])
            for row in found
        ]  # fmt: skip
        for line in hanging_table(("Profile", "Format", "Last export", "Description"), rows):
            click.echo(line)


@click.command(
    name="new",
    cls=ExampleCommand,
    examples=("kedro export new unit3", "kedro export new unit3 --format apkg", "kedro export new mine --from quizlet"),
)
@click.argument("name", metavar="NAME")
@click.option("--format", "file_format", default=None, help=f"Write this format (default: csv): {FORMATS}.")
@click.option("--from", "source", default=None, metavar="PROFILE", help="Make a copy of this profile.")
@env_option
@explaining
def new_profile(name: str, file_format: str | None, source: str | None, env: str | None) -> None:
    """Write a new profile with comments that explain it.

    The file is conf/base/exports/NAME.yml. With --env, it is in the folder of that environment. An existing file is never
    overwritten.
    """
    with project(env) as context:
        folders = folders_of(context)
        if problem := name_problem(name):
            fail(f"{name!r} cannot be used: {problem}. Nothing was written.")
        if other := same_but_for_case(name, profile_paths(folders)):
            fail(f"The name of the profile {other} differs only in case. Nothing was written. Choose a different name.")
        path = (folders[-1] if env else folders[0]) / f"{name}.yml"
        if path.exists() or path.is_symlink():
            fail(f"{shown_path(path)} exists already. Nothing was written. Edit it, or choose a different name.")
        if source is not None:
            text = copied_profile(load_profile(source, folders), file_format)
        else:
            text = new_profile_text(name, file_format or "csv", ProfileSettings.model_fields["keep"].default)
        if file_format is not None:
            formats_named([file_format], known_formats(cast(DataCatalog, context.catalog)), "--format")
        with explaining_disk(SettingsError, f"{shown_path(path)} cannot be written", "Nothing was written."):
            _write(path, text)
    click.echo(f"Wrote {shown_path(path)}. Edit it, and look at the result with `kedro export preview {name}`.")


@click.command(name="validate", cls=ExampleCommand, examples=("kedro export validate", "kedro export validate quizlet"))
@click.argument("profiles", nargs=-1, metavar="[PROFILE]...")
@env_option
@explaining
def validate_profiles(profiles: tuple[str, ...], env: str | None) -> None:
    """Check the settings of profiles.

    All mistakes in a file are listed by line. If there is a deck, the filters' decks, tags, lists, and words are looked up
    in it.
    """
    with project(env) as context:
        catalog = cast(DataCatalog, context.catalog)
        folders = folders_of(context)
        known = known_formats(catalog)
        problems, names = [], list(dict.fromkeys(profiles)) or list(profile_paths(folders))
        cards = _deck(catalog)
        for name in names:
            try:
                path = profile_path(name, folders)
                check_profile(profile_text(path), path, known, cards)
            except FlashcardsError as error:
                problems.append(str(error))
    if problems:
        fail("\n".join(problems))
    valid = "valid" if len(names) != 1 else "is valid"
    for line in wrapped(f"{counted(len(names), 'profile')} {valid}: {safe(', '.join(names))}", indent=0):
        click.echo(line)


def _deck(catalog: DataCatalog) -> pl.DataFrame | None:
    """Return the card table, or None if there is no deck yet, or if it cannot be read. Exports report that."""
    if not catalog.exists("anki_notes"):
        return None
    try:
        return load_card_table(catalog)
    except (FlashcardsError, DatasetError):
        return None


def _write(path: Path, text: str) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
