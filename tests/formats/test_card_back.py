"""A card shows the meaning and the example once: the back does not repeat what other fields show."""

import pytest

from korean_flashcards.formats.card_back import without_repetitions

NOTE = {
    "Term": "배", "IPA": "[pɛ]", "Meaning": "belly, stomach", "PartOfSpeech": "noun",
    "Example": "배가 불러요.", "ExampleTranslation": "I&#x27;m full.",
}  # fmt: skip
SHOWN = "배가 불러요. “I&#x27;m full.”"


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        ("배 [pɛ] — belly, stomach (noun).<br>A sign.", "A sign."),
        ("배 — belly, stomach.<br>A sign.", "A sign."),
        ("배: belly, stomach<br><br>Easily confused: 위", "Easily confused: 위"),
        (
            f"배 — belly, stomach.<br>{SHOWN} — With 고프다: to be hungry.<br>Say it.",
            "With 고프다: to be hungry.<br>Say it.",
        ),
        (f"A sign.<br>{SHOWN}<br>Say it.", "A sign.<br>Say it."),
        # These say more, or something else.
        ("배 — belly, stomach, and more.<br>A sign.", "배 — belly, stomach, and more.<br>A sign."),
        ("배 — pear.<br>A sign.", "배 — pear.<br>A sign."),
        ("A sign.<br>배 — belly, stomach.", "A sign.<br>배 — belly, stomach."),
        (f"She says: {SHOWN}", f"She says: {SHOWN}"),
        ("A.<br><br>B.", "A.<br><br>B."),
        # A back never becomes empty.
        ("배 — belly, stomach.", "배 — belly, stomach."),
        (SHOWN, SHOWN),
    ],
)
def test_a_back_does_not_repeat_other_fields(back: str, expected: str) -> None:
    assert without_repetitions({**NOTE, "Back": back}, meaning=True, example=True) == expected


def test_a_template_that_does_not_show_the_fields_keeps_the_text() -> None:
    back = f"배 — belly, stomach.<br>{SHOWN} — A note."
    assert without_repetitions({**NOTE, "Back": back}, meaning=False, example=False) == back
    assert without_repetitions({**NOTE, "Back": back}, meaning=True, example=False) == f"{SHOWN} — A note."


def test_empty_fields_are_not_repetitions() -> None:
    note = {**NOTE, "Meaning": "", "Example": "", "ExampleTranslation": "", "Back": "배 — .<br> “”"}
    assert without_repetitions(note, meaning=True, example=True) == note["Back"]
