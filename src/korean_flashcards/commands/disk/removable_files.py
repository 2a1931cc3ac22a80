"""Find the files that can be deleted, because a command can write them again or nobody needs them anymore."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from korean_flashcards.commands.disk.disk_places import log_files
from korean_flashcards.datasets.export_snapshots import ExportSnapshots
from korean_flashcards.datasets.profile_stage import (
    MANIFEST_NAME,
    files_of_kept,
    kept_exports,
    profile_lock,
    staging_folders,
)
from korean_flashcards.files.real_paths import is_real_file, is_real_folder
from korean_flashcards.files.temporary_files import temporary_files
from korean_flashcards.ledger.db.health import live_runs
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.validation.results import KeptResults

_LOG = re.compile(r"\.log(\.|$)")  # run.log, and run.log.1, to which Python renames it
# The staging folder of a run, which has the run's ID in its name.
_RUN = re.compile(r"\.export-\d{8}T\d{6}Z-[0-9a-f]{8}")


@dataclass(frozen=True)
class Removable:
    """Files of one kind that can be deleted, and folders that are then empty."""

    name: str
    files: tuple[Path, ...]
    folders: tuple[Path, ...] = ()

    @property
    def bytes(self) -> int:
        """Return the space that deleting the files frees. A file that has a second name stays on the disk."""
        return sum(_size(path) for path in self.files)


def removable_files(
    project: Path, data: Path, ledger: Ledger, snapshots: ExportSnapshots, results: KeptResults
) -> list[Removable]:
    """Return the files that can be deleted. Replies, the ledger, backups, and current results are never among them.

    Links are not followed, and only files that the project itself has written are among them.

    Args:
        project: The project's folder.
        data: The data folder.
        ledger: The ledger.
        snapshots: The cards of earlier exports.
        results: The results of validation.
    """
    profiles = [path for path in snapshots.folder.parent.glob("*/") if path != snapshots.folder]
    earlier = [folder for profile in profiles for folder in kept_exports(profile)]
    files = [file for folder in earlier for file in files_of_kept(folder)]
    found = [
        _inside(data, "earlier exports", [*files, *_old_snapshots(ledger, snapshots)], earlier),
        _inside(data, "old Data Docs", results.old()),
        _inside(project, "logs", (path for path in log_files(project) if _LOG.search(path.name))),
    ]
    if not live_runs(ledger.store.path):
        staged = list(_unfinished(profiles, snapshots.folder.parent.parent))
        inside = [file for folder in staged for file in folder.iterdir() if file.is_file()]
        layers = [file for folder in data.glob("0[2-8]_*") for file in temporary_files(folder) if file not in inside]
        found.append(_inside(data, "temporary files of killed processes", [*inside, *layers], staged))
    return found


def _inside(root: Path, name: str, files: Iterable[Path], folders: Iterable[Path] = ()) -> Removable:
    """Return the files and folders that are really in the folder ``root``, and not reached through a link."""
    real = tuple(file for file in files if is_real_file(file, root))
    return Removable(name, real, tuple(folder for folder in folders if _is_emptied(folder, root, real)))


def _is_emptied(folder: Path, root: Path, files: Iterable[Path]) -> bool:
    """Return whether nothing is left in a folder if the files are deleted. Other files in it are a user's."""
    return is_real_folder(folder, root) and set(folder.iterdir()) <= set(files)


def _old_snapshots(ledger: Ledger, snapshots: ExportSnapshots) -> Iterator[Path]:
    """Yield the cards of all exports except each profile's last complete one and running ones."""
    exports, _ = ledger.export_history.listing()
    kept, done = set[str](), set[str]()
    for export in exports:
        if export.state == "running":
            kept.add(export.snapshot)
        elif export.state == "complete" and export.profile not in done:
            done.add(export.profile)
            kept.add(export.snapshot)
    yield from (path for path in snapshots.folder.glob("*.parquet") if path.name not in kept)


def _unfinished(profiles: Iterable[Path], output: Path) -> Iterator[Path]:
    """Yield the staging folders of killed exports. One with a manifest is left for the next export, which finishes it."""
    ours = (folder for folder in output.glob(".export-*") if _RUN.fullmatch(folder.name))
    yield from (folder for folder in ours if folder.is_dir() and not (folder / MANIFEST_NAME).exists())
    for profile in profiles:
        with profile_lock(profile, wait=False) as free:
            if free:
                yield from [each for each in staging_folders(profile) if not (each / MANIFEST_NAME).exists()]


def _size(path: Path) -> int:
    try:
        found = path.lstat()
    except OSError:
        return 0
    return found.st_size if found.st_nlink == 1 else 0
