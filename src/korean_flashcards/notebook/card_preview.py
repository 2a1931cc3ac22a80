"""What notebooks need beside the catalog: a card as Anki will show it. Nothing here is used by a run."""

import html
import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import chevron

from korean_flashcards.formats.anki_note import FIELDS, NoteTemplates

if TYPE_CHECKING:
    from IPython.display import HTML

# Great Expectations' tqdm looks for ipywidgets; runs show no progress bar in a notebook, so there is nothing to miss.
warnings.filterwarnings("ignore", message="IProgress not found")

_TAG = re.compile(r"{{\s*([#^/]?)\s*([^}]+?)\s*}}")
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><style>{css}</style></head>'
    '<body class="card{night}">{side}</body></html>'
)
# A phone's width. The sandbox lets no script run, whatever a template or a model wrote.
_FRAME = (
    '<iframe title="{title}" sandbox srcdoc="{page}" '
    'style="width: 23rem; height: 40rem; border: 1px solid #8884; border-radius: 1rem"></iframe>'
)


def show_card(note: Mapping[str, Any], templates: NoteTemplates, *, dark: bool = False) -> "HTML":
    """Return front and back of one row of ``anki_notes`` side by side, in day or night colours.

    Each side is a page of its own, so that the style of the notebook and of the card stay apart. Raises ValueError when
    a template names a field that the note type does not have.
    """
    # Saves 0.3 s where no card is shown.
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
    """Fill in one side. Source: Anki manual, "Field Replacements" and "Conditional Replacement"."""
    if unknown := sorted({name for _, name in _TAG.findall(template)} - set(fields)):
        raise ValueError(f"The template names {', '.join(unknown)}; the note type has {', '.join(fields)}.")
    # Anki inserts fields as they are: they hold HTML already. Mustache would escape them again without the "&".
    filled: str = chevron.render(_TAG.sub(lambda tag: f"{{{{{tag[1] or '&'}{tag[2]}}}}}", template), dict(fields))
    return filled
