"""Store hashes of the replies that this version of the code has accepted."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.rules import package_version
from korean_flashcards.datasets.writing import explaining_write
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.stages.accepted_records import NAME_BYTES, AcceptedReplies


class AcceptedRepliesDataset(AbstractDataset[NoReturn, AcceptedReplies]):
    """A dataset for the replies that earlier runs accepted. With different code or libraries, no reply is known.

    The file has the version of the code, a line break, and the hashes. Nodes add hashes while they run.

    Args:
        filepath: Path of the file.
        metadata: Metadata for other tools, such as kedro-viz.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._file = Path(filepath)
        self.metadata = metadata

    def load(self) -> AcceptedReplies:
        """Return the replies. If the file is missing or damaged, each reply is parsed again."""
        return AcceptedReplies(self._names(), self._add)

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("Accepted replies cannot be a node's output. The nodes that generate replies add them.")

    def _names(self) -> frozenset[bytes]:
        try:
            version, _, names = self._file.read_bytes().partition(b"\n")
        except OSError:
            return frozenset()
        if version.decode(errors="replace") != package_version() or len(names) % NAME_BYTES:
            return frozenset()
        return frozenset(names[start : start + NAME_BYTES] for start in range(0, len(names), NAME_BYTES))

    def _add(self, names: Collection[bytes]) -> None:
        """Add names to the file.

        Raises:
            DatasetError: The file cannot be written.
        """
        content = [package_version().encode(), b"\n", *sorted(self._names().union(names))]
        with explaining_write(self._file), atomic_path(self._file) as path:
            path.write_bytes(b"".join(content))

    def _exists(self) -> bool:
        return self._file.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._file)}
