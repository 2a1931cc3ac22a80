"""Keep renamed commands available under their old names for one release.

Each command prints its new name, then runs.
"""

from collections.abc import Sequence
from copy import copy
from functools import wraps
from typing import Any

import click

from korean_flashcards.commands.project import CommandGroup


def renamed(old: str, new: str, command: click.Command, name: str) -> click.Command:
    """Return a hidden copy of ``command`` named ``name``. The copy first prints to stderr that ``old`` is now
    ``new``."""
    alias = copy(command)
    alias.name, alias.hidden = name, True
    callback = command.callback
    assert callback is not None

    @wraps(callback)
    def announced(*arguments: Any, **options: Any) -> Any:
        announce(old, new)
        return callback(*arguments, **options)

    alias.callback = announced
    return alias


def announce(old: str, new: str) -> None:
    """Print to stderr that a command has a new name."""
    click.echo(f"`kedro {old}` is now `kedro {new}`. The old name works only in this release.", err=True)


class RenamedGroup(CommandGroup):
    """A hidden group whose commands have moved to ``new``. It contains copies of ``commands``."""

    def __init__(self, old: str, new: str, commands: Sequence[click.Command]) -> None:
        super().__init__(old, help=f"Use `kedro {new}`.", hidden=True)
        for command in commands:
            assert command.name is not None
            self.add_command(renamed(f"{old} {command.name}", f"{new} {command.name}", command, command.name))
