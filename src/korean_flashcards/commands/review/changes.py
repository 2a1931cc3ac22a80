"""Approve, reject, edit, and restore a word's cards and analysis (`kedro review approve|reject|edit|restore`)."""

import sys
from pathlib import Path
from typing import Any

import click

from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.project import (
    ExampleCommand,
    FilePath,
    WholeNumber,
    env_option,
    explaining,
    fail,
    json_option,
)
from korean_flashcards.commands.review.session import card_option, one_card_option, open_session, reviewer_option
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.review.edits import applied, shown
from korean_flashcards.review.fields import typed_value
from korean_flashcards.review.parts import ANALYSIS_FIELDS, ANALYSIS_NAME, Action, part_of
from korean_flashcards.reviewing.changed_fields import edit_fields
from korean_flashcards.reviewing.review_session import ReviewSession

_words = click.argument("words", nargs=-1, required=True, metavar="WORD...")
APPLY = "`kedro run --pipelines=quality,export,reporting` updates the deck."


@click.command(cls=ExampleCommand, examples=("kedro review approve 남성 --card Scene",))
@_words
@card_option
@reviewer_option
@json_option
@env_option
@explaining
def approve(words: tuple[str, ...], card: str | None, reviewer: str | None, as_json: bool, env: str | None) -> None:
    """Approve cards with their current text. If the text changes, the cards must be reviewed again.

    Approving a card keeps its edits, even those that conflict with newly generated text.
    """
    _decide(Action.APPROVE, words, card, reviewer, None, as_json, env)


@click.command(cls=ExampleCommand, examples=('kedro review reject 남성 --card Hanja --reason "too hard"',))
@_words
@card_option
@click.option("--reason", required=True, help="Give the reason for the rejection (shown with each rejected card).")
@reviewer_option
@json_option
@env_option
@explaining
def reject(
    words: tuple[str, ...], card: str | None, reason: str, reviewer: str | None, as_json: bool, env: str | None
) -> None:
    """Reject cards to keep them out of the deck.

    A rejected card stays out of the deck until its text changes or you approve the card.
    """
    _decide(Action.REJECT, words, card, reviewer, reason, as_json, env)


@click.command(
    cls=ExampleCommand,
    examples=(
        'kedro review edit 남성 --card Scene --field front --value "Who is this?"',
        "kedro review edit 남성 --card Scene --drop",
    ),
)
@click.argument("word")
@one_card_option
@click.option(
    "--field",
    default=None,
    help=f"Edit this field (cards: front, back, tags, honorific_level; analyses: {', '.join(ANALYSIS_FIELDS)}).",
)
@click.option(
    "--value",
    default=None,
    help="Set the field to this text. Separate tags with commas; write structured values as JSON.",
)
@click.option("--file", "file", type=FilePath(exists=True, dir_okay=False), help="Read the text from this file.")
@click.option("--drop", is_flag=True, help="Undo all edits to the card or analysis, or only the edit to --field.")
@click.option("--reason", default=None, help="Give the reason for the edit.")
@reviewer_option
@json_option
@env_option
@explaining
def edit(
    word: str, card: str | None, field: str | None, value: str | None, file: Path | None, drop: bool, reason: str | None,
    reviewer: str | None, as_json: bool, env: str | None,
) -> None:  # fmt: skip
    """Edit a card or an analysis. Your text is kept when the card is regenerated.

    On a terminal, your editor opens unless you pass --value or --file. Without --card, the edit applies to the analysis
    if it has this field; otherwise, it applies to the word's only card.
    """
    if drop and (value is not None or file is not None):
        fail("--drop undoes an edit, so it cannot be used with --value or --file. Nothing was changed.")
    with open_session(env) as session:
        row = _one(session, session.item_id(word), card, field)
        by = session.by(reviewer, reason)
        if drop:
            changed = session.ledger.reviews.drop(row, [field] if field else [], by)
        else:
            changed = edit_fields(session, row, dict([_typed(session, row, field, value, file)]), by)
    _say("Edit undone" if drop else "Edited", [changed.row], as_json)


