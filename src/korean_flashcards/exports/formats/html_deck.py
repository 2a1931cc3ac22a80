"""Write an export as one self-contained HTML page, and read the cards in it back.

The page's data are JSON in an element that is not run. Its script sets texts as text. The page's policy allows only its own
style and script, by their hashes, and no request. Source: www.w3.org/TR/CSP3.
"""

import hashlib
import html
import json
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from korean_flashcards.exports.card_sides import answers, has_own_sides, level_name
from korean_flashcards.exports.content import ExportContent

_OWN = ("guid", "front", "back")
# Columns whose values are the same for several cards, such as all cards of a word. The page stores each value once.
_SHARED = (
    "deck", "card_type", "word", "cue", "sound", "meaning", "part_of_speech", "level", "ipa", "hanja", "example",
    "example_translation", "confused_with", "primer",
)  # fmt: skip
COLUMNS = (*_OWN, "tags", *_SHARED)
_SCRIPTS = ("cards.js", "search.js", "card_view.js", "list_view.js", "main.js")
_BEFORE_DATA, _AFTER_DATA = '<script id="data" type="application/json">', "</script>"
_END = "</html>\n"
# In a script element, a browser would interpret these: </script>, <!--, and line ends that old browsers see in strings.
_ESCAPES = {"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_TAG_JOINT = "\n"  # between the tags in ``read``; a tag may have spaces and commas


def write(content: ExportContent) -> bytes:
    """Return the page. It has no link to other files, so it works offline and can be sent by mail."""
    style, script = _part("style.css"), "\n".join(["'use strict';", *map(_part, _SCRIPTS)])
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    data = json.dumps(_data(content), ensure_ascii=False, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        data = data.replace(character, escape)
    page = _part("page.html").format(
        policy=policy, title=html.escape(content.title), style=style, data=data, script=script, source=_source(content)
    )
    return page.encode()


def read(file: bytes) -> pl.DataFrame:
    """Return the cards in the page (``COLUMNS``).

    Raises:
        ValueError: The file is damaged.
    """
    page = file.decode()
    text = page.partition(_BEFORE_DATA)[2].partition(_AFTER_DATA)[0]
    if not text or not page.endswith(_END):
        raise ValueError("it is not complete")
    data = json.loads(text)
    try:
        columns = {name: data[name] for name in _OWN}
        tags = data["tags"]["values"]
        columns["tags"] = [_TAG_JOINT.join(tags[place] for place in places) for places in data["tags"]["cards"]]
        for name in _SHARED:
            values = data["shared"][name]["values"]
            columns[name] = [values[place] for place in data["shared"][name]["cards"]]
        return pl.DataFrame(columns, dict.fromkeys(COLUMNS, pl.String))
    except (KeyError, IndexError, TypeError, pl.exceptions.PolarsError) as error:
        raise ValueError("its cards are not complete") from error


def expected(content: ExportContent) -> pl.DataFrame:
    """Return the cards that the page must contain (``COLUMNS``). Tags are one per line."""
    return _texts(content).with_columns(pl.col("tags").list.join(_TAG_JOINT))


def _texts(content: ExportContent) -> pl.DataFrame:
    texts = content.cards.with_columns(level_name(), front=content.front, back=answers(content)).select(COLUMNS)
    return texts.with_columns(pl.col(pl.String).fill_null(""), pl.col("tags").fill_null([]))


def _data(content: ExportContent) -> dict[str, Any]:
    """Return the page's data. A shared column has its different values, and the place of each card's value in them."""
    texts = _texts(content)
    tags = _distinct(texts["tags"].explode().drop_nulls())
    places = {tag: place for place, tag in enumerate(tags)}
    return {
        "own_sides": has_own_sides(content),
        **{name: texts[name].to_list() for name in _OWN},
        "tags": {"values": tags, "cards": [[places[tag] for tag in of_card] for of_card in texts["tags"].to_list()]},
        "shared": {name: _shared(texts[name]) for name in _SHARED},
    }


def _shared(texts: pl.Series) -> dict[str, list[Any]]:
    values = _distinct(texts)
    places = texts.replace_strict(values, range(len(values)), return_dtype=pl.UInt32)
    return {"values": values, "cards": places.to_list()}


def _distinct(texts: pl.Series) -> list[str]:
    return texts.unique(maintain_order=True).to_list()


def _source(content: ExportContent) -> str:
    day = str(content.details.get("created_at", ""))[:10]
    return html.escape(f"Exported on {day}. This page works offline." if day else "This page works offline.")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _part(name: str) -> str:
    return (files("korean_flashcards.exports") / "html_page" / name).read_text(encoding="utf-8")
