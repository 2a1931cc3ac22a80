"""Check the options of a dataset, so that a wrong value in the catalog is named before anything is run."""

from typing import Any


def whole_number(name: str, value: Any, least: int) -> int:
    """Return the value of an option that must be a whole number.

    Raises:
        TypeError: It is not. Kedro adds the name of the dataset.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise TypeError(f"{name} must be a whole number of {least} or more, not {value!r}")
    return value


def positive_number(name: str, value: Any) -> float:
    """Return the value of an option that must be a number above 0. Raises TypeError if it is not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise TypeError(f"{name} must be a number above 0, not {value!r}")
    return value


def texts(name: str, value: Any) -> list[str]:
    """Return the value of an option that must be a list of texts. Raises TypeError if it is not."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name} must be a list of texts, not {value!r}")
    return value
