"""Hand-checked tables beside the tests."""

import csv
from pathlib import Path


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a tab-separated table of this folder."""
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))
