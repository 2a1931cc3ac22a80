"""Define what is known about the last run of a process."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from korean_flashcards.datasets.narrowing import Narrowing
    from korean_flashcards.domain.exported_notes import ImportChanges
    from korean_flashcards.domain.records import Stage


@dataclass
class RunFacts:
    """Facts about the last run, for its summary.

    Attributes:
        imported: Whether the run imported its word lists or did not need to import any.
        narrowing: The words and lists of the run if its parameters selected some of the words.
        generated: The stages whose replies the run generated or loaded from the cache. Other stages' layers are from
            earlier runs.
        import_changes: What an import of the deck changes that the run exported, or None if it exported none.
        note_counts: The notes of the export by card type, before and after ``export.filters`` (``identified_notes`` and
            ``anki_notes``).
    """

    imported: bool = False
    narrowing: "Narrowing | None" = None
    generated: "set[Stage]" = field(default_factory=set)
    import_changes: "ImportChanges | None" = None
    note_counts: dict[str, dict[str, int]] = field(default_factory=dict)
