"""Check that YAML text is a group of settings: names with values, each name once."""

from collections.abc import Iterator

import yaml

from korean_flashcards.domain.yaml_text import yaml_problem

_TEXT = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")


def settings_problem(text: str) -> str | None:
    """Return why the text cannot be read as settings, or None if it can be. An empty text has no settings."""
    try:
        yaml.safe_load(text)
        return _content_problem(yaml.compose(text, yaml.SafeLoader))
    except RecursionError:
        return "a setting refers to itself"
    except (yaml.YAMLError, ValueError) as error:
        return yaml_problem(error, text) if isinstance(error, yaml.YAMLError) else str(error)


def _content_problem(root: yaml.Node | None) -> str | None:
    if root is None:
        return None
    if not isinstance(root, yaml.MappingNode):
        return "it must contain one setting per line, such as NAME: VALUE"
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
