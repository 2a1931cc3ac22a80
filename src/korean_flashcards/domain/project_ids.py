"""Create and check project IDs, which keep the notes of two projects apart in Anki."""

import secrets

from korean_flashcards.domain.lazy_regex import lazy_regex

_FORM = lazy_regex(r"[0-9a-z-]{4,40}")


def new_project_id() -> str:
    """Return a random project ID: 12 hex digits."""
    return secrets.token_hex(6)


def is_project_id(text: object) -> bool:
    """Return whether a text can be a project ID: 4 to 40 lowercase letters a to z, digits, or hyphens."""
    return isinstance(text, str) and _FORM.fullmatch(text) is not None
