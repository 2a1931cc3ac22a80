"""Provide the options, help, error messages, and project access that all commands share."""

import logging
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from kedro.framework import project as kedro_project
from kedro.framework.cli.utils import CONTEXT_SETTINGS, LazyGroup
from kedro.framework.context import KedroContext
from kedro.framework.project import settings
from kedro.framework.startup import bootstrap_project
from kedro.io.core import DatasetError
from kedro.utils import find_kedro_project

from korean_flashcards.commands.terminal import safe
from korean_flashcards.configuration.configuration_files import broken_file, clashing_setting, settings_files
from korean_flashcards.configuration.kedro_errors import configuration_problem, dataset_problem
from korean_flashcards.domain.errors import FlashcardsError, origins
from korean_flashcards.domain.line_wrap import wrapped
from korean_flashcards.files.permissions import forbidden
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.secrets import scrubbed
from korean_flashcards.planning.missing_ledger import refuse_missing_ledger

env_option = click.option(
    "--env", "-e", default=None, help="Use this Kedro environment, such as test (default: local)."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the output as JSON.")
yes_option = click.option("--yes", "-y", is_flag=True, help="Confirm in advance, without a prompt.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what would happen without changing anything.")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Age(click.ParamType):  # type: ignore[type-arg]
    """A duration such as 12h, 30d, or 4w."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        found = re.fullmatch(r"(\d{1,5})([hdw])", str(value).strip())
        if not found:
            self.fail(f"{value!r} is not a duration. Use hours, days, or weeks: 12h, 30d, or 4w.", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


_LONGEST_SHOWN = 30  # digits of a number in a message


class WholeNumber(click.IntRange):
    """A whole number that is at least ``min`` and, unless ``max`` is None, at most ``max``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            number = super().convert(value, param, ctx)
        except click.BadParameter:
            number = None
        # SQLite cannot store larger numbers.
        if number is None or number >= 2**63:
            if number is not None:
                shown = value if len(str(value)) <= _LONGEST_SHOWN else f"{str(value)[:_LONGEST_SHOWN]}…"
                self.fail(f"{shown} is too large. The largest number is {2**63 - 1}.", param, ctx)
            allowed = f"of {self.min} or more" if self.max is None else f"from {self.min} to {self.max}"
            self.fail(f"{value!r} is not a whole number {allowed}.", param, ctx)
        return number


class PositiveNumber(click.FloatRange):
    """A number that is 0 or more."""

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a number that is 0 or more.", param, ctx)


class FilePath(click.Path):
    """The path of a file or folder. An empty string is an error because Python interprets it as the current folder."""

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value).strip():
            self.fail("The path is empty. Name a file.", param, ctx)
        return super().convert(value, param, ctx)


