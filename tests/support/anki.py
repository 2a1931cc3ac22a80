"""Import exported files with Anki's Python library, and report what Anki did."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition, ImportCsvRequest


@dataclass(frozen=True)
class Imported:
    """Represent the result of one import, in numbers of notes."""

    new: int
    updated: int
    duplicate: int
    conflicting: int


class AnkiProfile:
    """Open a new collection of a learner. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.collection = Collection(str(folder / "collection.anki2"))

    def import_package(self, path: Path) -> Imported:
        """Import an .apkg file with Anki's default options, which update a note if the imported one is newer."""
        options = ImportAnkiPackageOptions(
            merge_notetypes=True,
            update_notes=ImportAnkiPackageUpdateCondition.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER,
            update_notetypes=ImportAnkiPackageUpdateCondition.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER,
            with_scheduling=False,
        )
        request = ImportAnkiPackageRequest(package_path=str(path), options=options)
        return _imported(self.collection.import_anki_package(request).log)

    def import_text(self, path: Path) -> Imported:
        """Import a text file with the options in its headers."""
        metadata = self.collection.get_csv_metadata(str(path), None)
        return _imported(self.collection.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.collection.close()


def _imported(log: object) -> Imported:
    return Imported(
        **{name: len(getattr(log, name)) for name in ("new", "updated", "duplicate", "conflicting")}  # type: ignore[arg-type]
    )
