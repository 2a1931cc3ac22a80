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
        "word": "korean_flashcards.commands.word.command.word",
        "tasks": "korean_flashcards.commands.tasks.tasks",
        "quality": "korean_flashcards.commands.quality.quality",
        "review": "korean_flashcards.commands.review.review",
        "cache": "korean_flashcards.commands.cache.cache",
        "errors": "korean_flashcards.commands.errors.errors",
        "validation": "korean_flashcards.commands.validation.validation",
        "llm": "korean_flashcards.commands.llm.llm",
        "db": "korean_flashcards.commands.db.db",
        "korean": "korean_flashcards.commands.korean.korean",
        "batches": "korean_flashcards.commands.batches.batches",
        "confusables": "korean_flashcards.commands.confusables.confusables",
    },
)
def cli() -> None:
    """Commands of the Korean Flashcard Pipeline."""
