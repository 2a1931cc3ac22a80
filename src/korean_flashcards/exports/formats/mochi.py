"""Write an export as a file for Mochi, and read it back.

Source: mochi.cards/docs/import-and-export/mochi-format-reference. A .mochi file is a zip archive with ``data.json`` in
Transit's JSON: keys and IDs are keywords, such as ``~:name``. A line with ``---`` separates the sides of a card.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import polars as pl

from korean_flashcards.exports.card_sides import card_sides
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.markdown_text import escaped_markdown, text_from_markdown
from korean_flashcards.exports.tag_names import tag_path

COLUMNS = ("guid", "deck", "front", "back", "tags")
_FILE = "data.json"
_VERSION = 2
_HEADING = "# "  # makes the word large
_SIDES = "\n---\n"
_TAGS = "\n\n#"  # Escaped text has neither "#" nor two line feeds together.
_UNTITLED = "Cards"
# Transit interprets a string that starts with one of these characters.
_INTERPRETED = ("~", "^", "`")


def write(content: ExportContent) -> bytes:
    """Return the file. The same content gives the same bytes."""
    shown = expected(content).with_columns(
        heading=pl.when(card_sides(content)["word_first"]).then(pl.lit(_HEADING)).otherwise(pl.lit("")),
        hashtags=pl.when(pl.col("tags") != "")
        .then(_TAGS + pl.col("tags").str.replace_all(" ", " #", literal=True))
        .otherwise(pl.lit("")),
    )
    front, back = (escaped_markdown(pl.col(side)) for side in ("front", "back"))
    shown = shown.with_columns(pl.concat_str("heading", front, pl.lit(_SIDES), back, "hashtags").alias("content"))
    decks: dict[str, list[dict[str, Any]]] = {}
    for position, (guid, deck, text) in enumerate(shown.select("guid", "deck", "content").iter_rows()):
        for name in _with_parents(deck):
            decks.setdefault(name, [])
        # Mochi sorts by this text, so it needs leading zeros.
        decks[deck].append({"~:id": f"~:{guid}", "~:pos": f"{position:08}", "~:content": text})
    project_id = str(content.details.get("project_id", ""))
    return _archive({"~:version": _VERSION, "~:decks": [_deck(*deck, project_id) for deck in decks.items()]})


def read(file: bytes) -> pl.DataFrame:
    """Return the cards in the file (``COLUMNS``).

    Raises:
        ValueError: The file is damaged.
    """
    try:
        with ZipFile(BytesIO(file)) as archive:
            decks = json.loads(archive.read(_FILE))["~:decks"]
        paths: dict[str, str] = {}
        rows = []
        for deck in decks:
            parent, name = deck.get("~:parent-id"), _from_transit(deck["~:name"])
            paths[deck["~:id"]] = f"{paths[parent]}::{name}" if parent else name
            rows += [_row(card, paths[deck["~:id"]]) for card in deck["~:cards"]]
    except (BadZipFile, zlib.error, EOFError, RuntimeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("the archive does not contain the decks and cards of a Mochi file") from error
    frame = pl.DataFrame(rows, dict.fromkeys(("position", *COLUMNS), pl.String), orient="row").sort("position")
    texts = text_from_markdown(pl.col("front", "back"))
    return frame.select("guid", "deck", texts, pl.col("tags").str.replace_all("#", "", literal=True))


def expected(content: ExportContent) -> pl.DataFrame:
    """Return the cards that the file must contain (``COLUMNS``)."""
    tags = content.cards["tags"].fill_null([]).list.eval(tag_path(pl.element(), ":"))
    decks = content.cards["deck"].fill_null("")
    names = {name: "::".join(_levels(name) or [_UNTITLED]) for name in decks.unique()}
    return pl.DataFrame(
        {
            "guid": content.cards["guid"],
            "deck": decks.replace_strict(names, return_dtype=pl.String),
            **card_sides(content).select("front", "back").to_dict(),
            "tags": tags.list.eval(pl.element().filter(pl.element() != ""))
            .list.unique(maintain_order=True)
            .list.join(" "),
        }
    )


def _levels(deck: str) -> list[str]:
    return [level for level in deck.split("::") if level.strip(" :")]


def _with_parents(deck: str) -> list[str]:
    levels = deck.split("::")
    return ["::".join(levels[:count]) for count in range(1, len(levels) + 1)]


def _deck(name: str, cards: list[dict[str, Any]], project_id: str) -> dict[str, Any]:
    *parents, own = name.split("::")
    parent = {"~:parent-id": _deck_id("::".join(parents), project_id)} if parents else {}
    return {"~:id": _deck_id(name, project_id), "~:name": _in_transit(own), **parent, "~:cards": cards}


def _deck_id(name: str, project_id: str) -> str:
    """Return a deck's ID, which stays the same in each export. Mochi requires at least eight letters and digits."""
    return "~:" + hashlib.sha256(f"mochi\x1f{project_id}\x1f{name}".encode()).hexdigest()[:20]


def _in_transit(text: str) -> str:
    return f"~{text}" if text.startswith(_INTERPRETED) else text


def _from_transit(text: str) -> str:
    return text[1:] if text.startswith("~") else text


def _row(card: Mapping[str, str], deck: str) -> tuple[str, ...]:
    text, _, tags = card["~:content"].partition(_TAGS)
    front, _, back = text.partition(_SIDES)
    return card["~:pos"], card["~:id"].removeprefix("~:"), deck, front.removeprefix(_HEADING), back, tags


def _archive(data: Mapping[str, Any]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        # A ZipInfo has a fixed date. With the time of the export, each file would differ.
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        archive.writestr(ZipInfo(_FILE), text, ZIP_DEFLATED)
    return buffer.getvalue()
