"""Each suite to its dataset: a file NAME.yml in conf/*/expectations is all that it takes to have NAME validated."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.validation.suite import read_suite, suites_in

FOLDER = "expectations"


def attach_suites(catalog: dict[str, Any], folders: Sequence[Path], root: Path) -> dict[str, Any]:
    """Return the catalog's configuration with Kedro's ``validator:`` at every dataset that has a suite.

    ``folders``: where suites are, later ones win; ``root``: of the project. An entry that names a validator of its own keeps
    it. Raises SettingsError for a suite of no dataset, SuiteError for a file that is no suite.
    """
    suites = suites_in(folders)
    if unknown := sorted(set(suites) - set(catalog)):
        raise SettingsError(
            f"{', '.join(f'{name}.yml' for name in unknown)} in {FOLDER} has the name of no dataset in the catalog. Nothing "
            "was run. Give the file the name of a dataset (`kedro catalog describe-datasets` lists them), or remove it."
        )
    run = datetime.now(UTC).strftime("%Y-%m-%dT%H.%M.%S.%fZ")
    kept = catalog["validation_results"]
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
