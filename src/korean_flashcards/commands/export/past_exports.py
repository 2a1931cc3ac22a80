"""``kedro export history`` and ``show``: list earlier exports, and show one of them."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from korean_flashcards.commands.layout import fitted_table, headed, labeled
from korean_flashcards.commands.project import (
    ExampleCommand,
    WholeNumber,
    env_option,
    explaining,
    json_option,
    ledger_of,
    project,
)
from korean_flashcards.commands.terminal import echo_json, safe, size_text
from korean_flashcards.datasets.export_snapshots import SNAPSHOTS, ExportSnapshots
from korean_flashcards.domain.export_record import MAIN_DECK, SELECTED_DECK, RecordedExport, RecordedFile
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.profiles.export_files import found_files
from korean_flashcards.profiles.profile_export import still_running

_MINUTES = len("2026-11-30 09:00")
_NOTHING = "No export is recorded. The history begins with the first export after the ledger was created."


@click.command(
    name="history", cls=ExampleCommand, examples=("kedro export history", "kedro export history quizlet --limit 5")
)
@click.argument("profile", required=False, metavar="[PROFILE]")
@click.option("--limit", type=WholeNumber(1), default=20, show_default=True, help="List at most this many exports.")
@json_option
@env_option
@explaining
def history(profile: str | None, limit: int, as_json: bool, env: str | None) -> None:
    """List earlier exports, newest first.

    The main deck has the name "deck", and its exports with export.filters have the name "deck_selected".
    """
    with project(env) as context, ledger_of(context) as ledger:
        folder = context.catalog.load(SNAPSHOTS).folder.parent
        found, total = ledger.export_history.listing(profile, limit)
        states = {export.number: _state(export, folder) for export in found}
    if as_json:
        echo_json([asdict(export) | {"state": states[export.number]} for export in found])
        return
    if not found:
        click.echo(_NOTHING if profile is None else f"No export of {safe(profile)} is recorded.")
        return
    rows = [
        (str(export.number), export.profile, local_time(export.started)[:_MINUTES], states[export.number], export.format,
         "–" if export.cards is None else export.cards)
        for export in found
    ]  # fmt: skip
    click.echo(fitted_table(("Export", "Profile", "Started", "State", "Format", "Cards"), rows))
    if total > len(found):
        click.echo(f"{total - len(found):,} earlier not shown (--limit).")


@click.command(name="show", cls=ExampleCommand, examples=("kedro export show 12",))
@click.argument("number", type=WholeNumber(1), metavar="EXPORT")
@json_option
@env_option
@explaining
def show_export(number: int, as_json: bool, env: str | None) -> None:
    """Show the files, filters, and profile of an export.

    EXPORT is the number in `kedro export history`.
    """
    with project(env) as context, ledger_of(context) as ledger:
        snapshots: ExportSnapshots = context.catalog.load(SNAPSHOTS)
        export = ledger.export_history.find(number)
        folder = snapshots.folder.parent
        places = found_files(export, folder)
        state = _state(export, folder)
    if as_json:
        found = {name: place and str(place) for name, place in places.items()}
        echo_json(asdict(export) | {"state": state, "found": found, "cards_kept": snapshots.has(export)})
        return
    for line in _details(export, state, places, snapshots.has(export)):
        click.echo(line)


def _state(export: RecordedExport, folder: Path) -> str:
    """Return the state of an export. A running export whose process has ended was killed."""
    if export.state == "running" and not still_running(folder / export.profile):
        return "killed"
    return export.state


def _details(export: RecordedExport, state: str, places: dict[str, Path | None], cards_kept: bool) -> Iterator[str]:
    yield f"Export {export.number}"
    decks = {MAIN_DECK: " (main deck)", SELECTED_DECK: " (selected cards of the main deck)"}
    yield from labeled("Profile", export.profile + decks.get(export.profile, ""))
    yield from labeled("State", state)
    yield from labeled("Message", export.message)
    yield from labeled("Started", local_time(export.started))
    yield from labeled("Ended", export.ended and local_time(export.ended))
    yield from labeled("Format", export.format)
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in export.counts.items())
    yield from labeled("Cards", None if export.cards is None else f"{export.cards:,} ({kinds})")
    given = "Selection" if export.profile == SELECTED_DECK else "Command line"
    yield from labeled(given, ", ".join(f"{name} {value}" for name, value in export.filters.items()))
    if export.state == "complete":
        yield from labeled("Card by card", "kept for `kedro export diff`" if cards_kept else "not kept")
    if export.files:
        yield from headed("Files", (line for file in export.files for line in _file(file, places[file.name])))
    if export.settings:
        yield from headed("Profile at that time", (f"  {safe(line)}" for line in export.settings.splitlines()))


def _file(file: RecordedFile, place: Path | None) -> Iterator[str]:
    yield safe(f"  {file.name} ({size_text(file.bytes)})")
    yield f"    SHA-256 {file.sha256}"
    yield f"    {shown_path(place)}" if place else "    replaced or changed since"
