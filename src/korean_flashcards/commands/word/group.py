"""Trace a word from its row in a word list to its cards in the deck (`kedro word show`)."""

from dataclasses import asdict

import click

from korean_flashcards.commands.project import (
    CommandGroup,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    project,
)
from korean_flashcards.commands.review.session import card_option
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.commands.word.report import word_report
from korean_flashcards.commands.word.text import report_lines
from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import LedgerError


@click.group(
    name="word",
    cls=CommandGroup,
    examples=(
        "kedro word show 남성",
        "kedro word show 배#2",
        "kedro word show 남성 --card Scene",
        "kedro word remove 배#2",
        "kedro word restore 배#2",
    ),
    lazy_subcommands={
        "remove": "korean_flashcards.commands.word.removal.remove",
        "restore": "korean_flashcards.commands.word.removal.restore",
        "removed": "korean_flashcards.commands.word.removal.removed",
    },
)
def word() -> None:
    """Show everything about a word, or take words off the work list."""


@word.command(examples=("kedro word show 남성", "kedro word show 배#2 --card Scene"))
@click.argument("word", metavar="WORD")
@card_option
@json_option
@env_option
@explaining
def show(word: str, card: str | None, as_json: bool, env: str | None) -> None:
    """Show a word's tasks, analysis, cards, reviews, and next steps.

    Also shows the word's rows in imported lists, its findings, and its calls. WORD is a headword, which selects all its
    homographs, or an item ID such as 배#2.
    """
    if not clean(word).strip():
        fail(f'"{safe(word)}" is not a word. Give a headword such as 배, or an item ID such as 배#2.')
    with project(env) as context, ledger_of(context) as ledger:
        ledger.runs.sweep()
        try:
            found = word_report(context, ledger, word, card)
        except LedgerError as error:
            fail(safe(error))
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo("\n".join(report_lines(found)))
