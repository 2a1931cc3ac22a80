"""Read, run, and write notebooks, using the kernel that Jupyter starts."""

from pathlib import Path
from typing import Any


def read(path: Path) -> Any:
    """Return the notebook in a file as an ``nbformat.NotebookNode``."""
    # Imported late, here and below: saves 2.4 s when tests are collected.
    import nbformat

    return nbformat.read(path, as_version=4)


def validate(notebook: Any) -> None:
    """Raise an error if the notebook does not follow the notebook format."""
    import nbformat

    nbformat.validate(notebook)


def of_cells(*cells: str) -> Any:
    """Return a notebook with these code cells."""
    import nbformat

    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def execute(notebook: Any, folder: Path, target: Path, allow_errors: bool = False) -> None:
    """Run the notebook in ``folder`` and write it to ``target``.

    Raise an exception if a cell fails, unless errors are allowed.
    """
    import nbformat
    from nbclient import NotebookClient

    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=120, allow_errors=allow_errors, resources=where).execute()
    nbformat.write(notebook, target)
