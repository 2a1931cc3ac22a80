"""Compare what an exported file contains with what it must contain."""

import polars as pl

from korean_flashcards.domain.plurals import counted

_LONGEST = 40  # characters of a value in a message


def first_difference(found: pl.DataFrame, expected: pl.DataFrame) -> str | None:
    """Return the first difference between a file and its expected content, as the end of a sentence, or None.

    Args:
        found: The rows that were read back from the file, as text columns.
        expected: The rows that the file must have.
    """
    if found.columns != expected.columns:
        missing = [name for name in expected.columns if name not in found.columns]
        extra = [name for name in found.columns if name not in expected.columns]
        if missing or extra:
            return f"the field {(missing or extra)[0]!r} is {'missing' if missing else 'unexpected'}"
        return "the fields are in a different order"
    if found.height != expected.height:
        return f"it has {counted(found.height, 'row')} instead of {expected.height:,}"
    if found.equals(expected):
        return None
    for name in expected.columns:
        differs = found[name].ne_missing(expected[name])
        if (row := differs.arg_max()) is not None and differs[row]:
            values = f"{_shown(found[name][row])} instead of {_shown(expected[name][row])}"
            return f"row {row + 1:,} has {values} in the field {name!r}"
    return None


def _shown(value: object) -> str:
    text = "nothing" if value in (None, "") else str(value)
    return text if text == "nothing" else repr(text[:_LONGEST] + "…" if len(text) > _LONGEST else text)
