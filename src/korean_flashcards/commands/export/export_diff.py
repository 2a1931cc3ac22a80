"""``kedro export diff``: show what changed between two exports, or since an export, card by card."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import cast

import click
import polars as pl
from kedro.framework.context import KedroContext
from kedro.io import DataCatalog

from korean_flashcards.commands.export.open_profiles import exporting, folders_of
from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.project import (
    ExampleCommand,
    WholeNumber,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    project,
)
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.datasets.export_snapshots import SNAPSHOTS, ExportSnapshots
from korean_flashcards.domain.errors import ExportError
from korean_flashcards.domain.export_record import MAIN_DECK, RecordedExport
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.card_changes import ChangedCard, changed_cards, compared_fields
from korean_flashcards.exports.changed_part import changed_part
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.profiles.current_deck import current_deck
from korean_flashcards.profiles.recorded_profile import recorded_profile

_CHANGES = {"added": "added", "removed": "removed", "changed": "changed"}  # between exports of the same profile
_NOTHING = "No export is recorded, so there is nothing to compare. `kedro export run PROFILE` exports."


@click.command(
    name="diff",
    cls=ExampleCommand,
    examples=("kedro export diff", "kedro export diff quizlet", "kedro export diff 11 12"),
)
@click.argument("old", required=False, metavar="[A]")
@click.argument("new", required=False, metavar="[B]")
@click.option("--limit", type=WholeNumber(0), default=20, show_default=True, help="List at most this many cards.")
@json_option
@env_option
@explaining
def diff(old: str | None, new: str | None, limit: int, as_json: bool, env: str | None) -> None:
    """Show what changed between two exports, card by card.

    A and B are numbers from `kedro export history`, or names of profiles, which mean their last exports. "deck" is the main
    deck. Without B, A is compared with the cards as they are now; for the main deck, edits and reviews since then count.
    Without A, the last export is compared.
    """
    with project(env) as context, ledger_of(context) as ledger:
        snapshots: ExportSnapshots = context.catalog.load(SNAPSHOTS)
        before = _export(ledger, old)
        cards_before = _kept(snapshots, before)
        if new is not None:
            after = _export(ledger, new)
            cards, name = _kept(snapshots, after), _shown(after)
        else:
            after = before
            cards, name = _now(context, ledger, before), "now"
    changes = changed_cards(cards_before, cards)
    if as_json:
        echo_json([asdict(change) for change in changes])
        return
    labels = _CHANGES if after.profile == before.profile else _sides(before, after)
    for line in _lines(f"{_shown(before)} → {name}", compared_fields(cards_before, cards), changes, labels, limit):
        click.echo(line)


def _export(ledger: Ledger, name: str | None) -> RecordedExport:
    history = ledger.export_history
    if name is not None and name.isdecimal():
        return history.find(int(name))
    found = history.last_complete(name)
    if found is None:
        fail(
            _NOTHING if name is None else f"No complete export of {name} is recorded. `kedro export history` lists all."
        )
    return found


def _kept(snapshots: ExportSnapshots, export: RecordedExport) -> pl.DataFrame:
    cards = snapshots.load(export)
    if cards is None:
        raise ExportError(
            f"The cards of export {export.number} were not kept, so they cannot be compared. Cards are kept for the last "
            "exports of each profile (the setting keep). `kedro export show` says whether an export has them."
        )
    return cards


def _now(context: KedroContext, ledger: Ledger, export: RecordedExport) -> pl.DataFrame:
    """Return what the same export would show now. The profile's file counts, if it still exists."""
    if export.profile == MAIN_DECK:
        return current_deck(cast(DataCatalog, context.catalog), ledger)
    with exporting(context) as exporter:
        return exporter.snapshot(recorded_profile(export, folders_of(context)))


def _shown(export: RecordedExport) -> str:
    return f"{export.profile} (export {export.number}, {local_time(export.started)})"


def _sides(before: RecordedExport, after: RecordedExport) -> dict[str, str]:
    """Return how cards differ between the exports of two profiles: a card that one of them lacks was not removed."""
    return {
        "added": f"only in export {after.number}",
        "removed": f"only in export {before.number}",
        "changed": "different",
    }


def _lines(
    title: str, compared: Sequence[str] | None, changes: Sequence[ChangedCard], labels: Mapping[str, str], limit: int
) -> Iterator[str]:
    yield from wrapped(title, indent=0)
    if compared is not None:
        yield from wrapped(f"Compared: {', '.join(['the cards', *compared])}, which both exports show.", indent=0)
    if not changes:
        yield "No card differs."
        return
    counts = {label: sum(change.change == kind for change in changes) for kind, label in labels.items()}
    yield f"{counted(len(changes), 'card')}: " + ", ".join(
        f"{count:,} {label}" for label, count in counts.items() if count
    )
    for change in changes[:limit]:
        yield from wrapped(f"{labels[change.change]}: {change.item_id.removesuffix('#1')} ({change.card_type})", 0, 2)
        for field in change.fields:
            old, new = changed_part(field.old, field.new)
            yield from wrapped(f"{field.name}: {old} → {new}", 4, 2)
    if len(changes) > limit:
        yield f"{counted(len(changes) - limit, 'more card')} not shown (--limit)."
