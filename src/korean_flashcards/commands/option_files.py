"""Read the options of `kedro run` from a file: .kedro.yml, or the file given with --config."""

import difflib
from collections.abc import Collection
from pathlib import Path
from typing import Any, NoReturn

import yaml

from korean_flashcards.commands.project import fail
from korean_flashcards.configuration.configuration_files import file_problem
from korean_flashcards.domain.empty_values import empty_value, null_by_omission
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.files.setting_places import place_of

# These options are groups of settings, and these are switches. All others are one text or a list of texts.
_GROUPS = ("params", "runner_params", "load_versions")
_SWITCHES = ("is_async", "only_missing_outputs", "yes")
_EXAMPLES = {
    "runner": "the name of a runner, SequentialRunner or ThreadRunner",
    "env": "the name of a folder in conf, such as local",
    "pipelines": "names of pipelines, such as ingress,nuance",
    "pipeline": "the name of a pipeline, such as ingress",
    "conf_source": "the path of a folder, such as conf",
}


def options_in(path: Path, known: Collection[str], required: bool = False) -> dict[str, Any]:
    """Return the options in the file's ``run`` section. Lists become comma-separated strings.

    Options without a value are left out. Exit with a message if the file cannot be read, or if an option is unknown or has
    the wrong kind of value. If the section is ``required``, an empty file is an error, too.
    """
    if problem := file_problem(path):
        fail(f"{shown_path(path)} cannot be read: {problem}. Correct the file. Nothing was run.")
    text = path.read_text(encoding="utf-8")
    if empty := null_by_omission(text, ("run", "params")):
        fail(f"{_place(path, 'params', empty[0])}: {empty_value(empty, ': ')} Nothing was run.")
    content = yaml.safe_load(text) or {}
    section = content.get("run")
    if not isinstance(section, dict | None) or ("run" not in content and (required or content)):
        fail(f"{shown_path(path)} must have a `run` section with one option per line. Nothing was run.")
    values = {name: _value(path, name, value, known) for name, value in (section or {}).items()}
    return {name: value for name, value in values.items() if value is not None}


def _value(path: Path, name: Any, value: Any, known: Collection[str]) -> Any:
    if name not in known:
        _refuse_name(path, name, known)
    if value is None:
        return None
    if name in _GROUPS:
        if not isinstance(value, dict | str):
            _refuse(path, name, "a group of settings", value)
        return value
    if name in _SWITCHES:
        if not isinstance(value, bool):
            _refuse(path, name, "true or false", value)
        return value
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in texts):
        _refuse(path, name, _EXAMPLES.get(name, "a text, or a list of texts"), value)
    return ",".join(texts)


def _refuse(path: Path, name: str, allowed: str, value: Any) -> NoReturn:
    given = {dict: "a group of settings", list: "a list", bool: str(value).lower()}
    shown = given.get(type(value), str(value))
    fail(f"{_place(path, name)}: {name} must be {allowed}, not {shown}. Nothing was run.")


def _refuse_name(path: Path, name: Any, known: Collection[str]) -> NoReturn:
    """Exit with a message about an option that does not exist. YAML reads an unquoted "yes" as true."""
    if not isinstance(name, str):
        fail(
            f"{shown_path(path)}: an option has the name {name}. Write the names of options in quotes. Nothing was run."
        )
    near = difflib.get_close_matches(name, sorted(known))
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    fail(
        f"{_place(path, name)}: `kedro run` has no option named {name}. {meant}`kedro run --help` lists the options. "
        "Nothing was run."
    )


def _place(path: Path, *steps: str) -> str:
    return place_of(("run", *steps), [path]) or shown_path(path)
