"""Refuse Kedro runners that cannot run this project, and wrong options of a runner."""

import inspect
from collections.abc import Mapping
from typing import Any

from kedro.runner import AbstractRunner, ParallelRunner

from korean_flashcards.domain.errors import SettingsError

_CORRECT = "Correct --runner-params. Nothing was run."


def check_runner(runner: type[AbstractRunner]) -> None:
    """Raise SettingsError if the runner executes nodes in other processes.

    A forked process can hang, because polars has threads. Each process would also have its own budget per run, and the
    project's hooks would not be called.
    """
    if issubclass(runner, ParallelRunner):
        raise SettingsError(
            "ParallelRunner cannot run this project, because the budget of a run applies to one process. Nothing was run. "
            "Use SequentialRunner or ThreadRunner. Both send requests to the model in parallel (llm.concurrency)."
        )


def check_options(name: str, runner: type[AbstractRunner], options: Mapping[str, Any]) -> None:
    """Raise SettingsError if the runner has no such option, or if its number of threads is wrong.

    Args:
        name: The runner's name.
        runner: The runner.
        options: The options from `--runner-params`.
    """
    known = inspect.signature(runner).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values())
    for option, value in options.items():
        if option not in known and not takes_any:
            others = [one for one in known if one != "is_async"]
            has = f"Its options are {', '.join(others)}" if others else "It has no options"
            raise SettingsError(f"The runner {name} has no option named {option}. {has}. {_CORRECT}")
        if option == "max_workers" and not (value is None or (type(value) is int and value > 0)):
            raise SettingsError(f"max_workers must be a whole number of 1 or more, not {value!r}. {_CORRECT}")
