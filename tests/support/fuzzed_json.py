"""Change JSON values in random places, and create odd usage objects."""

import random
from typing import Any

_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 7.5, 1e300, 10**25, "", " ", "x", "null", "\x00", "\ud800", "\u2028", [], {}, [[]], [None],
    {"x": None}, ["a", 1], {"error": {}}, {"message": None}, "<html>",
)  # fmt: skip


def odd_usage(rng: random.Random) -> Any:
    """Return a usage object: often valid, but otherwise missing, incomplete, of the wrong type, or impossible."""
    if rng.random() < 0.35:
        return {"prompt_tokens": 2000, "completion_tokens": 300, "total_tokens": 2300}
    numbers = (
        None, 0, -1, 1, 300, 2000, 2000.5, "2000", "1,000", "many", [300], {}, True, 10**6, 10**20, 1e308, "9" * 500,
        "1e5", "inf", "-3", "٣", "",
    )  # fmt: skip
    details = ({"cached_tokens": rng.choice(numbers), "cache_creation_tokens": rng.choice(numbers)}, None, 3, [], "x")
    usage = {
        "prompt_tokens": rng.choice(numbers), "completion_tokens": rng.choice(numbers),
        "prompt_tokens_details": rng.choice(details), "cost": rng.choice((None, 0, 99.0, -1, "x", "0.001", 0.001, 1e300)),
        "completion_tokens_details": rng.choice(({"reasoning_tokens": rng.choice(numbers)}, None, 7)),
    }  # fmt: skip
    kept = {name: value for name, value in usage.items() if rng.random() < 0.7}
    return rng.choice([kept, kept, kept, kept, None, {}, "many", [1], 7, True])


def changed_json(value: Any, rng: random.Random) -> tuple[Any, bool]:
    """Change one value at a random place below the top level. Return the result and whether text may have changed."""
    places = list(_places(value))
    if not places:
        return value, False
    parent, name = rng.choice(places)
    kind = rng.choice(["drop", "replace", "replace", "nest", "list", "retype", "deep", "rename", "insert", "surrogate"])
    if kind == "drop":
        del parent[name]
    elif kind == "replace":
        parent[name] = rng.choice(_ODD)
    elif kind == "nest":
        parent[name] = {rng.choice(["value", "text", "content", "data", "message", "parts"]): parent[name]}
    elif kind == "list":
        parent[name] = [parent[name]] * rng.choice([1, 1, 2])
    elif kind == "retype":
        parent[name] = str(parent[name]) if not isinstance(parent[name], str) else len(parent[name])
    elif kind == "deep":
        for _ in range(rng.choice([50, 300, 900])):
            parent[name] = [parent[name]] if rng.random() < 0.5 else {"content": parent[name]}
    elif isinstance(parent, dict) and kind == "rename":
        parent[rng.choice(["text", "content", "error", "x" * 50, "choices", "type"])] = parent.pop(name)
    elif kind == "surrogate" and isinstance(parent[name], str):
        parent[name] = rng.choice(["\ud83d", "\udc80", "\x00", "\u2028", "\x85"]) + parent[name]
    elif isinstance(parent, list):
        parent.insert(name, rng.choice(_ODD))
    else:
        parent[rng.choice(["error", "refusal", "text", "type", "reasoning", "message", "usage"])] = rng.choice(_ODD)
    return value, kind in ("list", "surrogate", "retype", "insert", "rename")


def _places(value: Any, depth: int = 0) -> Any:
    """Yield each container with the names or positions in it."""
    if depth > 20:
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in list(items):
        yield value, name
        yield from _places(inner, depth + 1)
