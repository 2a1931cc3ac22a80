"""The project's commands, listed lazily: each is imported when it is called."""

import click
from kedro.framework.cli.utils import CONTEXT_SETTINGS, LazyGroup


@click.group(
    name="korean_flashcards",
    context_settings=CONTEXT_SETTINGS,
    cls=LazyGroup,
    lazy_subcommands={"run": "korean_flashcards.commands.run.run"},
)
def cli() -> None:
    """Commands of the Korean Flashcard Pipeline."""
