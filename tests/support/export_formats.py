"""Find the file formats that the catalog declares."""

import importlib
from pathlib import Path

import yaml

from korean_flashcards.datasets.format_file import FormatDataset

CATALOG = Path(__file__).resolve().parents[2] / "conf" / "base" / "catalog_exports.yml"


def catalog_formats() -> dict[str, type[FormatDataset]]:
    """Return the dataset class of each file extension in the catalog."""
    found = {}
    for pattern, entry in yaml.safe_load(CATALOG.read_text(encoding="utf-8")).items():
        module, _, name = entry["type"].rpartition(".")
        if issubclass(dataset := getattr(importlib.import_module(module), name), FormatDataset):
            found[pattern.partition("{file}.")[2]] = dataset
    return found
