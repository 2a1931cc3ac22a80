"""Test that words are searched again whenever the result could be different, and not otherwise."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from confusables.decks import SETTINGS, deck, mixed
from support.project import ROOT

from korean_flashcards.confusables import find_among
from korean_flashcards.datasets import new_entries, rules
from korean_flashcards.datasets.earlier_layers import EarlierResultDataset
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.domain.earlier_result import EarlierResult, result_key
from korean_flashcards.pipelines.ingress import nodes

WORDS = deck(
    ("문득", "suddenly", "adverb"),
    ("갑자기", "suddenly", "adverb"),
    ("낫다", "better", "verb"),
    ("낳다", "birth", "verb"),
)
ENTRY = yaml.safe_load((ROOT / "conf/base/catalog_ingress.yml").read_text(encoding="utf-8"))["confusables_before"]
_ENV = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}


class Words:
    """A ledger with these words."""

    def __init__(self, words: pl.DataFrame) -> None:
        self.vocabulary, self._words = self, words

    def items(self, batches: None) -> pl.DataFrame:
        return self._words


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of words in each search."""
    found: list[int] = []

    def counted(words: pl.DataFrame, *args: Any, **named: Any) -> pl.DataFrame:
        found.append(words.height)
        return find_among(words, *args, **named)

    monkeypatch.setattr(nodes, "find_among", counted)
    return found


def search(
    folder: Path, words: pl.DataFrame = WORDS, settings: Any = SETTINGS, vocabulary: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Search as a run does, save the result, and return it."""
    path = str(folder / "confusables.parquet")
    before = EarlierResultDataset(
        filepath=str(folder / "confusables.key"), layers=["confusables"], folders=ENTRY["folders"]
    )
    asked = words if vocabulary is None else vocabulary
    found, key = nodes.find_confusables(asked, Words(words), settings, before.load())  # type: ignore[arg-type]
    FrameDataset(filepath=path).save(found)
    before.save(key)
    assert found.equals(find_among(words, settings, of=asked["item_id"].to_list()))
    return found


@pytest.mark.parametrize("words", [WORDS, deck(*mixed(500, 1))])
def test_unchanged_words_are_not_searched_again(words: pl.DataFrame, tmp_path: Path, searches: list[int]) -> None:
    first = search(tmp_path, words)
    assert first.height and search(tmp_path, words).equals(first) and searches == [words.height]


def other(column: str, value: str) -> pl.DataFrame:
    return WORDS.with_columns(
        pl.when(pl.col("item_id") == "문득#1").then(pl.lit(value)).otherwise(column).alias(column)
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"words": other("definition", "at once")}, {"words": other("pos", "noun")}, {"words": other("term", "문뜩")},
        {"words": other("item_id", "문득#2")}, {"words": WORDS.head(3)}, {"words": WORDS.reverse()},
        {"words": pl.concat([WORDS, deck(("돌연", "suddenly", "adverb"))])}, {"vocabulary": WORDS.head(2)},
        {"settings": SETTINGS.model_copy(update={"per_word": 1})},
        {"settings": SETTINGS.model_copy(update={"candidates": 0})},
    ],
)  # fmt: skip
def test_changed_words_or_settings_are_searched_again(
    changed: dict[str, Any], tmp_path: Path, searches: list[int]
) -> None:
    search(tmp_path)
    search(tmp_path, **changed)
    assert len(searches) == 2
    search(tmp_path, **changed)
    assert len(searches) == 2


@pytest.mark.parametrize(
    "file", ["confusables/rank.py", "korean/inflection.py", "confusables/data/classic_pairs.tsv", "domain/new.py"]
)
def test_changed_code_or_data_searches_again(
    file: str, tmp_path: Path, searches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    for folder in ("confusables/data", "korean", "domain"):
        (package / folder).mkdir(parents=True)
    monkeypatch.setattr(rules, "_PACKAGE", package)
    search(tmp_path)
    (package / file).write_text("changed")
    search(tmp_path)
    assert len(searches) == 2


def test_another_version_of_polars_searches_again(
    tmp_path: Path, searches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    search(tmp_path)
    monkeypatch.setattr(rules, "version", lambda name: "0.1")
    search(tmp_path)
    assert len(searches) == 2


@pytest.mark.parametrize(
    "damage", ["missing", "damaged", "changed", "other rows", "no key", "wrong key", "key not text"]
)
def test_a_layer_that_is_not_the_earlier_result_is_searched_again(
    damage: str, tmp_path: Path, searches: list[int]
) -> None:
    found = search(tmp_path)
    layer, key = tmp_path / "confusables.parquet", tmp_path / "confusables.key"
    match damage:
        case "missing":
            layer.unlink()
        case "damaged":
            layer.write_bytes(layer.read_bytes()[:-20])
        case "changed":
            found.with_columns(score=pl.col("score") + 1).write_parquet(layer)
        case "other rows":
            found.head(1).write_parquet(layer)
        case "no key":
            key.unlink()
        case "wrong key":
            key.write_text(key.read_text()[:-1])
        case _:
            key.write_bytes(b"\xff")
    search(tmp_path)
    assert len(searches) == 2


def test_a_missing_layer_is_not_the_empty_result_of_a_search(tmp_path: Path, searches: list[int]) -> None:
    search(tmp_path, WORDS.head(1))
    (tmp_path / "confusables.parquet").unlink()
    assert search(tmp_path, WORDS.head(1)).is_empty() and len(searches) == 2


def test_the_key_of_a_search_without_a_layer_matches_nothing() -> None:
    inputs = EarlierResult().inputs_hash(WORDS)
    before = EarlierResult(lambda: [pl.DataFrame()], result_key(inputs, find_among(WORDS, SETTINGS)))
    assert before.of(inputs) is None


def test_the_rules_cover_all_modules_that_a_search_uses() -> None:
    code = (
        "import sys; from confusables.decks import SETTINGS, deck; from korean_flashcards.confusables import find_among; "
        "find_among(deck(('낫다', 'better', 'verb'), ('낳다', 'birth', 'verb')), SETTINGS); print(*sys.modules)"
    )
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_ENV).stdout
    own = {name.split(".")[1] for name in modules.split() if name.startswith("korean_flashcards.")}
    # Importing the package itself prepares the process of a command.
    assert own - {"commands"} == set(ENTRY["folders"]) == set(new_entries.REUSED["confusables"] or ())
