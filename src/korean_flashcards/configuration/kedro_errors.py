"""Translate Kedro's errors into plain words, without class names, object representations, or links to manuals."""

import ast
import os
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from kedro.config import MissingConfigException
from kedro.io.core import DatasetError
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from korean_flashcards.configuration.catalog_errors import credentials_error, entry_error
from korean_flashcards.domain.plurals import listed
from korean_flashcards.domain.yaml_text import yaml_problem
from korean_flashcards.files.file_problems import missing_target, os_reason, shown_path
from korean_flashcards.files.setting_places import place_of

_FAILED = re.compile(r"Failed while (loading|saving) data ")
_PARTICIPLES = {"loading": "loaded", "saving": "saved"}
_NO_FOLDER = re.compile(r"Given configuration path .* not a valid directory: (.*?)(?:\. Error: .*)?", re.DOTALL)
_TWICE = re.compile(r"Duplicate keys found in (.*) and (.*): (.*)")
_INTERPOLATION = re.compile(r"Interpolation key '(.+?)' not found")
_UNKNOWN = re.compile(r"(node|dataset|namespace)s(?: named|:) (\[.*\])")
_VALIDATION = re.compile(r"Validation failed for dataset '(.+?)' on (?:save|load)\n.*?\n(.*)", re.DOTALL)
_FILE = re.compile(r"filepath=(?:PurePosixPath\(')?([^,')]+)")


def dataset_problem(error: DatasetError, files: Sequence[Path] = ()) -> str:
    """Return what is wrong with a dataset and how to fix it. Return messages from the project's datasets unchanged.

    Args:
        error: Kedro's error.
        files: The configuration files, in which the place of a wrong entry is looked up.
    """
    if wrong := entry_error(error, _catalog(files)):
        return wrong
    own, name = _without_name(error)
    if checked := _VALIDATION.match(str(own)):
        return f"The layer {checked[1]} cannot be checked: {_reason(own, checked[2])}. {_SAFE}"
    if failed := _FAILED.match(str(own)):
        return (
            f"The dataset {name} cannot be {_PARTICIPLES[failed[1]]}: {_reason(own, str(own))}. "
            "Check the file and the dataset's entry in conf/*/catalog*.yml."
        )
    return str(own)


def configuration_problem(error: Exception, files: Sequence[Path]) -> str | None:
    """Return why the configuration cannot be read and how to fix it, or None if the error has a different cause.

    Args:
        error: Kedro's error.
        files: The configuration files, in which the place of the problem is looked up.
    """
    text = str(error)
    if twice := _TWICE.findall(text):
        return _several_files_problem(twice)
    if isinstance(error, MissingConfigException):
        found = _NO_FOLDER.fullmatch(text)
        reason = f"the folder {shown_path(Path(found[1]))} does not exist" if found else text.rstrip(".")
        advice = "Create it, or check --env" if found else "Check --env"
        return f"The configuration cannot be read: {reason}. {advice}."
    if isinstance(error, KeyError):
        return credentials_error(error, _catalog(files))
    if isinstance(error, YAMLError):
        return f"The configuration cannot be read: {yaml_problem(error)}. Correct the file in the conf folder."
    return _resolving_problem(error, files) if isinstance(error, OmegaConfBaseException) else None


def _several_files_problem(pairs: Sequence[tuple[str, str, str]]) -> str:
    """Name the settings that are in several files.

    Args:
        pairs: Two files and their common settings, separated by commas. Kedro cuts off a long list with three dots.
    """
    files_of = defaultdict[str, set[str]](set)
    for one, other, names in pairs:
        for name in names.split(", "):
            files_of[name] |= {one, other}
    settings_in = defaultdict[tuple[str, ...], list[str]](list)
    for name, files in files_of.items():
        settings_in[tuple(sorted(files))].append("others" if name.endswith("...") else name)
    return " ".join(_several_files_text(names, files) for files, names in settings_in.items())


def _several_files_text(names: Sequence[str], files: Sequence[str]) -> str:
    shown = listed([shown_path(Path(path)) for path in files])
    where, spare = (f"both {shown}", "one") if len(files) == 2 else (shown, "all but one")
    verb, noun = ("is", "setting") if len(names) == 1 else ("are", "settings")
    return f"{listed(names)} {verb} set in {where}. Remove the {noun} from {spare} of these files."


def _resolving_problem(error: OmegaConfBaseException, files: Sequence[Path]) -> str:
    """Name the setting that cannot be resolved, and explain why. OmegaConf prints the setting below its message."""
    reason, *details = str(error).splitlines() or [""]
    key = next((line.split(":", 1)[1].strip() for line in details if line.strip().startswith("full_key:")), "")
    if missing := _INTERPOLATION.match(reason):
        reason = f"it refers to {missing[1]}, which does not exist"
    elif reason.endswith("Unsupported interpolation type oc.env"):
        reason = "environment variables (oc.env) are allowed only in credentials.yml"
    elif "no viable alternative" in reason or "mismatched input" in reason or "token recognition" in reason:
        reason = "it contains ${ without a complete reference such as ${globals:data}"
    place = place_of(key.split("."), files) if key else None
    name = f"{key}: " if key else ""
    where = f"in {place}" if place else "in the conf folder"
    return f"The configuration cannot be read: {name}{reason.rstrip('.')}. Correct this setting {where}."


def selection_problem(error: ValueError) -> str:
    """Explain why a run's options select no nodes, and how to list the available names."""
    if found := _UNKNOWN.search(str(error)):
        kind, names = found[1], ast.literal_eval(found[2])
        listing = (
            "catalog describe-datasets` lists all datasets"
            if kind == "dataset"
            else "registry describe` lists all nodes"
        )
        return f"This run's pipelines contain no {kind} named {', '.join(names)}. `kedro {listing}. Nothing was run."
    return "No nodes match all of the given options. `kedro registry describe` lists all nodes. Nothing was run."


def _catalog(files: Sequence[Path]) -> list[Path]:
    return [path for path in files if path.name.startswith("catalog")]


def _without_name(error: DatasetError) -> tuple[DatasetError, str]:
    """Return the dataset's original error, and the dataset's name, which the catalog prepended to the message."""
    name = ""
    while isinstance(error.__cause__, DatasetError) and str(error).endswith(f": {error.__cause__}"):
        name = name or str(error).partition(": ")[0]
        error = error.__cause__
    return error, name


def _reason(error: DatasetError, text: str) -> str:
    """Return why a dataset cannot be loaded, saved, or checked. ``text`` is Kedro's message."""
    cause = error.__cause__
    file = _FILE.search(text)
    where = f" ({shown_path(Path(file[1]))})" if file else ""
    if isinstance(cause, UnicodeDecodeError):
        return f"it is not UTF-8 text{where}"
    if isinstance(cause, OSError) and cause.filename:
        path = Path(os.fsdecode(cause.filename))
        return f"{missing_target(path) or os_reason(cause)} ({shown_path(path)})"
    if isinstance(cause, OSError):
        return f"{os_reason(cause)}{where}"
    return " ".join(str(cause or text).split()).rstrip(".") or "unknown reason"


_SAFE = (
    "All replies that you paid for are kept. Check conf/base/expectations, conf/base/data_docs, and the data folder."
)
