"""Prepare a run whose parameters select some of the words, so that its layers keep the rows of all other words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
from kedro.framework.project import pipelines
from kedro.io import MemoryDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.earlier_layers import EarlierResultDataset
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.narrowing import PER_LIST, PER_WORD, Narrowing
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.stages.selection import select

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline

# The dataset that reads the analyses and cards of all words. It is None if a run is not narrowed.
WHOLE_DECK = "whole_deck"
_EXPORT = "export"  # the namespace of the nodes that write the deck
_IMPORTING, _SELECTING = "import_lists", "select_words"  # nodes
_NARROWING = ("limit", "batch", "priority_min", "words")
_DECK_ROWS = "linked_flashcards"  # the layer with the cards in the deck
_NO_DECK = (
    "This run selects words, so it cannot write the deck, which contains all words. Nothing was run. Run the other "
    "pipelines first, then `kedro run --pipeline=export`. To write only the selected words' cards to separate "
    "files, add `--params export.only_selected=true`."
)
_NOT_SELECTED = (
    "This run imports lists and selects words, but leaves out the node that selects them. Nothing was run. Run "
    "the ingress pipeline first, then the other pipelines."
)
_LOST = (
    "This run selects words, so it would lose the rows of all other words. Nothing was run. "
    "To rebuild the layer without sending any requests, run `kedro run --params llm.cache_only=true`."
)


def narrow(
    catalog: "CatalogProtocol[Any, Any]", pipeline: "Pipeline", parameters: Parameters, ledger: Ledger
) -> Narrowing | None:
    """Let a run's layers load and replace only the rows of the words that the parameters select.

    Returns:
        The run's words and lists, or None if the run is not narrowed: the parameters select nothing, or the run only
        exports the cards of all words.

    Raises:
        SettingsError: The run would also write a deck, its lists have not been imported, or a layer has another type.
        DatasetError: A layer cannot be read or was deleted, so the rows of the other words would be lost. Nothing was sent.
        LedgerError: A selected batch or word is not in the ledger.
    """
    exporting = [node for node in pipeline.nodes if node.namespace == _EXPORT]
    separate = parameters.separate_export
    if not parameters.narrowed or (len(exporting) == len(pipeline.nodes) and not separate):
        return None
    if exporting and not separate:
        raise SettingsError(_NO_DECK)
    layers = [name for name in (*PER_WORD, *PER_LIST) if name in pipeline.datasets()]
    for name in layers:
        _check(name, catalog)
    nodes = {node.short_name for node in pipeline.nodes}
    importing, selecting = _IMPORTING in nodes, _SELECTING in nodes
    if importing and not selecting and set(layers).intersection(PER_WORD):
        raise SettingsError(_NOT_SELECTED)
    if parameters.word_lists is not None and not importing:
        catalog["imported_lists"] = MemoryDataset(_imported(catalog, parameters.word_lists, ledger), copy_mode="assign")
    lists = None if parameters.word_lists is None else catalog["imported_lists"]
    words = None if importing else _selected(catalog, parameters, ledger)
    narrowing = Narrowing(catalog["vocabulary"], lists, words)
    for name in layers:
        if isinstance(layer := catalog[name], FrameDataset):
            layer.narrow(name, narrowing)
    for name in pipeline.datasets():
        if isinstance(earlier := catalog.get(name), EarlierResultDataset) and set(earlier.layers).intersection(
            PER_WORD
        ):
            earlier.leave_unused()
    nuance, cards = catalog.get("edited_nuance"), catalog.get("edited_flashcards")
    if isinstance(nuance, FrameDataset) and isinstance(cards, FrameDataset):
        catalog[WHOLE_DECK] = MemoryDataset(lambda: (nuance.read(), cards.read()), copy_mode="assign")
    return narrowing


def batches_of(lists: Any, name: str, ledger: Ledger) -> list[str]:
    """Return the batches of lists that have been imported.

    Args:
        lists: The lists.
        name: The path of the lists, for the message.
        ledger: A copy of the ledger (``Ledger.rehearsal``), because imports write to it.

    Raises:
        SettingsError: A list has not been imported.
    """
    results = ledger.imports.take(lists)
    if new := [result.file for result in results if not result.already]:
        raise SettingsError(
            f"{', '.join(new)} has not been imported yet, so its words are not known. Nothing was run. Import it with "
            f"`kedro ingress import {name}`, then run the same command again."
        )
    return [result.batch_id for result in results]


def _check(name: str, catalog: "CatalogProtocol[Any, Any]") -> None:
    """Raise an error if a layer could not keep the rows of the other words."""
    layer = catalog.get(name)
    if isinstance(layer, FrameDataset):
        if not layer.path.exists() and not layer.path.is_symlink():
            _check_never_written(name, layer, catalog)
            return
        try:
            layer.read()
        except DatasetError as error:
            raise DatasetError(f"{error} {_LOST}") from error
    elif not isinstance(layer, MemoryDataset):
        raise SettingsError(
            f"The catalog stores {name} in its own way, so a run that selects words would lose the rows of all other "
            "words. Nothing was run. Run `kedro run` without the parameters that select words, or remove the entry from "
            "your catalog."
        )


def _check_never_written(name: str, layer: FrameDataset, catalog: "CatalogProtocol[Any, Any]") -> None:
    """Raise DatasetError if a missing layer has been deleted: layers that are made from it have rows.

    A layer that no run has written yet has no rows to lose.
    """
    project = pipelines["__default__"]
    if name not in project.all_outputs():
        return
    written = project.from_nodes(*(node.name for node in project.only_nodes_with_outputs(name).nodes)).all_outputs()
    for later in (*PER_WORD, _DECK_ROWS):
        if later in written and later != name and _has_rows(catalog.get(later)):
            raise DatasetError(
                f"The layer {name} ({shown_path(layer.path)}) is missing, but {later} was made from it and contains "
                f"words. {_LOST}"
            )


def _has_rows(layer: Any) -> bool:
    """Return whether a layer has rows. A damaged layer counts, because its rows are not known."""
    if not isinstance(layer, FrameDataset) or not layer.path.exists():
        return False
    try:
        return layer.read().height > 0
    except DatasetError:
        return True


def _imported(catalog: "CatalogProtocol[Any, Any]", name: str, ledger: Ledger) -> pl.DataFrame:
    with ledger.rehearsal() as copy:
        return pl.DataFrame({"batch_id": batches_of(catalog.load("word_lists"), name, copy)})


def _selected(catalog: "CatalogProtocol[Any, Any]", parameters: Parameters, ledger: Ledger) -> frozenset[str]:
    """Return the item IDs of the words that the parameters select from the existing vocabulary."""
    narrowing = {name: getattr(parameters, name) for name in _NARROWING}
    lists: Sequence[str] | None = None
    if parameters.word_lists is not None:
        lists = catalog.load("imported_lists")["batch_id"].to_list()
    return frozenset(select(catalog.load("vocabulary"), ledger, **narrowing, lists=lists).words["item_id"])
