"""Write an export's files to a hidden folder first. When all of them are verified, they replace the previous files.

An export that was killed while it replaced the files is finished by the next run.
"""

import json
import logging
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from korean_flashcards.datasets.cards_in_file import has_cards
from korean_flashcards.datasets.writing import explaining_write
from korean_flashcards.domain.errors import EmptyExportError, ExportError
from korean_flashcards.domain.exported_notes import ExportedNote, ExportedNoteType
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.files.file_problems import os_reason, shown_path
from korean_flashcards.files.replace_together import replace_together

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

logger = logging.getLogger(__name__)

# The datasets of the exported files. The manifest comes last, because it is written when the others are complete.
MANIFEST = "export_manifest"
EXPORTED = ("deck", "anki_text", "cards_tsv", "cards_json", MANIFEST)

# The layers that the files are made of. They are replaced together with the files, so that a simultaneous run, whose notes
# have different times of change, does not replace them between writing and verifying the files.
_LAYERS = ("linked_flashcards", "anki_notes", "note_types")

_COMMAND = "kedro run --pipeline=export"
_PREFIX = ".export-"
_LOCK_TIMEOUT = 60  # seconds; replacing the files takes milliseconds
_UNCHANGED = "The files of the previous export are unchanged, and the ledger does not record this export."


class ExportStage:
    """The new files of one run's export.

    Args:
        run_id: The run that writes the export.
        targets: The exported files and their layers, by dataset. Without the manifest, nothing is released.
        lock: The lock file that lets only one run at a time replace the files.
        command: The command that repeats the export, for error messages.
    """

    def __init__(self, run_id: str, targets: Mapping[str, Path], lock: Path, command: str = _COMMAND) -> None:
        self._run_id, self._targets, self._lock, self.command = run_id, dict(targets), lock, command

    def staged(self, target: Path) -> Path:
        """Return the path of the new file for a target. It is on the same disk, so a rename can replace the target."""
        return target.parent / f"{_PREFIX}{self._run_id}" / target.name

    @property
    def released(self) -> bool:
        """Return whether the new files have replaced, or were about to replace, the previous files."""
        return MANIFEST in self._targets and self.staged(self._targets[MANIFEST]).exists()

    def used_by(self, catalog: "CatalogProtocol[Any, Any]") -> "ExportStage":
        """Let the catalog's datasets write their files to this stage, and return the stage."""
        for name in self._targets:
            catalog[name].stage = self
        return self

    def check_cards(self) -> None:
        """Check that new files without cards do not replace a file that has cards.

        Raises:
            EmptyExportError: They would. The previous files are unchanged.
        """
        files = [target for name, target in self._targets.items() if name not in (MANIFEST, *_LAYERS)]
        # The deck comes last, because unpacking it takes longest.
        ordered = sorted(files, key=lambda target: target.suffix == ".apkg")
        if any(has_cards(new) for target in ordered if (new := self.staged(target)).is_file()):
            return
        kept = next((target for target in files if target.is_file() and has_cards(target)), None)
        if kept is None:
            return
        raise EmptyExportError(
            f"No card is ready for the deck, so an empty file would replace {shown_path(kept)}. {_UNCHANGED} "
            "`kedro review next` shows the cards that are held back. `kedro status` shows what else is missing. "
            "To export an empty deck anyway, move the exported files to a different folder. Then run "
            "`kedro run --pipeline=export`."
        )

    def release(self) -> None:
        """Replace the previous files with the new ones. The new files must be complete, including the manifest.

        Raises:
            ExportError: A file cannot be replaced. The previous files are unchanged.
        """
        # Imported here because only an export needs the lock, and every command imports this module.
        from filelock import FileLock, Timeout

        try:
            with FileLock(self._lock, timeout=_LOCK_TIMEOUT):
                self._replace()
                self._supersede()
        except Timeout as error:
            self.discard()
            raise self._busy() from error
        except OSError as error:
            raise self.unreplaceable(error) from error

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Let no run replace the files and their layers meanwhile, so that what is read belongs together.

        A project that cannot be written needs no lock, because no run can replace its files.

        Raises:
            ExportError: A run does not finish replacing the files.
        """
        # Imported here because only an export needs the lock, and every command imports this module.
        from filelock import FileLock, Timeout

        lock = FileLock(self._lock, timeout=_LOCK_TIMEOUT)
        try:
            lock.acquire()
        except Timeout as error:
            raise self._busy() from error
        except OSError:
            yield
            return
        try:
            yield
        finally:
            lock.release()

    def unreplaceable(self, error: OSError) -> ExportError:
        """Return the error about a file that cannot be replaced. ``error.filename`` is that file."""
        return ExportError(
            f"The exported file {error.filename} cannot be replaced: {os_reason(error)}. {_UNCHANGED} "
            f"Move it away, or make it and its folder writable. Then run `{self.command}`."
        )

    def exported(self) -> tuple[list[ExportedNote], list[ExportedNoteType]]:
        """Return the notes and note types in the new files."""
        files = json.loads(self.staged(self._targets[MANIFEST]).read_bytes())
        return (
            [ExportedNote(**note) for file in files for note in file["notes"] or ()],
            [ExportedNoteType(**each) for file in files for each in file["note_types"] or ()],
        )

    def discard(self) -> None:
        """Delete the staging folders. Files that have replaced the previous ones are not affected."""
        for folder in {self.staged(target).parent for target in self._targets.values()}:
            shutil.rmtree(folder, ignore_errors=True)

    def others(self) -> Iterator["ExportStage"]:
        """Yield the exports that other runs have not finished, or have left behind."""
        for folder in {target.parent for target in self._targets.values()}:
            for found in sorted(folder.glob(f"{_PREFIX}*")):
                if (run_id := found.name.removeprefix(_PREFIX)) != self._run_id:
                    yield ExportStage(run_id, self._targets, self._lock)

    def finish_interrupted(self, alive: Callable[[str], bool], record: Callable[..., object]) -> None:
        """Finish the exports that killed runs left half done, and delete the files of those that had not begun.

        Args:
            alive: Returns whether the run with this ID is active.
            record: Records in the ledger that the deck has these notes and note types.
        """
        for other in self.others():
            if alive(other._run_id):
                continue
            if other.released:
                try:
                    exported = other.exported()
                    other.release()
                    record(*exported)
                    logger.info("Finished an export that had been interrupted. Its files are complete.")
                except (ExportError, KeyError, TypeError, ValueError, OSError) as error:
                    logger.warning(
                        "An interrupted export left files that do not belong together: %s Run "
                        "`kedro run --pipeline=export` to write them again.",
                        error if isinstance(error, ExportError) else "",
                    )
            other.discard()

    def _busy(self) -> ExportError:
        return ExportError(
            f"Another run has been replacing the exported files for {_LOCK_TIMEOUT} seconds. {_UNCHANGED} "
            f"Wait for that run to finish. Then run `{self.command}`."
        )

    def _replace(self) -> None:
        manifest = self.staged(self._targets[MANIFEST])
        pairs = ((target, self.staged(target)) for target in self._targets.values())
        try:
            replace_together({target: new for target, new in pairs if new.exists()})
        except BaseException:
            # Without its manifest, the next run does not try again.
            manifest.unlink(missing_ok=True)
            raise

    def _supersede(self) -> None:
        """Keep the next run from finishing an older export. Only killed runs leave one, because this run has the lock."""
        for other in self.others():
            with suppress(OSError):
                other.staged(self._targets[MANIFEST]).unlink(missing_ok=True)


def unwritable(stage: ExportStage, target: Path, reason: str) -> ExportError:
    """Return the error about a new file that cannot be written."""
    return ExportError(
        f"The new {target.name} cannot be written to {target.parent}: {reason}. {_UNCHANGED} "
        f"Free disk space, or make the folder writable. Then run `{stage.command}`."
    )


def separate_export(catalog: "CatalogProtocol[Any, Any]") -> None:
    """Let the catalog's export go to separate files with "_selected" in their names. The main files stay unchanged."""
    for name in (*_LAYERS, *EXPORTED):
        if name in catalog and isinstance(dataset := catalog[name], StagedFile):
            selected = copy(dataset)
            selected._filepath = selected_path(dataset.path)
            catalog[name] = selected


