"""Summarize how a word list was read: which columns are used, which are not, and what is unusual about the list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ListSummary:
    """Describe how a list was read.

    Attributes:
        columns: The project's column name for each column in use, keyed by its header in the list.
        unused: The headers of the other columns.
        notes: Sentences about what is unusual.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    unused: Sequence[str] = ()
    notes: Sequence[str] = ()

    def lines(self) -> Iterator[str]:
        """Yield the summary as sentences."""
        yield f"Columns: {', '.join(self._used())}."
        if self.unused:
            yield f"Not used: {', '.join(self.unused)}."
        yield from self.notes

    def _used(self) -> Iterator[str]:
        for header, column in self.columns.items():
            yield column if header.lower() == column else f"{header} → {column}"