@click.command(cls=ExampleCommand, examples=("kedro review restore 남성 --card Scene --version 1",))
@click.argument("word")
@one_card_option
@click.option(
    "--version",
    type=WholeNumber(1),
    required=True,
    help="Restore the version with this number (see `kedro word show`).",
)
@reviewer_option
@json_option
@env_option
@explaining
def restore(word: str, card: str | None, version: int, reviewer: str | None, as_json: bool, env: str | None) -> None:
    """Restore an earlier version of a card or an analysis.

    Like an edit, the restored text is kept when the card is regenerated.
    """
    with open_session(env) as session:
        row = _one(session, session.item_id(word), card, None)
        changed = session.ledger.reviews.restore(row, version, session.by(reviewer))
    _say(f"Restored version {version}", [changed.row], as_json)


def in_editor(value: Any) -> str | None:
    """Open the text in the user's editor. Return the edited text, or None if it was not saved."""
    text = click.edit("" if value is None else shown(value), extension=".txt")
    return None if text is None else text.strip()


def _decide(
    action: Action, words: tuple[str, ...], card: str | None, reviewer: str | None, reason: str | None, as_json: bool,
    env: str | None,
) -> None:  # fmt: skip
    with open_session(env) as session:
        rows = [row for word in words for row in session.generated(session.item_id(word), card)]
        changed = session.ledger.reviews.decide(action, rows, session.by(reviewer, reason))
    _say("Approved" if action is Action.APPROVE else "Rejected", [each.row for each in changed], as_json)


def _one(session: ReviewSession, item_id: str, card: str | None, field: str | None) -> dict[str, Any]:
    """Return the named card or analysis.

    Without a name, return the analysis if it has the field, or else the only card. Exit with a message if the
    word has several cards or none.
    """
    if card is None and field in ANALYSIS_FIELDS:
        card = ANALYSIS_NAME
    found = session.generated(item_id, card)
    cards = [row for row in found if part_of(row).tab_name] if card is None else found
    if len(cards) != 1:
        names = ", ".join(part_of(row).name for row in found)
        fail(f"Choose a card for {item_id} with --card: {names}. Nothing was changed.")
    return cards[0]


def _typed(
    session: ReviewSession, row: dict[str, Any], field: str | None, value: str | None, file: Path | None
) -> tuple[str, str]:
    """Return the field and its new text, which comes from --value, from --file, or from the editor."""
    part = part_of(row)
    if field is None:
        fail(f"Use --field to choose a field in {part}: {', '.join(part.editable)}. Nothing was changed.")
    if value is not None and file is not None:
        fail("Use either --value or --file. Nothing was changed.")
    if file is not None:
        try:
            return field, file.read_text(encoding="utf-8-sig").strip()
        except OSError as error:
            fail(f"{file} cannot be read: {error.strerror}. Nothing was changed.")
        except UnicodeDecodeError:
            fail(f"{file} is not UTF-8 text. Nothing was changed. Save the file as UTF-8.")
    if value is not None:
        return field, value
    if not sys.stdin.isatty():
        fail("Not a terminal, so nothing was changed. Pass the new text with --value or --file.")
    current = applied(row, [each for each in session.ledger.reviews.overrides([part.item_id]) if each.part == part])
    typed_value(part, field, shown(current.get(field)))
    text = in_editor(current[field])
    if text is None:
        fail("The text was not saved in the editor. Nothing was changed.")
    return field, text


def _say(done: str, rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        values = [{"item_id": part_of(row).item_id, "card": part_of(row).name,
                   "content": {name: row[name] for name in part_of(row).editable}} for row in rows]  # fmt: skip
        echo_json(values)
    else:
        click.echo("\n".join(wrapped(f"{done}: {', '.join(str(part_of(row)) for row in rows)}.", 0, 2)))
        click.echo(APPLY)
