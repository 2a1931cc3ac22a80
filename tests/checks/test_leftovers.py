"""Test that HTML is reported, and that a quoted refusal is not mistaken for text about the task."""

import pytest
from checks.test_foreign_words import RECORD

from korean_flashcards.checks import check_card, check_nuance

WORD = {"term": "우산", "pos": "명사", "definition": "umbrella", "hanja": "雨傘"}


def codes(explanation: str) -> set[str]:
    text = f"우산을 쓰다. {explanation}"
    return {found.code for found in check_nuance(RECORD | {"explanation": text}, WORD)}


@pytest.mark.parametrize(
    "html",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '<a href="x">here</a>', "<style>b {}</style>",
     "<!-- note -->", "<iframe src=x>", "<sup>1</sup>", "<table><tr><td>x", "&lt;b&gt;", "<BR/>", "<svg onload=x>"],
)  # fmt: skip
def test_html_is_reported(html: str) -> None:
    assert "leftover_html" in codes(f"It is {html} nice.")


@pytest.mark.parametrize("text", ["5 < 6 and 7 > 6", "<우산>", "a<b", "<-(으)면>"])
def test_other_angle_brackets_are_not_html(text: str) -> None:
    assert "leftover_html" not in codes(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("[b]rain[/b]", "html"), ("[SOUND:a.mp3]", "html"), ("[here](http://x)", "markdown"), ("__rain__ ____", "markdown"),
     ("____ and _rain_", "markdown"), ("a gap ____\n- one", "markdown"), ("[{]", "json")],
)  # fmt: skip
def test_markup_in_brackets_and_beside_a_gap_is_reported(text: str, code: str) -> None:
    assert f"leftover_{code}" in codes(f"It is {text} nice.")


@pytest.mark.parametrize("text", ["____ and ____", "[우산] [u.san]", "____가 [i.so] 와요"])
def test_gaps_and_pronunciations_are_not_markup(text: str) -> None:
    assert not {code for code in codes(text) if code.startswith("leftover_")}


QUOTED = [
    "A clerk says 죄송하지만 도와드릴 수 없습니다 'I'm sorry, but I can't help you with that'.",
    "A clerk says “I'm sorry, I can't help with that request” and points at the 우산.",
    'You hear "I cannot assist with this" at the counter.',
    "You hear 도와드릴 수 없습니다 (I am unable to help with this).",
]


@pytest.mark.parametrize("text", QUOTED)
def test_a_quoted_refusal_is_not_about_the_task(text: str) -> None:
    assert "prompt_leak" not in codes(text)
    card = {"tab_name": "Scene", "front": "What do you open?", "back": f"우산. {text}", "honorific_level": ""}
    assert "prompt_leak" not in {found.code for found in check_card(card, RECORD, WORD)}


@pytest.mark.parametrize(
    "text",
    ["I'm sorry, but I can't help you with that request.", "I cannot provide this.", "I am unable to assist with that.",
     "I can’t help with that: “우산”."],
)  # fmt: skip
def test_a_refusal_in_the_text_is_about_the_task(text: str) -> None:
    assert "prompt_leak" in codes(text)
