"""``kedro word remove``, ``restore``, and ``removed``: take words off the work list, put them back, and list them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from korean_flashcards.commands.layout import fitted_table, wrapped
from korean_flashcards.commands.project import (
    ExampleCommand,
    agreed,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    open_ledger,
    project,
    yes_option,
)
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.parameters import GoneWords, IngressParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.tasks.task_list import item_ids
from korean_flashcards.ledger.words.removed_words import WordOnList, remove_words, restore_words, words_on_list

_words = click.argument("words", nargs=-1, required=True, metavar="WORD...")
_NOT_LISTED = "-"


@click.command(cls=ExampleCommand, examples=("kedro word remove 배#2", "kedro word remove 남자 남성 --yes"))
@_words
@yes_option
@env_option
@explaining
def remove(words: tuple[str, ...], yes: bool, env: str | None) -> None:
    """Remove words from the work list, and keep what you paid for.

    Runs request nothing for removed words. WORD is a headword, which selects all its homographs, or an item ID such as
    배#2. The next run tags the words' notes with status::gone or, with ingress.gone=remove, leaves them out of the deck.
    Paid replies, reviews, and notes in Anki are kept. The words stay removed, also if you import their lists again.
    `kedro word restore` restores them.
    """
    with project(env) as context, ledger_of(context) as ledger:
        found = words_on_list(ledger.store, _named(ledger, words))
        new = [word for word in found if word.removed_at is None]
        if not new:
            click.echo(
                f"{'This word was' if len(found) == 1 else 'These words were'} removed before. Nothing was changed."
            )
            return
        click.echo(_table(new))
        agreed(f"Remove {counted(len(new), 'word')} from the work list?", yes, "remove words")
        done = remove_words(ledger.store, [word.item_id for word in new])
        gone = IngressParameters.model_validate(context.params["ingress"]).gone
    click.echo("\n".join(_removed_lines(done, gone)))


@click.command(cls=ExampleCommand, examples=("kedro word restore 배#2",))
@_words
@env_option
@explaining
def restore(words: tuple[str, ...], env: str | None) -> None:
    """Restore words that `kedro word remove` removed.

    WORD is a headword, which selects all its homographs, or an item ID such as 배#2. The next run processes the words
    again. Replies that you paid for come from the cache.
    """
    with open_ledger(env) as ledger:
        named = _named(ledger, words)
        done = restore_words(ledger.store, named)
    if not done:
        fail(
            f"{'This word is' if len(named) == 1 else 'None of these words is'} {'not ' if len(named) == 1 else ''}removed. "
            "Nothing was changed. `kedro word removed` lists the removed words."
        )
    names = ", ".join(safe(word.item_id) for word in done)
    click.echo(
        "\n".join(wrapped(f"Restored {counted(len(done), 'word')}: {names}. `kedro run` processes them again.", 0))
    )


@click.command(cls=ExampleCommand, examples=("kedro word removed",))
@json_option
@env_option
@explaining
def removed(as_json: bool, env: str | None) -> None:
    """List the words that you removed, the last one first."""
    with open_ledger(env) as ledger:
        found = words_on_list(ledger.store, None)
    if as_json:
        echo_json([asdict(word) for word in found])
    elif not found:
        click.echo("No word is removed.")
    else:
        click.echo(_table(found))
        click.echo(f"{counted(len(found), 'removed word')}. `kedro word restore WORD` restores a word.")


def _named(ledger: Ledger, words: Sequence[str]) -> list[str]:
    """Return the item IDs of words. Exits with a message if a word is not in the ledger."""
    if any(not word.strip() for word in words):
        fail('"" is not a word. Nothing was changed. Give a headword such as 배, or an item ID such as 배#2.')
    try:
        with ledger.store.read() as connection:
            return item_ids(connection, words)
    except LedgerError as error:
        fail(f"{safe(error)} Nothing was changed.")


def _table(words: Sequence[WordOnList]) -> str:
    headers = ["word", "meaning", "notes", "lists"]
    rows = [
        [word.item_id, word.definition or _NOT_LISTED, word.notes, ", ".join(word.lists) or _NOT_LISTED]
        for word in words
    ]
    if any(word.removed_at for word in words):
        headers.append("removed")
        for row, word in zip(rows, words, strict=True):
            row.append(local_time(word.removed_at)[:16] if word.removed_at else _NOT_LISTED)
    return fitted_table(headers, rows)


def _removed_lines(words: Sequence[WordOnList], gone: GoneWords) -> Iterator[str]:
    yield from wrapped(f"Removed {counted(len(words), 'word')}: {', '.join(safe(word.item_id) for word in words)}.", 0)
    if notes := sum(word.notes for word in words):
        verb = "leaves {} out of the deck" if gone == "remove" else "tags {} with status::gone"
        yield from wrapped(
            f"The next `kedro run` {verb.format(counted(notes, 'note'))}. It requests nothing for removed words. In Anki, "
            "search for tag:status::gone to suspend the cards." if gone != "remove" else
            f"The next `kedro run` {verb.format(counted(notes, 'note'))}. Notes that are in Anki stay there.",
            0,
        )  # fmt: skip
    else:
        yield from wrapped("There are no notes in the deck, so the next run only leaves the words out.", 0)
    yield from wrapped("Paid replies and reviews are kept. To undo this:", 0)
    yield f"  kedro word restore {' '.join(safe(word.item_id) for word in words)}"
