"""Shorten definitions that are longer than the vocabulary allows."""

from korean_flashcards.domain.lazy_regex import lazy_regex

LIMIT = 500  # characters; the limit of ``VocabularyItem.definition``
# Where a definition can end, best first: after a sense, after a sentence or a part of it, and after a word.
_ENDS = (lazy_regex(r"[;\n；|]"), lazy_regex(r"(?<=[.!?。])\s|[,，、/]"), lazy_regex(r"\s"))


def shortened(definition: str) -> str:
    """Return the first senses of the definition that fit into 500 characters, or its first words if no sense fits."""
    if len(definition) <= LIMIT:
        return definition
    for end in _ENDS:
        places = [match.start() for match in end.finditer(definition[: LIMIT + 1])]
        if places and places[-1] >= LIMIT // 2:
            return definition[: places[-1]].rstrip(" ;,/|\n")
    return definition[:LIMIT]
