"""Check entries of the data catalog before Kedro uses them, and name the file and the line of a wrong one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.files.setting_places import depth_of, place_of

NO_TYPE = "it has no type, such as type: pandas.CSVDataset"
# The option that a reason is about.
_OPTION = re.compile(r"its (\w+) |there is no dataset (type) |it has no option named (\w+)|(\w+) must be ")


def first_problem(entries: Mapping[str, Any], files: Sequence[Path]) -> str | None:
    """Return a message about the first entry that cannot be a dataset, or None.

    Kedro ignores names that begin with an underscore.
    """
    for name, entry in entries.items():
        if not name.startswith("_") and (problem := entry_problem(entry)):
            return wrong_entry(name, f"{problem}{_replaced(name, files)}. Nothing was run", files)
    return None


def entry_problem(entry: Any) -> str | None:
    """Return why an entry cannot be a dataset, as the end of a sentence, or None. Does not import the dataset's type."""
    if not isinstance(entry, Mapping):
        return "it needs a group of settings, such as type and filepath"
    if "type" not in entry:
        return NO_TYPE
    if not isinstance(entry["type"], str | type) or not entry["type"]:
        return f"its type must be the name of a dataset type, such as pandas.CSVDataset, not {_shown(entry['type'])}"
    if "filepath" in entry and (not isinstance(entry["filepath"], str) or not entry["filepath"].strip()):
        return f"its filepath must be the path of a file, such as data/words.csv, not {_shown(entry['filepath'])}"
    return None


def _replaced(name: str, files: Iterable[Path]) -> str:
    """Return a sentence about the entry that this one replaces, if there is one."""
    places = [path for path in files if place_of((name,), [path])]
    return (
        f". It replaces the whole entry in {shown_path(places[0])}: copy that entry and change it" if places[1:] else ""
    )


def wrong_entry(name: str, reason: str, files: Iterable[Path] = ()) -> str:
    """Return a message that an entry is wrong, and where to correct it.

    Args:
        name: The dataset's name.
        reason: What is wrong, without a full stop. If it begins with the name of an option, the place is that option.
        files: The files of the catalog. Those that take precedence come last.
    """
    option = _OPTION.match(reason)
    steps = (name, option[option.lastindex or 0]) if option else (name,)
    # An entry replaces the whole entry in files that come before it.
    last = [path for path in files if depth_of((name,), [path])][-1:]
    place = place_of(steps, last) or "conf/*/catalog*.yml"
    return f"The dataset {name} is not defined correctly: {reason}. Correct its entry in {place}."


def entries_in(files: Iterable[Path]) -> dict[str, Any]:
    """Return the entries as they are in the files. Files that cannot be read are left out."""
    entries: dict[str, Any] = {}
    for path in files:
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError):
            continue
        entries |= content if isinstance(content, dict) else {}
    return entries


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "empty"
    return "a group of settings" if isinstance(value, dict) else "a list" if isinstance(value, list) else str(value)
