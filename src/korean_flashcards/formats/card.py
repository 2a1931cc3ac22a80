"""Compute the parts of a card that the model does not write: the supported card types, the primer, and the tags."""

from collections.abc import Callable, Sequence
from typing import Any

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.records import DraftCard, headword
from korean_flashcards.formats.card_tags import is_reserved, list_tag, prefix_of, tag_text
from korean_flashcards.formats.listed_usage import read_usage
from korean_flashcards.korean.related_words import words_sharing

Record = dict[str, Any]

# The offline model writes this for the word on a front that asks for it.
GAP = "____"

# A word has no card of these types if it lacks what they are about.
_NEEDED: dict[str, Callable[[Record], bool]] = {
    "Hanja": lambda nuance: bool(nuance["homonyms"]),
    "Grammar": lambda nuance: nuance["pos"] in {"verb", "adjective", "particle", "ending", "suffix", "determiner"},
}
# The prompt requests these tags, which are kept beside the computed tags with the same prefix.
_REQUESTED_TAGS = {"Scene": "concept", "Formal-Casual": "formality"}


def supported_types(nuance: Record, card_types: Sequence[str]) -> list[str]:
    """Return the ``card_types`` that the word's analysis supports, in the given order.

    A usage context of null means that a word fits everywhere, and a model writes the card without it.
    """
    return [name for name in card_types if name not in _NEEDED or _NEEDED[name](nuance)]


def offline_types(nuance: Record, card_types: Sequence[str]) -> list[str]:
    """Return the ``card_types`` for which the offline model has something to say, in the given order.

    It never has anything to say about culture and about the choice between speech levels.
    """
    supported = {
        "Scene": True,
        "Usage-Comparison": bool(nuance["comparison"]),
        "Hanja": bool(nuance["homonyms"]) and _has_hanja_to_explain(nuance["homonyms"][0]["hanja"]),
        "Grammar": len(nuance["korean_keywords"]) > 1,
        "Example": bool(read_usage(nuance["usage_context"]).example),
    }
    return [name for name in card_types if supported.get(name, False)]


def _has_hanja_to_explain(hanja: str) -> bool:
    """Return whether a Hanja card says more than the meaning: about two characters, or about related words."""
    return len(hanja) > 1 or bool(words_sharing(hanja, hanja))


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
    is_offline = word["model"].startswith(OFFLINE_PREFIX)
    if card.tab_name == "Scene" and not is_offline:  # the offline model has no metaphors
        known += ["concept:metaphor", f"metaphor:{word['metaphor_noun'].lower()}"]
    if card.tab_name == "Usage-Comparison" and word["comparison"]:
        known.append(f"comparison_term:{headword(word['comparison']['vs'])}")
    if card.tab_name == "Hanja" and word["homonyms"]:
        known += ["hanja", *(f"character:{sign}" for sign in word["homonyms"][0]["hanja"] if "一" <= sign <= "鿿")]
    if word["topik_level"]:
        known.append(f"level:TOPIK{word['topik_level']}")
    if card.honorific_level not in {"", "neutral"}:
        known.append(f"formality:{card.honorific_level}")
    known.append("source:offline" if is_offline else f"source:{word['model']}")
    kinds = {prefix_of(tag) for tag in known}
    lists_own = [list_tag(tag_text(tag)) for tag in word["own_tags"]]
    kinds.discard(_REQUESTED_TAGS.get(card.tab_name, ""))
    models_own = [tag for tag in map(tag_text, card.tags) if prefix_of(tag) not in kinds and not is_reserved(tag)]
    return list(dict.fromkeys(tag for tag in [*map(tag_text, known), *lists_own, *models_own] if tag))
