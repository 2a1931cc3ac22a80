"""Cards as Anki wants them: note fields, GUIDs, sub-decks, tags, and the text file with file headers.

Sources: Anki manual, "Text Files" (file headers, GUID column) and "Tags" (separated by spaces, "::" for hierarchy).
"""

import csv
import hashlib
import html
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

NOTE_TYPE = "Korean Flashcard"
# Anki knows note types and decks by number: these never change, or a re-import would make new ones.
NOTE_TYPE_ID = 1_731_700_417
# Front comes first: Anki sorts and looks for duplicates by the first field, and no two cards share a front and back.
FIELDS = (
    "Front", "Back", "Term", "IPA", "Meaning", "Hanja", "Primer", "CardType", "PartOfSpeech", "Level", "Source",
)  # fmt: skip


@dataclass(frozen=True)
class NoteTemplates:
    """The note type's two sides (Anki's Mustache dialect) and its style sheet."""

    front: str
    back: str
    css: str


def guid(item_id: str, tab_name: str) -> str:
    """Return the note's GUID: from the word's identity and the card type, never from the content.

    So a regenerated card finds its note again and the learner's schedule stays. Hex digits only: no character that a
    text file would have to quote.
    """
    return hashlib.sha256(f"korean-flashcards\x1f{item_id}\x1f{tab_name}".encode()).hexdigest()[:20]


def deck_id(name: str) -> int:
    """Return a stable number for a deck's name, in the range that Anki uses (positive, 31 bits above 1)."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % (2**31 - 2) + 2


def note_fields(card: dict[str, Any], nuance: dict[str, Any], topik_level: int | None) -> dict[str, str]:
    """Return FIELDS → escaped HTML for a row of the flashcards frame, its nuance row, its level."""
    texts = {
        "Front": card["front"],
        "Back": card["back"],
        "Term": card["term"].split("[", 1)[0].strip(),
        "IPA": nuance["ipa"],
        "Meaning": nuance["primary_meaning"],
        "Hanja": "\n".join(
            f"{homonym['hanja']} ({homonym['reading']}): {homonym['meaning']}. {homonym['differentiator']}"
            for homonym in nuance["homonyms"] or []
        ),
        "Primer": card["primer"],
        "CardType": card["tab_name"],
        "PartOfSpeech": nuance["pos"],
        "Level": f"TOPIK {topik_level}" if topik_level else "",
        "Source": card["model"],
    }
    return {name: as_html(texts[name]) for name in FIELDS}


def as_html(text: str) -> str:
    """Return the text escaped for HTML, its line breaks as <br>."""
    return html.escape(text.strip()).replace("\r\n", "\n").replace("\n", "<br>")


def anki_tag(tag: str) -> str:
    """Return the tag with Anki's hierarchy: "level:TOPIK1" becomes "level::TOPIK1"."""
    return tag.replace(":", "::", 1)


def text_file(notes: Iterable[dict[str, Any]]) -> str:
    """Return the notes (rows of the anki_notes frame) as a text file that Anki's File → Import reads with its headers."""
    columns = ("GUID", "Deck", "Tags", *FIELDS)
    out = io.StringIO()
    out.write(
        f"#separator:tab\n#html:true\n#notetype:{NOTE_TYPE}\n#guid column:1\n#deck column:2\n#tags column:3\n"
        "#columns:" + "\t".join(columns) + "\n"
    )
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for note in notes:
        writer.writerow([note["guid"], note["deck"], " ".join(note["tags"]), *(note[name] for name in FIELDS)])
    return out.getvalue()
