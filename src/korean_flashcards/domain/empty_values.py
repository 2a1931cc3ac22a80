"""Find parameters left empty, as in "limit=", which YAML would read as null, silently widening the run."""

import re
from collections.abc import Iterator, Sequence

import yaml

# Parameters that narrow a run, unless they are null.
NARROWING = ("limit", "batch", "priority_min", "words", "word_lists")

# libyaml, if PyYAML was built with it, is ten times as fast. Both yield the same nodes.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Kedro ignores a parameter whose value is "???".
_NOTHING = ("", "???")


def without_value(params: str) -> list[str]:
    """Return the parameters in a --params string that have no value ("limit=") or only a YAML comment ("words=#")."""
    items = [item.partition("=") for item in params.split(",")]
    return [name.strip() for name, equals, value in items if equals and re.fullmatch(r"\s*(?:#.*)?", value)]


def null_by_omission(text: str, group: Sequence[str] = ()) -> list[str]:
    """Return the run filters that a YAML file leaves empty ("limit:", "limit: ???") instead of null ("limit: null").

    If the text is not a YAML mapping, return an empty list. The YAML error is reported when the file is loaded.

    Args:
        text: The file's text.
        group: The keys on the path to the parameter group.
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError:
        return []
    for key in group:
        node = dict(_items(node)).get(key)
    return [
        name
        for name, value in _items(node)
        if name in NARROWING and isinstance(value, yaml.ScalarNode) and value.value in _NOTHING and not value.style
    ]


def empty_value(names: list[str], equals: str = "=") -> str:
    """Return a message about parameters without a value. ``equals`` separates a name from its value."""
    name = names[0]
    has = "has" if len(names) == 1 else "have"
    return f"{' and '.join(names)} {has} no value. Set a value, or write {name}{equals}null."


def _items(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((str(name.value), value) for name, value in node.value)
