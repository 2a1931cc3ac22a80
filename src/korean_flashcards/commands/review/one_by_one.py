"""Reviewing on a terminal: one card after the other, a letter each."""

from collections.abc import Sequence

import click

from korean_flashcards.commands.review.changes import APPLY, edit_field, in_editor
from korean_flashcards.commands.review.session import Item, ReviewSession
from korean_flashcards.commands.review.text import item_lines
from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.reviews.reviews import By
from korean_flashcards.review.parts import Action, fingerprint

_QUESTION = "[a]pprove, [r]eject, [e]dit, [s]kip, [q]uit"


def ask_through(session: ReviewSession, items: Sequence[Item], by: By) -> None:
    """Show each and do what the person says, until they quit. What was said is kept at once."""
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
    done = f"{said:,} reviewed." if items else "Nothing waits for a review."
    click.echo(done + (f" {APPLY}" if said else ""))


def _done(session: ReviewSession, item: Item, answer: str, by: By) -> bool:
    """Whether something was said. Raises ReviewError where the card is another by now, or the edit breaks its contract."""
    reviews, seen = session.ledger.reviews, {item.part: fingerprint(item.part, item.row)}
    (row,) = session.generated(item.part.item_id, item.part.name)
    if answer == "a":
        reviews.decide(Action.APPROVE, [row], by, seen)
    elif answer == "r":
        reason = click.prompt("Why", type=str)
        reviews.decide(Action.REJECT, [row], By(by.reviewer, reason), seen)
    elif answer == "e":
        field = click.prompt("Field", type=click.Choice(item.part.editable), default=item.part.editable[0])
        text = in_editor(item.row[field])
        if text is None:
            return False
        click.echo("\n".join(safe(line) for line in text.splitlines()))
        edit_field(session, row, field, text, by)
    return answer != "s"
