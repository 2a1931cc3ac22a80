"""Say which names are known, and which of them a user may have meant, for messages about an unknown name."""

import difflib
import unicodedata
from collections.abc import Iterable

_NEAREST = 3
_LISTED = 40
_LONGEST = 60  # characters of one name


def unknown_name(kind: str, name: str, known: Iterable[str], plural: str | None = None, *, listed: bool = True) -> str:
    """Return sentences such as "There is no column named scor. Did you mean score? The columns are guid, item_id, …."

    Args:
        kind: What the name should be, such as "column".
        name: The unknown name.
        known: The known names.
        plural: The plural of ``kind``, if it is not formed with -s.
        listed: Whether to list the known names.
    """
    names = list(dict.fromkeys(known))
    by_letters = {_letters(each): each for each in reversed(names)}
    near = [by_letters[each] for each in difflib.get_close_matches(_letters(name), by_letters, _NEAREST)]
    meant = f" Did you mean {' or '.join(map(shown, near))}?" if near else ""
    return f"There is no {kind} named {shown(name)}.{meant}{_list(plural or f'{kind}s', kind, names) if listed else ''}"


def unknown_names(kind: str, names: Iterable[str], known: Iterable[str], plural: str | None = None) -> str:
    """Return the same for each of several unknown names, with one list of the known names at the end."""
    *others, last = names
    every = list(known)
    texts = [unknown_name(kind, name, every, plural, listed=False) for name in others]
    return " ".join([*texts, unknown_name(kind, last, every, plural)])


def _letters(name: str) -> str:
    """Return a name in lower case, with Hangul as separate letters: 남섬 differs from 남성 in one letter of six."""
    return unicodedata.normalize("NFD", name.lower())


def _list(plural: str, kind: str, names: list[str]) -> str:
    if not names:
        return ""
    if len(names) == 1:
        return f" The only {kind} is {shown(names[0])}."
    more = f", … ({len(names):,} in all)" if len(names) > _LISTED else ""
    return f" The {plural} are {', '.join(map(shown, names[:_LISTED]))}{more}."


def shown(name: str, longest: int = _LONGEST) -> str:
    """Return a name as part of a message: on one line, with at most ``longest`` characters."""
    line = " ".join(name.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
