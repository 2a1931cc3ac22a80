"""Check before a run that all of its results can be saved."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from korean_flashcards.domain.errors import OutputError
from korean_flashcards.files.output_places import unwritable

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline

SPENDING = "spends_money"  # the tag of the nodes that call a model


def check_outputs(pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]") -> None:
    """Raise OutputError if the run can spend money and one of its files could not be written."""
    if not any(SPENDING in node.tags for node in pipeline.nodes):
        return
    datasets = (catalog[name] for name in sorted(pipeline.all_outputs()) if name in catalog)
    paths = [getattr(dataset, "path", None) for dataset in datasets]
    if isinstance(results := getattr(catalog["validation_results"], "path", None), Path):
        paths.append(results / "index.html")
    if problem := unwritable(path for path in paths if isinstance(path, Path)):
        raise OutputError(f"{problem}, then run the same command again. Nothing was run or spent.")
