"""Check the tags that a model gives a card: each has a value, and the value is short."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.records import Finding, Severity

TAG = Check(
    "tag_value", Severity.WARNING, "A tag of the card has no value, or a value that is not a short name.",
    "Looks at the tags that the prompt asks for, such as concept: and topic:, and finds words that are repeated.",
)  # fmt: skip
CHECKS = (TAG,)

# The prompt asks for these, each with a value of one or two words.
_REQUESTED = frozenset(("concept", "grammar", "topic", "culture", "formality"))
_LONGEST = 4  # words
_REPEATED = re.compile(r"(?:.*:)?([^_:]{3,})_\1(?![^_])")
_MARKS = re.compile(r"[!?\"“”<>{}]")


def tags_of_card(card: Card) -> Iterator[Finding]:
    """Report tags without a value, with a sentence as their value, or with a repeated word. The list's tags are ignored."""
    tags, listed = card.card.get("tags") or (), str(card.analysis.listed.get("tags") or "").replace(" ", "_")
    for tag in tags if isinstance(tags, list | tuple) else ():
        if tag in listed:
            continue
        prefix, colon, value = str(tag).partition(":")
        if prefix in _REQUESTED and not value.strip(":_ "):
            yield TAG.at(
                "tags", f"the tag “{tag}” has no value: write {prefix}: with one or two words, or leave it out"
            )
        elif prefix in _REQUESTED and len(re.split("[_ ]", value)) > _LONGEST:
            yield TAG.at("tags", f"the tag “{tag}” is too long: one or two words are enough")
        elif (not colon or prefix in _REQUESTED) and (_REPEATED.match(str(tag)) or _MARKS.search(str(tag))):
            yield TAG.at("tags", f"the tag “{tag}” is not a name: write one or two words")
