"""Pass many values to one SQL statement: SQLite limits the number of parameters."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, select


def chunks(values: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    """Slices of ``values``, each few enough for an IN list."""
    return (values[start : start + size] for start in range(0, len(values), size))


def listed(values: Sequence[str] | Sequence[int]) -> Select[Any]:
    """The values as ONE parameter, for an IN: however many they are."""
    return select(func.json_each(json.dumps(values)).table_valued("value").c.value)
