"""Write cards to review as one self-contained HTML page, which a colleague opens offline.

The cards are JSON in an element that is not run. The page's policy allows only its own style and script, by their hashes,
and no request.
"""

import html
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from korean_flashcards.reviewing import page_parts
from korean_flashcards.reviewing.item_view import item_view
from korean_flashcards.reviewing.note_preview import NotePreview
from korean_flashcards.reviewing.review_item import Item
from korean_flashcards.reviewing.review_session import ReviewSession

_NO_NOTE = {"Front": "", "Back": ""}
# In a script element, a browser would interpret these: </script>, <!--, and line ends that old browsers see in strings.
_ESCAPES = {"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def bundle_page(session: ReviewSession, cards: Sequence[Item], project_id: str | None) -> bytes:
    """Return the page with these cards and the analyses of their words.

    Raises:
        DatasetError: A layer cannot be read.
    """
    templates = session.templates
    style, script = page_parts.style(), page_parts.script("bundle")
    policy = page_parts.policy(templates, page_parts.source_hash(script), page_parts.source_hash(style))
    data = json.dumps(_data(session, cards, project_id), ensure_ascii=False, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        data = data.replace(character, escape)
    day = datetime.now(UTC).date().isoformat()
    head = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">\n<style>{style}</style>'
    end = f'<script id="data" type="application/json">{data}</script>\n<script>{script}</script>'
    return page_parts.page(head, f"Review of {day}", end).encode()


def _data(session: ReviewSession, cards: Sequence[Item], project_id: str | None) -> dict[str, Any]:
    words = {item.part.item_id for item in cards}
    analyses = session.items("nuance", words)
    templates = session.templates
    notes = NotePreview(session, templates).notes(words)
    shown = [*cards, *analyses]
    rows = session.generated_rows([item.part for item in shown])
    meanings = {item.part.item_id: item.row["primary_meaning"] for item in analyses}
    views = {item.part: item_view(item, rows[item.part]) | {"meaning": meanings[item.part.item_id]} for item in shown}
    return {
        "id": secrets.token_hex(6),
        "project_id": project_id,
        "start": {
            **{name: getattr(templates, name) for name in ("front", "back", "css")},
            "cards": sorted({item.part.name for item in cards}),
            "verdicts": sorted({item.verdict for item in cards if item.verdict}),
        },
        "items": {
            "flashcards": [views[item.part] for item in cards],
            "nuance": [views[item.part] for item in analyses],
        },
        # A word without a card in the last run has no note.
        "notes": {f"{part.item_id}/{part.name}": notes.get(part, _NO_NOTE) for part in views},
    }
