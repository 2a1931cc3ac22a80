"""Check the tags that a model gives a card: each has a prefix that fits the card type, and a short name as its value."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.formats.card_tags import PREFIXES
from korean_flashcards.korean.hangul import has_hangul

TAG = Check(
    "tag_value", Severity.WARNING, "A tag of the card has the wrong prefix, no value, or a value that is not a short name.",
    "Looks at the tags that the prompt asks for, such as concept: and topic:, and finds words that are repeated, tags "
    "without a prefix, and prefixes of a different card type.",
)  # fmt: skip
CHECKS = (TAG,)

# The prompt asks for these, each with a value of one or two words, on the card types named.
_REQUESTED = {
    "concept": "Scene", "grammar": "Grammar", "topic": "Example", "culture": "Cultural", "formality": "Formal-Casual",
}  # fmt: skip
_RIGHT = {tab_name: prefix for prefix, tab_name in _REQUESTED.items()}
# Prefixes that say nothing true about a card of this type. A theme (topic:) is harmless on most cards.
_UNFIT = {
    "Scene": frozenset(("grammar", "culture")),
    "Grammar": frozenset(("concept", "topic", "culture")),
    "Formal-Casual": frozenset(("concept", "culture")),
    "Example": frozenset(("concept", "grammar", "culture")),
    "Cultural": frozenset(("concept", "grammar")),
    "Usage-Comparison": frozenset(("culture",)),
    "Hanja": frozenset(("grammar", "culture", "concept")),
}
# Other prefixes that models use sensibly.
_SENSIBLE = frozenset(("register", "theme", "lesson", "unit", "course", "deck", "book", "exam", "frequency"))
_LEVELS = frozenset((
    "formal", "polite", "casual", "humble", "honorific", "neutral", "plain", "informal", "intimate", "written", "spoken",
    "slang", "semi-formal", "semi_formal", "very_formal", "deferential",
))  # fmt: skip
# A card about one of these particles and endings shows it.
_PARTICLES = frozenset((
    "에게", "에서", "한테", "까지", "부터", "께서", "처럼", "보다", "하고", "에게서", "한테서", "만큼", "마다", "밖에",
    "조차", "마저", "으로", "이나", "이랑", "느라고", "자마자", "거든요", "더라고요",
    "잖아요", "면서", "지만", "니까", "기_때문에", "는_바람에",
))  # fmt: skip
_COMPUTED = PREFIXES - _REQUESTED.keys()
_LONGEST = 4  # words
_REPEATED = lazy_regex(r"(?:.*:)?([^_:]{3,})_\1(?![^_])")
_MARKS = lazy_regex(r"[!?\"“”<>{}]")
_METAPHOR = "concept:metaphor"


def tags_of_card(card: Card) -> Iterator[Finding]:
    """Report tags that are not short names with a prefix that fits the card. The list's tags are ignored."""
    listed = str(card.analysis.listed.get("tags") or "").replace(" ", "_")
    tags = card.card.get("tags") or ()
    own = [str(tag) for tag in tags if tag != _METAPHOR and tag not in listed] if isinstance(tags, list | tuple) else []
    computed = f"formality:{card.level}"
    # Learners add their own tags. If the requested tag is missing, a tag without its prefix is probably meant for it.
    right = _RIGHT.get(card.tab_name, "")
    is_missing = right != "" and not any(tag.startswith(f"{right}:") and tag != computed for tag in own)
    for tag in own:
        if problem := _problem(tag, card) or (_without_prefix(tag, right) if is_missing else ""):
            yield TAG.at("tags", f"the tag “{tag}” {problem}")


def _problem(tag: str, card: Card) -> str:
    """Return what is wrong with a tag, or ""."""
    tab_name = card.tab_name
    prefix, colon, value = tag.partition(":")
    if prefix in _COMPUTED:
        return ""
    if prefix in _REQUESTED and not value.strip(":_ "):
        return f"has no value: write {prefix}: with one or two words, or leave it out"
    if prefix in _REQUESTED and value[0] in ":_ ":
        return f"has a space or a colon too many: write {prefix}:{value.strip(':_ ')}"
    if prefix in _REQUESTED and len(re.split("[_ ]", value)) > _LONGEST:
        return "is too long: one or two words are enough"
    if (not colon or prefix in _REQUESTED) and (_REPEATED.match(tag) or _MARKS.search(tag)):
        return "is not a name: write one or two words"
    if prefix in _UNFIT.get(tab_name, ()):
        right = _RIGHT.get(tab_name)
        return f"does not fit a {tab_name} card: " + (f"write {right}:{value}" if right else "leave it out")
    if prefix == "formality" and value not in _LEVELS:
        return "does not name a speech level, such as formality:polite"
    if prefix == "concept" and has_hangul(value):
        return "must name the idea in English"
    pattern = value.replace("_", " ").removeprefix("으")  # (으)로, (으)면
    if prefix == "grammar" and value in _PARTICLES and pattern not in card.all_prose and pattern not in card.word:
        return "names a particle or an ending that the card never shows"
    return ""


def _without_prefix(tag: str, right: str) -> str:
    """Return what is wrong with a tag in place of the requested one, without its prefix or with an unknown one, or ""."""
    prefix, colon, value = tag.partition(":")
    if not colon:
        return f"has no prefix: write {right}:{tag}"
    if prefix not in PREFIXES and prefix not in _REQUESTED and prefix not in _SENSIBLE:
        return f"has an unknown prefix: write {right}:{value}"
    return ""
