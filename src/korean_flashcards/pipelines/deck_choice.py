"""Decide whether a run writes the deck. A run of some words or some nodes does not, unless it is asked to."""

from collections.abc import Mapping, Sequence
from typing import Any

from kedro.pipeline import Pipeline

EXPORT = "export"
# Kedro's options that select nodes.
NODE_OPTIONS = ("tags", "node_names", "from_nodes", "to_nodes", "from_inputs", "to_outputs", "namespaces")


def pipelines_to_run(
    names: Sequence[str] | None,
    registered: Mapping[str, Pipeline],
    options: Mapping[str, Any],
    selects_words: bool,
    by_default: bool = False,
) -> list[str]:
    """Return the pipelines that a run executes, without ``export`` if the run leaves the deck alone.

    Args:
        names: The pipelines, or None for those in ``__default__``.
        registered: All pipelines, keyed by name.
        options: The run's options. Those in NODE_OPTIONS select nodes.
        selects_words: Whether the run processes only some of the words and does not export them to separate files. It then
            writes the deck only if it does nothing else, because the deck contains all words.
        by_default: Whether ``names`` are the project's default pipelines, which nobody named for this run.
    """
    chosen = list(names) if names else default_pipelines(registered)
    if chosen == [EXPORT] or EXPORT not in chosen:
        return chosen
    selected = [str(value) for option in NODE_OPTIONS for value in options.get(option) or ()]
    if _names_of(registered).intersection(selected):
        return chosen
    if selects_words or (selected and (by_default or not names)):
        chosen.remove(EXPORT)
    return chosen


def default_pipelines(registered: Mapping[str, Pipeline]) -> list[str]:
    """Return the names of the pipelines in ``__default__``, in the order in which they run."""
    default = set(registered["__default__"].nodes)
    return [name for name in registered if name != "__default__" and default.issuperset(registered[name].nodes)]


def _names_of(registered: Mapping[str, Pipeline]) -> set[str]:
    """Return the names that only the export pipeline has: its namespace, nodes, outputs, and own inputs."""
    export = registered[EXPORT]
    shared = {name for other, pipeline in registered.items() if other not in (EXPORT, "__default__")
              for name in pipeline.datasets()}  # fmt: skip
    outputs = export.datasets() - export.inputs()
    return {EXPORT, *(node.name for node in export.nodes), *outputs, *(export.inputs() - shared)}
