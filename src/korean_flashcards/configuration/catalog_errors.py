"""Translate Kedro's errors about entries of the data catalog into plain words, with the file and the line."""

import inspect
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kedro.io.core import DatasetError
from kedro.utils import load_obj

from korean_flashcards.files.catalog_entries import NO_TYPE, entries_in, wrong_entry
from korean_flashcards.files.setting_places import place_of

_ENTRY = re.compile(r"An exception occurred when parsing config for dataset '(.+?)':\n(.*)")
_OPTIONS = re.compile(r"\n(?:\S+\(\) )?(.*?)\.?\nDataset '(.+?)' must only contain arguments .* of '(.+?)'", re.DOTALL)
_ABSTRACT = re.compile(r"Dataset '(.+?)' cannot be instantiated\. Please implement")
_FAILED = re.compile(r"\n(.*?)\.*\nFailed to instantiate dataset '(.+?)' of type", re.DOTALL)
_VALIDATOR = re.compile(r"Invalid validator declaration for dataset '(.+?)': (.*)", re.DOTALL)
_MODULE = re.compile(r"No module named '(.+?)'")
_UNEXPECTED = re.compile(r"got an unexpected keyword argument '(.+?)'")
_MISSING = re.compile(r"missing \d+ required .*arguments?: (.*)")
_CREDENTIALS = re.compile(r"Unable to find credentials '(.+?)'")


def entry_error(error: DatasetError, files: Sequence[Path]) -> str | None:
    """Return which entry is wrong, why, and where to correct it. Return None if the error has a different cause.

    Args:
        error: Kedro's error.
        files: The files of the catalog. Those that take precedence come last.
    """
    text = str(error)
    if entry := _ENTRY.match(text):
        return wrong_entry(entry[1], _type_reason(entry[2], _type(entry[1], files)), files)
    if options := _OPTIONS.match(text):
        return wrong_entry(options[2], _option_reason(options[1], options[3]), files)
    if abstract := _ABSTRACT.search(text):
        return wrong_entry(abstract[1], _no_dataset(_type(abstract[1], files)), files)
    if failed := _FAILED.match(text):
        return wrong_entry(failed[2], " ".join(failed[1].split()), files)
    if validator := _VALIDATOR.match(text):
        return wrong_entry(validator[1], f"its validator is not valid: {validator[2].rstrip('.')}", files)
    return None


def credentials_error(error: KeyError, files: Sequence[Path]) -> str | None:
    """Return which entry refers to credentials that do not exist. Return None if the error has a different cause."""
    if not (missing := _CREDENTIALS.search(str(error))):
        return None
    entries = {name: entry for name, entry in entries_in(files).items() if isinstance(entry, dict)}
    name = next((name for name, entry in entries.items() if entry.get("credentials") == missing[1]), None)
    place = place_of((name, "credentials"), files) if name else None
    return (
        f"{f'{place}: ' if place else ''}the catalog refers to the credentials {missing[1]}, which no credentials.yml "
        f"contains. Add {missing[1]} to conf/local/credentials.yml, or correct the entry."
    )


def _type(name: str, files: Sequence[Path]) -> str:
    entry = entries_in(files).get(name)
    return str(entry.get("type", "")) if isinstance(entry, dict) else ""


def _type_reason(reason: str, type_name: str) -> str:
    """Return why an entry's type cannot be used. ``reason`` is Kedro's message."""
    if reason in ("'type'", "'type' is missing from dataset catalog configuration"):
        return NO_TYPE
    if "relative paths" in reason:
        return f"its type {type_name} must not begin or end with a dot"
    module = _MODULE.match(reason)
    if module and not f"{type_name}.".startswith(f"{module[1]}."):
        return f"its type {type_name} needs the Python module {module[1]}, which is not installed"
    if module or "not found" in reason:
        return f"there is no dataset type {type_name}, or a package that it needs is not installed"
    if "must extend" in reason:
        return _no_dataset(type_name)
    return reason.partition(". Please")[0].rstrip(".")


def _no_dataset(type_name: str) -> str:
    return f"its type {type_name} is not a dataset type, such as pandas.CSVDataset"


def _option_reason(reason: str, class_path: str) -> str:
    """Return which option of an entry is missing or unknown. ``reason`` is Python's message."""
    if missing := _MISSING.match(reason):
        return f"{missing[1].replace(chr(39), '')} must be set"
    if unexpected := _UNEXPECTED.match(reason):
        return f"it has no option named {unexpected[1]}. The options are {', '.join(_options(load_obj(class_path)))}"
    if "object is not a mapping" in reason:
        return "one of its options must be a group of settings, but it has a single value"
    return reason


def _options(dataset: Any) -> list[str]:
    """Return the options of a dataset type, as they are written in the catalog."""
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    names = [name for name, option in inspect.signature(dataset).parameters.items() if option.kind in named]
    return ["type", *("versioned" if name == "version" else name for name in names)]
