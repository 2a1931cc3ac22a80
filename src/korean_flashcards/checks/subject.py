"""Define the objects that checks examine: an analysis with its word's row, and a card with its analysis."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import compress
from operator import add, eq
from typing import Any

from korean_flashcards.checks.korean_text import Stretch, asks_about_a_mistake, doubted, is_copied, stretches
from korean_flashcards.checks.lazy_values import LazyValues
from korean_flashcards.checks.list_text import texts_of_list, without_copies
from korean_flashcards.checks.occurrence import has_part_of, occurs_in
from korean_flashcards.checks.once import Once
from korean_flashcards.checks.snippets import Snippet, snippets
from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.explanation_language import Language, language_of
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.domain.records import headword
from korean_flashcards.korean.hanja_data import entries
from korean_flashcards.korean.headword_pattern import is_pattern

# Fields with English sentences or glosses that may quote Korean.
_PROSE = (
    "primary_meaning", "other_meanings", "metaphor", "metaphor_noun", "metaphor_action", "suggested_location",
    "anchor_object", "anchor_sensory", "explanation", "usage_context",
)  # fmt: skip
# Those of the fields above that are about the word and quote it.
_ABOUT_THE_WORD = ("other_meanings", "metaphor", "explanation", "usage_context")
_HAN = lazy_regex("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HANGUL = lazy_regex("[가-힣]+")
_WORDS = lazy_regex(r"\w+")
_NONSTANDARD = lazy_regex(
    r"\b(?:slang|dialects?|neologisms?|coin(?:ed|age)|clipped|clipping|abbreviat\w*|short for|konglish|portmanteau|blends?"
    r"|new words?|(?:internet|chat|meme|youth) (?:words?|language|talk)|memes?)\b",
    re.I,
)


class Prose:
    """The text of a record or a card as a whole. Rules use it to find out quickly whether they have to run."""

    @Once
    def prose(self) -> tuple[tuple[str, str], ...]:
        """The non-empty texts, as (field, text) pairs."""
        raise NotImplementedError

    @Once
    def all_prose(self) -> str:
        """All of ``prose`` as one string, in lowercase. It shows quickly whether a field can contain a sign or word."""
        return "\n".join(text for _, text in self.prose).lower()

    @Once
    def tokens(self) -> list[str]:
        """The words in ``all_prose``, English ones and others, in order."""
        return _WORDS.findall(self.all_prose)

    @Once
    def words(self) -> frozenset[str]:
        """The different words in ``all_prose``."""
        return frozenset(self.tokens)

    @Once
    def repeated_words(self) -> frozenset[str]:
        """The words in ``all_prose`` that follow themselves."""
        return frozenset(compress(self.tokens, map(eq, self.tokens, self.tokens[1:])))

    @Once
    def has_han(self) -> bool:
        """Whether ``prose`` contains a Chinese character."""
        return _HAN.search(self.all_prose) is not None


@dataclass(frozen=True)
class Analysis(Prose):
    """An analysis (a row of the ``nuance`` layer) with its word's row in the ``words`` layer. Missing fields are ""."""

    record: Mapping[str, Any]
    listed: Mapping[str, Any]

    @Once
    def sources(self) -> tuple[str, ...]:
        """The word list's text, which the model may copy."""
        return texts_of_list(self.listed)

    def without_list_text(self, korean: str) -> "Analysis":
        """Return the analysis with numbers in place of all text that is copied from the list.

        ``korean``: see ``without_copies``.
        """
        record = LazyValues(self.record, _without_copies(self.record, _PROSE, self.sources, korean))
        record.change("homonyms", partial(self._homonyms_without_copies, korean))
        if comparison := self.record.get("comparison"):
            changed = LazyValues(comparison, _without_copies(comparison, ("nuance",), self.sources, korean))
            record.change("comparison", lambda: changed)
        return Analysis(record, self.listed)

    def _homonyms_without_copies(self, korean: str) -> list[Mapping[str, Any]]:
        fields = ("meaning", "differentiator")
        return [LazyValues(one, _without_copies(one, fields, self.sources, korean)) for one in self.homonyms]

    @Once
    def word(self) -> str:
        """The requested word as it appears in the word list, or the record's headword if the list entry is unknown."""
        return str(self.listed.get("term") or headword(self.text("term")))

    @Once
    def spoken(self) -> str:
        """The word without the hyphen or tilde that marks affixes and endings in word lists."""
        return self.word.strip("-~–〜 ")

    @Once
    def language(self) -> Language:
        """The language in which the record explains the word."""
        return language_of(self.listed)

    @Once
    def definition(self) -> str:
        """The word list's definition, or "" if the list has none."""
        return str(self.listed.get("definition") or "")

    @Once
    def listed_pos(self) -> str:
        """The word list's part of speech, or "" if the list has none."""
        return standard_part_of_speech(str(self.listed.get("pos") or "")) or ""

    @Once
    def pos(self) -> str:
        """Return the part of speech that guides the analyzer: the list's or, without one, the record's."""
        return self.listed_pos or self.text("pos")

    def text(self, field: str) -> str:
        """Return the field's text, or "" if the field is null or not text."""
        value = self.record.get(field)
        return value if isinstance(value, str) else ""

    @Once
    def is_bound(self) -> bool:
        """Whether the word occurs only within other words: a particle, an ending, or a suffix."""
        return self.text("pos") in ("particle", "ending", "suffix") or self.spoken != self.word or self.is_pattern

    @Once
    def is_nonstandard(self) -> bool:
        """Whether the list or the record calls the word slang, dialect, or a coinage, which dictionaries do not list."""
        return _NONSTANDARD.search(" ".join((self.definition, *(text for _, text in self.prose)))) is not None

    @Once
    def is_pattern(self) -> bool:
        """Whether the word is written as a grammar pattern, such as -고 싶다 or 은/는."""
        return is_pattern(self.word)

    def occurs_in(self, text: str) -> bool:
        """Return whether Korean text contains the word or an inflected form of it.

        Raises:
            AnalyserMissing: The word cannot be found by its spelling, and kiwipiepy is not installed.
        """
        inflects = self.text("pos") in ("verb", "adjective")
        word = self.word if self.is_pattern else self.spoken
        return occurs_in(word, text, self.pos, bound=self.is_bound, inflects=inflects)

    def has_part_in(self, text: str) -> bool:
        """Return whether the text contains a content word of a phrase: 곱다 of 가는 말이 고와야 오는 말이 곱다."""
        return not self.is_bound and has_part_of(self.spoken, text)

    @Once
    def vs(self) -> str:
        """The word that this word is compared with, or "" if the analysis has no comparison."""
        return str((self.record.get("comparison") or {}).get("vs") or "")

    @Once
    def homonyms(self) -> tuple[Mapping[str, str], ...]:
        """The homonyms, each with its hanja, reading, meaning, and differentiator."""
        return tuple(
            {name: str(homonym.get(name) or "") for name in ("hanja", "reading", "meaning", "differentiator")}
            for homonym in self.record.get("homonyms") or ()
        )

    @Once
    def hanja(self) -> str:
        """The hanja of the word and its homonyms, from the list and the record, with their glosses and 훈음."""
        hanja = str(self.listed.get("hanja") or "") + "".join(homonym["hanja"] for homonym in self.homonyms)
        known = [entries()[character] for character in hanja if character in entries()]
        return hanja + "".join(text for entry in known for text in (entry.gloss, *entry.readings.values()))

    @Once
    def is_offline(self) -> bool:
        """Whether the offline model generated the record, which always writes its own sentences in English."""
        return str(self.record.get("model") or "").startswith(OFFLINE_PREFIX)

    @Once
    def keywords(self) -> tuple[str, ...]:
        """The Korean keywords."""
        return tuple(map(str, self.record.get("korean_keywords") or ()))

    @Once
    def prose(self) -> tuple[tuple[str, str], ...]:
        """All non-empty English text, including the comparison and the homonyms, as (field, text) pairs."""
        texts = [(field, self.text(field)) for field in _PROSE]
        texts.append(("comparison", str((self.record.get("comparison") or {}).get("nuance") or "")))
        for homonym in self.homonyms:
            texts += [("homonyms", homonym["meaning"]), ("homonyms", homonym["differentiator"])]
        return tuple((field, text) for field, text in texts if text)

    @Once
    def hangul(self) -> str:
        """The Hangul words in ``prose`` and the keywords, separated by spaces."""
        return " ".join(_HANGUL.findall("\n".join((self.all_prose, *self.keywords))))

    @Once
    def pairs(self) -> frozenset[str]:
        """All syllables and pairs of syllables in ``prose`` and the keywords. They tell quickly what rules to run."""
        return _pairs(self.hangul)

    @property
    def analysis(self) -> "Analysis":
        """The analysis itself, as a card has its analysis."""
        return self

    @Once
    def korean(self) -> tuple[Stretch, ...]:
        """The Korean in ``prose``. In a Korean explanation, examples cannot be distinguished."""
        return _korean(self)

    @Once
    def own_korean(self) -> tuple[Stretch, ...]:
        """The Korean in ``prose`` that is not copied from the word list."""
        return _own(self)

    @Once
    def about_the_word(self) -> str:
        """The sentences in the record that should quote the word, as one string."""
        return "\n".join(text for field, text in self.prose if field in (*_ABOUT_THE_WORD, "comparison"))


