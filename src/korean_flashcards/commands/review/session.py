"""Open a review session for a command, and define the options that the commands share."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from korean_flashcards.commands.project import ledger_of, project
from korean_flashcards.review.parts import PART_NAMES
from korean_flashcards.reviewing.review_session import ReviewSession

card_option = click.option(
    "--card", type=click.Choice(PART_NAMES, case_sensitive=False), default=None,
    help="Use only this card, or only the analysis (default: all cards and the analysis).",
)  # fmt: skip
one_card_option = click.option(
    "--card", type=click.Choice(PART_NAMES, case_sensitive=False), default=None,
    help="Use this card, or the analysis (needed if the word has several cards).",
)  # fmt: skip
reviewer_option = click.option(
    "--reviewer",
    default=None,
    help="Set the reviewer's name (default: the parameter review.reviewer, or your login name).",
)


@contextmanager
def open_session(env: str | None) -> Iterator[ReviewSession]:
    """Yield an environment's review session, and close its ledger afterward."""
    with project(env) as context, ledger_of(context) as ledger:
        yield ReviewSession(context, ledger)
