"""What the commands beside `kedro run` share: the project's ledger and settings, errors as one line, exit code 1."""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from kedro.config import MissingConfigException
from kedro.framework import project as kedro_project
from kedro.framework.context import KedroContext
from kedro.framework.project import settings
from kedro.framework.startup import bootstrap_project
from kedro.io.core import DatasetError
from kedro.utils import find_kedro_project
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from korean_flashcards.domain.errors import FlashcardsError
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.secrets import scrubbed

env_option = click.option("--env", "-e", default=None, help="Kedro environment, such as test (default: local).")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Age(click.ParamType):  # type: ignore[type-arg]
    """A length of time such as 12h, 30d, 4w."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        found = re.fullmatch(r"(\d{1,5})([hdw])", str(value).strip())
        if not found:
            self.fail(f"{value!r} is no length of time. Give hours, days or weeks: 12h, 30d, 4w.", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


class CommandGroup(click.Group):
    """A group whose commands end with 1 for a wrong option: 2 says that a command found problems."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> click.Context:
        with _usage_is_an_error():
            return super().make_context(info_name, args, *rest, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _usage_is_an_error():
            return super().invoke(ctx)


def explaining(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show an expected error as one message on stderr and end with exit code 1; never a traceback."""

    @wraps(command)
    def explained(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except (FlashcardsError, DatasetError) as error:
            fail(str(error))
        except (MissingConfigException, YAMLError, OmegaConfBaseException) as error:
            fail(f"The configuration cannot be read: {error} Nothing was changed. Check --env and the files in conf.")
        except KeyboardInterrupt:
            fail("Stopped. What was not finished was undone; run the same command again.")

    return explained


def fail(message: str) -> NoReturn:
    """Print the message and end with exit code 1."""
    click.echo(f"Error: {scrubbed(message)}", err=True)
    raise SystemExit(1)


def agreed(question: str, yes: bool) -> None:
    """Ask on a terminal, end with exit code 1 on a no; elsewhere only ``yes`` (the option --yes) agrees."""
    if yes:
        return
    if not sys.stdin.isatty():
        fail(f"{question} Nobody is there to answer: nothing was changed. Add --yes to agree beforehand.")
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
