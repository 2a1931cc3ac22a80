"""Compute the parts of a card that the model does not write: the supported card types, the primer, and the tags."""

from collections.abc import Callable, Sequence
from typing import Any

from korean_flashcards.domain.records import DraftCard, headword
from korean_flashcards.formats.card_tags import is_reserved, list_tag, prefix_of, tag_text

Record = dict[str, Any]

# A card type is requested only if the analysis contains material for it.
_SUPPORTED: dict[str, Callable[[Record], bool]] = {
    "Scene": lambda nuance: True,
    "Usage-Comparison": lambda nuance: bool(nuance["comparison"] or nuance["usage_context"]),
    "Hanja": lambda nuance: bool(nuance["homonyms"]),
    "Grammar": lambda nuance: nuance["pos"] in {"verb", "adjective", "particle", "ending", "suffix", "determiner"},
    "Formal-Casual": lambda nuance: bool(nuance["usage_context"]),
    "Example": lambda nuance: bool(nuance["usage_context"]),
    "Cultural": lambda nuance: bool(nuance["usage_context"]),
}


def supported_types(nuance: Record, card_types: Sequence[str]) -> list[str]:
    """Return the ``card_types`` that the word's analysis supports, in the given order."""
    return [name for name in card_types if _SUPPORTED[name](nuance)]


def primer(pos: str, term_number: int, term: str) -> str:
    """Return the text that leads the learner into the memory room. Only the binder and tab labels vary by word."""
    return (
        "You enter your clean, pleasant-smelling memory room. 1. Walk to the cabinet labeled 'KOREAN'. "
        f"2. Open the drawer labeled 'TERMS'. 3. Pull out the binder marked '{pos.upper()}'. "
        f"4. Flip to the tab for 'Term #{term_number}: {term}' and prepare to step through the portal."
    )


def tags(card: DraftCard, word: Record) -> list[str]:
    """Return a card's tags: the computed tags (such as term: and pos:), the word list's tags, and the model's tags.

    No tag contains a space or a comma. See ``formats.card_tags`` for the tags of lists and models that look like computed
    tags.

    Args:
        card: The card as the model wrote it.
        word: A record with term, model, pos, metaphor_noun, comparison, homonyms, topik_level, and own_tags (the word
            list's tags).
    """
    known = [f"term:{word['term']}", f"pos:{word['pos']}", f"card:{card.tab_name}"]
    if card.tab_name == "Scene":
        known += ["concept:metaphor", f"metaphor:{word['metaphor_noun'].lower()}"]
    if card.tab_name == "Usage-Comparison" and word["comparison"]:
        known.append(f"comparison_term:{headword(word['comparison']['vs'])}")
    if card.tab_name == "Hanja" and word["homonyms"]:
        known += ["hanja", *(f"character:{sign}" for sign in word["homonyms"][0]["hanja"] if "一" <= sign <= "鿿")]
    if word["topik_level"]:
        known.append(f"level:TOPIK{word['topik_level']}")
    if card.honorific_level not in {"", "neutral"}:
        known.append(f"formality:{card.honorific_level}")
    known.append("source:offline" if word["model"].startswith("offline/") else f"source:{word['model']}")
    kinds = {prefix_of(tag) for tag in known}
    lists_own = [list_tag(tag_text(tag)) for tag in word["own_tags"]]
    models_own = [tag for tag in map(tag_text, card.tags) if prefix_of(tag) not in kinds and not is_reserved(tag)]
    return list(dict.fromkeys(tag for tag in [*map(tag_text, known), *lists_own, *models_own] if tag))
