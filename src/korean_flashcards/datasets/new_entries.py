"""Add the datasets that an older project's catalog does not have yet."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import AbstractDataset, MemoryDataset

from korean_flashcards.charts.chart_list import CHARTS
from korean_flashcards.datasets.accepted_replies import AcceptedRepliesDataset
from korean_flashcards.datasets.earlier_layers import EarlierResultDataset
from korean_flashcards.datasets.export_snapshots import SNAPSHOTS, ExportSnapshotsDataset
from korean_flashcards.datasets.export_stage import MANIFEST, selected_path
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.ledger import LedgerDataset
from korean_flashcards.datasets.ledger_table import LEDGER_TABLES, LedgerTableDataset
from korean_flashcards.datasets.media_folder import MediaFolderDataset
from korean_flashcards.datasets.picture import PictureDataset
from korean_flashcards.datasets.previous_export import PreviousExportDataset
from korean_flashcards.datasets.project_id import ProjectIdDataset
from korean_flashcards.datasets.prompt import PromptDataset
from korean_flashcards.domain.earlier_result import EarlierResult
from korean_flashcards.stages.accepted_records import AcceptedReplies

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

# The layers that a run takes from an earlier run if nothing has changed, with the folders of the code that decides them.
REUSED = {"confusables": ["confusables", "domain", "korean"], "nuance": None, "flashcards": None}


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
    for layer, folders in REUSED.items():
        entries |= _earlier(catalog, layer, folders)
    entries["accepted_replies"] = _accepted(catalog)
    entries |= _ledger_tables(catalog)
    entries |= _preference_prompt(catalog)
    entries |= _charts(catalog)
    for name, dataset in entries.items():
        if name not in catalog:
            catalog[name] = dataset


def _earlier(
    catalog: "CatalogProtocol[Any, Any]", name: str, folders: list[str] | None
) -> dict[str, AbstractDataset[Any, Any]]:
    """Return the entries for a layer of an earlier run, which is unknown if the layer is not a file."""
    layer = catalog.get(name)
    if isinstance(layer, FrameDataset):
        path = layer.path
        before = EarlierResultDataset(filepath=str(path.with_suffix(".key")), layers=[path.stem], folders=folders)
        return {f"{name}_before": before, f"{name}_key": before}
    return {
        f"{name}_before": MemoryDataset(EarlierResult(), copy_mode="assign"),
        f"{name}_key": MemoryDataset(copy_mode="assign"),
    }


def _accepted(catalog: "CatalogProtocol[Any, Any]") -> AbstractDataset[Any, Any]:
    """Return the entry for the replies that earlier runs accepted, which are unknown if the analyses are not a file."""
    layer = catalog.get("nuance")
    if isinstance(layer, FrameDataset):
        return AcceptedRepliesDataset(filepath=str(layer.path.with_name("accepted_replies.hashes")))
    return MemoryDataset(AcceptedReplies(), copy_mode="assign")


def _ledger_tables(catalog: "CatalogProtocol[Any, Any]") -> dict[str, AbstractDataset[Any, Any]]:
    """Return the entries for the tables of the ledger."""
    ledger = catalog.get("ledger") if "ledger" in catalog else None
    if not isinstance(ledger, LedgerDataset):
        return {}
    return {
        name: LedgerTableDataset(filepath=str(ledger.path), table=table.name) for name, table in LEDGER_TABLES.items()
    }


def _preference_prompt(catalog: "CatalogProtocol[Any, Any]") -> dict[str, AbstractDataset[Any, Any]]:
    """Return the entry for the judge's second prompt, which is beside the first one."""
    judge = catalog.get("judge_prompt") if "judge_prompt" in catalog else None
    if not isinstance(judge, PromptDataset):
        return {}
    own = judge.path.with_name("preference.md")
    base = own.parents[2] / "base" / own.parent.name / own.name if len(own.parents) > 2 else own
    return {"preference_prompt": PromptDataset(filepath=str(own if own.exists() else base))}


def _charts(catalog: "CatalogProtocol[Any, Any]") -> dict[str, AbstractDataset[Any, Any]]:
    """Return the entries for pictures of the charts, which are in the reporting layer beside the counts of the layers."""
    counts = catalog.get("layer_counts") if "layer_counts" in catalog else None
    if not isinstance(counts, FrameDataset):
        return {}
    folder = counts.path.parent / "charts"
    return {f"{name}_chart": PictureDataset(filepath=str(folder / f"{name}.png")) for name in CHARTS}
