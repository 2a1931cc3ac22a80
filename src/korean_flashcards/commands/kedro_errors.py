"""Say Kedro's own errors in plain words: without class names, object representations and links to its manual."""

import ast
import re

from kedro.config import MissingConfigException
from kedro.io.core import DatasetError
from yaml import MarkedYAMLError

_FAILED = re.compile(r"Failed while (loading|saving) data ")
_PARTICIPLES = {"loading": "loaded", "saving": "saved"}
_ENTRY = re.compile(r"An exception occurred when parsing config for dataset '(.+?)':\n(.*)")
_NO_FOLDER = re.compile(r"Given configuration path .* not a valid directory: (.*?)(?:\. Error: .*)?", re.DOTALL)
_UNKNOWN = re.compile(r"(nodes|datasets|namespaces)\b[^\[]*(\[.*\])", re.DOTALL)


def dataset_problem(error: DatasetError) -> str:
    """Return what is wrong with a dataset and what to do. Messages of the project's own datasets are returned unchanged."""
    if entry := _ENTRY.match(str(error)):
        reason = entry[2].partition(". Please install")[0].rstrip(".")
        return (
            f"The dataset {entry[1]} is not defined correctly: {reason}. "
            "Correct its entry in conf/*/catalog*.yml and run the command again."
        )
    own, name = _without_name(error)
    if failed := _FAILED.match(str(own)):
        return (
            f"The dataset {name} cannot be {_PARTICIPLES[failed[1]]}: {_reason(own)}. "
            "Check the file and the dataset's entry in conf/*/catalog*.yml."
        )
    return str(own)


def configuration_problem(error: Exception) -> str:
    """Return why the configuration cannot be read, and what to check."""
    if isinstance(error, MarkedYAMLError) and error.problem and error.problem_mark:
        mark = error.problem_mark
        reason = f"{error.problem} (line {mark.line + 1}, column {mark.column + 1})"
    elif isinstance(error, MissingConfigException) and (found := _NO_FOLDER.fullmatch(str(error))):
        reason = f"there is no folder {found[1]}"
    else:
        # OmegaConf writes the key on a line below its message.
        reason, *details = str(error).splitlines() or [""]
        key = next((line.split(":", 1)[1].strip() for line in details if line.strip().startswith("full_key:")), "")
        reason = f"{key}: {reason}" if key else reason
    return f"The configuration cannot be read: {reason.rstrip('.')}. Check --env and the files in conf."


def selection_problem(error: ValueError) -> str:
    """Return why no node can be selected for a run, and how to find the names that exist."""
    if found := _UNKNOWN.search(str(error)):
        kind, names = found[1], ", ".join(ast.literal_eval(found[2]))
        listing = "catalog describe-datasets" if kind == "datasets" else "registry describe"
        return f"The pipelines of this run have no {kind} named {names}. `kedro {listing}` lists them. Nothing was run."
    return "No node fits all of the given options. `kedro registry describe` lists the nodes. Nothing was run."


def _without_name(error: DatasetError) -> tuple[DatasetError, str]:
    """Return the dataset's own error and the dataset's name, which the catalog writes in front of the error."""
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
