"""Format the output of `kedro cards`: a table of cards, and a word's cards as text, both at 80 columns."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from korean_flashcards.commands.cards.word_cards import CardOfWord, CardsOfWord
from korean_flashcards.commands.export.export_text import later_reviews_line
from korean_flashcards.commands.layout import fitted_table, headed, labeled, wrapped
from korean_flashcards.commands.terminal import safe
from korean_flashcards.commands.word.text import release_text
from korean_flashcards.domain.line_wrap import COLUMNS, width
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.plurals import counted, listed
from korean_flashcards.review.edits import shown

_COLUMNS = {
    "item_id": "word",
    "card_type": "card",
    "level": "level",
    "score": "score",
    "review": "review",
    "front": "front",
}
_NO_VALUE = "-"
_LABEL = 9


def list_lines(cards: pl.DataFrame, count: int, deck: int, held: int, later: int) -> Iterator[str]:
    """Yield a table of cards, and which cards it leaves out.

    Args:
        cards: The first cards of the selection (``CARD_COLUMNS``).
        count: The number of cards in the selection.
        deck: The number of cards in the deck.
        held: The number of cards that are held back.
        later: The number of reviews and edits that are newer than the deck.
    """
    if deck == 0:
        yield "The deck has no cards."
    elif count == 0:
        yield f"No card matches. The deck has {counted(deck, 'card')}."
    else:
        rows = ([_NO_VALUE if row[name] is None else row[name] for name in _COLUMNS] for row in cards.to_dicts())
        yield from fitted_table(list(_COLUMNS.values()), rows).split("\n")
        more = f" {count - cards.height:,} not shown (--limit)." if count > cards.height else ""
        yield f"{count:,} of the {counted(deck, 'card')} in the deck.{more}"
    if held:
        yield from wrapped(f"Held back, so not in the deck: {counted(held, 'card')} (`kedro review next`).", indent=0)
    if later:
        yield from wrapped(later_reviews_line(later), indent=0)


def word_lines(word: CardsOfWord) -> Iterator[str]:
    """Yield a homograph's cards, or the next steps if it has none."""
    title = safe(f"{word.item['item_id']}  {word.item['definition'] or ''}".rstrip(), COLUMNS)
    yield title
    yield "=" * width(title)
    for card in word.cards:
        yield from headed(safe(card.part.card), _card(card))
    for extra in word.extra:
        yield from headed(safe(extra["card"]), _extra(extra))
    if word.findings and word.cards:
        yield from headed("Findings in the analysis, which lower all scores", _findings(word.findings))
    if not word.cards:
        yield from wrapped("There are no cards.", indent=0)
        for step in word.next:
            yield from wrapped(f"{step.about}: {step.text}", hanging=2)
            # Commands are never wrapped, so that they can be copied.
            yield from (f"    {safe(command)}" for command in step.commands)
    for layer, reason in word.unreadable.items():
        yield from headed(f"Unreadable: {layer}", wrapped(reason))


def _card(card: CardOfWord) -> Iterator[str]:
    part = card.part
    score = "not scored yet" if card.score is None else f"{card.score} of 100, {card.verdict}"
    yield from labeled("deck", release_text(part), label=_LABEL)
    yield from labeled("score", score, label=_LABEL)
    yield from labeled("review", part.said or part.state, label=_LABEL)
    yield from labeled("text", _origin(card), label=_LABEL)
    yield from _texts(part.content)
    yield from labeled("level", part.content.get("honorific_level"), label=_LABEL)
    yield from labeled("tags", shown(part.content["tags"]), label=_LABEL)
    if card.findings:
        yield "  findings"
        yield from _findings(card.findings)


def _origin(card: CardOfWord) -> str:
    """Return where the card's text comes from."""
    edited, version = list(card.part.edited), card.version
    if version is None:
        return f"edited: {listed(edited)}" if edited else "from a reply that no run has recorded yet"
    reply = f"{version['model']}, prompt {version['prompt']}, since {local_time(version['first_seen'])}"
    return f"edited: {listed(edited)}; the rest from {reply}" if edited else f"from {reply}"


def _extra(card: Mapping[str, Any]) -> Iterator[str]:
    yield from labeled("text", "made from the word list, without a model", label=_LABEL)
    yield from _texts(card)
    yield from labeled("tags", shown(card["tags"]), label=_LABEL)


def _texts(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the front and the back with their line breaks."""
    for name in ("front", "back"):
        yield f"  {name}"
        for line in str(content[name]).split("\n"):
            yield from wrapped(line, indent=4) if line.strip() else ("",)


def _findings(found: list[dict[str, Any]]) -> Iterator[str]:
    for each in found:
        yield from wrapped(f"{each['severity']} {each['code']} in {each['field']}: {each['message']}", 4, 2)
