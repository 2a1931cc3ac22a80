"""``kedro review approve|reject|edit|restore``: what a person says of a word's cards and analysis."""

import sys
from pathlib import Path
from typing import Any

import click

from korean_flashcards.commands.project import env_option, explaining, fail, json_option
from korean_flashcards.commands.review.session import ReviewSession, card_option, open_session, reviewer_option
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.reviews.reviews import By
from korean_flashcards.review.edits import applied, shown
from korean_flashcards.review.fields import typed_value
from korean_flashcards.review.parts import ANALYSIS_FIELDS, ANALYSIS_NAME, Action, part_of

_words = click.argument("words", nargs=-1, required=True, metavar="WORD...")
APPLY = "`kedro run --pipelines=quality,export,reporting` brings the deck up to date."


@click.command
@_words
@card_option
@reviewer_option
@json_option
@env_option
@explaining
def approve(words: tuple[str, ...], card: str | None, reviewer: str | None, as_json: bool, env: str | None) -> None:
    """Approve cards as they are now. A card with new text must be reviewed again. Edits in conflict are kept."""
    _decide(Action.APPROVE, words, card, reviewer, None, as_json, env)


@click.command
@_words
@card_option
@click.option("--reason", required=True, help="Say why; shown wherever the card is held back.")
@reviewer_option
@json_option
@env_option
@explaining
def reject(
    words: tuple[str, ...], card: str | None, reason: str, reviewer: str | None, as_json: bool, env: str | None
) -> None:
    """Reject cards: keep them out of the deck until their text changes or somebody approves them."""
    _decide(Action.REJECT, words, card, reviewer, reason, as_json, env)


@click.command
@click.argument("word")
@card_option
@click.option(
    "--field",
    default=None,
    help=f"Edit this field: front, back, tags, honorific_level; or {', '.join(ANALYSIS_FIELDS)}.",
)
@click.option("--value", default=None, help="Set this text; tags separated by commas, structures as JSON.")
@click.option(
    "--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read the text from this file."
)
@click.option("--drop", is_flag=True, help="Undo the edit of all fields, or only of --field.")
@click.option("--reason", default=None, help="Say why.")
@reviewer_option
@json_option
@env_option
@explaining
def edit(
    word: str, card: str | None, field: str | None, value: str | None, file: Path | None, drop: bool, reason: str | None,
    reviewer: str | None, as_json: bool, env: str | None,
) -> None:  # fmt: skip
    """Edit a card or an analysis. Your text is kept when the card is regenerated.

    Without --value and --file your editor opens, on a terminal. Without --card: the analysis, where the field is one of
    its fields, or the word's only card.
    """
    if drop and (value is not None or file is not None):
        fail("--drop takes an edit back: leave --value and --file out. Nothing was changed.")
    with open_session(env) as session:
        row = _one(session, session.item_id(word), card, field)
        by = session.by(reviewer, reason)
        if drop:
            changed = session.ledger.reviews.drop(row, [field] if field else [], by)
        else:
            changed = edit_field(session, row, *_typed(session, row, field, value, file), by)
    _say("Edit taken back" if drop else "Edited", [changed], as_json)


@click.command
@click.argument("word")
@card_option
@click.option(
    "--version",
    type=click.IntRange(min=1),
    required=True,
    help="Restore the version with this number, see `kedro word show`.",
)
@reviewer_option
@json_option
@env_option
@explaining
def restore(word: str, card: str | None, version: int, reviewer: str | None, as_json: bool, env: str | None) -> None:
    """Restore an earlier version. It is kept as an edit is."""
    with open_session(env) as session:
        row = _one(session, session.item_id(word), card, None)
        changed = session.ledger.reviews.restore(row, version, session.by(reviewer))
    _say(f"Version {version} is back", [changed], as_json)


def edit_field(session: ReviewSession, row: dict[str, Any], field: str, text: str, by: By) -> dict[str, Any]:
    """Edit one field of the part that ``row`` (as generated) is; return the row with it. Raises ReviewError."""
    part = part_of(row)
    value = typed_value(part, field, text)
    if part.tab_name:
        current = applied(row, session.ledger.reviews.overrides([part.item_id])) | {field: value}
        if other := session.clash(part, current):
            raise ReviewError(f"{part} would have the same front and back as {other}. Nothing was changed.")
    return session.ledger.reviews.edit(row, {field: value}, by)


def in_editor(value: Any) -> str | None:
    """Open the person's editor on the text; return what it is then, None where it was not saved."""
    text = click.edit("" if value is None else shown(value), extension=".txt")
    return None if text is None else text.strip()


def _decide(
    action: Action, words: tuple[str, ...], card: str | None, reviewer: str | None, reason: str | None, as_json: bool,
    env: str | None,
) -> None:  # fmt: skip
    with open_session(env) as session:
        rows = [row for word in words for row in session.generated(session.item_id(word), card)]
        changed = session.ledger.reviews.decide(action, rows, session.by(reviewer, reason))
    _say("Approved" if action is Action.APPROVE else "Rejected", changed, as_json)


def _one(session: ReviewSession, item_id: str, card: str | None, field: str | None) -> dict[str, Any]:
    """The part that is meant: the one named, else the analysis where the field is one of its own, else the only card."""
    if card is None and field in ANALYSIS_FIELDS:
        card = ANALYSIS_NAME
    found = session.generated(item_id, card)
    cards = [row for row in found if part_of(row).tab_name] if card is None else found
    if len(cards) != 1:
        names = ", ".join(part_of(row).name for row in found)
        fail(f"Say which card of {item_id} with --card: {names}. Nothing was changed.")
    return cards[0]


def _typed(
    session: ReviewSession, row: dict[str, Any], field: str | None, value: str | None, file: Path | None
) -> tuple[str, str]:
    """The field and its new text: given, in a file, or from the editor."""
    part = part_of(row)
    if field is None:
        fail(f"Say what to edit of {part} with --field: {', '.join(part.editable)}. Nothing was changed.")
    if value is not None and file is not None:
        fail("Give --value or --file, not both. Nothing was changed.")
    if file is not None:
        try:
            return field, file.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            fail(f"{file} cannot be read as UTF-8 text: {error}. Nothing was changed.")
    if value is not None:
        return field, value
    if not sys.stdin.isatty():
        fail("Give the new text with --value or --file. Nothing was changed.")
    current = applied(row, [each for each in session.ledger.reviews.overrides([part.item_id]) if each.part == part])
    typed_value(part, field, shown(current.get(field)))
    text = in_editor(current[field])
    if text is None:
        fail("The editor was left without saving. Nothing was changed.")
    return field, text


def _say(done: str, rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        values = [{"item_id": part_of(row).item_id, "card": part_of(row).name,
                   "content": {name: row[name] for name in part_of(row).editable}} for row in rows]  # fmt: skip
        echo_json(values)
    else:
        click.echo(f"{done}: {', '.join(safe(part_of(row)) for row in rows)}. {APPLY}")
