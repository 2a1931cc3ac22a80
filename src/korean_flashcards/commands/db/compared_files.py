"""Find the files that `kedro db verify` compares with the ledger: layers, reply cache, and word lists."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from kedro.io.core import DatasetError

from korean_flashcards.commands.project_files import ProjectFiles
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.layer_check import know_layers
from korean_flashcards.layers.known_layers import known_layers
from korean_flashcards.ledger.db.verify import Places
from korean_flashcards.llm.cache.reply_cache import ReplyCache


def compared_files(files: ProjectFiles) -> Places:
    """Return the files that `kedro db verify` compares, taken from the configuration."""
    know_layers(known_layers())
    return Places(
        ledger=files.ledger.store.path,
        cache=files.cache,
        layers=files.layers,
        lists=_lists(files),
        present=lambda keys: ReplyCache(files.cache).present(keys),
        read=_layer,
    )


def _layer(path: Path) -> pl.DataFrame:
    try:
        return FrameDataset(filepath=str(path)).load()
    except DatasetError as error:
        raise ValueError(str(error)) from error


def _lists(files: ProjectFiles) -> Iterator[tuple[str, str]]:
    lists = files.dataset("word_lists")
    if lists is not None and lists.exists():
        for each in lists.load():
            yield each.source, hashlib.sha256(each.data).hexdigest()
