"""Translate Kedro's errors into plain words, without class names, object representations or links to its manual."""

import ast
import re
from pathlib import Path

from kedro.config import MissingConfigException
from kedro.io.core import DatasetError
from yaml import MarkedYAMLError, YAMLError

from korean_flashcards.commands.terminal import shown_path

_FAILED = re.compile(r"Failed while (loading|saving) data ")
_PARTICIPLES = {"loading": "loaded", "saving": "saved"}
_ENTRY = re.compile(r"An exception occurred when parsing config for dataset '(.+?)':\n(.*)")
_NO_FOLDER = re.compile(r"Given configuration path .* not a valid directory: (.*?)(?:\. Error: .*)?", re.DOTALL)
_UNKNOWN = re.compile(r"(node|dataset|namespace)s(?: named|:) (\[.*\])")
_OPTIONS = re.compile(r"\n(?:\S+\(\) )?(.*?)\.?\nDataset '(.+?)' must only contain arguments")


def dataset_problem(error: DatasetError) -> str:
    """Return what is wrong with a dataset and what to do. Return messages from the project's datasets unchanged."""
    if entry := _ENTRY.match(str(error)):
        return _wrong_entry(entry[1], entry[2].partition(". Please install")[0].rstrip("."))
    if options := _OPTIONS.match(str(error)):
        return _wrong_entry(options[2], options[1].replace("keyword argument", "option"))
    own, name = _without_name(error)
    if failed := _FAILED.match(str(own)):
        return (
            f"The dataset {name} cannot be {_PARTICIPLES[failed[1]]}: {_reason(own)}. "
            "Check the file and the dataset's entry in conf/*/catalog*.yml."
        )
    return str(own)


def configuration_problem(error: Exception) -> str:
    """Return why the configuration cannot be read, and what to check."""
    if isinstance(error, YAMLError):
        reason = yaml_problem(error)
    elif isinstance(error, MissingConfigException) and (found := _NO_FOLDER.fullmatch(str(error))):
        reason = f"there is no folder {shown_path(Path(found[1]))}"
    else:
        # OmegaConf writes the key on a line below its message.
        reason, *details = str(error).splitlines() or [""]
        key = next((line.split(":", 1)[1].strip() for line in details if line.strip().startswith("full_key:")), "")
        reason = f"{key}: {reason}" if key else reason
    return f"The configuration cannot be read: {reason.rstrip('.')}. Check --env and the files in conf."


def yaml_problem(error: YAMLError) -> str:
    """Return what is wrong with a YAML file, and where."""
    if not isinstance(error, MarkedYAMLError) or not error.problem or not error.problem_mark:
        return str(error).rstrip(".")
    mark = error.problem_mark
    # A name such as "<file>" is not a file name.
    file = "" if mark.name.startswith("<") else f" of {shown_path(Path(mark.name))}"
    return f"{error.problem} (line {mark.line + 1}, column {mark.column + 1}{file})"


def selection_problem(error: ValueError) -> str:
    """Return why the options select no nodes for a run, and how to list the available names."""
    if found := _UNKNOWN.search(str(error)):
        kind, names = found[1], ast.literal_eval(found[2])
        listing = (
            "catalog describe-datasets` lists all datasets"
            if kind == "dataset"
            else "registry describe` lists all nodes"
        )
        return f"The pipelines of this run have no {kind} named {', '.join(names)}. `kedro {listing}. Nothing was run."
    return "No nodes match all of the given options. `kedro registry describe` lists all nodes. Nothing was run."


def _wrong_entry(name: str, reason: str) -> str:
    return f"The dataset {name} is not defined correctly: {reason}. Correct its entry in conf/*/catalog*.yml."


def _without_name(error: DatasetError) -> tuple[DatasetError, str]:
    """Return the dataset's own error and the dataset's name, which the catalog puts in front of the error."""
    name = ""
    while isinstance(error.__cause__, DatasetError) and str(error).endswith(f": {error.__cause__}"):
        name = name or str(error).partition(": ")[0]
        error = error.__cause__
    return error, name


def _reason(error: DatasetError) -> str:
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.strerror and cause.filename:
        return f"{cause.strerror} ({cause.filename})"
    return str(cause or error).strip().rstrip(".") or "unknown reason"