class ExampleCommand(click.Command):
    """A command whose help ends with ``examples``, one per line.

    An invalid option causes exit code 1 instead of click's 2, because in this project, 2 means that problems were
    found.
    """

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **options: Any) -> None:
        # click keeps the help option of the first context, so it must not depend on the group above.
        super().__init__(*arguments, **{"context_settings": CONTEXT_SETTINGS} | options)
        self.examples = tuple(examples)

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> click.Context:
        with _usage_is_an_error():
            return super().make_context(info_name, args, *rest, **extra)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples without wrapping them."""
        write_examples(formatter, self.examples)


class CommandGroup(LazyGroup):
    """A group of lazily imported commands, whose help ends with ``examples``.

    An invalid option causes exit code 1 instead of click's 2, because in this project, 2 means that problems were
    found.
    """

    command_class = ExampleCommand

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **options: Any) -> None:
        # click keeps the help option of the first context, so it must not depend on the group above.
        super().__init__(*arguments, **{"context_settings": CONTEXT_SETTINGS} | options)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples without wrapping them."""
        write_examples(formatter, self.examples)

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> click.Context:
        with _usage_is_an_error():
            return super().make_context(info_name, args, *rest, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _usage_is_an_error():
            return super().invoke(ctx)


def write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """Write the "Example:" or "Examples:" section, with one unwrapped example per line."""
    if examples:
        title = "Example" if len(examples) == 1 else "Examples"
        formatter.write(f"\n{title}:\n" + "".join(f"  {example}\n" for example in examples))


def explaining(command: Callable[..., Any]) -> Callable[..., Any]:
    """Print an expected error as one message on stderr and exit with its code, without a traceback."""

    @wraps(command)
    def explained(*args: Any, **options: Any) -> Any:
        if broken := next(_not_utf8((args, options)), None):
            fail(f"{broken} is not UTF-8 text. Nothing was changed. Check the encoding of your terminal.")
        try:
            return command(*args, **options)
        except (FlashcardsError, DatasetError) as error:
            # Kedro wraps errors from datasets and validators. Only the original message is useful.
            own = next((cause for cause in origins(error) if isinstance(cause, FlashcardsError)), None)
            if own is None and isinstance(error, DatasetError):
                fail(_denied(error) or dataset_problem(error, settings_files(*_configuration(options))))
            fail(str(own), 1 if own is None else own.exit_code)
        except Exception as error:
            # Kedro raises many kinds of errors for a configuration file that it cannot read.
            folder, env = _configuration(options)
            files = settings_files(folder, env)
            message = broken_file(folder, env) or configuration_problem(error, files) or _denied(error)
            if message is None and isinstance(error, TypeError):
                message = clashing_setting(folder, env, options.get("params"))
            if message:
                fail(message)
            raise
        except KeyboardInterrupt:
            fail("Stopped. Unfinished changes were undone. Run the same command again.")

    return explained


def _configuration(options: Mapping[str, Any]) -> tuple[Path, str | None]:
    """Return the folder with the configuration, and the environment that a command's options name."""
    folder = options.get("conf_source") or (find_kedro_project(Path.cwd()) or Path.cwd()) / "conf"
    return Path(folder), options.get("env")


def _denied(error: Exception) -> str | None:
    """Return which file or folder the user may not use and how to allow it, if the error is about permissions."""
    for cause in origins(error):
        if isinstance(cause, PermissionError) and cause.filename:
            problem = forbidden(Path(os.fsdecode(cause.filename)).absolute())
            return f"{problem} Nothing that you paid for is lost."
    return None


def fail(message: str, exit_code: int = 1) -> NoReturn:
    """Print an error message without API keys or control characters, and exit with 1, or with 2 if a run is incomplete."""
    result = "Incomplete" if exit_code == 2 else "Error"
    lines = [safe(line) for line in f"{result}: {scrubbed(message)}".splitlines()]
    if sys.stderr.isatty():
        lines = [_wrapped(line) for line in lines]
    click.echo("\n".join(lines), err=True)
    raise SystemExit(exit_code)


def _wrapped(line: str) -> str:
    """Wrap a line of an error message at 80 columns. Use a hanging indent for a line that begins with a dash."""
    marker = "  - " if line.startswith("  - ") else ""
    return wrapped(line.removeprefix(marker), marker)


def _not_utf8(given: Any) -> Iterator[str]:
    """Yield the arguments that are not UTF-8. Python decodes such bytes to lone surrogates."""
    if isinstance(given, str):
        if any("\ud800" <= sign <= "\udfff" for sign in given):
            yield given
    elif isinstance(given, Mapping):
        yield from _not_utf8(list(given.values()))
    elif isinstance(given, list | tuple):
        for each in given:
            yield from _not_utf8(each)


def agreed(question: str, yes: bool, action: str) -> None:
    """Ask for confirmation, and exit with code 1 if the user declines.

    ``yes`` (the option --yes) confirms in advance. Without a terminal, --yes is the only way to confirm. ``action``
    describes the action to confirm, such as "replace deck.apkg".
    """
    if yes:
        return
    if not sys.stdin.isatty():
        fail(f"Not a terminal, so nothing was changed. Pass --yes to {action}.")
    if not click.confirm(question, err=True):
        fail("Nothing was changed.")


def project_folder() -> Path:
    """Return the folder of the project that contains the working directory, and prepare Kedro for this project."""
    folder: Path | None = find_kedro_project(Path.cwd())
    if folder is None:
        fail("This folder is not part of a project. Change to the project's folder and run the command again.")
    # The command line has usually bootstrapped the project already. Reading the settings again would take 0.1 s.
    if kedro_project.PACKAGE_NAME is None:
        bootstrap_project(folder)
    logging.getLogger("korean_flashcards").setLevel(logging.INFO)
    return folder


@contextmanager
def project(env: str | None, params: dict[str, Any] | None = None) -> Iterator[KedroContext]:
    """Yield the Kedro context of the project that contains the working directory.

    Args:
        env: The Kedro environment, or None for "local".
        params: Parameters that override the parameter files.
    """
    folder = project_folder()
    with settings.SESSION_CLASS.create(project_path=folder, env=env) as session:
        yield session.load_context(params)


@contextmanager
def open_ledger(env: str | None) -> Iterator[Ledger]:
    """Yield an environment's ledger, and close it afterward.

    Raises LedgerMissingError if the ledger is missing, although the project once had one.
    """
    with project(env) as context, ledger_of(context) as ledger:
        yield ledger


@contextmanager
def ledger_of(context: KedroContext) -> Iterator[Ledger]:
    """Yield the ledger of the context's environment, and close it afterward.

    Raises LedgerMissingError if the ledger is missing, although the project once had one.
    """
    catalog = context.catalog
    ledger: Ledger = catalog.load("ledger")
    refuse_missing_ledger(ledger.store.path, catalog.exists, lambda: catalog.load("llm"))
    with ledger:
        yield ledger


@contextmanager
def _usage_is_an_error() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        setattr(error, "exit_code", 1)  # noqa: B010 - click declares it a class variable
        raise
