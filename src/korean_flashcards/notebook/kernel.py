"""Find out whether this code runs in a notebook's kernel, and show HTML there."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.display import HTML


def in_kernel() -> bool:
    """Return whether this process is the kernel of a notebook. A script and IPython in a terminal are not."""
    return hasattr(_shell(), "kernel")


def cell_number() -> int | None:
    """Return the number of the cell that is being run, or None outside of IPython."""
    return getattr(_shell(), "execution_count", None)


def cell_of() -> str | None:
    """Return what identifies the cell that is being run, or None outside of IPython.

    This is the cell's ID, or its text if the program that shows the notebook does not tell the ID.
    """
    shell = _shell()
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)()
    found: str | None = (parent.get("metadata") or {}).get("cellId")
    return found or (parent.get("content") or {}).get("code")


def as_html(text: str) -> "HTML":
    """Return an object that a notebook shows as HTML."""
    # Imported here, which saves 0.3 s if nothing is shown.
    from IPython.display import HTML

    return HTML(text)  # type: ignore[no-untyped-call]


def _shell() -> Any:
    # Imported here, which saves 0.3 s in scripts.
    from IPython.core.getipython import get_ipython

    return get_ipython()  # type: ignore[no-untyped-call]
