"""Show expected errors in a notebook as one message, without a traceback."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from kedro.config import MissingConfigException
from kedro.io.core import DatasetError
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from korean_flashcards.configuration.configuration_files import broken_file, settings_files
from korean_flashcards.configuration.kedro_errors import configuration_problem
from korean_flashcards.domain.errors import FlashcardsError, origins
from korean_flashcards.llm.secrets import scrubbed

# What Kedro raises for a file in conf that it cannot read. The messages name the file.
_SETTINGS = (YAMLError, OmegaConfBaseException, MissingConfigException)
Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


class NotebookError(FlashcardsError):
    """An error that a user can act on. The message says what happened and what to do next."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [f"Error: {self}"]


def plainly(function: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
    """Let a function raise its expected errors as NotebookError, with the message that a command would print."""

    @functools.wraps(function)
    def called(*args: Arguments.args, **options: Arguments.kwargs) -> Value:
        try:
            return function(*args, **options)
        except NotebookError:
            raise
        except (FlashcardsError, DatasetError) as error:
            raise NotebookError(scrubbed(_message(error))) from error
        except _SETTINGS as error:
            text = " ".join(str(error).split()).rstrip(".")
            raise NotebookError(f"{scrubbed(text)}. Correct the file in conf. Then open the project again.") from error

    return called


@contextmanager
def plain_settings(conf: Path, env: str | None) -> Iterator[None]:
    """Raise errors about the configuration in a ``with`` block as NotebookError, with the file and the line.

    Args:
        conf: The project's conf folder.
        env: The Kedro environment, or None for local.
    """
    try:
        yield
    except _SETTINGS as error:
        problem = broken_file(conf, env) or configuration_problem(error, settings_files(conf, env))
        if problem is None:
            raise
        raise NotebookError(f"{scrubbed(problem)} Then open the project again.") from error


def _message(error: BaseException) -> str:
    """Return the original message. Kedro wraps errors from datasets and validators."""
    causes = list(origins(error))
    own = next((cause for cause in causes if isinstance(cause, FlashcardsError)), None)
    return str(own or [cause for cause in causes if isinstance(cause, DatasetError)][-1])
