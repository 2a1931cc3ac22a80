"""The registered pipelines, and the short names of their nodes."""

import pytest

from korean_flashcards.pipeline_registry import register_pipelines
from korean_flashcards.pipelines.node_names import with_full_names

PIPELINES = register_pipelines()


ON_DEMAND = ("archive", "charts")


def test_the_default_pipeline_has_all_nodes_except_those_on_demand() -> None:
    others = {
        node
        for name, pipeline in PIPELINES.items()
        if name not in ("__default__", *ON_DEMAND)
        for node in pipeline.nodes
    }
    assert set(PIPELINES["__default__"].nodes) == others
    assert others.isdisjoint(node for name in ON_DEMAND for node in PIPELINES[name].nodes)


def test_dataset_names_have_no_namespace() -> None:
    assert {"nuance_requests", "nuance", "flashcards", "params:llm"} <= PIPELINES["__default__"].datasets()
    assert not [name for name in PIPELINES["__default__"].datasets() if "." in name]


def test_short_node_names_are_unique() -> None:
    names = [node.short_name for node in PIPELINES["__default__"].nodes]
    assert len(names) == len(set(names))


def test_nodes_can_be_named_with_or_without_their_namespace() -> None:
    options = {
        "node_names": ["plan_nuance", "nuance.parse_nuance"],
        "from_nodes": (),
        "to_nodes": ["nope"],
        "tags": ["x"],
    }
    assert with_full_names(options, PIPELINES.values()) == {
        "node_names": ["nuance.plan_nuance", "nuance.parse_nuance"],
        "from_nodes": (),
        "to_nodes": ["nope"],
        "tags": ["x"],
    }


@pytest.mark.parametrize("old", ["ask_for_nuance", "ask_for_flashcards", "ask_the_judge"])
def test_an_old_name_works_with_a_warning_that_names_the_new_one(old: str, caplog: pytest.LogCaptureFixture) -> None:
    (full,) = with_full_names({"node_names": [old]}, PIPELINES.values())["node_names"]
    assert full in {node.name for node in PIPELINES["__default__"].nodes}
    assert f"The node {old} is now called generate_" in caplog.text
