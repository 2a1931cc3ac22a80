"""Read the examples in the prompts: one-line JSON objects, each with the word that it is about."""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from korean_flashcards.domain.requests import Prompt
from korean_flashcards.formats.prompt_sections import prompt_for

PROMPTS = Path(__file__).parents[2] / "conf" / "base" / "prompts"
DEFAULT_TYPES = ("Scene", "Usage-Comparison", "Hanja")


def prompt_text(name: str) -> str:
    """Return the prompt's file as text, without the mark of the request format."""
    text = (PROMPTS / f"{name}.md").read_text(encoding="utf-8")
    return text.removeprefix("<!-- request format 2 -->").lstrip("\n")


def cards_prompt(types: Sequence[str] = DEFAULT_TYPES) -> str:
    """Return the cards prompt as it is sent for these card types."""
    return prompt_for(Prompt("flashcards", prompt_text("flashcards").strip()), types).text


@cache
def example_lines(name: str) -> tuple[str, ...]:
    """Return the lines with JSON objects."""
    return tuple(re.findall(r"^\{\".*\}$", prompt_text(name), re.MULTILINE))


def example_analyses() -> list[dict[str, Any]]:
    """Return the analyses in nuance.md."""
    return [json.loads(line) for line in example_lines("nuance")]


def example_request() -> dict[str, Any]:
    """Return the request in flashcards.md, which has no card types."""
    (request,) = [value for value in map(json.loads, example_lines("flashcards")) if "nuance" in value]
    return dict(request)


def example_cards() -> list[dict[str, Any]]:
    """Return the cards in flashcards.md."""
    return [value for value in map(json.loads, example_lines("flashcards")) if "tab_name" in value]


def words_of_cards() -> list[str]:
    """Return the words that the cards in flashcards.md are about, in the same order."""
    before = re.split(r"^\{\"tab_name\".*$", prompt_text("flashcards"), flags=re.MULTILINE)[:-1]
    named = [re.search(r"A card on ([가-힣]+):\s*\Z", text) for text in before]
    return [found[1] if found else example_request()["term"] for found in named]
