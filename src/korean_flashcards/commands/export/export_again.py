"""``kedro export again``: repeat an earlier export with the profile that it used."""

import click

from korean_flashcards.commands.export.export_text import exported_lines
from korean_flashcards.commands.export.open_profiles import exporting
from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.project import ExampleCommand, WholeNumber, env_option, explaining, ledger_of, project
from korean_flashcards.datasets.export_snapshots import SNAPSHOTS
from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.card_changes import changed_cards
from korean_flashcards.profiles.recorded_profile import recorded_profile


@click.command(name="again", cls=ExampleCommand, examples=("kedro export again 12",))
@click.argument("number", type=WholeNumber(1), metavar="EXPORT")
@env_option
@explaining
def again(number: int, env: str | None) -> None:
    """Export again with the profile of an earlier export.

    EXPORT is the number in `kedro export history`. The profile and the filters that it used select cards from the current
    deck. Says how many of these cards have changed since that export.
    """
    with project(env) as context:
        with ledger_of(context) as ledger:
            export = ledger.export_history.find(number)
        profile = recorded_profile(export)
        snapshots = context.catalog.load(SNAPSHOTS)
        before = snapshots.load(export)  # loaded first, because the new export can delete the oldest cards
        with exporting(context) as exporter:
            exported = exporter.export(profile, dict(export.filters))
        after, still_kept = snapshots.load(exported.export), snapshots.has(export)
    for line in exported_lines(exported):
        click.echo(line)
    if before is None or after is None:
        click.echo(f"The cards of export {number} were not kept, so changes since then are unknown.")
    elif changes := changed_cards(before, after):
        differ = f"{counted(len(changes), 'card differs', 'cards differ')} from export {number}"
        shows = f": `kedro export diff {number} {exported.export.number}` shows them" if still_kept else ""
        for line in wrapped(f"{differ}{shows}.", indent=0):
            click.echo(line)
    else:
        click.echo(f"The cards are the same as in export {number}.")
