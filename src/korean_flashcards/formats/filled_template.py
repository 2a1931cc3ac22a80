"""Fill in the templates of Anki notes, as Anki does, to show cards outside of Anki.

Source: the Anki manual, "Field Replacements", "Conditional Replacement", and "Cloze Deletion".
"""

import re
from collections.abc import Mapping
from typing import Any

import chevron

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.anki_note import FIELDS, CardSides, NoteTemplates
from korean_flashcards.formats.deck_note_types import EXTRA_NOTE_TYPES

_TAG = lazy_regex(r"{{\s*([#^/]?)\s*([^}]+?)\s*}}")
_GAP = lazy_regex(r"{{c\d+::(.*?)(?:::(.*?))?}}")
_CLOZE = "cloze:"


def note_sides(note: Mapping[str, Any], templates: NoteTemplates) -> CardSides:
    """Return both sides of a note's card as HTML, with the templates of its note type.

    Args:
        note: A row of ``anki_notes``. Without ``note_type``, it is a note of the main note type.
        templates: The templates of the note types.

    Raises:
        ValueError: A template names a field that the note type does not have.
    """
    kinds = {name: kind for kind, (name, _) in EXTRA_NOTE_TYPES.items()}
    kind = kinds.get(str(note.get("note_type")), "")
    sides = templates.extra.get(kind) or CardSides(templates.front, templates.back)
    fields = {name: str(note[name]) for name in FIELDS}
    front = filled(sides.front, fields)
    return CardSides(front, filled(sides.back, {**fields, "FrontSide": front}, answer=True))


def filled(template: str, fields: Mapping[str, str], *, answer: bool = False) -> str:
    """Return one side of a card.

    Args:
        template: The side, in Anki's dialect of Mustache.
        fields: The fields as HTML, which Anki inserts unchanged.
        answer: Whether this is the answer side, which shows the text in the gaps of a cloze card.

    Raises:
        ValueError: The template names a field that is not in ``fields``.
    """
    names = {name for _, name in _TAG.findall(template)}
    if unknown := sorted({name.removeprefix(_CLOZE) for name in names} - set(fields)):
        raise ValueError(
            f"The note type has no field named {' or '.join(unknown)}. Its fields are {', '.join(fields)}."
        )
    gaps = {name: _with_gaps(fields[name.removeprefix(_CLOZE)], answer) for name in names if name.startswith(_CLOZE)}
    # Without the "&", Mustache would escape the fields again.
    text: str = chevron.render(_TAG.sub(lambda tag: f"{{{{{tag[1] or '&'}{tag[2]}}}}}", template), {**fields, **gaps})
    return text


def _with_gaps(text: str, answer: bool) -> str:
    def gap(found: "re.Match[str]") -> str:
        shown = found[1] if answer else f"[{found[2] or '...'}]"
        return f'<span class="cloze">{shown}</span>'

    return _GAP.sub(gap, text)
