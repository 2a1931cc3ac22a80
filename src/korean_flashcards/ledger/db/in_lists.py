"""Pass many values to one SQL statement despite SQLite's limit on the number of parameters."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, select


def chunks(values: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    """Return slices of ``values`` that are short enough for an IN list."""
    return (values[start : start + size] for start in range(0, len(values), size))


def listed(values: Sequence[str] | Sequence[int]) -> Select[Any]:
    """Return a subquery that passes any number of values to an IN condition as one parameter."""
    return select(func.json_each(json.dumps(values)).table_valued("value").c.value)
