"""The nine-column TSV: one header row, one line a card, LF, the empty last column kept as a trailing tab."""

from collections.abc import Iterable
from typing import Any

from korean_flashcards.formats.cards_reply import COLUMNS


def write_tsv(cards: Iterable[dict[str, Any]]) -> str:
    """Return the cards (rows of the flashcards frame) as TSV; tags are comma-separated.

    Line breaks and tabs inside a text become single spaces, so that every line has exactly nine columns.
    """
    lines = ["\t".join(COLUMNS)]
    for card in cards:
        values = {**card, "tags": ",".join(card["tags"])}
        lines.append("\t".join(" ".join(str(values[column]).split()) for column in COLUMNS))
    return "\n".join(lines) + "\n"
