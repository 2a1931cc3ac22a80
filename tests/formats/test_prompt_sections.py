"""Test that the cards prompt contains only the sections for the configured card types."""

import pytest

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.records import CARD_TYPES
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.formats.prompt_sections import prompt_for

TEXT = """Write cards.
<!-- only for Scene, Hanja -->
Two types.
<!-- end -->
<!--only for Hanja-->
One type.
<!-- end -->
Check them."""


@pytest.mark.parametrize(
    ("types", "lines"),
    [
        (["Scene"], ["Write cards.", "Two types.", "Check them."]),
        (["Hanja", "Scene"], ["Write cards.", "Two types.", "One type.", "Check them."]),
        (["Grammar"], ["Write cards.", "Check them."]),
    ],
)
def test_only_the_sections_for_the_card_types_are_sent(types: list[str], lines: list[str]) -> None:
    prompt = prompt_for(Prompt("flashcards", TEXT), types)
    assert prompt.text.splitlines() == lines
    assert prompt == prompt_for(Prompt("flashcards", TEXT), types[::-1]) == prompt_for(prompt, types)


@pytest.mark.parametrize(
    "text", ["A prompt of one's own.\n\n<!-- a comment -->\n\n```json\n{}\n```", "<!-- only --> x"]
)
def test_a_prompt_without_sections_is_sent_as_it_is(text: str) -> None:
    prompt = Prompt("flashcards", text)
    assert prompt_for(prompt, ["Scene"]) is prompt and prompt_for(prompt, CARD_TYPES).version == prompt.version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "a\n<!-- only for Scenes -->\nb\n<!-- end -->",
            "line 2: a section is for Scenes, but the card types are Scene,",
        ),
        ("a\n<!-- only for -->\nb\n<!-- end -->", "line 2: a section names no card type"),
        ("<!-- only for Scene -->\nb", "line 2: a section is not closed"),
        ("a\n<!-- end -->", "line 2: a section ends, but no section has begun"),
        (
            "<!-- only for Scene -->\n<!-- only for Hanja -->\n<!-- end -->",
            "line 2: a section begins inside another section",
        ),
    ],
)
def test_a_wrong_mark_is_reported_with_its_line(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=r"^The prompt flashcards\.md, ") as caught:
        prompt_for(Prompt("flashcards", text), ["Scene"])
    assert said in str(caught.value) and "Nothing was sent." in str(caught.value)
