"""Read the options of `kedro run` from a file: .kedro.yml, or the file given with --config."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml

from korean_flashcards.commands.configuration_files import file_problem
from korean_flashcards.commands.project import fail
from korean_flashcards.domain.empty_values import empty_value, null_by_omission
from korean_flashcards.files.file_problems import shown_path

# These options are groups of settings. All others are single values.
_GROUPS = ("params", "runner_params", "load_versions")


def options_in(path: Path, known: Collection[str], required: bool = False) -> dict[str, Any]:
    """Return the options in the file's ``run`` section. Lists become comma-separated strings.

    Exit with a message if the file cannot be read, or if an option is unknown or has the wrong kind of value. If the
    section is ``required``, a file without it is an error, too.
    """
    if problem := file_problem(path):
        fail(f"{shown_path(path)} cannot be read: {problem}. Correct the file. Nothing was run.")
    text = path.read_text(encoding="utf-8")
    if empty := null_by_omission(text, ("run", "params")):
        fail(f"{shown_path(path)}: {empty_value(empty, ': ')} Nothing was run.")
    content = yaml.safe_load(text) or {}
    section = content.get("run")
    if not isinstance(section, dict | None) or (required and "run" not in content):
        fail(f"{shown_path(path)} must have a `run` section with one option per line. Nothing was run.")
    section = section or {}
    if unknown := sorted(str(name) for name in section if name not in known):
        fail(
            f"{shown_path(path)} sets options that `kedro run` does not support: {', '.join(unknown)}. Nothing was run."
        )
    return {name: _value(path, name, value) for name, value in section.items()}


def _value(path: Path, name: str, value: Any) -> Any:
    if name in _GROUPS:
        if not isinstance(value, dict | str | None):
            fail(f"{shown_path(path)}: {name} must be a group of settings, not {value!r}. Nothing was run.")
        return value
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ",".join(map(str, value))
    if isinstance(value, list | dict):
        fail(f"{shown_path(path)}: {name} must be one value or a list of values. Nothing was run.")
    return value
