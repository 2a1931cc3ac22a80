"""Exchange reviews with people who do not have the project (`kedro review export|import`)."""

import sys
from collections import Counter
from pathlib import Path

import click

from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.project import (
    ExampleCommand,
    FilePath,
    WholeNumber,
    agreed,
    dry_run_option,
    env_option,
    explaining,
    fail,
    json_option,
    yes_option,
)
from korean_flashcards.commands.review.changes import APPLY
from korean_flashcards.commands.review.session import open_session, reviewer_option
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.quality.scoring import VERDICTS
from korean_flashcards.review.states import State
from korean_flashcards.reviewing.bundle_decisions import Imported, import_decisions, read_decisions
from korean_flashcards.reviewing.review_bundle import bundle_page
from korean_flashcards.reviewing.review_session import waiting

_MOST = 500  # A page with more cards takes long to load.
_LARGEST = 100_000_000  # Bytes. Decisions about 500 cards are much smaller.


@click.command(
    cls=ExampleCommand,
    examples=("kedro review export review.html", "kedro review export review.html 남성 독립 --state unreviewed"),
)
@click.argument("file", type=FilePath(dir_okay=False))
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice(VERDICTS),
    help="Include only cards with this verdict in the last run (repeatable).",
)
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in State]),
    help="Include only cards in this state (repeatable; default: unreviewed, changed, or in conflict).",
)
@click.option("--limit", type=WholeNumber(1), default=_MOST, show_default=True, help="Include at most this many cards.")
@yes_option
@env_option
@explaining
def export(
    file: Path, words: tuple[str, ...], verdicts: tuple[str, ...], states: tuple[str, ...], limit: int, yes: bool,
    env: str | None,
) -> None:  # fmt: skip
    """Write a page that a colleague reviews offline.

    FILE is one HTML page with the cards to review, worst score first. Your colleague opens it in a browser, decides, and
    sends you the file that the page downloads. `kedro review import` records its decisions.
    """
    with open_session(env) as session:
        named = [session.item_id(word) for word in words] or None
        found = waiting(session.items("flashcards", named), states, verdicts)
        if not found:
            fail("No card matches, so no page was written. `kedro review stats` counts the cards by state.")
        if file.exists():
            agreed(f"Replace {safe(str(file))}?", yes, f"replace {safe(str(file))}")
        page = bundle_page(session, found[:limit], session.project_id)
    try:
        with atomic_path(file) as path:
            path.write_bytes(page)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
    of = f" of {counted(len(found), 'card')} (--limit)" if len(found) > limit else ""
    click.echo(f"{counted(min(limit, len(found)), 'card')}{of} written to {safe(str(file))}.")
    click.echo("Send the page to a colleague. `kedro review import` records the decisions that you get back.")


@click.command(
    cls=ExampleCommand,
    examples=("kedro review import review-4f1c.json", "kedro review import review-4f1c.json --dry-run"),
)
@click.argument("file", type=FilePath(exists=True, dir_okay=False))
@reviewer_option
@dry_run_option
@json_option
@env_option
@explaining
def import_file(file: Path, reviewer: str | None, dry_run: bool, as_json: bool, env: str | None) -> None:
    """Import the decisions that were made on an offline page.

    A decision is not recorded if the card was changed or reviewed after the page was written. Such decisions are listed,
    and the exit code is 2. Decisions that were imported before are not recorded again.
    """
    if not file.is_file() or file.stat().st_size > _LARGEST:
        fail(f"{file} is not a file with decisions. Nothing was changed.")
    try:
        content = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}. Nothing was changed.")
    with open_session(env) as session:
        decisions = read_decisions(content, file.name, session.project_id)
        by = session.by(reviewer if reviewer is not None else decisions.reviewer)
        found = import_decisions(session, decisions, by, dry_run)
    if as_json:
        echo_json([{"item_id": each.part.item_id, "card": each.part.name, "result": each.result, "text": each.text}
                   for each in found])  # fmt: skip
    else:
        _say(found, dry_run)
    if any(each.result == "conflict" for each in found):
        sys.exit(2)


def _say(found: list[Imported], dry_run: bool) -> None:
    for each in found:
        title = {"applied": "", "unchanged": "", "conflict": "Not recorded: "}[each.result]
        click.echo("\n".join(wrapped(f"{title}{each.part}: {each.text}", 0, 2)))
    counts = Counter(each.result for each in found)
    recorded = "would be recorded" if dry_run else "recorded"
    click.echo(
        f"{counts['applied']:,} {recorded}, {counts['unchanged']:,} imported before, "
        f"{counted(counts['conflict'], 'conflict')}."
    )
    if counts["applied"] and not dry_run:
        click.echo(APPLY)