@dataclass(frozen=True)
class Card(Prose):
    """A card (a row of the ``flashcards`` layer) with the analysis that it is based on."""

    card: Mapping[str, Any]
    analysis: Analysis

    def without_list_text(self, korean: str) -> "Card":
        """Return the card and its analysis with numbers in place of all text that is copied from the list.

        ``korean``: see ``without_copies``.
        """
        card = LazyValues(self.card, _without_copies(self.card, ("front", "back"), self.analysis.sources, korean))
        return Card(card, self.analysis.without_list_text(korean))

    @property
    def word(self) -> str:
        """The requested word."""
        return self.analysis.word

    @property
    def is_offline(self) -> bool:
        """Whether the offline model wrote the card."""
        return str(self.card.get("model") or "").startswith(OFFLINE_PREFIX)

    @Once
    def tab_name(self) -> str:
        """The card type."""
        return str(self.card.get("tab_name") or "")

    @Once
    def front(self) -> str:
        """The question."""
        return str(self.card.get("front") or "")

    @Once
    def back(self) -> str:
        """The answer."""
        return str(self.card.get("back") or "")

    @Once
    def level(self) -> str:
        """The card's honorific_level, or ""."""
        return str(self.card.get("honorific_level") or "")

    @Once
    def prose(self) -> tuple[tuple[str, str], ...]:
        """The card's non-empty sides, as (name, text) pairs."""
        return tuple((name, text) for name, text in (("front", self.front), ("back", self.back)) if text)

    @Once
    def hangul(self) -> str:
        """The Hangul words on both sides, separated by spaces."""
        return " ".join(_HANGUL.findall(self.all_prose))

    @Once
    def pairs(self) -> frozenset[str]:
        """All syllables and pairs of syllables on both sides, as for an analysis."""
        return _pairs(self.hangul)

    @Once
    def korean(self) -> tuple[Stretch, ...]:
        """The Korean on both sides, as for an analysis."""
        return _korean(self)

    @Once
    def own_korean(self) -> tuple[Stretch, ...]:
        """The Korean on both sides that is not copied from the word list."""
        return _own(self)

    @property
    def keywords(self) -> tuple[str, ...]:
        """Return an empty tuple, because a card has no keywords."""
        return ()

    @Once
    def snippets(self) -> tuple[Snippet, ...]:
        """The Korean examples on the back, with their translations. In a Korean explanation, no examples can be found."""
        return () if self.analysis.language.code == "ko" else snippets(self.back)


def _korean(subject: Analysis | Card) -> tuple[Stretch, ...]:
    if subject.analysis.language.code == "ko":
        return ()
    found = tuple(stretch for field, text in subject.prose for stretch in stretches(field, text))
    if isinstance(subject, Card) and asks_about_a_mistake(subject.front):
        front = tuple(stretch for stretch in found if stretch.field == "front")
        return tuple(doubted(front, found[len(front) :]))
    return found


def _own(subject: Analysis | Card) -> tuple[Stretch, ...]:
    return tuple(stretch for stretch in subject.korean if not is_copied(stretch, subject.analysis))


def _pairs(hangul: str) -> frozenset[str]:
    return frozenset((*hangul, *map(add, hangul, hangul[1:])))


def _without_copies(
    values: Mapping[str, Any], fields: Iterable[str], sources: tuple[str, ...], korean: str
) -> dict[str, Callable[[], str]]:
    texts = {field: text for field in fields if isinstance(text := values.get(field), str)}
    return {field: partial(without_copies, text, sources, korean) for field, text in texts.items()}
