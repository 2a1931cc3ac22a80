"""Review cards one by one on a terminal, with one letter per decision."""

from collections.abc import Sequence

import click

from korean_flashcards.commands.review.changes import APPLY, in_editor
from korean_flashcards.commands.review.text import item_lines
from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.reviews.recorded import By
from korean_flashcards.review.parts import Action
from korean_flashcards.reviewing.changed_fields import edit_fields
from korean_flashcards.reviewing.review_item import Item
from korean_flashcards.reviewing.review_session import ReviewSession

_QUESTION = "[a]pprove, [r]eject, [e]dit, [s]kip, [q]uit"


def ask_through(session: ReviewSession, items: Sequence[Item], by: By) -> None:
    """Show each card and ask what to do with it, until the user quits. Each decision is saved immediately."""
    said = 0
    for place, item in enumerate(items, 1):
        click.echo(f"\n[{place:,} of {len(items):,}]")
        click.echo("\n".join(item_lines(item)))
        answer = click.prompt(_QUESTION, type=click.Choice(list("areqs")), default="s", show_choices=False)
        if answer == "q":
            break
        try:
            said += _done(session, item, answer, by)
        except ReviewError as error:
            click.echo(str(error), err=True)
    click.echo(f"{said:,} reviewed." if items else "Nothing needs a review.")
    if said:
        click.echo(APPLY)


def _done(session: ReviewSession, item: Item, answer: str, by: By) -> bool:
    """Carry out one decision and return whether it changed anything.

    Raises:
        ReviewError: The card has changed since it was shown, or the edit is invalid.
    """
    reviews, shown = session.ledger.reviews, item.shown
    (row,) = session.generated(item.part.item_id, item.part.name)
    if answer == "a":
        reviews.decide(Action.APPROVE, [row], by, {item.part: shown})
    elif answer == "r":
        reason = click.prompt("Reason", type=str)
        reviews.decide(Action.REJECT, [row], By(by.reviewer, clean(reason)), {item.part: shown})
    elif answer == "e":
        field = click.prompt("Field", type=click.Choice(item.part.editable), default=item.part.editable[0])
        text = in_editor(item.row[field])
        if text is None:
            return False
        click.echo("\n".join(safe(line) for line in text.splitlines()))
        edit_fields(session, row, {field: text}, by, shown)
    return answer != "s"
