"""The project's commands, listed lazily: each is imported when it is called."""

import click
from kedro.framework.cli.utils import CONTEXT_SETTINGS, LazyGroup


@click.group(
    name="korean_flashcards",
    context_settings=CONTEXT_SETTINGS,
    cls=LazyGroup,
    lazy_subcommands={
        "run": "korean_flashcards.commands.run.run",
        "ingress": "korean_flashcards.commands.ingress.ingress",
        "tasks": "korean_flashcards.commands.tasks.tasks",
        "db": "korean_flashcards.commands.db.db",
    },
)
def cli() -> None:
    """Commands of the Korean Flashcard Pipeline."""
