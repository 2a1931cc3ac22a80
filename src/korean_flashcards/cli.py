"""Define the project's command group. Each command is imported only when it is called."""

import click
from kedro.framework.cli.utils import CONTEXT_SETTINGS, LazyGroup

from korean_flashcards.commands.early_interrupt import disarm
from korean_flashcards.commands.standard_streams import report_lost_output
from korean_flashcards.commands.swallowed_interrupts import repeat_swallowed_interrupts


class ProjectCommands(LazyGroup):
    """The project's commands. Once imported, a command handles Ctrl-C itself."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        try:
            return super().get_command(ctx, cmd_name)
        finally:
            disarm()
            repeat_swallowed_interrupts()
            # The exit code of a run says whether the run is complete, also if nobody can read its output.
            if cmd_name != "run":
                report_lost_output(ctx)


@click.group(
    name="korean_flashcards",
    context_settings=CONTEXT_SETTINGS,
    cls=ProjectCommands,
    lazy_subcommands={
        "run": "korean_flashcards.commands.run.run",
        "plan": "korean_flashcards.commands.plan.plan",
        "status": "korean_flashcards.commands.status.command.status",
        "runs": "korean_flashcards.commands.runs.group.runs",
        "costs": "korean_flashcards.commands.costs.command.costs",
        "word": "korean_flashcards.commands.word.group.word",
        "cards": "korean_flashcards.commands.cards.group.cards",
        "ingress": "korean_flashcards.commands.ingress.group.ingress",
        "tasks": "korean_flashcards.commands.tasks.tasks",
        "quality": "korean_flashcards.commands.quality.group.quality",
        "review": "korean_flashcards.commands.review.group.review",
        "prompts": "korean_flashcards.commands.prompts.group.prompts",
        "export": "korean_flashcards.commands.export.group.export",
        "cache": "korean_flashcards.commands.cache.group.cache",
        "open": "korean_flashcards.commands.open_files.open_files",
        "errors": "korean_flashcards.commands.errors.command.errors",
        "validation": "korean_flashcards.commands.validation.validation",
        "llm": "korean_flashcards.commands.llm.group.llm",
        "disk": "korean_flashcards.commands.disk.group.disk",
        "db": "korean_flashcards.commands.db.group.db",
        "korean": "korean_flashcards.commands.korean.group.korean",
        "batches": "korean_flashcards.commands.old_names.batches",
        "confusables": "korean_flashcards.commands.confusables.confusables",
    },
    # Kedro prints this help above the list of commands, whose title already says enough.
    help="",
)
def cli() -> None:
    """Group the project's commands."""
