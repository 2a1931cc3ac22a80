"""Define the note types of a deck: one for the generated cards, and one for each kind of extra card."""

import re
from collections.abc import Sequence

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.anki_note import FIELDS, NOTE_TYPE, NOTE_TYPE_ID, CardTemplate, NoteTemplates, NoteType

# The names and IDs of the extra cards' note types, by their name in ``export.extra_cards``.
EXTRA_NOTE_TYPES = {"reverse": ("Korean Reverse", 1_731_700_418), "cloze": ("Korean Cloze", 1_731_700_419)}
# Where a template has this comment, speech is inserted. Without a comment, speech is added at the end of the template.
_SPEECH_PLACE = lazy_regex(r"<!-- speech: (Term|Example) -->")
_SPOKEN = {"Term": "Audio", "Example": "ExampleAudio"}  # each field's recording, which is used instead


def note_types(templates: NoteTemplates, extra_cards: Sequence[str], speech: bool) -> list[NoteType]:
    """Return the note types of a deck.

    Args:
        templates: Their templates and style.
        extra_cards: The extra cards in the deck (see ``EXTRA_NOTE_TYPES``).
        speech: Whether Anki reads the word and its example aloud on the answer side.

    Raises:
        SettingsError: The project has no templates for an extra card.
    """
    card = CardTemplate("Card", with_speech(templates.front, False), with_speech(templates.back, speech))
    found = [NoteType(NOTE_TYPE_ID, NOTE_TYPE, FIELDS, (card,), templates.css)]
    for kind, (name, note_type_id) in EXTRA_NOTE_TYPES.items():
        if kind not in extra_cards:
            continue
        if (sides := templates.extra.get(kind)) is None:
            raise SettingsError(
                f"export.extra_cards has {kind}, but the project has no templates for it. Nothing was exported. Copy "
                f"{kind}_front.html and {kind}_back.html from this release's conf/base/anki to yours, or remove {kind} "
                "from export.extra_cards. Then run `kedro run --pipeline=export`."
            )
        card = CardTemplate(kind.title(), sides.front, with_speech(sides.back, speech))
        found.append(NoteType(note_type_id, name, FIELDS, (card,), templates.css, is_cloze=kind == "cloze"))
    return found


def shows(template: str, field: str) -> bool:
    """Return whether a template shows a field, with or without a filter such as ``furigana:``."""
    return re.search(rf"{{{{(?![#^/])(?:[^}}]*:)?\s*{field}\s*}}}}", template) is not None


def with_speech(template: str, speech: bool) -> str:
    """Return a template that lets Anki read the word and the example aloud, or the template without places for speech.

    A field without text, or with a recording, is not read aloud.
    """
    spoken = {
        name: f"{{{{#{name}}}}}{{{{^{recording}}}}}{{{{tts ko_KR:{name}}}}}{{{{/{recording}}}}}{{{{/{name}}}}}"
        for name, recording in _SPOKEN.items()
    }
    if speech and not _SPEECH_PLACE.search(template):
        return f'{template.rstrip()}\n<div class="kf-say">{"".join(spoken.values())}</div>\n'
    return _SPEECH_PLACE.sub(lambda place: spoken[place[1]] if speech else "", template)
