"""``kedro export preview``: show what an export of a profile would write."""

from pathlib import Path

import click

from korean_flashcards.commands.export.filter_options import filter_options
from korean_flashcards.commands.export.open_profiles import exporting, requested_profiles, settings_given
from korean_flashcards.commands.layout import labeled, wrapped
from korean_flashcards.commands.project import ExampleCommand, WholeNumber, env_option, explaining
from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.card_filter import CardFilter
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.profiles.preview import Preview, preview_of

_LONGEST = 300  # columns of a value
_FILES = 20


@click.command(
    name="preview",
    cls=ExampleCommand,
    examples=("kedro export preview quizlet", "kedro export preview worksheet --level 1-2 --limit 3"),
)
@click.argument("profile", metavar="PROFILE")
@click.option("--limit", type=WholeNumber(1), default=5, show_default=True, help="Show at most this many cards.")
@click.option("--sort", metavar="COLUMNS", help="Set the columns to sort by, such as score,-level.")
@env_option
@explaining
@filter_options
def preview(profile: str, limit: int, sort: str | None, env: str | None, filters: CardFilter) -> None:
    """Show what an export of a profile would write.

    Shows the first cards and the names of the files. Nothing is written.
    """
    given = settings_given(filters, sort, None)
    with requested_profiles(env, [profile], [], None, given) as (context, profiles), exporting(context) as exporter:
        found = preview_of(exporter, profiles[0], limit)
        for line in _lines(found, exporter.folder(profile)):
            click.echo(line)


def _lines(found: Preview, folder: Path) -> list[str]:
    lines = list(
        wrapped(
            f"{found.profile}: {counted(found.cards, found.unit)} from the {found.deck:,} cards in the deck.", indent=0
        )
    )
    for number, row in enumerate(found.rows, 1):
        lines += ["", f"{number}  {safe(row.title)}"]
        for name, value in row.fields.items():
            lines += labeled(safe(name, 18), safe(value, _LONGEST), indent=3)
    lines += ["", f"An export would write {counted(len(found.files), 'file')}. Nothing was written."]
    lines += [f"  {safe(shown_path(folder / name))}" for name in found.files[:_FILES]]
    if len(found.files) > _FILES:
        lines.append(f"  and {counted(len(found.files) - _FILES, 'more file')}")
    return lines
