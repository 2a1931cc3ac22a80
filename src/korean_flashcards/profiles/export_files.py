"""Find the files of an earlier export, if they still exist unchanged."""

import hashlib
from pathlib import Path

from korean_flashcards.datasets.export_stage import selected_path
from korean_flashcards.datasets.profile_stage import kept_exports
from korean_flashcards.domain.export_record import DECKS, SELECTED_DECK, RecordedExport

# The files of the main deck, by dataset, in the folder above the exports.
_DECK_FILES = {
    "deck": "korean.apkg", "anki_text": "anki_notes.txt", "cards_tsv": "cards.tsv", "cards_json": "cards.json",
}  # fmt: skip


def found_files(export: RecordedExport, folder: Path) -> dict[str, Path | None]:
    """Return where each file of an export is now, or None if it was replaced or changed.

    Args:
        export: The export.
        folder: The folder of all exports.
    """
    if export.profile in DECKS:
        deck = {file.name: folder.parent / _DECK_FILES.get(file.name, file.name) for file in export.files}
        if export.profile == SELECTED_DECK:
            deck = {name: selected_path(path) for name, path in deck.items()}
        places = {name: [path] for name, path in deck.items()}
    else:
        own = folder / export.profile
        folders = [own, *kept_exports(own)]
        places = {file.name: [place / file.name for place in folders] for file in export.files}
    return {
        file.name: next((place for place in places[file.name] if _sha256(place, file.bytes) == file.sha256), None)
        for file in export.files
    }


def _sha256(path: Path, size: int) -> str | None:
    """Return the SHA-256 of a file if it has this size."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.stat().st_size == size else None
    except OSError:
        return None
