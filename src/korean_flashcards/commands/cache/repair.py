"""Repair the reply cache (`kedro cache repair`)."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click

from korean_flashcards.commands.project import ExampleCommand, env_option, explaining
from korean_flashcards.commands.project_files import project_files
from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.ledger.db.health import at_rest
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.tasks.done_replies import DoneReply, done_replies, requested_keys, total_usd
from korean_flashcards.llm.cache.cache_repair import Repaired, repair
from korean_flashcards.llm.cache.reply_cache import ReplyCache

_EXAMPLES = 10  # lost words that are named


@click.command(name="repair", cls=ExampleCommand, examples=("kedro cache repair",))
@env_option
@explaining
def repair_cache(env: str | None) -> None:
    """Save every readable reply of a damaged cache.

    Writes the replies to a new cache file, keeps the damaged file under a dated name, and lists the words whose replies
    are lost. Changes nothing if all replies are readable, or while a run is active. Exit codes: 0 = no reply is lost;
    1 = error; 2 = replies are lost.
    """
    files = project_files(env)
    folder, ledger = files.cache, files.ledger
    requested = _requested(ledger)
    with at_rest(ledger.store.path):
        repaired = repair(folder, requested)
    try:
        lost = missing_replies(ledger, folder)
    except LedgerError as error:
        click.echo(f"The words of lost replies are unknown. {safe(error)}", err=True)
        lost = []
    finally:
        ledger.close()
    click.echo("\n".join(_lines(repaired, lost, folder)))
    sys.exit(2 if repaired.lost or lost else 0)


def _requested(ledger: Ledger) -> set[str]:
    """Return the keys of all requests in the ledger, or no keys if the ledger is missing or cannot be read."""
    if ledger.store.path.exists():
        with suppress(LedgerError):
            return requested_keys(ledger.store)
    return set()


def missing_replies(ledger: Ledger, folder: Path) -> list[DoneReply]:
    """Return the replies of finished tasks that the cache does not contain. Raises LedgerError."""
    if not ledger.store.path.exists():
        return []
    cache, done = ReplyCache(folder), done_replies(ledger.store)
    present = cache.present(reply.key for reply in done)
    cache.close()
    return [reply for reply in done if reply.key not in present]


def _lines(repaired: Repaired, lost: Sequence[DoneReply], folder: Path) -> Iterator[str]:
    replies = counted(repaired.replies, "reply", "replies")
    shown = safe(shown_path(folder))
    if repaired.kept:
        archived = f" and the archived replies of {counted(repaired.archives, 'request')}" if repaired.archives else ""
        yield f"Repaired {shown}: saved {replies}{archived}."
    else:
        yield f"All replies in {shown} are readable ({repaired.replies:,}). Nothing was changed."
    if repaired.keyless:
        yield (
            f"{counted(repaired.keyless, 'reply', 'replies')} saved in the archive, because their keys are damaged and "
            "unknown. `kedro cache show WORD` shows them."
        )
    if unused := len(set(repaired.lost) - {reply.key for reply in lost}):
        yield f"Not readable: {counted(unused, 'entry', 'entries')} that no finished task uses."
    if lost:
        yield _lost_text(lost)
    elif repaired.kept:
        yield "Every finished task has its reply."
    if repaired.kept:
        yield f"The damaged file was kept as {safe(shown_path(repaired.kept))}. Delete it when you no longer need it."


def _lost_text(lost: Sequence[DoneReply]) -> str:
    """Return a paragraph about the replies that finished tasks need: their words, their cost, and what to do."""
    names = ", ".join(safe(reply.named) for reply in lost[:_EXAMPLES])
    more = " …" if len(lost) > _EXAMPLES else ""
    paid = [reply for reply in lost if not reply.free]
    if not paid:
        cost = "The offline model generates them again, free of charge."
    else:
        usd = total_usd(paid)
        price = "The price is unknown" if usd is None else f"The price was USD {usd_number(usd, 4)}"
        cost = (
            f"{price}. Restore them from a copy of the cache or with `kedro cache import FILE`. Otherwise, "
            "the next run asks before it pays for them again."
        )
    return f"Lost: {counted(len(lost), 'reply', 'replies')} of finished tasks ({names}{more}). {cost}"
