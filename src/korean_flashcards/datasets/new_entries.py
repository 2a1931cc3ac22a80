"""Add the datasets that an older project's catalog does not have yet."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from kedro.io import AbstractDataset, MemoryDataset

from korean_flashcards.confusables import EarlierConfusables
from korean_flashcards.datasets.confusables_before import ConfusablesBeforeDataset
from korean_flashcards.datasets.export_snapshots import SNAPSHOTS, ExportSnapshotsDataset
from korean_flashcards.datasets.export_stage import MANIFEST, selected_path
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.media_folder import MediaFolderDataset
from korean_flashcards.datasets.previous_export import PreviousExportDataset
from korean_flashcards.datasets.project_id import ProjectIdDataset

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol


def add_new_entries(catalog: "CatalogProtocol[Any, Any]") -> None:
    """Add the entries that releases added, next to those that the catalog has."""
    manifest = getattr(catalog[MANIFEST], "path", None) if MANIFEST in catalog else None
    templates = getattr(catalog["anki_templates"], "path", None) if "anki_templates" in catalog else None
    # Copying all notes would take seconds.
    entries: dict[str, AbstractDataset[Any, Any]] = {"exported_before": MemoryDataset(copy_mode="assign")}
    if isinstance(manifest, Path):
        entries["previous_export"] = PreviousExportDataset(filepath=str(manifest))
        entries["previous_selected_export"] = PreviousExportDataset(filepath=str(selected_path(manifest)))
        entries["media"] = MediaFolderDataset(path=str(manifest.parents[1] / "01_raw" / "media"))
        folder = manifest.parent / "exports" / ".history"
        entries[SNAPSHOTS] = ExportSnapshotsDataset(filepath=str(folder), notes="anki_notes.parquet")
    if isinstance(templates, Path):
        for name in ("project_id", "used_project_id"):
            entries[name] = ProjectIdDataset(filepath=str(templates.with_name("project.yml")))
    entries |= _confusables(catalog)
    for name, dataset in entries.items():
        if name not in catalog:
            catalog[name] = dataset


def _confusables(catalog: "CatalogProtocol[Any, Any]") -> dict[str, AbstractDataset[Any, Any]]:
    """Return the entries for the confusable words of an earlier run, which are unknown if the layer is not a file."""
    layer = catalog.get("confusables")
    if isinstance(layer, FrameDataset):
        before = ConfusablesBeforeDataset(filepath=str(layer.path.with_suffix(".key")))
        return {"confusables_before": before, "confusables_key": before}
    unknown = EarlierConfusables(pl.DataFrame, "", "")
    return {"confusables_before": MemoryDataset(unknown, copy_mode="assign"), "confusables_key": MemoryDataset()}
