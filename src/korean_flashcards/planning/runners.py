"""Refuse Kedro runners that cannot run this project."""

from kedro.runner import AbstractRunner, ParallelRunner

from korean_flashcards.domain.errors import SettingsError


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
