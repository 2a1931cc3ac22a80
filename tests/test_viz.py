"""The pipelines in Kedro-Viz: boxes, layers, names, and the nodes that spend money."""

import json
import re
import shutil
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from support.once import once
from support.project import Project

pytestmark = pytest.mark.slow

BOXES = {"ingress", "nuance", "flashcards", "quality", "export", "reporting"}
PIPELINES = {*BOXES, "archive", "charts"}
FLOW = ["raw", "intermediate", "primary", "feature", "model output", "reporting"]
# These datasets exist only in memory. Kedro-Viz shows layers only for datasets in the catalog.
IN_MEMORY = {
    "card_notes", "complete_notes", "consent", "generated_stages", "identified_notes", "laid_out_notes", "map_checks",
    "run_started", "shortened_notes", "whole_deck",
}  # fmt: skip

Graph = dict[str, Any]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, finished: Project) -> Path:
    """Return the static site that ``kedro viz build`` creates from a finished project."""

    def make(folder: Path) -> None:
        copy = finished.copied_to(folder / "project")
        drawn = copy.kedro("run", "--pipeline=charts")
        assert drawn.code == 0, drawn.err
        result = copy.kedro("viz", "build", "--include-previews")
        assert result.code == 0, result.err
        shutil.copytree(copy.folder / "build", folder / "build")

    return once(tmp_path_factory, "viz", make) / "build"


@pytest.fixture(scope="module")
def graph(site: Path) -> Graph:
    return _json(site / "api" / "main")


def test_every_pipeline_can_be_selected(site: Path, graph: Graph) -> None:
    assert {pipeline["id"] for pipeline in graph["pipelines"]} == PIPELINES | {"__default__"}
    for name in PIPELINES:
        assert _names(_json(site / "api" / "pipelines" / name), "task")


def test_the_flow_opens_as_six_boxes(graph: Graph) -> None:
    assert set(graph["modular_pipelines"]) == BOXES | {"__root__"}
    children = [child["id"] for child in graph["modular_pipelines"]["__root__"]["children"]]
    tasks = _nodes(graph, "task")
    assert set(children) >= BOXES and not [task["name"] for task in tasks if task["id"] in children]
    assert {tuple(task["modular_pipelines"]) for task in tasks} == {(name,) for name in BOXES}


def test_layers_follow_the_flow(graph: Graph) -> None:
    assert [layer for layer in graph["layers"] if layer in FLOW] == FLOW
    assert set(graph["layers"]) - set(FLOW) == {"ledger", "model", "prompt"}


def test_every_dataset_of_the_catalog_has_a_layer(graph: Graph) -> None:
    assert {node["name"] for node in _nodes(graph, "data") if not node["layer"]} == IN_MEMORY


def test_rejects_and_failures_are_datasets(graph: Graph) -> None:
    problems = {
        "vocabulary_rejects",
        "vocabulary_duplicates",
        "vocabulary_warnings",
        "nuance_failures",
        "flashcard_failures",
    }
    assert problems <= _names(graph, "data")
    assert problems <= _inputs(graph, "render_report")


def test_node_names_are_words_separated_by_underscores(graph: Graph) -> None:
    assert not [name for name in _names(graph, "task") if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)]


def test_only_the_three_generating_nodes_are_tagged_as_spending_money(graph: Graph) -> None:
    spending = {node["name"] for node in _nodes(graph, "task") if "spends_money" in node["tags"]}
    assert spending == {"generate_nuance", "generate_flashcards", "generate_judgements"}
    assert {name for name in _names(graph, "task") if "llm" in _inputs(graph, name)} == {
        *spending,
        "plan_nuance",
        "plan_flashcards",
        "plan_judgements",
    }


def test_layers_have_a_preview_of_their_rows(site: Path, graph: Graph) -> None:
    for name in ("vocabulary", "nuance", "flashcards", "nuance_failures", "flashcard_failures"):
        (node,) = (node for node in _nodes(graph, "data") if node["name"] == name)
        preview = _json(site / "api" / "nodes" / node["id"])["preview"]
        assert "item_id" in preview["columns"]
        assert bool(preview["data"]) is not name.endswith("failures")


def test_ledger_tables_cards_and_charts_have_previews(site: Path) -> None:
    charts = _json(site / "api" / "pipelines" / "charts")
    previews = {node["name"]: _preview(site, node) for node in _nodes(charts, "data")}
    pictures = {name: text for name, text in previews.items() if name.endswith("_chart")}
    assert len(pictures) >= 10
    assert all(b64decode(str(picture)).startswith(b"\x89PNG") for picture in pictures.values())
    tables = {name: table for name, table in previews.items() if name.startswith("ledger_")}
    assert set(tables) == {
        "ledger_tasks",
        "ledger_calls",
        "ledger_lists",
        "ledger_reviews",
        "ledger_runs",
        "ledger_exports",
    }
    assert "item_id" in tables["ledger_tasks"]["columns"] and len(tables["ledger_tasks"]["data"]) == 5
    assert {node["layer"] for node in _nodes(charts, "data") if node["name"] in tables} == {"ledger"}
    (deck,) = (node for node in _nodes(_json(site / "api" / "pipelines" / "export"), "data") if node["name"] == "deck")
    cards = _preview(site, deck)
    assert cards["columns"][:2] == ["front", "back"] and "<" not in str(cards["data"])


def _preview(site: Path, node: Graph) -> Any:
    return _json(site / "api" / "nodes" / node["id"])["preview"]


def _json(path: Path) -> Graph:
    loaded: Graph = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _nodes(graph: Graph, kind: str) -> list[dict[str, Any]]:
    return [node for node in graph["nodes"] if node["type"] == kind]


def _names(graph: Graph, kind: str) -> set[str]:
    return {node["name"] for node in _nodes(graph, kind)}


def _inputs(graph: Graph, name: str) -> set[str]:
    """Return the names of a node's inputs."""
    names = {node["id"]: node["name"] for node in graph["nodes"]}
    return {names[edge["source"]] for edge in graph["edges"] if names[edge["target"]] == name}
