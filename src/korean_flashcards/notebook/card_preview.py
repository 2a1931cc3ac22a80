"""Show cards in notebooks the way Anki will show them. Runs do not use this module."""

import html
import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import chevron

from korean_flashcards.formats.anki_note import FIELDS, NoteTemplates

if TYPE_CHECKING:
    from IPython.display import HTML

# Great Expectations' tqdm warns if ipywidgets is missing. Runs show no progress bar in a notebook, so nothing is lost.
warnings.filterwarnings("ignore", message="IProgress not found")

_TAG = re.compile(r"{{\s*([#^/]?)\s*([^}]+?)\s*}}")
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

    fields = {name: note[name] for name in FIELDS}
    front = _filled(templates.front, fields)
    sides = {"Front": front, "Back": _filled(templates.back, {**fields, "FrontSide": front})}
    night = " nightMode" if dark else ""
    frames = (
        _FRAME.format(title=title, page=html.escape(_PAGE.format(css=templates.css, night=night, side=side)))
        for title, side in sides.items()
    )
    row = f'<div style="display: flex; flex-wrap: wrap; gap: 1rem">{"".join(frames)}</div>'
    return HTML(row)  # type: ignore[no-untyped-call]


def _filled(template: str, fields: Mapping[str, str]) -> str:
    """Fill in one side of a card as described in the Anki manual, "Field Replacements" and "Conditional Replacement"."""
    if unknown := sorted({name for _, name in _TAG.findall(template)} - set(fields)):
        raise ValueError(
            f"The note type has no field named {' or '.join(unknown)}. Its fields are {', '.join(fields)}."
        )
    # Fields already contain HTML, and Anki inserts them unchanged. Without the "&", Mustache would escape them again.
    filled: str = chevron.render(_TAG.sub(lambda tag: f"{{{{{tag[1] or '&'}{tag[2]}}}}}", template), dict(fields))
    return filled
