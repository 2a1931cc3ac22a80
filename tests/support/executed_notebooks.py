"""Read, run, and write notebooks, using the kernel that Jupyter starts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def read(path: Path) -> Any:
    """Return the notebook in a file as an ``nbformat.NotebookNode``."""
    # Imported late, here and below: saves 2.4 s when tests are collected.
    import nbformat

    return nbformat.read(path, as_version=4)


def write(notebook: Any, path: Path) -> None:
    """Write a notebook for Python's kernel."""
    import nbformat

    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook.metadata["kernelspec"] = kernel
    nbformat.write(notebook, path)


def validate(notebook: Any) -> None:
    """Raise an error if the notebook does not follow the notebook format."""
    import nbformat

    nbformat.validate(notebook)


def of_cells(*cells: str) -> Any:
    """Return a notebook with these code cells."""
    import nbformat

    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def execute_together(paths: Sequence[Path], folder: Path, target: Path, first_cell: str, last_cell: str) -> None:
    """Run notebooks one after the other in one kernel, which saves the time to start the others.

    The notebooks are written to ``target`` under their own names. Raise an exception if a cell fails.

    Args:
        paths: The notebooks.
        folder: The working directory of the kernel.
        target: The folder for the executed notebooks.
        first_cell: The code of a cell that the kernel runs first.
        last_cell: The code of a cell that the kernel runs last and that fails. It is written to ``last.ipynb``.
    """
    import nbformat

    notebooks = [read(path) for path in paths]
    together = of_cells(first_cell)
    together.cells += [cell for notebook in notebooks for cell in notebook.cells]
    last = of_cells(last_cell)
    last.cells[0].metadata["tags"] = ["raises-exception"]
    together.cells += last.cells
    ids = [cell.id for cell in together.cells]
    for number, cell in enumerate(together.cells):
        cell.id = f"cell-{number}"  # IDs are unique only within each notebook
    execute(together, folder, target / "together.ipynb")
    for cell, own in zip(together.cells, ids, strict=True):
        cell.id = own
    for path, notebook in zip([*paths, Path("last.ipynb")], [*notebooks, last], strict=True):
        nbformat.write(notebook, target / path.name)


def execute(notebook: Any, folder: Path, target: Path, allow_errors: bool = False) -> None:
    """Run the notebook in ``folder`` and write it to ``target``.

    Raise an exception if a cell fails, unless errors are allowed.
    """
    import nbformat
    from nbclient import NotebookClient

    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=120, allow_errors=allow_errors, resources=where).execute()
    nbformat.write(notebook, target)
