"""``kedro open``: open the last run's report in the browser, or the deck in Anki."""

from collections.abc import Callable
from pathlib import Path

import click

from korean_flashcards.commands.default_program import has_screen, open_page, open_with_default_program
from korean_flashcards.commands.project import CommandGroup, env_option, explaining, fail, project
from korean_flashcards.commands.terminal import safe
from korean_flashcards.files.file_problems import shown_path


@click.group(name="open", cls=CommandGroup, examples=("kedro open report", "kedro open deck"))
def open_files() -> None:
    """Open the report in your browser, or the deck in Anki."""


@open_files.command(examples=("kedro open report", "kedro open report --env test"))
@env_option
@explaining
def report(env: str | None) -> None:
    """Open the newest report in your browser.

    Without a display, such as over SSH, prints the path of the report.
    """
    _open("report", env, open_page, "Open it in a browser yourself.")


@open_files.command(examples=("kedro open deck",))
@env_option
@explaining
def deck(env: str | None) -> None:
    """Open the newest deck with the default program, usually Anki.

    Anki then asks how to import the deck. Without a display, such as over SSH, prints the path of the deck.
    """
    _open("deck", env, open_with_default_program, "Install Anki, or choose File > Import in Anki.")


def _open(name: str, env: str | None, opened: Callable[[Path], bool], advice: str) -> None:
    with project(env) as context:
        file = Path(context.catalog[name].path).absolute()
    if not file.is_file():
        run = f"kedro run --env {safe(env)}" if env else "kedro run"
        fail(f"There is no {name} yet: {safe(shown_path(file))} does not exist. `{run}` creates it.")
    if not has_screen():
        click.echo(f"This terminal has no display, so nothing was opened. The {name}:\n{safe(str(file))}")
    elif opened(file):
        click.echo(f"Opened {safe(shown_path(file))}.")
    else:
        fail(f"No program opened the {name}. {advice} The {name}: {safe(str(file))}")
