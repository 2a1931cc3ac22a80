"""Build the offline model's stage-2 replies: cards in plain sentences that are based only on the nuance record."""

from collections.abc import Callable
from typing import Any

from korean_flashcards.korean.entry_ipa import ipa_of_entry

Record = dict[str, Any]


def compose_cards(request: Record) -> dict[str, list[Record]]:
    """Return the stage-2 reply: one card for each of ``request["card_types"]``."""
    term, nuance = request["term"], request["nuance"]
    cards = []
    for card_type in request["card_types"]:
        front, back = _CARDS[card_type](term, nuance)
        cards.append({"tab_name": card_type, "front": front, "back": back, "tags": [], "honorific_level": ""})
    return {"cards": cards}


def _scene(term: str, nuance: Record) -> tuple[str, str]:
    front = (
        f"You step through the portal and stand before a small stage. An actor holds up the sign with {term} on it. "
        "What does it mean, and how is it said?"
    )
    return front, _lines(
        f"{term} {_ipa(term, nuance)} — {nuance['primary_meaning']} ({nuance['pos']}).",
        nuance["metaphor"],
        f"You hear it before you leave: {nuance['anchor_sensory']}.",
        _form(term, nuance),
    )


def _usage(term: str, nuance: Record) -> tuple[str, str]:
    front = f"Back on the stage, the actor asks you to use {term} yourself. Which sentence do you say, and when does it fit?"
    comparison = nuance["comparison"]
    return front, _lines(
        f"{term} — {nuance['primary_meaning']}.",
        nuance["usage_context"],
        f"Not to be confused with {comparison['vs']}: {comparison['nuance']}" if comparison else None,
        "Say the sentence aloud, then change one word in it and say it again.",
    )


def _hanja(term: str, nuance: Record) -> tuple[str, str]:
    front = f"A scroll unrolls above the stage: {term} in old characters. Which hanja are they, and what does each one mean?"
    return front, _lines(
        *(
            f"{homonym['hanja']} ({homonym['reading']}): {homonym['meaning']}. {homonym['differentiator']}."
            for homonym in nuance["homonyms"]
        ),
        "Other words with these characters share their sense: collect them as you meet them.",
    )


def _grammar(term: str, nuance: Record) -> tuple[str, str]:
    front = f"The director stops the play and points at {term}: what kind of word is it here, and which form has it?"
    return front, _lines(f"{term} is listed as {nuance['pos']}: {nuance['primary_meaning']}.", _form(term, nuance),
                         nuance["usage_context"])  # fmt: skip


def _in_context(question: str) -> Callable[[str, Record], tuple[str, str]]:
    def card(term: str, nuance: Record) -> tuple[str, str]:
        return question.format(term=term), _lines(f"{term} — {nuance['primary_meaning']}.", nuance["usage_context"])

    return card


def _ipa(term: str, nuance: Record) -> str:
    hanja = nuance["homonyms"][0]["hanja"] if nuance["homonyms"] else ""
    return ipa_of_entry(term, nuance["pos"], meaning=nuance["primary_meaning"], hanja=hanja) or ""


def _form(term: str, nuance: Record) -> str | None:
    """Return a sentence that names the dictionary form, or None if the term is a dictionary form itself.

    The Korean keywords contain both the term and its dictionary form.
    """
    forms = [keyword for keyword in nuance["korean_keywords"] if keyword != term]
    return f"It is built on {forms[0]}." if forms else None


def _lines(*lines: str | None) -> str:
    return "\n".join(line for line in lines if line)


_CARDS: dict[str, Callable[[str, Record], tuple[str, str]]] = {
    "Scene": _scene,
    "Usage-Comparison": _usage,
    "Hanja": _hanja,
    "Grammar": _grammar,
    "Formal-Casual": _in_context("Two people on the stage speak to each other with {term}. Who could say it to whom?"),
    "Example": _in_context(
        "A screen beside the stage shows a sentence with {term}. How does it go, and what does it mean?"
    ),
    "Cultural": _in_context(
        "A guide explains where visitors will meet {term} in Korea. What would the guide tell you?"
    ),
}
