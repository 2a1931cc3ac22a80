"""Show cards in notebooks the way Anki will show them. Runs do not use this module."""

import html
import warnings
from collections.abc import Mapping
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from korean_flashcards.formats.anki_note import NoteTemplates
from korean_flashcards.formats.filled_template import note_sides

if TYPE_CHECKING:
    from IPython.display import HTML

# Great Expectations' tqdm warns if ipywidgets is missing. Runs show no progress bar in a notebook, so nothing is lost.
warnings.filterwarnings("ignore", message="IProgress not found")

_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><style>{css}</style></head>'
    '<body class="card{night}">{side}</body></html>'
)
# As wide as a phone. The sandbox blocks all scripts, including scripts in templates or written by a model.
_FRAME = (
    '<iframe title="{title}" sandbox srcdoc="{page}" '
    'style="width: 23rem; height: 40rem; border: 1px solid #8884; border-radius: 1rem"></iframe>'
)


def show_card(note: Mapping[str, Any], templates: NoteTemplates, *, dark: bool = False) -> "HTML":
    """Return the front and back of a note side by side, in day or night colors.

    Each side is a separate page, so notebook styles and card styles do not affect each other.

    Args:
        note: A row of ``anki_notes``.
        templates: The templates of the note type.
        dark: Use night colors.

    Raises:
        ValueError: A template names a field that the note type does not have.
    """
    # Imported here, which saves 0.3 s if no card is shown.
    from IPython.display import HTML

    front, back = astuple(note_sides(note, templates))
    sides = {"Front": front, "Back": back}
    night = " nightMode" if dark else ""
    frames = (
        _FRAME.format(title=title, page=html.escape(_PAGE.format(css=templates.css, night=night, side=side)))
        for title, side in sides.items()
    )
    row = f'<div style="display: flex; flex-wrap: wrap; gap: 1rem">{"".join(frames)}</div>'
    return HTML(row)  # type: ignore[no-untyped-call]