def selected_path(path: Path) -> Path:
    """Return the path of a file with the cards of only the selected words."""
    return path.with_stem(f"{path.stem}_selected")


def export_stage(catalog: "CatalogProtocol[Any, Any]", run_id: str, ledger: Path) -> ExportStage | None:
    """Return a run's stage for the catalog's exported files, or None if the catalog has a different export.

    Args:
        catalog: The catalog.
        run_id: The run that exports, or "" for a command that only reads the exported layers.
        ledger: The ledger's file. The lock is in a folder beside it.
    """
    lock = ledger.parent / ".runs" / "export"
    datasets = {name: catalog[name] for name in (*_LAYERS, *EXPORTED) if name in catalog}
    targets = {name: dataset.path for name, dataset in datasets.items() if isinstance(dataset, StagedFile)}
    return ExportStage(run_id, targets, lock) if MANIFEST in targets else None


def export_interrupted(catalog: "CatalogProtocol[Any, Any]", active_runs: Collection[str]) -> bool:
    """Return whether a run was killed while it replaced the exported files. The next run finishes its export."""
    # Only looks at the folders of other runs, so the lock is not used.
    stage = export_stage(catalog, run_id="", ledger=Path())
    return stage is not None and any(other.released and other._run_id not in active_runs for other in stage.others())


class StagedFile:
    """A dataset's file. While ``stage`` is set, the dataset writes and reads the new file in the staging folder."""

    _filepath: Path
    stage: ExportStage | None = None

    @property
    def path(self) -> Path:
        """Return the file's path."""
        return self._filepath

    @property
    def _current(self) -> Path:
        """Return the path to load: the new file if there is one."""
        staged = self.stage.staged(self._filepath) if self.stage else None
        return staged if staged and staged.exists() else self._filepath

    @contextmanager
    def _writing(self) -> Iterator[Path]:
        """Yield a temporary path. At the end, the temporary file replaces the new file or, without a stage, the file."""
        if self.stage is None:
            with explaining_write(self._filepath), atomic_path(self._filepath) as path:
                yield path
            return
        try:
            with atomic_path(self.stage.staged(self._filepath)) as path:
                yield path
        except (OSError, sqlite3.Error) as error:
            reason = os_reason(error) if isinstance(error, OSError) else "the temporary folder is full"
            raise unwritable(self.stage, self._filepath, reason) from error
