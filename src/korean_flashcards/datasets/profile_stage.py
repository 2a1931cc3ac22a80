"""Write an export of a profile to a hidden folder first. Then replace all files of the profile's previous export.

The replaced files stay in ``previous/TIME_NUMBER`` in the profile's folder until newer exports displace them. An export that
was killed while it replaced the files is finished by the next export of the profile.
"""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from korean_flashcards.datasets.export_stage import MANIFEST, ExportStage, unwritable
from korean_flashcards.domain.errors import ExportError
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.files.file_problems import os_reason, write_advice, write_problem
from korean_flashcards.files.real_paths import is_real_file, is_real_folder

MANIFEST_NAME = "manifest.json"
PREVIOUS = "previous"

_STAGING = re.compile(r"\.export-[1-9]\d*")
_KEPT = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_(\d+)")
_REPLACED = ".replaced"  # in the staging folder: the names of the files that the export replaces


class ProfileStage(ExportStage):
    """The new files of one export of a profile. The caller must hold the profile's lock (``profile_lock``).

    Args:
        number: The export's number in the history.
        folder: The profile's folder.
        files: The names of the new files, without the manifest.
        command: The command that repeats the export, for error messages.
    """

    def __init__(self, number: int, folder: Path, files: Sequence[str], command: str) -> None:
        targets = {name: folder / name for name in files} | {MANIFEST: folder / MANIFEST_NAME}
        super().__init__(str(number), targets, folder, command)
        self.number, self.folder = number, folder

    def finish(self, manifest: bytes, keep: int) -> None:
        """Write the manifest, and replace the files of the previous export with the new ones.

        Args:
            manifest: The new manifest. From the moment it is in the staging folder, the export counts as complete.
            keep: How many earlier exports stay in ``previous``.

        Raises:
            ExportError: A file cannot be written or replaced. The previous files are unchanged.
        """
        try:
            with atomic_path(self._staging / _REPLACED) as path:
                path.write_text(json.dumps(self._replaced()), encoding="utf-8")
            with atomic_path(self.staged(self._targets[MANIFEST])) as path:
                path.write_bytes(manifest)
        except OSError as error:
            raise unwritable(self, self._targets[MANIFEST], os_reason(error)) from error
        try:
            self.release()
            self._prune(keep)
        except OSError as error:
            raise self.unreplaceable(error) from error

    def release(self) -> None:
        """Keep the previous files, and replace them with the new ones. Can be repeated if it was interrupted."""
        names = json.loads((self._staging / _REPLACED).read_text(encoding="utf-8"))
        kept = self.folder / PREVIOUS / names["folder"] if names["folder"] else None
        if kept is not None and not kept.exists():
            _copy_together([self.folder / name for name in names["files"]], kept)
        try:
            self._replace()
        except BaseException:
            if kept is not None:
                shutil.rmtree(kept, ignore_errors=True)
            raise
        for name in set(names["files"]) - {target.name for target in self._targets.values()}:
            (self.folder / name).unlink(missing_ok=True)

    @property
    def _staging(self) -> Path:
        return self.staged(self._targets[MANIFEST]).parent

    def _replaced(self) -> dict[str, Any]:
        """Return the existing files that the export replaces, and the name of the folder that keeps them."""
        manifest = read_manifest(self.folder)
        names = {target.name for target in self._targets.values()} | {file["name"] for file in manifest["files"]}
        existing = sorted(name for name in names if (self.folder / name).is_file())
        time = re.sub(r"\D", "", str(manifest["created_at"]))[:14].ljust(14, "0")
        folder = f"{time[:4]}-{time[4:6]}-{time[6:8]}_{time[8:10]}-{time[10:12]}-{time[12:]}_{manifest['export']}"
        return {"files": existing, "folder": folder if existing else None}

    def _prune(self, keep: int) -> None:
        for folder in kept_exports(self.folder)[keep:]:
            for file in files_of_kept(folder):
                with suppress(OSError):
                    file.unlink(missing_ok=True)
            with suppress(OSError):  # a user has put files there, which stay
                folder.rmdir()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the last export in the profile's folder, or an empty one if there is none or it is damaged."""
    empty = {"export": 0, "created_at": "", "files": [], "cards": 0}
    try:
        found = json.loads((folder / MANIFEST_NAME).read_bytes())
        names = [file["name"] for file in found["files"]]
        usable = all(isinstance(name, str) and Path(name).name == name for name in names)
        return {**empty, **found} if usable and isinstance(found["export"], int) else empty
    except (OSError, ValueError, KeyError, TypeError):
        return empty


def kept_exports(folder: Path) -> list[Path]:
    """Return the folders with earlier exports of the profile, newest first. Links are left out."""
    places = [place for place in (folder / PREVIOUS).glob("*") if _KEPT.fullmatch(place.name)]
    found = [place for place in places if is_real_folder(place, folder)]
    return sorted(found, key=lambda place: (place.name[:19], int(place.name[20:])), reverse=True)


def files_of_kept(folder: Path) -> list[Path]:
    """Return the files of an earlier export: those that its manifest lists, and the manifest. Other files are a user's."""
    names = [file["name"] for file in read_manifest(folder)["files"]]
    # The manifest comes last, so that a deletion that is interrupted can be repeated.
    paths = [folder / name for name in [*names, MANIFEST_NAME]] if names else []
    return [path for path in paths if is_real_file(path, folder)]


def staging_folders(folder: Path) -> list[Path]:
    """Return the folders in which exports of the profile wrote their new files. Links are left out."""
    found = (place for place in folder.glob(".export-*") if _STAGING.fullmatch(place.name))
    return sorted(place for place in found if is_real_folder(place, folder))


def interrupted(folder: Path, command: str) -> Iterator[ProfileStage]:
    """Yield the stages that killed exports left behind. The caller must hold the profile's lock."""
    for staging in staging_folders(folder):
        names = [file["name"] for file in read_manifest(staging)["files"]]
        yield ProfileStage(int(staging.name.rpartition("-")[2]), folder, names, command)


@contextmanager
def profile_lock(folder: Path, wait: bool = True) -> Iterator[bool]:
    """Let only one process at a time export the profile with this folder. Yield whether the lock was acquired.

    Args:
        folder: The profile's folder.
        wait: Whether to wait for the other process. The operating system releases the lock of a process that was killed.

    Raises:
        ExportError: The folder cannot be written.
    """
    # Imported here because only an export needs the lock.
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise ExportError(
            f"{write_problem(folder, error)} Nothing was exported. {write_advice(folder, error)}. Then run the same command "
            "again."
        ) from error
    try:
        yield True
    finally:
        lock.release()


def _copy_together(files: Sequence[Path], folder: Path) -> None:
    """Copy files to a new folder, which gets its name when all of them are there."""
    new = folder.with_name(f".{folder.name}")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for file in files:
        try:
            (new / file.name).hardlink_to(file)
        except OSError:
            shutil.copy2(file, new / file.name)
    new.rename(folder)
