"""Define the Anki note type, and create GUIDs, deck IDs, HTML, and file headers for notes.

Sources: the Anki manual, "Text Files" (file headers, GUID column) and "Tags" (separated by spaces, "::" for levels).
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

NOTE_TYPE = "Korean Flashcard"
DEFAULT_DECK = "Default"  # Every collection has this deck.
# Anki identifies note types and decks by ID. With a different ID, an import would create a second note type.
NOTE_TYPE_ID = 1_731_700_417
NOTE_TYPE_VERSION = "2"
# Front comes first, because Anki uses the first field for sorting and for finding duplicates. New fields come last,
# because Anki adds them at the end when it merges note types.
FIELDS = (
    "Front", "Back", "Term", "IPA", "Meaning", "Hanja", "Primer", "CardType", "PartOfSpeech", "Level", "Source",
    # Since version 2:
    "Key", "Sound", "Example", "ExampleTranslation", "Audio", "ExampleAudio", "Image", "Cue", "Version",
)  # fmt: skip
_ESCAPES = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "\r\n": "<br>", "\n": "<br>", "\r": "<br>",
    "{": "&#123;",  # Anki would interpret the braces of cloze deletions and templates.
    "\x1f": "",  # Anki stores this character between the fields of a note.
}  # fmt: skip
# Anki would interpret a bracket at the start of a media tag, LaTeX, or a field for typing an answer: [[type:Front]].
_BRACKET = r"(?i)\[(sound:|anki:|latex\]|\$|\[type:)"
# MathJax reads the text of the page, not the HTML, and would typeset \(x\) and \[x\]. It does not look across elements.
_MATHJAX = r"\\(\(|\[|&#91;)"


@dataclass(frozen=True)
class CardSides:
    """Both sides of a card, in Anki's dialect of Mustache."""

    front: str
    back: str


@dataclass(frozen=True)
class NoteTemplates:
    """The note types' templates, in Anki's dialect of Mustache, and their style sheet.

    ``extra`` contains the templates of the cards that are made without a model call, by their file names: ``reverse`` and
    ``cloze``. Projects of earlier releases do not have them.
    """

    front: str
    back: str
    css: str
    extra: Mapping[str, CardSides] = field(default_factory=dict)


@dataclass(frozen=True)
class CardTemplate:
    """One kind of card that Anki makes from a note: its name and both sides, in Anki's dialect of Mustache."""

    name: str
    front: str
    back: str


@dataclass(frozen=True)
class NoteType:
    """An Anki note type. Anki identifies it by ``note_type_id``. ``is_cloze`` tells Anki to look for gaps in the fields."""

    note_type_id: int
    name: str
    fields: tuple[str, ...]
    templates: tuple[CardTemplate, ...]
    css: str
    is_cloze: bool = False


@dataclass(frozen=True)
class PackageContent:
    """The content of an .apkg file: its bytes, the number of decks with notes, and each note's card type and GUID."""

    file: bytes
    decks: int
    card_types: list[str]
    guids: list[str]


def guid(item_id: str, tab_name: str, project_id: str | None) -> str:
    """Return a note's GUID: 20 hex digits computed from the project's ID, the word's ID, and the card type.

    The GUID does not depend on the note's content. A regenerated card therefore updates its note without resetting the
    learner's schedule. Words that were first exported before project IDs existed have None. Hex digits need no quoting
    in a text file.
    """
    parts = ("korean-flashcards", *([project_id] if project_id else []), item_id, tab_name)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def deck_id(name: str) -> int:
    """Return a stable ID for a deck name, less than 2**31, as Anki requires. Only the deck "Default" has the ID 1."""
    if name == DEFAULT_DECK:
        return 1
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % (2**31 - 2) + 2


def as_html(column: str) -> pl.Expr:
    """Return a column's text as HTML. Line breaks become <br>, and Anki's own markup is escaped."""
    return escaped(pl.col(column))


def escaped(text: pl.Expr) -> pl.Expr:
    """Return an expression that converts the text to HTML. See ``as_html``."""
    html = text.str.strip_chars().str.normalize("NFC").str.replace_many(_ESCAPES, leftmost=True)
    return html.str.replace_all(_BRACKET, "&#91;$1").str.replace_all(_MATHJAX, r"\<span></span>$1")


TEXT_COLUMNS = ("GUID", "Note type", "Deck", "Tags", *FIELDS)


def text_headers(note_types: Collection[str]) -> str:
    """Return the file headers that tell Anki how to import the columns of a text file with notes of these types.

    A text file has no times, so Anki cannot know which of its notes are newer than the learner's. It therefore keeps
    existing notes, unless the learner chooses "Update" during the import.

    A text file cannot create a note type. With a column for it, Anki skips the notes if it does not exist yet. Without
    the column, Anki would create notes of the type "Basic". If there is only one note type, the header that follows
    replaces the column, and Anki assigns the columns to the fields by name. With several, it does so by order.
    """
    named = "".join(f"#notetype:{name}\n" for name in note_types) if len(note_types) == 1 else ""
    return (
        f"#separator:tab\n#html:true\n#notetype column:2\n{named}#if matches:keep current\n#guid column:1\n"
        "#deck column:3\n#tags column:4\n"
        "#columns:" + "\t".join(TEXT_COLUMNS) + "\n"
    )
