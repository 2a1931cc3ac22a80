"""Let data pass between the nodes of a run without copying it or reading it again."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from kedro.io import MemoryDataset

from korean_flashcards.datasets.shared_frame import SharedFrame

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline


def share_between_nodes(pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]") -> None:
    """Let each layer know how often the run's nodes will load it, and add the datasets that are not stored in files.

    Kedro itself would add these datasets, too, but would import pandas to find out how to copy their data. Nodes never
    change their inputs, so no copies are needed.
    """
    for name in pipeline.all_outputs():
        if name not in catalog:
            catalog[name] = MemoryDataset(copy_mode="assign")
    loads = Counter(name for node in pipeline.nodes for name in node.inputs)
    for name, times in loads.items():
        if isinstance(shared := getattr(catalog.get(name), "shared", None), SharedFrame):
            shared.expect(times)
