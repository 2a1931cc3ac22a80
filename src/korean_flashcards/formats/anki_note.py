"""Cards as Anki wants them: the note type, GUIDs, decks' numbers, escaping, file headers.

Sources: Anki manual, "Text Files" (file headers, GUID column) and "Tags" (separated by spaces, "::" for hierarchy).
"""

import hashlib
from dataclasses import dataclass

import polars as pl

NOTE_TYPE = "Korean Flashcard"
# Anki knows note types and decks by number: these never change, or a re-import would make new ones.
NOTE_TYPE_ID = 1_731_700_417
# Front comes first: Anki sorts by the first field and looks for duplicates in it.
FIELDS = (
    "Front", "Back", "Term", "IPA", "Meaning", "Hanja", "Primer", "CardType", "PartOfSpeech", "Level", "Source",
)  # fmt: skip
_ESCAPES = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "\r\n": "<br>", "\n": "<br>", "\r": "<br>",
    # What Anki itself would act on: cloze and template braces, media and LaTeX tags, MathJax.
    "{": "&#123;", "[sound:": "&#91;sound:", "[anki:": "&#91;anki:", "[latex]": "&#91;latex]", "[$": "&#91;$",
    "\\(": "&#92;(", "\\[": "&#92;&#91;",
}  # fmt: skip


@dataclass(frozen=True)
class NoteTemplates:
    """The note type's two sides (Anki's Mustache dialect) and its style sheet."""

    front: str
    back: str
    css: str


@dataclass(frozen=True)
class PackageContent:
    """What an .apkg holds: the whole ``file``, how many ``decks`` have notes, and the card type of each note."""

    file: bytes
    decks: int
    card_types: list[str]


def guid(item_id: str, tab_name: str) -> str:
    """Return the note's GUID: from the word's identity and the card type, never from the content.

    So a regenerated card finds its note again and the learner's schedule stays. Hex digits only: no character that a
    text file would have to quote.
    """
    return hashlib.sha256(f"korean-flashcards\x1f{item_id}\x1f{tab_name}".encode()).hexdigest()[:20]


def deck_id(name: str) -> int:
    """Return a stable number for a deck's name, in the range that Anki uses (positive, 31 bits above 1)."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % (2**31 - 2) + 2


def as_html(column: str) -> pl.Expr:
    """The column's text escaped for HTML, its line breaks as <br>, and nothing left in it that Anki would act on."""
    return escaped(pl.col(column))


def escaped(text: pl.Expr) -> pl.Expr:
    """As ``as_html``, of any expression."""
    return text.str.strip_chars().str.replace_many(_ESCAPES, ascii_case_insensitive=True, leftmost=True)


def text_headers() -> str:
    """Return the file headers that tell Anki's File → Import what each column of the text file is."""
    columns = "\t".join(("GUID", "Deck", "Tags", *FIELDS))
    return (
        f"#separator:tab\n#html:true\n#notetype:{NOTE_TYPE}\n#guid column:1\n#deck column:2\n#tags column:3\n"
        f"#columns:{columns}\n"
    )
