"""What is checked: an analysis with the row of the list it belongs to, a card with its analysis."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from korean_flashcards.checks.occurrence import occurs_in
from korean_flashcards.checks.snippets import Snippet, snippets
from korean_flashcards.domain.records import headword

# The fields that are English sentences or glosses, with Korean only as quotations.
_PROSE = (
    "primary_meaning", "other_meanings", "metaphor", "metaphor_noun", "metaphor_action", "suggested_location",
    "anchor_object", "anchor_sensory", "explanation", "usage_context",
)  # fmt: skip
# Of these, the ones that speak about the word and quote it.
_ABOUT_THE_WORD = ("other_meanings", "metaphor", "explanation", "usage_context")


@dataclass(frozen=True)
class Analysis:
    """A row of ``nuance`` beside the row of ``words`` that it answers. Missing fields read as ""."""

    record: Mapping[str, Any]
    listed: Mapping[str, Any]

    @cached_property
    def word(self) -> str:
        """The word that was requested, as the list has it; the record's own where the list's row is not known."""
        return str(self.listed.get("term") or headword(self.text("term")))

    @cached_property
    def spoken(self) -> str:
        """The word without the hyphen or tilde that lists put before affixes and endings."""
        return self.word.strip("-~–〜 ")

    @cached_property
    def definition(self) -> str:
        """The list's definition, "" where it has none."""
        return str(self.listed.get("definition") or "")

    def text(self, field: str) -> str:
        """Return a text field, "" where it is null or no text."""
        value = self.record.get(field)
        return value if isinstance(value, str) else ""

    @cached_property
    def is_bound(self) -> bool:
        """Whether the word stands inside others only: a particle, an ending, a suffix."""
        return self.text("pos") in ("particle", "ending", "suffix") or self.spoken != self.word

    def occurs_in(self, text: str) -> bool:
        """Whether the word or an inflection of it stands in a Korean text. Raises AnalyserMissing."""
        inflects = self.text("pos") in ("verb", "adjective")
        return occurs_in(self.spoken, text, bound=self.is_bound, inflects=inflects)

    @cached_property
    def vs(self) -> str:
        """The word compared with, "" where there is none."""
        return str((self.record.get("comparison") or {}).get("vs") or "")

    @cached_property
    def homonyms(self) -> tuple[Mapping[str, str], ...]:
        """The homonyms, each with its four texts."""
        return tuple(
            {name: str(homonym.get(name) or "") for name in ("hanja", "reading", "meaning", "differentiator")}
            for homonym in self.record.get("homonyms") or ()
        )

    @cached_property
    def keywords(self) -> tuple[str, ...]:
        """The Korean keywords."""
        return tuple(map(str, self.record.get("korean_keywords") or ()))

    @cached_property
    def prose(self) -> tuple[tuple[str, str], ...]:
        """Every English text with its field, those inside comparison and homonyms too; none is empty."""
        texts = [(field, self.text(field)) for field in _PROSE]
        texts.append(("comparison", str((self.record.get("comparison") or {}).get("nuance") or "")))
        for homonym in self.homonyms:
            texts += [("homonyms", homonym["meaning"]), ("homonyms", homonym["differentiator"])]
        return tuple((field, text) for field, text in texts if text)

    @cached_property
    def about_the_word(self) -> str:
        """What the record says in sentences that should quote the word."""
        return "\n".join(text for field, text in self.prose if field in (*_ABOUT_THE_WORD, "comparison"))


@dataclass(frozen=True)
class Card:
    """A row of ``flashcards`` with the analysis it was written from."""

    card: Mapping[str, Any]
    analysis: Analysis

    @cached_property
    def tab_name(self) -> str:
        """The card's type."""
        return str(self.card.get("tab_name") or "")

    @cached_property
    def front(self) -> str:
        """The question."""
        return str(self.card.get("front") or "")

    @cached_property
    def back(self) -> str:
        """The answer."""
        return str(self.card.get("back") or "")

    @cached_property
    def level(self) -> str:
        """The card's honorific_level, "" for none."""
        return str(self.card.get("honorific_level") or "")

    @cached_property
    def prose(self) -> tuple[tuple[str, str], ...]:
        """Front and back with their names; none is empty."""
        return tuple((name, text) for name, text in (("front", self.front), ("back", self.back)) if text)

    @cached_property
    def snippets(self) -> tuple[Snippet, ...]:
        """The Korean that the back quotes with a translation."""
        return snippets(self.back)
