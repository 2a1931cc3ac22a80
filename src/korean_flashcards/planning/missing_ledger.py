"""Notice that the ledger of a project is missing, so that no run silently begins with an empty one."""

import logging
import sys
from typing import TYPE_CHECKING, Any

import click

from korean_flashcards.domain.errors import LedgerMissingError, NotConfirmedError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.ledger.db.backup_files import listing
from korean_flashcards.ledger.db.problems import access_problem
from korean_flashcards.ledger.db.spending_log import lost_sentence, spending_totals
from korean_flashcards.ledger.db.sqlite import read_only

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

    from korean_flashcards.ledger.facade import Ledger

logger = logging.getLogger(__name__)

# Layers and exports that only a run with a ledger can have written.
_LAYERS = ("vocabulary", "nuance", "flashcards")
_EXPORTS = ("deck", "anki_text", "cards_tsv", "cards_json")
_NEW = (
    "With a new, empty ledger, replies in the cache are reused, but words get new numbers, and reviews, edits, and the "
    "record of spending are lost."
)


def check_ledger(catalog: "CatalogProtocol[Any, Any]", asking: bool) -> None:
    """Refuse to work without the ledger if the project once had one. A new project has no ledger yet, which is fine.

    Args:
        catalog: The project's catalog.
        asking: Whether to ask the user to confirm a new ledger, if there is a terminal.

    Raises:
        LedgerError: The ledger cannot be read, or it is a link to a disk that is not mounted.
        LedgerMissingError: The ledger is missing, and the user did not confirm a new one.
        NotConfirmedError: The user declined.
    """
    ledger: Ledger = catalog.load("ledger")
    if problem := access_problem(ledger.store.path):
        raise problem
    if ledger.store.path.exists():
        if not asking:
            _tell_lost_spending(ledger)
        return
    kept = listing(ledger.store.path)
    found = [name for name in (*_LAYERS, *_EXPORTS) if catalog.exists(name)]
    if not found and not kept:
        if catalog.load("llm").has_replies():
            shown = shown_path(ledger.store.path)
            logger.warning("There is no ledger at %s. A new one is created. Replies in the cache are reused.", shown)
        return
    if not Parameters.model_validate(catalog.load("parameters")).llm.confirm_missing:
        return
    missing = f"The ledger {shown_path(ledger.store.path)} is missing, but {_evidence(found, len(kept))}."
    restore = "Restore the file from a copy."
    if kept:
        restore = f"`kedro db restore` restores the newest backup, {kept[0].name}."
    if asking and sys.stdin.isatty():
        if click.confirm(f"{missing} {restore} {_NEW} Create a new ledger?", err=True):
            return
        raise NotConfirmedError(f"You declined. Nothing was changed. {restore}")
    raise LedgerMissingError(
        f"{missing} Nothing was changed. {restore} To create a new ledger instead, run `kedro run --yes`. {_NEW}"
    )


def record_lost_spending(ledger: "Ledger") -> None:
    """Record the spending again that the ledger has lost, and say so. A run does this before it sends anything."""
    log = ledger.budgets.log
    if log.path.exists() and (lost := ledger.budgets.record_lost(log)):
        click.echo(f"{lost_sentence(lost)} It was recorded again, so it counts toward the budgets.", err=True)


def _tell_lost_spending(ledger: "Ledger") -> None:
    """Say which spending the ledger has lost."""
    log = ledger.budgets.log
    if not log.path.exists():
        return
    with read_only(ledger.store.path) as connection:
        lost = log.lost(spending_totals(connection))
    if lost:
        click.echo(
            f"{lost_sentence(lost)} The next `kedro run` records it again, so it counts toward the budgets.", err=True
        )


def _evidence(found: list[str], backups_kept: int) -> str:
    what = "layers" if set(found) & set(_LAYERS) else "exports"
    parts = [f"its {what} are in the data folder"] if found else []
    parts += [f"there {'is' if backups_kept == 1 else 'are'} {counted(backups_kept, 'backup')}"] if backups_kept else []
    return " and ".join(parts)
