"""Build the review page from its files. The same page is served to a browser and stored in an offline bundle."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from korean_flashcards.formats.anki_note import NoteTemplates

_SCRIPTS = ("template.js", "view.js", "editor.js", "dialogs.js", "keys.js", "main.js")
_BACKENDS = {"served": "served.js", "bundle": "bundle.js"}
_STYLE_ELEMENT = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


def page(head: str, title: str, end: str) -> str:
    """Return the page's HTML, with ``head`` in its head and ``end`` at the end of its body. All are HTML."""
    return part("page.html").format(head=head, title=title, end=end)


def style() -> str:
    """Return the page's style sheet."""
    return part("style.css")


def script(backend: str) -> str:
    """Return the page's script for a ``backend``: "served" or "bundle"."""
    return "\n".join(["'use strict';", part(_BACKENDS[backend]), *map(part, _SCRIPTS)])


def policy(templates: NoteTemplates, scripts: str, styles: str, more: Iterable[str] = ()) -> str:
    """Return the Content-Security-Policy of the page.

    Frames with cards inherit it, so the deck's own style is allowed by its hash, and style attributes are allowed. No
    script runs but the page's own.

    Args:
        templates: The deck's templates.
        scripts: The source of the page's script.
        styles: The source of the page's style sheet.
        more: More directives.
    """
    texts = [templates.css, *_STYLE_ELEMENT.findall(templates.front + templates.back)]
    directives = [
        "default-src 'none'", f"script-src {scripts}", f"style-src-elem {styles} {' '.join(map(source_hash, texts))}",
        "style-src-attr 'unsafe-inline'", "img-src data:", "base-uri 'none'", "form-action 'none'", *more,
    ]  # fmt: skip
    return "; ".join(directives)


def source_hash(text: str) -> str:
    """Return the hash with which a policy allows an element that contains this text."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def part(name: str) -> str:
    """Return the text of one of the page's files."""
    return (files("korean_flashcards.reviewing") / "page" / name).read_text(encoding="utf-8")
