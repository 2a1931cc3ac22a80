"""Attach each suite to its dataset: conf/*/expectations/NAME.yml validates the dataset NAME."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.files.catalog_entries import wrong_entry
from korean_flashcards.validation.suite import read_suite, suites_in

FOLDER = "expectations"


def attach_suites(catalog: dict[str, Any], folders: Sequence[Path], root: Path) -> dict[str, Any]:
    """Return the catalog's configuration with Kedro's ``validator:`` added to every dataset that has a suite.

    An entry that already names a validator keeps that validator.

    Args:
        catalog: The catalog's configuration, keyed by dataset name.
        folders: Folders with suites. A file in a later folder replaces a file with the same name in an earlier folder.
        root: The project folder.

    Raises:
        SettingsError: A suite does not match any dataset, or the dataset of the results is not defined correctly.
        SuiteError: A file is not a valid suite.
    """
    suites = suites_in(folders)
    if unknown := sorted(set(suites) - set(catalog)):
        raise SettingsError(
            f"No dataset in the catalog matches {', '.join(f'{FOLDER}/{name}.yml' for name in unknown)}. "
            "Nothing was run. Name the file after a dataset (see `kedro catalog describe-datasets`), or remove it."
        )
    run = datetime.now(UTC).strftime("%Y-%m-%dT%H.%M.%S.%fZ")
    kept = _results(catalog, [path for folder in folders for path in sorted(folder.parent.rglob("catalog*.y*ml"))])
    options = {"results": str(root / kept["path"]), "keep": kept["keep"], "page": str(root / kept["page"]), "run": run}
    attached = {
        name: {
            "class": "korean_flashcards.validation.validator.SuiteValidator",
            "on": [read_suite(path).when],
            "options": {"filepath": str(path), **options},
        }
        for name, path in suites.items()
    }
    return {**catalog, **{name: {"validator": spec, **catalog[name]} for name, spec in attached.items()}}


def _results(catalog: dict[str, Any], files: Sequence[Path]) -> dict[str, Any]:
    """Return the catalog's entry for the stored results, which names their folder and their page."""
    entry: dict[str, Any] = catalog.get("validation_results", {})
    wrong = [name for name in ("path", "page") if not isinstance(entry.get(name), str)]
    if not isinstance(entry.get("keep"), int) or entry["keep"] < 1:
        wrong.append("keep")
    if wrong:
        reason = (
            f"{' and '.join(wrong)} must be set (path and page to a path, keep to a whole number of 1 or more). "
            "Nothing was run"
        )
        raise SettingsError(wrong_entry("validation_results", reason, files))
    return entry
