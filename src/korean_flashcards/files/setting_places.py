"""Find the file and the line that set a value, so that an error message can name them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from korean_flashcards.files.file_problems import shown_path

Steps = Sequence[str | int]


def place_of(steps: Steps, files: Iterable[Path]) -> str | None:
    """Return where a setting has its value, such as "conf/local/parameters.yml, line 3", or None if no file sets it.

    If no file sets the value itself, the file with the innermost group around it counts.

    Args:
        steps: The names of the groups around the setting, and its own name. A number is the index of an item in a list.
        files: YAML files. If several files set the same value, the last one takes precedence.
    """
    deepest, found = 0, None
    for path in files:
        depth, line = line_in(_root(path), steps)
        if depth and depth >= deepest:
            deepest, found = depth, f"{shown_path(path)}, line {line}"
    return found


def depth_of(steps: Steps, files: Iterable[Path]) -> int:
    """Return how many of the steps lead to a setting in one of the files."""
    return max((line_in(_root(path), steps)[0] for path in files), default=0)


def line_in(node: yaml.Node | None, steps: Steps) -> tuple[int, int]:
    """Return how many of the steps lead to a setting below the node, and the line of that setting."""
    line = 0
    for depth, step in enumerate(steps):
        found = _below(node, step)
        if found is None:
            return depth, line
        node, line = found
    return len(steps), line


def value_in(settings: Any, steps: Steps) -> tuple[int, Any]:
    """Return how many of the steps lead to a value in these settings, and that value."""
    for depth, step in enumerate(steps):
        if not isinstance(settings, Mapping) or step not in settings:
            return depth, settings
        settings = settings[step]
    return len(steps), settings


def _root(path: Path) -> yaml.Node | None:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return None  # Reported when the settings are loaded.


def _below(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, int] | None:
    """Return the value of a setting, or an item of a list, with its line."""
    if isinstance(node, yaml.MappingNode):
        pairs = ((key, value) for key, value in node.value if key.value == str(step))
        return next(((value, key.start_mark.line + 1) for key, value in pairs), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line + 1
    return None
