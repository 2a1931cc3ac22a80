"""``kedro export``: the commands that export cards, and that show what earlier exports contained."""

import click

from korean_flashcards.commands.project import CommandGroup

_HERE = "korean_flashcards.commands.export"


@click.group(
    name="export",
    cls=CommandGroup,
    examples=("kedro export run", "kedro export run quizlet", "kedro export preview worksheet", "kedro export diff"),
    lazy_subcommands={
        "run": f"{_HERE}.export_run.run_export",
        "preview": f"{_HERE}.export_preview.preview",
        "list": f"{_HERE}.profile_commands.list_profiles",
        "new": f"{_HERE}.profile_commands.new_profile",
        "validate": f"{_HERE}.profile_commands.validate_profiles",
        "history": f"{_HERE}.past_exports.history",
        "show": f"{_HERE}.past_exports.show_export",
        "diff": f"{_HERE}.export_diff.diff",
        "again": f"{_HERE}.export_again.again",
        "changes": f"{_HERE}.import_changes.changes",
        "project-id": f"{_HERE}.project_id_command.project_id",
    },
)
def export() -> None:
    """Write cards to files: the main deck, or the files of a profile."""
