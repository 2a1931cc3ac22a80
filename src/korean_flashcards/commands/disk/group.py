"""``kedro disk``: show the disk space that the project takes, and free what can be written again."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from kedro.framework.context import KedroContext
from kedro.io.core import DatasetError

from korean_flashcards.commands.disk.disk_places import disk_places
from korean_flashcards.commands.disk.removable_files import Removable, removable_files
from korean_flashcards.commands.layout import fitted_table
from korean_flashcards.commands.project import (
    CommandGroup,
    agreed,
    dry_run_option,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    project,
    yes_option,
)
from korean_flashcards.commands.terminal import echo_json, size_text
from korean_flashcards.datasets.export_snapshots import SNAPSHOTS
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.file_problems import os_reason, shown_path
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.pipelines.reporting.data_docs import render_data_docs


@click.group(
    name="disk", cls=CommandGroup, examples=("kedro disk show", "kedro disk free --dry-run", "kedro disk free --yes")
)
def disk() -> None:
    """Show and free the project's disk space."""


@disk.command(name="show", examples=("kedro disk show",))
@json_option
@env_option
@explaining
def show(as_json: bool, env: str | None) -> None:
    """Show the disk space of exports, layers, replies, and so on."""
    with project(env) as context, ledger_of(context) as ledger:
        places = disk_places(context.project_path, _data(context), _cache(context), ledger.store.path)
        removable = _removable(context, ledger)
        free_space = shutil.disk_usage(_data(context)).free
    freed = sum(each.bytes for each in removable)
    if as_json:
        rows = [asdict(place) | {"where": str(place.where)} for place in places]
        echo_json({"places": rows, "can_be_freed": freed, "free_on_disk": free_space})
        return
    rows_shown = [(place.name, shown_path(place.where), place.files, _mb(place.bytes)) for place in places]
    total = ("total", "", sum(place.files for place in places), _mb(sum(place.bytes for place in places)))
    click.echo(fitted_table(("What", "Where", "Files", "MB"), [*rows_shown, total]))
    click.echo(f"`kedro disk free` can free {size_text(freed)}. The disk has {size_text(free_space)} of free space.")


@disk.command(name="free", examples=("kedro disk free --dry-run", "kedro disk free --yes"))
@yes_option
@dry_run_option
@env_option
@explaining
def free(yes: bool, dry_run: bool, env: str | None) -> None:
    """Remove old exports, Data Docs, logs, and temporary files.

    The files of each profile's last export stay, as do all replies, the ledger, its backups, and the layers.
    """
    with project(env) as context, ledger_of(context) as ledger:
        found = [each for each in _removable(context, ledger) if each.files or each.folders]
        if not found:
            click.echo("There is nothing to remove.")
            return
        rows = [(each.name, len(each.files), _mb(each.bytes)) for each in found]
        click.echo(fitted_table(("What", "Files", "MB"), rows))
        size = size_text(sum(each.bytes for each in found))
        if dry_run:
            click.echo(f"This would free {size}. Nothing was removed.")
            return
        agreed(f"Remove these files ({size})?", yes, "remove these files")
        problems = _remove(found)
        _render_data_docs(context)
    click.echo(f"Freed {size}." if not problems else f"Removed all but {counted(len(problems), 'file')}.")
    if problems:
        fail("\n".join(problems))


def _removable(context: KedroContext, ledger: Ledger) -> list[Removable]:
    catalog = context.catalog
    results = getattr(catalog["validation_results"], "results")  # noqa: B009 - the catalog does not know its type
    return removable_files(context.project_path, _data(context), ledger, catalog.load(SNAPSHOTS), results)


def _remove(found: Sequence[Removable]) -> list[str]:
    """Delete the files and the empty folders, and return why some of them could not be deleted."""
    problems = []
    for each in found:
        for path in each.files:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                problems.append(f"{shown_path(path)} cannot be removed: {os_reason(error)}.")
        for folder in each.folders:
            with suppress(OSError):  # a file in it could not be removed, or a user has put a folder there
                folder.rmdir()
    return problems


def _render_data_docs(context: KedroContext) -> None:
    """Write the first page of the Data Docs again, so that it has no link to a removed page."""
    catalog: Any = context.catalog
    if catalog.exists("data_docs"):
        with suppress(DatasetError):
            page = render_data_docs(catalog.load("validation_results"), catalog.load("data_docs_template"))
            catalog.save("data_docs", page)


def _data(context: KedroContext) -> Path:
    return Path(context.project_path, context.config_loader["globals"]["data"])


def _cache(context: KedroContext) -> Path:
    return Path(context.project_path, context.config_loader["globals"]["cache"])


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f}"
