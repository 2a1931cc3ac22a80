"""What the commands beside `kedro run` share: the project's ledger and settings, errors as one line, exit code 1."""

import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from kedro.config import MissingConfigException
from kedro.framework import project as kedro_project
from kedro.framework.cli.utils import LazyGroup
from kedro.framework.context import KedroContext
from kedro.framework.project import settings
from kedro.framework.startup import bootstrap_project
from kedro.io.core import DatasetError
from kedro.utils import find_kedro_project
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.errors import FlashcardsError, origins
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.secrets import scrubbed

env_option = click.option(
    "--env", "-e", default=None, help="Use this Kedro environment, such as test (default: local)."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
yes_option = click.option("--yes", "-y", is_flag=True, help="Confirm in advance; do not ask.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Only say what would happen; change nothing.")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Age(click.ParamType):  # type: ignore[type-arg]
    """A length of time such as 12h, 30d, 4w."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        found = re.fullmatch(r"(\d{1,5})([hdw])", str(value).strip())
        if not found:
            self.fail(f"{value!r} is not a length of time. Give hours, days or weeks: 12h, 30d, 4w.", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


class ExampleCommand(click.Command):
    """A command whose help ends with ``examples``, one line each."""

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples unchanged."""
        write_examples(formatter, self.examples)


class CommandGroup(LazyGroup):
    """A group of commands, imported when they are called, whose help ends with ``examples``.

    A wrong option ends with exit code 1: 2 says that a command found problems.
    """

    command_class = ExampleCommand

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples unchanged."""
        write_examples(formatter, self.examples)

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> click.Context:
        with _usage_is_an_error():
            return super().make_context(info_name, args, *rest, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _usage_is_an_error():
            return super().invoke(ctx)


def write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """Write an "Examples:" section, one example per line, never wrapped."""
    if examples:
        title = "Example" if len(examples) == 1 else "Examples"
        formatter.write(f"\n{title}:\n" + "".join(f"  {example}\n" for example in examples))


def explaining(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show an expected error as one message on stderr and end with exit code 1; never a traceback."""

    @wraps(command)
    def explained(*args: Any, **options: Any) -> Any:
        if broken := next(_not_utf8((args, options)), None):
            fail(f"{broken} is not UTF-8 text. Nothing was changed. Check the encoding of the terminal.")
        try:
            return command(*args, **options)
        except (FlashcardsError, DatasetError) as error:
            # Kedro wraps what its datasets and validators raise: the innermost message is the one for people.
            fail(str(next((cause for cause in origins(error) if isinstance(cause, FlashcardsError)), error)))
        except (MissingConfigException, YAMLError, OmegaConfBaseException) as error:
            fail(f"The configuration cannot be read: {error} Nothing was changed. Check --env and the files in conf.")
        except KeyboardInterrupt:
            fail("Stopped. What was not finished was undone; run the same command again.")

    return explained


def fail(message: str) -> NoReturn:
    """Print the message, harmless to a terminal, and end with exit code 1."""
    lines = scrubbed(message).splitlines()
    click.echo("Error: " + "\n".join(map(safe, lines)), err=True)
    raise SystemExit(1)


def _not_utf8(given: Any) -> Iterator[str]:
    """Yield what was typed in bytes that are not UTF-8: Python keeps them as lone surrogates, which no file can hold."""
    if isinstance(given, str):
        if any("\ud800" <= sign <= "\udfff" for sign in given):
            yield given
    elif isinstance(given, Mapping):
        yield from _not_utf8(list(given.values()))
    elif isinstance(given, list | tuple):
        for each in given:
            yield from _not_utf8(each)


def agreed(question: str, yes: bool) -> None:
    """Ask on a terminal, end with exit code 1 on a no; elsewhere only ``yes`` (the option --yes) agrees."""
    if yes:
        return
    if not sys.stdin.isatty():
        fail(f"{question} Not a terminal, so nothing was changed. Pass --yes to confirm.")
    if not click.confirm(question, err=True):
        fail("Nothing was changed.")


@contextmanager
def project(env: str | None, params: dict[str, Any] | None = None) -> Iterator[KedroContext]:
    """The Kedro context of the project around the working directory: its catalog, and its parameters under ``params``."""
    folder = find_kedro_project(Path.cwd())
    if folder is None:
        fail("This folder is not inside the project. Change into it and run the command again.")
    # Kedro's own command line has done so: reading the settings again takes a tenth of a second.
    if kedro_project.PACKAGE_NAME is None:
        bootstrap_project(folder)
    logging.getLogger("korean_flashcards").setLevel(logging.INFO)
    with settings.SESSION_CLASS.create(project_path=folder, env=env) as session:
        yield session.load_context(params)


@contextmanager
def open_ledger(env: str | None) -> Iterator[Ledger]:
    """The ledger of the environment, closed at the end."""
    with project(env) as context:
        ledger: Ledger = context.catalog.load("ledger")
        with ledger:
            yield ledger


@contextmanager
def _usage_is_an_error() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        setattr(error, "exit_code", 1)  # noqa: B010 - click declares it a class variable
        raise
