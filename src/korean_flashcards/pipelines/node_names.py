"""Translate short node names, such as ``plan_nuance``, to Kedro's full names, such as ``nuance.plan_nuance``."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from kedro.pipeline import Pipeline

logger = logging.getLogger(__name__)
# The run options that name nodes.
_OPTIONS = ("node_names", "from_nodes", "to_nodes")
# Old names that still work in this release.
_RENAMED = {
    "ask_for_nuance": "generate_nuance",
    "ask_for_flashcards": "generate_flashcards",
    "ask_the_judge": "generate_judgements",
}


def with_full_names(options: Mapping[str, Any], pipelines: Iterable[Pipeline]) -> dict[str, Any]:
    """Return a run's options with short node names replaced by full names.

    Unknown names are left unchanged so that Kedro's error message shows them.
    """
    full = {node.short_name: node.name for pipeline in pipelines for node in pipeline.nodes}
    named = {name: [full.get(_current(node), node) for node in options[name]] for name in _OPTIONS if options.get(name)}
    return {**options, **named}


def _current(node: str) -> str:
    if node in _RENAMED:
        logger.warning("The node %s is now called %s. The old name works in this release only.", node, _RENAMED[node])
    return _RENAMED.get(node, node)
