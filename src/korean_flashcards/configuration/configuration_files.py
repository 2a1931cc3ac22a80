"""Find a configuration file that cannot be read. Kedro's errors often name neither the file nor the right line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from korean_flashcards.domain.yaml_settings import settings_problem
from korean_flashcards.files.file_problems import missing_target, os_reason, shown_path
from korean_flashcards.files.setting_places import place_of

# Folders with files that Kedro does not read as configuration.
_OTHERS = {"expectations", "prompts", "anki", "data_docs", "exports"}


def broken_file(conf: Path, env: str | None) -> str | None:
    """Describe the problem with the first unreadable configuration file. Return None if all files can be read."""
    for path in settings_files(conf, env):
        if problem := file_problem(path):
            return f"{shown_path(path)} cannot be read: {problem}. Correct the file."
    return None


def settings_files(conf: Path, env: str | None) -> list[Path]:
    """Return the files that Kedro reads as configuration. Those of the environment, which take precedence, come last."""
    return [
        path
        for folder in (conf / "base", conf / (env or "local"))
        for path in sorted(folder.rglob("*.y*ml"))
        if not _OTHERS & set(path.relative_to(folder).parts)
    ]


def clashing_setting(conf: Path, env: str | None, params: Mapping[str, Any] | None) -> str | None:
    """Describe the first parameter that is a list in conf/base and a group of settings elsewhere, or vice versa."""
    base, local = _parameters(conf / "base"), conf / (env or "local")
    for place, settings in ((None, _parameters(local)), ("--params", params or {})):
        if found := _clash(base, settings):
            name, is_list = found
            must, given = ("a list", "a group of settings") if is_list else ("a group of settings", "a list")
            place = place or place_of(name.split("."), sorted(local.rglob("parameters*.y*ml"))) or shown_path(local)
            return f"{place}: {name} must be {must}, as in conf/base, but it is {given}. Nothing was run."
    return None


def _parameters(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("parameters*.y*ml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return found


def _clash(base: Mapping[str, Any], other: Mapping[str, Any], above: str = "") -> tuple[str, bool] | None:
    """Return the name of the parameter, and whether it is a list in conf/base."""
    for name in base.keys() & other.keys():
        here, there = base[name], other[name]
        if isinstance(here, dict) and isinstance(there, dict):
            if found := _clash(here, there, f"{above}{name}."):
                return found
        elif {type(here), type(there)} == {list, dict}:
            return f"{above}{name}", isinstance(here, list)
    return None


def file_problem(path: Path) -> str | None:
    """Return why a file with settings cannot be read, or None if it can be read."""
    try:
        return settings_problem(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return "it is not UTF-8 text"
    except OSError as error:
        return missing_target(path) or os_reason(error)
