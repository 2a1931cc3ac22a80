"""A run reads each layer once, keeps it only as long as nodes need it, and does not write a layer that is unchanged."""

from pathlib import Path

import polars as pl
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline

from korean_flashcards.datasets import frame as frame_module
from korean_flashcards.datasets.between_nodes import share_between_nodes
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.narrowing import Narrowing

WORDS = pl.DataFrame({"item_id": ["문#1", "물#1", "배#1"], "term": ["문", "물", "배"], "hanja": [None, None, "梨"]})
CHANGED = WORDS.with_columns(term=pl.lit("발"))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the layers that are read, in order."""
    found: list[str] = []
    real = frame_module.read_bytes
    monkeypatch.setattr(frame_module, "read_bytes", lambda path, name: [found.append(name), real(path, name)][1])
    return found


def layer(folder: Path, name: str = "terms", loads: int = 0) -> FrameDataset:
    dataset = FrameDataset(filepath=str(folder / f"{name}.parquet"))
    dataset.shared.expect(loads)
    return dataset


def test_a_layer_is_read_once_for_all_expected_loads_and_then_released(tmp_path, reads):
    layer(tmp_path).save(WORDS)
    dataset = layer(tmp_path, loads=3)
    assert all(dataset.load().equals(WORDS) for _ in range(3))
    assert reads == ["terms"]
    assert dataset.load().equals(WORDS) and reads == ["terms", "terms"]


def test_a_saved_layer_is_not_read_but_loads_as_a_new_process_would_load_it(tmp_path, reads):
    dataset = layer(tmp_path, loads=1)
    dataset.save(WORDS.with_columns(empty=pl.lit(None)))
    kept = dataset.load()
    assert reads == [] and kept.schema == layer(tmp_path).load().schema and kept.equals(layer(tmp_path).load())


def test_a_layer_that_nobody_will_load_is_not_kept(tmp_path, reads):
    dataset = layer(tmp_path)
    dataset.save(WORDS)
    assert dataset.load().equals(WORDS) and reads == ["terms"]


def test_a_layer_that_another_process_replaced_is_read_again(tmp_path, reads):
    dataset = layer(tmp_path, loads=5)
    dataset.save(WORDS)
    layer(tmp_path).save(CHANGED)
    reads.clear()
    assert dataset.load().equals(CHANGED) and dataset.load().equals(CHANGED) and reads == ["terms"]


def test_a_node_that_changes_its_input_does_not_change_the_input_of_the_next_node(tmp_path):
    dataset = layer(tmp_path, loads=2)
    dataset.save(WORDS)
    dataset.load().insert_column(0, pl.Series("new", [1, 2, 3]))
    assert dataset.load().columns == WORDS.columns


def test_a_narrowed_run_keeps_only_the_rows_of_its_words_and_notices_other_words(tmp_path, reads):
    vocabulary, narrowed = layer(tmp_path, "all_terms"), layer(tmp_path, loads=9)
    vocabulary.save(WORDS)
    layer(tmp_path).save(WORDS)
    narrowing = Narrowing(vocabulary, None, None)
    narrowed.narrow("words", narrowing)
    narrowed.save(CHANGED[:1])
    assert narrowed.load().equals(CHANGED[:1])
    assert layer(tmp_path).load().equals(pl.concat([CHANGED[:1], WORDS[1:]]))
    narrowing.words = frozenset(["물#1", "배#1"])
    assert narrowed.load().equals(WORDS[1:])
    reads.clear()
    assert narrowed.load().equals(WORDS[1:]) and reads == []


def test_an_unchanged_layer_is_not_written_again_but_its_time_shows_the_run(tmp_path):
    dataset, path = layer(tmp_path), tmp_path / "terms.parquet"
    dataset.save(WORDS)
    before = path.stat()
    dataset.save(WORDS.clone())
    assert path.stat().st_ino == before.st_ino and path.stat().st_mtime_ns > before.st_mtime_ns
    for frame in (
        CHANGED,
        CHANGED.cast({"term": pl.Categorical}),
        CHANGED.select("term", "item_id", "hanja"),
        CHANGED[:2],
    ):
        before = path.stat()
        dataset.save(frame)
        assert path.stat().st_ino != before.st_ino and layer(tmp_path).load().equals(frame)


def test_a_damaged_layer_is_written_again(tmp_path):
    layer(tmp_path).save(WORDS)
    (tmp_path / "terms.parquet").write_bytes(b"PAR1")
    layer(tmp_path).save(WORDS)
    assert layer(tmp_path).load().equals(WORDS)


def test_data_between_nodes_are_not_copied(tmp_path, reads):
    def double(words: pl.DataFrame) -> pl.DataFrame:
        return pl.concat([words, words])

    def first(words: pl.DataFrame, doubled: pl.DataFrame) -> pl.DataFrame:
        return doubled.head(words.height)

    nodes = [Node(double, "words", "doubled"), Node(first, ["words", "doubled"], "kept")]
    catalog = DataCatalog({"words": layer(tmp_path), "kept": layer(tmp_path, "kept")})
    layer(tmp_path).save(WORDS)
    share_between_nodes(Pipeline(nodes), catalog)
    doubled = catalog["doubled"]
    assert isinstance(doubled, MemoryDataset)
    doubled.save(WORDS)
    assert doubled.load() is WORDS
    assert catalog.load("words").equals(catalog.load("words")) and reads == ["terms"]
