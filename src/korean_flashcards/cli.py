"""The project's commands, listed lazily: each is imported when it is called."""

import click
from kedro.framework.cli.utils import CONTEXT_SETTINGS, LazyGroup


@click.group(
    name="korean_flashcards",
    context_settings=CONTEXT_SETTINGS,
    cls=LazyGroup,
    lazy_subcommands={
        "run": "korean_flashcards.commands.run.run",
        "plan": "korean_flashcards.commands.plan.plan",
        "ingress": "korean_flashcards.commands.ingress.ingress",
        "tasks": "korean_flashcards.commands.tasks.tasks",
        "cache": "korean_flashcards.commands.cache.cache",
        "errors": "korean_flashcards.commands.errors.errors",
        "validation": "korean_flashcards.commands.validation.validation",
        "llm": "korean_flashcards.commands.llm.llm",
        "db": "korean_flashcards.commands.db.db",
        "batches": "korean_flashcards.commands.batches.batches",
    },
)
def cli() -> None:
    """Commands of the Korean Flashcard Pipeline."""
