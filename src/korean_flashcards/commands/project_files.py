"""Find the project's files for the commands that take care of them.

These commands work even if a parameter, a validation suite, or an unrelated catalog entry is wrong.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader
from kedro.framework.project import settings
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.commands.project import fail, project_folder
from korean_flashcards.configuration.configuration_files import settings_files
from korean_flashcards.domain.parameters import Parameters, PriceParameters
from korean_flashcards.files.catalog_entries import wrong_entry
from korean_flashcards.files.settings_folders import settings_folders
from korean_flashcards.ledger.facade import Ledger

# Used in place of an invalid option of the ledger. No backup is deleted because of an invalid ``keep_backups``.
_POOL_SIZE, _BUSY_TIMEOUT, _KEEP_BACKUPS = 1, 30.0, 1000
# The datasets that these commands use, with the option that contains their path.
_NEEDED = {"ledger": "filepath", "llm": "path"}


@dataclass(frozen=True)
class ProjectFiles:
    """The project's folder, its configuration, and its catalog entries."""

    folder: Path
    loader: OmegaConfigLoader
    entries: Mapping[str, Any]

    @cached_property
    def ledger(self) -> Ledger:
        """Return the ledger, which opens its file on first use."""
        entry = self.entries["ledger"]
        pool_size = _number(entry.get("pool_size"), _POOL_SIZE)
        timeout, keep = (
            _number(entry.get("busy_timeout"), _BUSY_TIMEOUT),
            _number(entry.get("keep_backups"), _KEEP_BACKUPS),
        )
        return Ledger(self.folder / entry["filepath"], int(pool_size), timeout, int(keep))

    @property
    def cache(self) -> Path:
        """Return the reply cache's folder."""
        return self.folder / str(self.entries["llm"]["path"])

    @property
    def layers(self) -> dict[str, Path]:
        """Return the layers' Parquet files, keyed by dataset name."""
        entries = {name: entry for name, entry in self.entries.items() if isinstance(entry, dict)}
        paths = {name: str(entry.get("filepath", "")) for name, entry in entries.items()}
        return {name: self.folder / path for name, path in paths.items() if path.endswith(".parquet")}

    @property
    def prices(self) -> Mapping[str, PriceParameters]:
        """Return the prices from the parameters, or no prices if the parameters are invalid."""
        try:
            return Parameters.model_validate(self.loader["parameters"]).llm.prices
        except Exception:
            # Kedro raises many kinds of errors for a parameter file that it cannot read.
            return {}

    def dataset(self, name: str) -> "AbstractDataset[Any, Any] | None":
        """Return the dataset with this name, or None if the catalog has no such entry."""
        entry = self.entries.get(name)
        if not isinstance(entry, dict):
            return None
        paths = {key: str(self.folder / entry[key]) for key in ("filepath", "path") if key in entry}
        found: AbstractDataset[Any, Any] = AbstractDataset.from_config(name, {**entry, **paths})
        return found

    def exists(self, name: str) -> bool:
        """Return whether the dataset with this name exists. A dataset with an invalid entry does not."""
        with suppress(DatasetError):
            dataset = self.dataset(name)
            return dataset is not None and dataset.exists()
        return False


def project_files(env: str | None) -> ProjectFiles:
    """Return the files of the project that contains the working directory.

    Args:
        env: The Kedro environment, or None for "local".
    """
    folder = project_folder()
    loader = _loader(folder, env)
    try:
        entries = loader["catalog"]
    except Exception:
        # Kedro raises many kinds of errors for a catalog file that it cannot read. Another file may have the entries.
        entries = _readable_entries(folder, env, loader)
        if any(name not in entries for name in _NEEDED):
            raise
    _check(entries, settings_files(Path(loader.conf_source), env))
    return ProjectFiles(folder, loader, entries)


def _check(entries: Mapping[str, Any], files: Sequence[Path]) -> None:
    """Exit with a message if the catalog does not contain the paths of the ledger and the reply cache."""
    for name, option in _NEEDED.items():
        entry = entries.get(name)
        if not isinstance(entry, Mapping) or not isinstance(entry.get(option), str):
            catalog = [path for path in files if path.name.startswith("catalog")]
            fail(wrong_entry(name, f"{option} must be set to a path", catalog))


def _loader(folder: Path, env: str | None, patterns: Mapping[str, list[str]] | None = None) -> OmegaConfigLoader:
    options = {**settings.CONFIG_LOADER_ARGS, **({"config_patterns": patterns} if patterns else {})}
    loader: OmegaConfigLoader = settings.CONFIG_LOADER_CLASS(str(folder / settings.CONF_SOURCE), env=env, **options)
    return loader


def _readable_entries(folder: Path, env: str | None, loader: OmegaConfigLoader) -> dict[str, Any]:
    """Return the entries of those catalog files that can be read by themselves."""
    entries: dict[str, Any] = {}
    names = {path.name for top in settings_folders(loader) for path in top.glob("**/catalog*.y*ml")}
    for name in sorted(names):
        try:
            entries |= _loader(folder, env, {"catalog": [name, f"**/{name}"]})["catalog"]
        except Exception:  # Kedro raises many kinds of errors for a file that it cannot read.
            continue
    return entries


def _number(value: object, otherwise: float) -> float:
    valid = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return float(value) if valid else otherwise  # type: ignore[arg-type]
