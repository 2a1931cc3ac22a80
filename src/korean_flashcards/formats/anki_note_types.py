"""Bring the notes of an Anki export into one order of columns if its note types have different ones."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.anki_text_export import AnkiHeaders
from korean_flashcards.formats.list_contents import Rows
from korean_flashcards.formats.list_layout import layout_of
from korean_flashcards.formats.list_records import Record

_COLUMNS = ("term", "definition")


@dataclass(frozen=True)
class NoteTypes:
    """The note types whose words and meanings are in other columns than in most notes.

    Attributes:
        index: The column that contains the note type.
        order: For each such note type, the column that each column is read from.
    """

    index: int = 0
    order: dict[str, list[int]] = field(default_factory=dict)

    def cells(self, cells: Sequence[str]) -> list[str]:
        """Return the cells of a note in the order of most notes."""
        order = self.order.get(cells[self.index]) if self.index < len(cells) else None
        if not order:
            return [*cells]
        return [cells[source] if source < len(cells) else "" for source in order] + [*cells[len(order) :]]

    def ordered(self, record: Record) -> Record:
        """Return the record with the cells in the order of most notes."""
        return record._replace(cells=self.cells(record.cells))


def note_types(name: str, sample: Rows, anki: AnkiHeaders) -> NoteTypes:
    """Return the note types that have a different order of columns. Named columns are the same in all notes."""
    index = next((index for index, special in anki.special.items() if special == "notetype"), None)
    if index is None or anki.columns:
        return NoteTypes()
    groups: dict[str, list[Sequence[str]]] = {}
    for cells in sample:
        if index < len(cells):
            groups.setdefault(cells[index], []).append(cells)
    found: dict[str, dict[str, int]] = {}
    for note_type, rows in groups.items():
        with suppress(WordListError):
            found[note_type] = layout_of(name, rows, anki).columns
    places = {one: [columns[name] for name in _COLUMNS] for one, columns in found.items() if {*_COLUMNS} <= {*columns}}
    if not places:
        return NoteTypes()
    usual = places[max(places, key=lambda note_type: len(groups[note_type]))]
    order = {note_type: _order(usual, place) for note_type, place in places.items() if place != usual}
    return NoteTypes(index, order)


def _order(usual: Sequence[int], places: Sequence[int]) -> list[int]:
    """Return the column to read each column from, so that ``places`` are at ``usual``. The others fill the rest."""
    width = max(*usual, *places) + 1
    moved = dict(zip(usual, places, strict=True))
    free = [index for index in range(width) if index not in places and index in usual]
    for target in range(width):
        if target not in moved:
            moved[target] = target if target not in places else free.pop(0)
    return [moved[target] for target in range(width)]
