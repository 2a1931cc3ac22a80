"""``kedro cards``: list the cards of the deck by filter, and show a word's cards as text. No model is called."""

from datetime import date
from typing import Any, cast

import click
import polars as pl
from kedro.framework.context import KedroContext
from kedro.io import DataCatalog

from korean_flashcards.commands.cards.text import list_lines, word_lines
from korean_flashcards.commands.cards.word_cards import cards_of_word
from korean_flashcards.commands.export.filter_options import filter_options
from korean_flashcards.commands.project import (
    CommandGroup,
    WholeNumber,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    project,
)
from korean_flashcards.commands.review.session import card_option
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.exports.card_filter import CardFilter
from korean_flashcards.exports.card_selection import selected
from korean_flashcards.profiles.deck_cards import load_deck


@click.group(
    name="cards",
    cls=CommandGroup,
    examples=("kedro cards list --level 1 --card-type Scene", "kedro cards list --score-max 80", "kedro cards show 배"),
)
def cards() -> None:
    """List the cards in the deck, and show a word's cards as text."""


@cards.command(
    name="list",
    examples=("kedro cards list --list sample_words.csv --limit 50", "kedro cards list --where 'score < 80' --json"),
)
@click.option("--limit", type=WholeNumber(1), default=20, show_default=True, help="List at most this many cards.")
@json_option
@env_option
@explaining
@filter_options
def list_cards(limit: int, as_json: bool, env: str | None, filters: CardFilter) -> None:
    """List the cards in the deck, in the order of the deck.

    The filters are those of `kedro export run`. Cards that are held back are not in the deck: `kedro review next` shows
    them, and `kedro quality list` lists all cards by score.
    """
    with project(env) as context, ledger_of(context) as ledger:
        deck = load_deck(cast(DataCatalog, context.catalog), ledger)
        found = selected(deck.cards, filters)
        held = _held(context)
    if as_json:
        rows = [{name: _plain(value) for name, value in row.items()} for row in found.head(limit).to_dicts()]
        echo_json({"cards": found.height, "deck": deck.cards.height, "held": held, "rows": rows})
    else:
        lines = list_lines(found.head(limit), found.height, deck.cards.height, held, deck.later_reviews)
        click.echo("\n".join(lines))


@cards.command(examples=("kedro cards show 배", "kedro cards show 배#2 --card Scene"))
@click.argument("word", metavar="WORD")
@card_option
@json_option
@env_option
@explaining
def show(word: str, card: str | None, as_json: bool, env: str | None) -> None:
    """Show a word's cards as text, including cards that are held back.

    Each card has its score, findings, review state, and tags, and the origin of its text: a model's reply or an edit. WORD
    is a headword, which selects all its homographs, or an item ID such as 배#2. `kedro word show` shows everything about
    a word.
    """
    if not clean(word).strip():
        fail(f'"{safe(word)}" is not a word. Give a headword such as 배, or an item ID such as 배#2.')
    with project(env) as context, ledger_of(context) as ledger:
        # Loading a missing layer raises an error that names the command which creates it.
        if not context.catalog.exists("flashcards"):
            context.catalog.load("flashcards")
        try:
            found = cards_of_word(context, ledger, word, card)
        except LedgerError as error:
            fail(safe(error))
    if as_json:
        echo_json([each.as_json() for each in found])
    else:
        click.echo("\n\n".join("\n".join(word_lines(each)) for each in found))


def _held(context: KedroContext) -> int:
    """Return the number of cards that are held back."""
    held: pl.DataFrame = context.catalog.load("held_flashcards")
    return held.height


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
