"""Find a configuration file that cannot be read. Kedro's errors often name neither the file nor the right line."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from korean_flashcards.domain.yaml_text import yaml_problem
from korean_flashcards.files.file_problems import missing_target, os_reason, shown_path

# Folders with files that Kedro does not read as configuration.
_TEXT = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")
_OTHERS = {"expectations", "prompts", "anki", "data_docs"}


def broken_file(conf: Path, env: str | None) -> str | None:
    """Describe the problem with the first unreadable configuration file. Return None if all files can be read."""
    for folder in (conf / "base", conf / (env or "local")):
        for path in sorted(folder.rglob("*.y*ml")):
            if not _OTHERS & set(path.relative_to(folder).parts) and (problem := file_problem(path)):
                return f"{shown_path(path)} cannot be read: {problem}. Correct the file."
    return None


def file_problem(path: Path) -> str | None:
    """Return why a file with settings cannot be read, or None if it can be read."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, yaml.SafeLoader)
        yaml.safe_load(text)
    except UnicodeDecodeError:
        return "it is not UTF-8 text"
    except OSError as error:
        return missing_target(path) or os_reason(error)
    except (yaml.YAMLError, ValueError) as error:
        return yaml_problem(error, text) if isinstance(error, yaml.YAMLError) else str(error)
    if root is not None and not isinstance(root, yaml.MappingNode):
        return "it must contain one setting per line, such as NAME: VALUE"
    if root is None:
        return None
    odd = (key for key, _ in root.value if key.tag not in _TEXT)
    unnamed = (f"the name {key.value} (line {key.start_mark.line + 1}) is not text. Write it in quotes" for key in odd)
    return next(_duplicates(root), None) or next(unnamed, None)


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
