"""Test that the columns of each layer are checked when it is loaded, and that older layers still load."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from kedro.io.core import DatasetError
from support.project import Project

from korean_flashcards.datasets import layer_check
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.layer_check import Layer, know_layers
from korean_flashcards.datasets.manifest import ManifestDataset
from korean_flashcards.layers.known_layers import known_layers

COLUMNS = {"item_id": pl.String, "row": pl.Int64, "tags": pl.List(pl.String), "gone": pl.Boolean}
GOOD = pl.DataFrame({"item_id": ["배#1"], "row": [2], "tags": [["a"]], "gone": [True]}, schema=COLUMNS)
REBUILD = (
    "Run `kedro run --pipeline=made` to rebuild it. This costs nothing: replies that you paid for come from the cache."
)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Know only the test's layers."""
    monkeypatch.setattr(layer_check, "_layers", {})
    know_layers([Layer("words", COLUMNS, "kedro run --pipeline=made")])
    know_layers(layer for layer in known_layers() if layer.name == "manifest")
    yield


def load(folder: Path, frame: pl.DataFrame, name: str = "words") -> pl.DataFrame:
    frame.write_parquet(folder / f"{name}.parquet")
    return FrameDataset(filepath=str(folder / f"{name}.parquet")).load()


WRONG = {
    "missing": (GOOD.drop("row"), "row is missing"),
    "extra": (GOOD.with_columns(mine=1), "mine is unknown"),
    "retyped": (GOOD.with_columns(row=pl.lit("2")), "row is text instead of a whole number"),
    "list": (GOOD.with_columns(tags=pl.lit(1.5)), "tags is a number instead of a list"),
    "inner type": (GOOD.with_columns(tags=pl.lit([1])), "tags is a list of whole numbers instead of a list of text"),
    "different": (
        pl.DataFrame({"a": [1], "b": [2]}),
        "item_id is missing, row is missing, tags is missing, and 2 more",
    ),
}


@pytest.mark.parametrize(("frame", "problem"), WRONG.values(), ids=WRONG)
def test_a_layer_with_other_columns_is_named_with_the_command_that_rebuilds_it(
    tmp_path: Path, frame: pl.DataFrame, problem: str
) -> None:
    with pytest.raises(DatasetError) as caught:
        load(tmp_path, frame)
    assert str(caught.value).startswith(
        f"The layer words ({tmp_path / 'words.parquet'}) has the wrong columns: {problem}"
    )
    assert str(caught.value).endswith(f". {REBUILD}")


def test_a_layer_of_an_earlier_release_gets_the_column_that_it_lacks(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD.drop("gone")).equals(GOOD.with_columns(gone=False))


def test_the_order_of_the_columns_and_columns_without_values_do_not_matter(tmp_path: Path) -> None:
    empty = GOOD.select(pl.all().reverse()).select("tags", "gone", "row", "item_id").with_columns(row=None, tags=[])
    found = load(tmp_path, empty)
    assert found.schema == COLUMNS and found["row"].null_count() == 1 and found["tags"].to_list() == [[]]


def test_a_file_that_is_not_a_layer_is_not_checked(tmp_path: Path) -> None:
    assert load(tmp_path, pl.DataFrame({"a": [1]}), "own").columns == ["a"]


def test_a_layer_that_only_caches_results_counts_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "words.parquet"
    GOOD.drop("row").write_parquet(path)
    assert FrameDataset(filepath=str(path), optional=True).load().is_empty()


def test_a_folder_in_place_of_a_layer_is_named(tmp_path: Path) -> None:
    (tmp_path / "words.parquet").mkdir()
    with pytest.raises(
        DatasetError, match=r"words\.parquet is a folder, not a file\. Move the folder away\. Run `kedro"
    ):
        FrameDataset(filepath=str(tmp_path / "words.parquet")).load()


def test_a_link_to_a_missing_file_is_not_taken_for_a_layer_that_was_never_made(tmp_path: Path) -> None:
    (tmp_path / "words.parquet").symlink_to(tmp_path / "disk" / "words.parquet")
    with pytest.raises(
        DatasetError, match=r"words\.parquet is a link to .*disk.*, which does not exist\. Mount the disk"
    ):
        FrameDataset(filepath=str(tmp_path / "words.parquet")).load()


ROW = {
    "export": "deck", "bytes": 1, "sha256": "0", "decks": None, "cards": 1, "cards_by_type": "Scene 1", "layer_cards": 1,
    "layer_by_type": "Scene 1", "models": [], "prompts": ["a"],
}  # fmt: skip
NEW_IN_MANIFEST = ("models", "prompts", "notes", "note_types", "words")
WRONG_MANIFESTS = {
    "empty": ("", "it is empty"),
    "text": ("hello", "it is not JSON text"),
    "object": ("{}", "it does not contain a list of exported files"),
    "other": ('[{"name": "deck"}]', "export is missing, bytes is missing, sha256 is missing"),
    "retyped": (json.dumps([ROW | {"cards": "many"}]), "cards is text instead of a whole number"),
    "mixed": (json.dumps([ROW, ROW | {"cards": [1]}]), "a column has values of several types"),
}


@pytest.mark.parametrize(("text", "problem"), WRONG_MANIFESTS.values(), ids=WRONG_MANIFESTS)
def test_a_wrong_manifest_is_named_as_such(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError) as caught:
        ManifestDataset(filepath=str(path), columns=["export"]).load()
    assert f"{path} is not an export manifest: {problem}" in str(caught.value)
    assert "Run `kedro run --pipeline=export` to rebuild it." in str(caught.value)


def test_a_manifest_of_an_earlier_release_is_a_manifest(tmp_path: Path) -> None:
    old = {name: value for name, value in ROW.items() if name not in NEW_IN_MANIFEST}
    (tmp_path / "manifest.json").write_text(json.dumps([old]), encoding="utf-8")
    found = ManifestDataset(filepath=str(tmp_path / "manifest.json"), columns=["export"]).load()
    assert found.to_dicts() == [old | dict.fromkeys(NEW_IN_MANIFEST)]


NOTE = {"guid": "aa00", "item_id": "배#1", "card_type": "Scene", "project_id": None, "content": "2:00", "created_at": 1,
        "changed_at": 2, "changes": "new"}  # fmt: skip


@pytest.mark.parametrize(
    "notes",
    [
        pytest.param([NOTE], id="a project from before project IDs existed"),
        pytest.param([NOTE, NOTE | {"guid": "bb00", "project_id": "3f9a1c2b7d10"}], id="with a new word"),
        pytest.param([], id="an empty deck"),
    ],
)
def test_fields_without_any_value_in_a_manifest_do_not_matter(tmp_path: Path, notes: list[dict[str, object]]) -> None:
    rows = [ROW | {"notes": notes, "note_types": []}, ROW | {"notes": None, "note_types": None}]
    (tmp_path / "manifest.json").write_text(json.dumps(rows), encoding="utf-8")
    found = ManifestDataset(filepath=str(tmp_path / "manifest.json"), columns=["export"]).load()
    assert found["notes"].to_list() == [notes, None]


@pytest.mark.slow
def test_the_known_columns_are_those_that_a_run_writes(finished: Project) -> None:
    layers = {layer.name: layer for layer in known_layers()}
    files = sorted(finished.folder.glob("data/0*/*.parquet"))
    assert {file.stem for file in files} == layers.keys() - {"manifest", "parse_outcomes"}
    for file in files:
        assert dict(pl.read_parquet_schema(file)) == layers[file.stem].columns, file.name
        assert list(pl.read_parquet_schema(file)) == list(layers[file.stem].columns), file.name
