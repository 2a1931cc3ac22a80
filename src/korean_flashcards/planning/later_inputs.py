"""Check before a run the files that it reads only at its end, after it has paid for replies and replaced the deck."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.pipelines.deck_choice import NODE_OPTIONS
from korean_flashcards.pipelines.reporting.templates import TEMPLATES, check_template
from korean_flashcards.summary.layer_summary import FRAMES

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline

_REPLACING = "list_exports"  # the node whose output replaces the exported files
_ANKI_TEMPLATES, _RESULTS = "anki_templates", "validation_results"


def check_later_inputs(pipeline: "Pipeline", catalog: "CatalogProtocol[Any, Any]", options: Mapping[str, Any]) -> None:
    """Raise an error if a template, or a layer that the run reads after it replaced the exported files, is damaged.

    Args:
        pipeline: The run's nodes.
        catalog: The run's datasets.
        options: The run's options, as Kedro passes them to hooks.

    Raises:
        SettingsError: A template is not valid.
        DatasetError: A file is missing or damaged.
    """
    for name in TEMPLATES.keys() & pipeline.inputs():
        check_template(name, catalog.load(name))
    if _ANKI_TEMPLATES in pipeline.inputs():
        catalog.load(_ANKI_TEMPLATES)
    for name in sorted(_read_after_export(pipeline, options)):
        if name == _RESULTS or isinstance(catalog.get(name), FrameDataset):
            catalog.load(name)


def _read_after_export(pipeline: "Pipeline", options: Mapping[str, Any]) -> set[str]:
    """Return the datasets of earlier runs that this run does not read until it has replaced the exported files."""
    replacing = [node.name for node in pipeline.nodes if node.short_name == _REPLACING]
    if not replacing:
        return set()
    # A run of only some nodes prints no summary.
    summarized = () if any(options.get(name) for name in NODE_OPTIONS) else FRAMES.values()
    wanted = pipeline.inputs().union(*summarized)
    return wanted - pipeline.all_outputs() - pipeline.to_nodes(*replacing).inputs()
