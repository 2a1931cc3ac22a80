"""The note types of a deck: fixed IDs, extra cards on request, and speech through Anki."""

import pytest

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.formats.anki_note import FIELDS, CardSides, NoteTemplates
from korean_flashcards.formats.deck_note_types import note_types, shows, with_speech

TERM = "{{#Term}}{{^Audio}}{{tts ko_KR:Term}}{{/Audio}}{{/Term}}"
EXAMPLE = "{{#Example}}{{^ExampleAudio}}{{tts ko_KR:Example}}{{/ExampleAudio}}{{/Example}}"
SIDES = CardSides("<b>{{Front}}</b>", "{{Back}}<!-- speech: Term -->")
TEMPLATES = NoteTemplates(
    "{{Front}}",
    "{{Back}}<!-- speech: Term -->",
    ".card {}",
    {"reverse": SIDES, "cloze": CardSides("{{cloze:Front}}", "")},
)


def test_the_names_and_ids_of_note_types_never_change() -> None:
    found = note_types(TEMPLATES, ["cloze", "reverse"], speech=False)
    assert [(each.name, each.note_type_id, each.is_cloze, each.fields) for each in found] == [
        ("Korean Flashcard", 1_731_700_417, False, FIELDS),
        ("Korean Reverse", 1_731_700_418, False, FIELDS),
        ("Korean Cloze", 1_731_700_419, True, FIELDS),
    ]
    assert [each.name for each in note_types(TEMPLATES, [], speech=False)] == ["Korean Flashcard"]


def test_extra_cards_need_their_templates() -> None:
    old = NoteTemplates("{{Front}}", "{{Back}}", "")
    assert len(note_types(old, [], speech=True)) == 1
    with pytest.raises(SettingsError, match=r"no templates for it.*Copy cloze_front.html and cloze_back.html"):
        note_types(old, ["cloze"], speech=False)


@pytest.mark.parametrize(
    ("template", "silent", "spoken"),
    [
        ("a<!-- speech: Term -->b", "ab", f"a{TERM}b"),
        ("<!-- speech: Example --><!-- a comment -->", "<!-- a comment -->", f"{EXAMPLE}<!-- a comment -->"),
        # Templates that were edited before speech existed.
        ("{{Back}}\n", "{{Back}}\n", f'{{{{Back}}}}\n<div class="kf-say">{TERM}{EXAMPLE}</div>\n'),
    ],
)
def test_speech_is_inserted_at_its_places(template: str, silent: str, spoken: str) -> None:
    assert with_speech(template, False) == silent
    assert with_speech(template, True) == spoken


@pytest.mark.parametrize(
    ("template", "expected"),
    [("{{Meaning}}", True), ("{{ Meaning }}", True), ("{{hint:Meaning}}", True), ("{{#Meaning}}x{{/Meaning}}", False),
     ("{{^Meaning}}x{{/Meaning}}", False), ("{{Meanings}} Meaning {{Term}}", False), ("", False)],
)  # fmt: skip
def test_a_template_shows_a_field_only_with_a_replacement(template: str, expected: bool) -> None:
    assert shows(template, "Meaning") == expected
