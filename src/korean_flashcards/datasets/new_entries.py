"""Add the datasets that an older project's catalog does not have yet."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import MemoryDataset

from korean_flashcards.datasets.export_snapshots import SNAPSHOTS, ExportSnapshotsDataset
from korean_flashcards.datasets.export_stage import MANIFEST, selected_path
from korean_flashcards.datasets.media_folder import MediaFolderDataset
from korean_flashcards.datasets.previous_export import PreviousExportDataset
from korean_flashcards.datasets.project_id import ProjectIdDataset

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol


def add_new_entries(catalog: "CatalogProtocol[Any, Any]") -> None:
    """Add the entries of the export that releases added, next to those that the catalog has."""
    manifest = getattr(catalog[MANIFEST], "path", None) if MANIFEST in catalog else None
    templates = getattr(catalog["anki_templates"], "path", None) if "anki_templates" in catalog else None
    if isinstance(manifest, Path) and "previous_export" not in catalog:
        catalog["previous_export"] = PreviousExportDataset(filepath=str(manifest))
    if isinstance(manifest, Path) and "previous_selected_export" not in catalog:
        catalog["previous_selected_export"] = PreviousExportDataset(filepath=str(selected_path(manifest)))
    if isinstance(manifest, Path) and "media" not in catalog:
        catalog["media"] = MediaFolderDataset(path=str(manifest.parents[1] / "01_raw" / "media"))
    if isinstance(manifest, Path) and SNAPSHOTS not in catalog:
        folder = manifest.parent / "exports" / ".history"
        catalog[SNAPSHOTS] = ExportSnapshotsDataset(filepath=str(folder), notes="anki_notes.parquet")
    if "exported_before" not in catalog:
        # Copying all notes would take seconds.
        catalog["exported_before"] = MemoryDataset(copy_mode="assign")
    for name in ("project_id", "used_project_id"):
        if isinstance(templates, Path) and name not in catalog:
            catalog[name] = ProjectIdDataset(filepath=str(templates.with_name("project.yml")))
