"""Names of nodes as a person types them: ``plan_nuance`` for ``nuance.plan_nuance``, which is its name in Kedro."""

from collections.abc import Iterable, Mapping
from typing import Any

from kedro.pipeline import Pipeline

# The options of a run that name nodes.
_OPTIONS = ("node_names", "from_nodes", "to_nodes")


def with_full_names(options: Mapping[str, Any], pipelines: Iterable[Pipeline]) -> dict[str, Any]:
    """Return the options of a run with the full name of each node in place of its name without the namespace.

    Names of nodes that do not exist stay as they are: Kedro's message names them.
    """
    full = {node.short_name: node.name for pipeline in pipelines for node in pipeline.nodes}
    named = {name: [full.get(node, node) for node in options[name]] for name in _OPTIONS if options.get(name)}
    return {**options, **named}
