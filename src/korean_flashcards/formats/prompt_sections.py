"""Assemble the cards prompt from the sections for the configured card types, so that no tokens are paid for the others.

In the prompt file, a section begins with ``<!-- only for Scene, Hanja -->`` and ends with ``<!-- end -->``. Everything
outside such sections is sent for all card types. A prompt without sections is sent unchanged.
"""

from collections.abc import Collection
from dataclasses import replace

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import CARD_TYPES
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.files.file_problems import shown_path

_BEGIN = lazy_regex(r"<!--\s*only for\b(.*?)-->")
_END = lazy_regex(r"<!--\s*end\s*-->")


def prompt_for(prompt: Prompt, card_types: Collection[str]) -> Prompt:
    """Return the prompt with only the sections for these card types, and without the marks.

    The result does not depend on the order of the card types, and it is the same for every word of a run.

    Raises:
        SettingsError: A section is not closed, is inside another one, or names an unknown card type.
    """
    kept: list[str] = []
    section: frozenset[str] | None = None
    for number, line in enumerate(prompt.text.splitlines(), start=1):
        if begin := _BEGIN.fullmatch(line.strip()):
            if section is not None:
                raise _problem(prompt, number, "begins inside another section: add <!-- end --> before it")
            section = _named(begin[1], prompt, number)
        elif _END.fullmatch(line.strip()):
            if section is None:
                raise _problem(prompt, number, "ends, but no section has begun: delete the line")
            section = None
        elif section is None or not section.isdisjoint(card_types):
            kept.append(line)
    if section is not None:
        raise _problem(prompt, len(prompt.text.splitlines()), "is not closed: add a line with <!-- end -->")
    text = "\n".join(kept).strip()
    return prompt if text == prompt.text else replace(prompt, text=text)


def _named(names: str, prompt: Prompt, number: int) -> frozenset[str]:
    """Return the card types that a section is for."""
    found = frozenset(name.strip() for name in names.split(",") if name.strip())
    if unknown := sorted(found.difference(CARD_TYPES)):
        raise _problem(prompt, number, f"is for {', '.join(unknown)}, but the card types are {', '.join(CARD_TYPES)}")
    if not found:
        raise _problem(prompt, number, "names no card type, as in <!-- only for Scene -->")
    return found


def _problem(prompt: Prompt, number: int, what: str) -> SettingsError:
    place = f"{prompt.name}.md" if prompt.file is None else shown_path(prompt.file)
    return SettingsError(
        f"The prompt {place}, line {number}: a section {what}. Nothing was sent. Correct the prompt, and run the same "
        "command again."
    )
