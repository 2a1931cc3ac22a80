"""Choose between a learner's meanings and those of a machine: "My meaning" and "자동 번역" in one list."""

import re
from collections.abc import Mapping, Sequence

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.list_contents import Rows, cells_of, is_korean, share
from korean_flashcards.formats.list_headers import role_of

_OWN = lazy_regex(r"\b(?:my|own|custom|personal|user)\b|\b(?:내|나의|직접|개인)\s?", re.IGNORECASE)
_AUTOMATIC = lazy_regex(
    r"\b(?:auto(?:matic)?|machine|google|papago|deepl)\b|(?:자동|기계|구글|파파고)\s?", re.IGNORECASE
)
_MEANINGS = {"definition", "example_translation"}


def own_meanings(
    header: Sequence[str], rows: Rows, columns: Mapping[str, int]
) -> tuple[dict[str, int], tuple[int, ...]]:
    """Return ``columns`` with the learner's own meanings as the definition, and the columns that fill its empty cells."""
    current, example = columns.get("definition"), columns.get("example")
    marked = [
        index for index, name in enumerate(header)
        if index not in {columns.get("term"), example} and (_OWN.search(name) or _AUTOMATIC.search(name))
        and _is_meaning(name) and cells_of(rows, index) and share(rows, index, is_korean) < 0.5
    ]  # fmt: skip
    if not marked or (example is not None and not any(_OWN.search(header[index]) for index in marked)):
        return dict(columns), ()
    found = sorted({*marked} | ({current} if current is not None else set()), key=lambda index: _order(header[index]))
    left = {column: index for column, index in columns.items() if index not in found}
    return left | {"definition": found[0]}, tuple(found[1:])


def _is_meaning(name: str) -> bool:
    bare = _AUTOMATIC.sub("", _OWN.sub("", name)).strip()
    return role_of(bare) in _MEANINGS


def _order(name: str) -> int:
    return 0 if _OWN.search(name) else 2 if _AUTOMATIC.search(name) else 1
