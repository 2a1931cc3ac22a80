"""Check that YAML text is a group of settings: names with values, each name once."""

from collections.abc import Iterator

import yaml

from korean_flashcards.domain.yaml_text import yaml_problem

_KINDS = {"tag:yaml.org,2002:int": "number", "tag:yaml.org,2002:timestamp": "date"}
_LONGEST = 30  # characters of a value in a message
_TEXT = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")


def settings_problem(text: str) -> str | None:
    """Return why the text cannot be read as settings, or None if it can be. An empty text has no settings."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except RecursionError:
        return "it has too many brackets or groups within each other"
    except yaml.YAMLError as error:
        return yaml_problem(error, text)
    try:
        yaml.safe_load(text)
        return _content_problem(root)
    except RecursionError:
        return "a setting refers to itself"
    except yaml.YAMLError as error:
        return yaml_problem(error, text)
    except ValueError:
        return next(_invalid_values(root), "it contains an invalid number or date")


def _content_problem(root: yaml.Node | None) -> str | None:
    if root is None:
        return None
    if not isinstance(root, yaml.MappingNode):
        return "it must contain one setting per line, such as NAME: VALUE"
    odd = (key for key, _ in root.value if key.tag not in _TEXT)
    unnamed = (f"the name {key.value} (line {key.start_mark.line + 1}) is not text. Write it in quotes" for key in odd)
    return next(_duplicates(root), None) or next(unnamed, None)


def _invalid_values(node: yaml.Node | None) -> Iterator[str]:
    """Yield the single values that YAML cannot convert, such as the date 2026-13-45."""
    loader = yaml.SafeLoader("")
    nodes = [] if node is None else [node]
    seen = set[int]()
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.ScalarNode):
            try:
                loader.construct_object(node)
            except (ValueError, yaml.YAMLError):
                value = node.value if len(node.value) <= _LONGEST else f"{node.value[:_LONGEST]}…"
                yield f"line {node.start_mark.line + 1} has {value}, which is not a valid {_KINDS.get(node.tag, 'value')}"
        elif id(node) not in seen:
            seen.add(id(node))
            pairs = isinstance(node, yaml.MappingNode)
            nodes += reversed([each for pair in node.value for each in pair] if pairs else node.value)


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
