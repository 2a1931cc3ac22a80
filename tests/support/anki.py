"""Check exports with Anki's Python library: import them into a collection and report the result."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition, ImportCsvRequest


@dataclass(frozen=True)
class Imported:
    """The note counts in the result of an import."""

    new: int
    updated: int
    duplicate: int
    conflicting: int


class AnkiProfile:
    """A learner's new collection. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.collection = Collection(str(folder / "collection.anki2"))

    def import_package(self, path: Path) -> Imported:
        """Import an .apkg file as File → Import does with its default options.

        These options update a note if the file has a newer one.
        """
        options = ImportAnkiPackageOptions(
            merge_notetypes=True,
            update_notes=ImportAnkiPackageUpdateCondition.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER,
            update_notetypes=ImportAnkiPackageUpdateCondition.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER,
            with_scheduling=False,
        )
        request = ImportAnkiPackageRequest(package_path=str(path), options=options)
        return _imported(self.collection.import_anki_package(request).log)

    def import_text(self, path: Path) -> Imported:
        """Import a text file as File → Import does, with the options in its header."""
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
