"""``kedro export project-id``: show or change the ID that keeps the notes of two projects apart."""

import click

from korean_flashcards.commands.project import (
    ExampleCommand,
    agreed,
    env_option,
    explaining,
    fail,
    ledger_of,
    project,
    yes_option,
)
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.project_ids import is_project_id


@click.command(
    name="project-id",
    cls=ExampleCommand,
    examples=("kedro export project-id", "kedro export project-id my-course --yes"),
)
@click.argument("new", required=False, metavar="[ID]")
@yes_option
@env_option
@explaining
def project_id(new: str | None, yes: bool, env: str | None) -> None:
    """Show or change the ID that keeps this project's notes apart.

    The ID is part of the GUID of each note in Anki, so the decks of two projects do not overwrite each other's notes.
    Words that were exported before keep their GUIDs, and learners keep their schedules.
    """
    with project(env) as context:
        stored = context.catalog["project_id"]
        current = stored.load()
        if new is None:
            click.echo(current or "There is no project ID yet. The first export writes a random one.")
            return
        if not is_project_id(new):
            fail(f"{new!r} cannot be a project ID. Use 4 to 40 lowercase letters a to z, digits, or hyphens.")
        with ledger_of(context) as ledger:
            exported = sum(ledger.exports.words_by_project().values())
        if new != current:
            kept = f"{counted(exported, 'exported word')} keep their GUIDs. " if exported else ""
            agreed(f"{kept}New words get GUIDs with the ID {new}. Continue?", yes, "change the project ID")
            stored.save(new)
        click.echo(f"The project ID is {new}, in {stored.path.relative_to(context.project_path)}.")
