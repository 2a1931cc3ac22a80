"""Find the files that can be deleted, because a command can write them again or nobody needs them anymore."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from korean_flashcards.commands.disk.disk_places import log_files
from korean_flashcards.datasets.export_snapshots import ExportSnapshots
from korean_flashcards.datasets.profile_stage import MANIFEST_NAME, kept_exports, profile_lock
from korean_flashcards.files.temporary_files import temporary_files
from korean_flashcards.ledger.db.health import live_runs
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.validation.results import KeptResults

_ALL = 10**9


@dataclass(frozen=True)
class Removable:
    """Files of one kind that can be deleted, and folders that are then empty. ``bytes``: the space that this frees."""

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

    Args:
        project: The project's folder.
        data: The data folder.
        ledger: The ledger.
        snapshots: The cards of earlier exports.
        results: The results of validation.
    """
    profiles = [path for path in snapshots.folder.parent.glob("*/") if path != snapshots.folder]
    earlier = [folder for profile in profiles for folder in kept_exports(profile)]
    files = [file for folder in earlier for file in folder.iterdir() if file.is_file()]
    found = [
        Removable("earlier exports", (*files, *_old_snapshots(ledger, snapshots)), tuple(earlier)),
        Removable("old Data Docs", tuple(results.old())),
        Removable("logs", tuple(log_files(project))),
    ]
    if not live_runs(ledger.store.path):
        staged = list(_unfinished(profiles, snapshots.folder.parent.parent))
        inside = [file for folder in staged for file in folder.iterdir() if file.is_file()]
        layers = [file for folder in data.glob("0[2-8]_*") for file in temporary_files(folder) if file not in inside]
        found.append(Removable("temporary files of killed processes", (*inside, *layers), tuple(staged)))
    return found


def _old_snapshots(ledger: Ledger, snapshots: ExportSnapshots) -> Iterator[Path]:
    """Yield the cards of all exports except each profile's last complete one and running ones."""
    exports, _ = ledger.export_history.listing(limit=_ALL)
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
    yield from (folder for folder in output.glob(".export-*") if not (folder / MANIFEST_NAME).exists())
    for profile in profiles:
        with profile_lock(profile, wait=False) as free:
            if free:
                yield from [each for each in profile.glob(".export-*") if not (each / MANIFEST_NAME).exists()]


def _size(path: Path) -> int:
    try:
        found = path.lstat()
    except OSError:
        return 0
    return found.st_size if found.st_nlink == 1 else 0
