"""Notice that the ledger of a project is missing or empty, so that no command silently begins with an empty one."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from korean_flashcards.domain.errors import LedgerMissingError, NotConfirmedError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.ledger.db.backup_files import listing, made_at
from korean_flashcards.ledger.db.empty_ledger import empty_since
from korean_flashcards.ledger.db.problems import access_problem
from korean_flashcards.ledger.db.spending_log import lost_sentence, spending_totals
from korean_flashcards.ledger.db.sqlite import read_only

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

    from korean_flashcards.ledger.facade import Ledger
    from korean_flashcards.llm.client import LLMClient

logger = logging.getLogger(__name__)

# Layers and exports that only a run with a ledger can have written.
_LAYERS = ("vocabulary", "nuance", "flashcards")
_EXPORTS = ("deck", "anki_text", "cards_tsv", "cards_json")
_NEW = (
    "With a new, empty ledger, replies in the cache are reused, but words get new numbers, and reviews, edits, and the "
    "record of spending are lost."
)


class _LostLedger(NamedTuple):
    """A ledger that is missing or empty, although the project once had one.

    ``restore`` says how to restore it. ``alternative`` describes how to work without its content.
    """

    problem: str
    restore: str
    alternative: str


def check_ledger(catalog: "CatalogProtocol[Any, Any]", asking: bool) -> None:
    """Refuse to work without the ledger if the project once had one. A new project has no ledger yet, which is fine.

    An empty ledger counts as missing if the project's other files show that the project once had more.

    Args:
        catalog: The project's catalog.
        asking: Whether to ask the user to confirm a new ledger, if there is a terminal.

    Raises:
        LedgerError: The ledger cannot be read, or it is a link to a disk that is not mounted.
        LedgerMissingError: The ledger is missing, and the user did not confirm a new one.
        NotConfirmedError: The user declined.
    """
    ledger: Ledger = catalog.load("ledger")
    path = ledger.store.path
    lost = _lost_ledger(path, catalog.exists, lambda: catalog.load("llm"))
    if lost is None or not Parameters.model_validate(catalog.load("parameters")).llm.confirm_missing:
        if path.exists() and not asking:
            _tell_lost_spending(ledger)
        elif not path.exists() and catalog.load("llm").has_replies():
            shown = shown_path(path)
            logger.warning("There is no ledger at %s. A new one is created. Replies in the cache are reused.", shown)
        return
    if asking and sys.stdin.isatty():
        if click.confirm(f"{lost.problem} {lost.restore} {_NEW} {lost.alternative.capitalize()}?", err=True):
            return
        raise NotConfirmedError(f"You declined. Nothing was changed. {lost.restore}")
    raise _missing(lost)


def refuse_missing_ledger(path: Path, exists: Callable[[str], bool], client: "Callable[[], LLMClient]") -> None:
    """Refuse to work without the ledger if the project once had one, whatever the parameters say.

    Opening such a ledger would create an empty one, which hides the loss. A new project has no ledger yet, which is
    fine.

    Args:
        path: The ledger file.
        exists: Whether the dataset with this name exists.
        client: Returns the model client, which has the reply cache. It is called only if the ledger is missing.

    Raises:
        LedgerError: The ledger cannot be read, or it is a link to a disk that is not mounted.
        LedgerMissingError: The ledger is missing or empty.
    """
    if lost := _lost_ledger(path, exists, client):
        raise _missing(lost)


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


def _lost_ledger(path: Path, exists: Callable[[str], bool], client: "Callable[[], LLMClient]") -> _LostLedger | None:
    """Describe the loss if the ledger is missing or empty, although the project once had one. Raises LedgerError."""
    if problem := access_problem(path):
        raise problem
    since = empty_since(path)
    if path.exists() and since is None:
        return None
    backups = listing(path)
    # An empty ledger may have been backed up, too.
    kept = [file for file in backups if since is None or made_at(file) <= since]
    found = [name for name in (*_LAYERS, *_EXPORTS) if exists(name)]
    # All ledgers in a folder share the traces of runs. Beside an empty ledger, they are as new as the ledger.
    trace = None if found or kept or since or any(path.parent.glob("*.db")) else _trace_of_runs(path, client())
    if not (found or kept or trace):
        return None
    state, alternative = ("missing", "create a new ledger") if since is None else ("empty", "use the empty ledger")
    what = f"The ledger {shown_path(path)} is {state}, but {trace or _evidence(found, len(kept))}."
    restore = "Restore the file from a copy."
    if kept:
        command = "kedro db restore" if kept[0] == backups[0] else f"kedro db restore {kept[0].name}"
        newest = "the newest backup" if kept[0] == backups[0] else "the newest backup with content"
        restore = f"`{command}` restores {newest}, {kept[0].name}."
    return _LostLedger(what, restore, alternative)


def _trace_of_runs(path: Path, client: "LLMClient") -> str | None:
    """Return what runs with this ledger left behind in its folder, as a clause, or None if there is nothing."""
    runs = path.parent / ".runs"
    if runs.is_dir():
        return f"its runs left the folder {shown_path(runs)}"
    # A cache in a different folder may be shared with other projects. An import of replies creates a ledger.
    if client.folder.absolute().parent != path.absolute().parent or not client.has_replies():
        return None
    client.close()
    return f"the reply cache {shown_path(client.folder)} contains replies"


def _evidence(found: list[str], backups_kept: int) -> str:
    what = "layers" if set(found) & set(_LAYERS) else "exports"
    parts = [f"its {what} are in the data folder"] if found else []
    parts += [f"there {'is' if backups_kept == 1 else 'are'} {counted(backups_kept, 'backup')}"] if backups_kept else []
    return " and ".join(parts)


def _missing(lost: _LostLedger) -> LedgerMissingError:
    return LedgerMissingError(
        f"{lost.problem} Nothing was changed. {lost.restore} To {lost.alternative} instead, run `kedro run --yes`. {_NEW}"
    )
