"""Lay out cards as pages that turn over on a click, each in a frame of its own, for notebooks.

A frame contains everything that it shows, and its policy allows no request. The only script that it runs is the one below,
by its hash, so scripts in templates or in text that a model wrote do not run.
"""

import base64
import hashlib
import html
import mimetypes
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from korean_flashcards.formats.anki_note import CardSides, NoteTemplates
from korean_flashcards.formats.filled_template import note_sides
from korean_flashcards.formats.note_media import image, sound

# The frame reports the height of the side that it shows, so that the notebook can show the card without scroll bars.
_SCRIPT = """"use strict";
const sides = [...document.querySelectorAll("body > div")];
const show = (next) => sides.forEach((side) => { side.hidden = side !== next; });
const shown = () => sides.find((side) => !side.hidden);
const report = () => parent.postMessage({ cardHeight: Math.ceil(shown().getBoundingClientRect().height) }, "*");
const turn = () => { show(sides.find((side) => side.hidden)); report(); };
const isControl = (target) => target.closest("summary, a, audio");
document.addEventListener("click", (event) => {
  if (!isControl(event.target) && !String(getSelection())) turn();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || isControl(event.target)) return;
  event.preventDefault();
  turn();
});
document.addEventListener("toggle", report, true);
addEventListener("resize", report);
addEventListener("load", report);"""
_STYLE = (
    "html { scrollbar-width: none; } body { cursor: pointer; outline-offset: -3px; } "
    "body > div { display: flow-root; } body > div[hidden] { display: none; }"
)
_HASH = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:; script-src 'sha256-{_HASH}'"
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{css}\n{style}</style></head>'
    '<body class="card{night}" tabindex="0"><div>{front}</div><div hidden>{back}</div>'
    "<script>{script}</script></body></html>"
)
# As wide as a phone.
_FRAME = (
    '<iframe title="{title}" sandbox="allow-scripts" srcdoc="{page}" style="box-sizing: border-box; width: 23rem; '
    'max-width: 100%; height: 30rem; min-height: 18rem; border: 1px solid #8886; border-radius: 1rem"></iframe>'
)
# A card taller than this (pixels) scrolls inside its frame.
_TALLEST = 4000
_RESIZE = """<script>
addEventListener("message", (event) => {{
  const height = event.data && event.data.cardHeight;
  if (!Number.isFinite(height)) return;
  for (const frame of document.querySelectorAll("#{name} iframe"))
    if (frame.contentWindow === event.source) frame.style.height = Math.min(height + 2, {tallest}) + "px";
}});
</script>"""
_HINT = "Click a card to turn it over, or press Space."


def card_frames(
    notes: Iterable[Mapping[str, Any]],
    templates: NoteTemplates,
    media: Mapping[str, bytes],
    night: Sequence[bool],
) -> str:
    """Return HTML that shows each note's card, front first.

    Args:
        notes: Rows of ``anki_notes``.
        templates: The templates of the note types.
        media: The recordings and pictures that the notes refer to, by name.
        night: The colors to show each card in, side by side. True: night colors.

    Raises:
        ValueError: A template names a field that the note type does not have.
    """
    name = f"kf-{secrets.token_hex(6)}"
    frames = [_frame(note, note_sides(note, templates), templates.css, media, dark) for note in notes for dark in night]
    row = f'<div style="display: flex; flex-wrap: wrap; align-items: flex-start; gap: 1rem">{"".join(frames)}</div>'
    hint = f'<p style="margin: .5rem 0; opacity: .75">{_HINT}</p>'
    # The script comes first, so that it receives the messages of frames that are ready at once.
    return f'{_RESIZE.format(name=name, tallest=_TALLEST)}<div id="{name}">{row}{hint}</div>'


def _frame(note: Mapping[str, Any], sides: CardSides, css: str, media: Mapping[str, bytes], dark: bool) -> str:
    page = _PAGE.format(
        policy=_POLICY, css=css, style=_STYLE, night=" nightMode" if dark else "", script=_SCRIPT,
        front=_with_media(sides.front, media), back=_with_media(sides.back, media),
    )  # fmt: skip
    title = f"{note['Key']}, {'night' if dark else 'day'} colors"
    return _FRAME.format(title=html.escape(html.unescape(title)), page=html.escape(page))


def _with_media(side: str, media: Mapping[str, bytes]) -> str:
    """Return a side whose pictures and recordings are part of the page."""
    for name, content in media.items():
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        address = f"data:{kind};base64,{base64.b64encode(content).decode()}"
        side = side.replace(image(name), f'<img src="{address}">')
        side = side.replace(sound(name), f'<audio controls preload="none" src="{address}"></audio>')
    return side
