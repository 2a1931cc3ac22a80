"""Find a configuration file that cannot be read. Kedro's errors often name neither the file nor the right line."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from korean_flashcards.domain.yaml_text import yaml_problem
from korean_flashcards.files.file_problems import shown_path

# Folders with files that Kedro does not read as configuration.
_OTHERS = {"expectations", "prompts", "anki", "data_docs"}


def broken_file(conf: Path, env: str | None) -> str | None:
    """Describe the problem with the first unreadable configuration file. Return None if all files can be read."""
    for folder in (conf / "base", conf / (env or "local")):
        for path in sorted(folder.rglob("*.y*ml")):
            if not _OTHERS & set(path.relative_to(folder).parts) and (problem := _problem(path)):
                return f"{shown_path(path)} cannot be read: {problem}. Correct the file."
    return None


def _problem(path: Path) -> str | None:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except UnicodeDecodeError:
        return "it is not UTF-8 text"
    except OSError as error:
        return str(error.strerror)
    except yaml.YAMLError as error:
        return yaml_problem(error)
    if root is not None and not isinstance(root, yaml.MappingNode):
        return "it must contain one setting per line, such as NAME: VALUE"
    return next(_duplicates(root), None) if root is not None else None


def _duplicates(node: yaml.Node) -> Iterator[str]:
    """Yield the keys that appear twice in the same group of settings."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _duplicates(item)
    if not isinstance(node, yaml.MappingNode):
        return
    first: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value in first:
            yield f"{key.value} appears twice (lines {first[key.value]} and {line})"
        if isinstance(key, yaml.ScalarNode) and key.value != "<<":
            first[key.value] = line
        yield from _duplicates(value)
