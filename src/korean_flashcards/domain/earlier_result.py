"""Recognize whether the layers that an earlier run computed are still right, so that they are not computed again."""

import hashlib
from array import array
from collections.abc import Callable, Sequence
from typing import NamedTuple

import polars as pl


class EarlierResult(NamedTuple):
    """The layers that a node computed in an earlier run.

    Attributes:
        load: Loads the layers as they are stored. A missing layer is a frame without columns.
        key: The key that was stored for these layers (see ``result_key``), or "" if it is unknown.
        rules: The version of the code and of the libraries that compute the layers.
    """

    load: Callable[[], Sequence[pl.DataFrame]] = tuple
    key: str = ""
    rules: str = ""

    def inputs_hash(self, *inputs: pl.DataFrame | str) -> str:
        """Return a hash of everything that decides the result: the inputs, and the version of the code."""
        digest = hashlib.blake2b(self.rules.encode(), digest_size=16)
        for each in inputs:
            digest.update(_frame_hash(each) if isinstance(each, pl.DataFrame) else repr(each).encode())
        return digest.hexdigest()

    def of(self, inputs: str) -> Sequence[pl.DataFrame] | None:
        """Return the layers if they are the unchanged result of inputs with this hash (see ``inputs_hash``)."""
        if not self.key.startswith(inputs):
            return None
        layers = self.load()
        return layers if self.key == result_key(inputs, *layers) else None


def result_key(inputs: str, *layers: pl.DataFrame) -> str:
    """Return the key to store for layers: the hash of the inputs, and a hash of the layers."""
    digest = hashlib.blake2b(b"".join(map(_frame_hash, layers)), digest_size=16)
    return f"{inputs}-{digest.hexdigest()}"


def _frame_hash(frame: pl.DataFrame) -> bytes:
    """Return a hash of the columns and rows. It is the same in each process that has the same version of polars."""
    digest = hashlib.blake2b(f"{frame.schema} {frame.height}".encode(), digest_size=16)
    if frame.width:
        digest.update(array("Q", frame.hash_rows()).tobytes())
    return digest.digest()
