"""``kedro export run``: write the main deck, or the files of profiles."""

import sys
from typing import Any

import click
from kedro.framework.project import settings

from korean_flashcards.commands.export.export_text import exported_lines, later_reviews_line
from korean_flashcards.commands.export.filter_options import FORMATS, filter_options
from korean_flashcards.commands.export.import_text import change_lines
from korean_flashcards.commands.export.open_profiles import exporting, requested_profiles, settings_given
from korean_flashcards.commands.project import (
    ExampleCommand,
    WholeNumber,
    env_option,
    explaining,
    fail,
    json_option,
)
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.errors import ExportError, SettingsError
from korean_flashcards.domain.line_wrap import wrapped
from korean_flashcards.exports.card_filter import CardFilter

_NOTES = 20  # changed notes that are listed after an export of the main deck


@click.command(
    name="run",
    cls=ExampleCommand,
    examples=(
        "kedro export run",
        "kedro export run quizlet worksheet",
        "kedro export run quizlet --list unit3 --card-type-not Hanja",
        "kedro export run --format apkg --list unit3 --name unit3",
    ),
)
@click.argument("profiles", nargs=-1, metavar="[PROFILE]...")
@click.option(
    "--format", "formats", multiple=True, help=f"Write this format, without a profile: {FORMATS}. Can be repeated."
)
@click.option("--name", help="Name the folder of an export without a profile (default: the format's name).")
@click.option("--sort", metavar="COLUMNS", help="Set the columns to sort by, such as score,-level.")
@click.option(
    "--limit",
    type=WholeNumber(1),
    default=None,
    help=f"Export at most this many cards. For the main deck, list at most this many changed notes (default: {_NOTES}).",
)
@click.option("--params", default="", metavar="NAME=VALUE,…", help="Set parameters for an export of the main deck.")
@json_option
@env_option
@explaining
@filter_options
def run_export(
    profiles: tuple[str, ...], formats: tuple[str, ...], name: str | None, sort: str | None, limit: int | None,
    params: str, as_json: bool, env: str | None, filters: CardFilter,
) -> None:  # fmt: skip
    """Write the main deck, or the files of profiles.

    Without a profile or a format, does the same as `kedro run --pipeline=export`, and lists the notes that the next import
    into Anki adds or updates. The files of a profile go to data/07_model_output/exports/PROFILE. `kedro export list` lists
    the profiles. Exit codes: 0 = all done; 1 = error; 2 = finished but incomplete.
    """
    given = settings_given(filters, sort, limit)
    if profiles or formats:
        if params:
            fail("--params sets parameters of the main deck. Profiles have settings and filters instead.")
        _run_profiles(profiles, formats, name, given, as_json, env)
        return
    if name or as_json or set(given) - {"limit"}:
        fail(
            "Filters, --sort, --name, and --json need a profile or a format, because the main deck always has all released "
            "cards. Nothing was exported. `kedro export list` lists the profiles. Or add --format=apkg."
        )
    _run_main_deck(params, _NOTES if limit is None else limit, env)


def _run_profiles(
    names: tuple[str, ...], formats: tuple[str, ...], name: str | None, given: dict[str, Any], as_json: bool,
    env: str | None,
) -> None:  # fmt: skip
    with requested_profiles(env, names, formats, name, given) as (context, profiles), exporting(context) as exporter:
        done, failed = [], []
        for profile in profiles:
            try:
                exported = exporter.export(profile, given)
            except (ExportError, SettingsError) as error:
                if len(profiles) == 1:
                    raise
                failed.append(f"{profile.name}: {error}")
                continue
            done.append(exported)
            if not as_json:
                for line in exported_lines(exported):
                    click.echo(line)
        later = exporter.later_reviews
    if done and later:
        click.echo(wrapped(later_reviews_line(later)), err=True)
    if as_json:
        echo_json([exported.as_json() for exported in done])
    if failed:
        fail("\n".join(failed))


def _run_main_deck(params: str, limit: int, env: str | None) -> None:
    # Imported here because the run's modules take 0.3 s to load, and the other commands do not need them.
    from korean_flashcards.commands.run import run
    from korean_flashcards.hooks import RunHooks

    arguments = ["--pipeline=export", *([f"--params={params}"] if params else []), *([f"--env={env}"] if env else [])]
    code: Any = 0
    try:
        run.main(arguments, prog_name="kedro export run", standalone_mode=False)
    except SystemExit as end:
        code = end.code
    changes = next(hooks.facts.import_changes for hooks in settings.HOOKS if isinstance(hooks, RunHooks))
    if code in (0, 2) and changes is not None:
        for line in change_lines(changes.notes, limit):
            click.echo(wrapped(safe(line)))
    sys.exit(code)
