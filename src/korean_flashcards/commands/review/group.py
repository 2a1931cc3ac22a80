"""List pending reviews, count reviews, and show conflicts (`kedro review`).

The commands that make changes are in changes.py.
"""

import sys

import click

from korean_flashcards.commands.project import CommandGroup, WholeNumber, env_option, explaining, json_option
from korean_flashcards.commands.review import changes as review_changes
from korean_flashcards.commands.review import text as review_text
from korean_flashcards.commands.review.one_by_one import ask_through
from korean_flashcards.commands.review.session import open_session, reviewer_option
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.records import WORD_STAGES, Stage
from korean_flashcards.ledger.reviews.review_list import by_reviewer
from korean_flashcards.quality.scoring import VERDICTS
from korean_flashcards.review.parts import ANALYSIS_NAME
from korean_flashcards.review.states import State
from korean_flashcards.reviewing.review_session import waiting


@click.group(
    name="review",
    cls=CommandGroup,
    examples=(
        "kedro review serve",
        "kedro review next --verdict reject",
        "kedro review approve 남성",
        "kedro review edit 남성 --card Scene --field front",
        "kedro review conflicts",
    ),
    lazy_subcommands={
        "serve": "korean_flashcards.commands.review.serve.serve",
        "export": "korean_flashcards.commands.review.bundle.export",
        "import": "korean_flashcards.commands.review.bundle.import_file",
        "history": "korean_flashcards.commands.old_names.review_history",
    },
)
def review() -> None:
    """Review cards and analyses: approve, reject, or edit them. WORD is a headword or an item ID such as 배#2."""


@review.command(name="next", examples=("kedro review next --verdict reject", "kedro review next 남성 --no-ask"))
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice(VERDICTS),
    help="Show only cards with this verdict in the last run (repeatable).",
)
@click.option("--state", "states", multiple=True, type=click.Choice([str(state) for state in State]),
              help="Show only items in this state (repeatable; default: unreviewed, changed, or in conflict).")  # fmt: skip
@click.option(
    "--stage",
    type=click.Choice(WORD_STAGES),
    default="flashcards",
    show_default=True,
    help="Review analyses (nuance) or cards (flashcards).",
)
@click.option(
    "--limit",
    type=WholeNumber(1),
    default=None,
    help="Show at most this many items (default: all with --ask, otherwise 1).",
)
@click.option("--ask/--no-ask", default=None, help="Ask what to do with each item (default: only on a terminal).")
@reviewer_option
@json_option
@env_option
@explaining
def next_to_review(
    words: tuple[str, ...], verdicts: tuple[str, ...], states: tuple[str, ...], stage: Stage, limit: int | None,
    ask: bool | None, reviewer: str | None, as_json: bool, env: str | None,
) -> None:  # fmt: skip
    """Show cards or analyses that need a review, worst score first.

    Includes the findings for each item. On a terminal, asks what to do with each item: approve, reject, edit, skip, or
    quit.
    """
    with open_session(env) as session:
        named = [session.item_id(word) for word in words] or None
        found = waiting(session.items(stage, named), states, verdicts)
        asking = ask if ask is not None else sys.stdin.isatty() and sys.stdout.isatty() and not as_json
        if asking:
            ask_through(session, found[:limit], session.by(reviewer))
            return
    shown_items = found[: limit or 1]
    if as_json:
        echo_json({"waiting": len(found), "items": [review_text.item_values(item) for item in shown_items]})
    elif not found:
        click.echo("Nothing needs a review.")
    else:
        click.echo("\n\n".join("\n".join(review_text.item_lines(item)) for item in shown_items))
        click.echo(f"\n{len(found):,} to review: `kedro review approve|reject|edit WORD --card CARD`")


@review.command(examples=("kedro review stats",))
@json_option
@env_option
@explaining
def stats(as_json: bool, env: str | None) -> None:
    """Count cards and analyses by state, and reviews by reviewer."""
    with open_session(env) as session:
        kinds: dict[str, Stage] = {"cards": "flashcards", "analyses": "nuance"}
        states = {name: review_text.counts(session.items(stage)) for name, stage in kinds.items()}
        reviewers, conflicts = by_reviewer(session.ledger.store), len(session.conflicts)
    if as_json:
        echo_json({"states": states, "reviewers": reviewers, "conflicts": conflicts})
    else:
        click.echo("\n".join(review_text.stats_lines(states, reviewers, conflicts)))


@review.command(examples=("kedro review conflicts",))
@json_option
@env_option
@explaining
def conflicts(as_json: bool, env: str | None) -> None:
    """List edits that conflict with newly generated text. Exits with code 2 if there are conflicts.

    Your edits stay in effect until you resolve the conflicts.
    """
    with open_session(env) as session:
        found = session.conflicts
    if as_json:
        echo_json(found)
    elif not found:
        click.echo("There are no conflicts.")
    for conflict in [] if as_json else found:
        title = safe(f"{conflict['item_id']} {conflict['tab_name'] or ANALYSIS_NAME}")
        click.echo("\n".join([title, *review_text.conflict_lines(conflict)]))
    if found:
        sys.exit(2)


for _command in (review_changes.approve, review_changes.reject, review_changes.edit, review_changes.restore):
    review.add_command(_command)
