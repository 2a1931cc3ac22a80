"""Make the notes for reverse and cloze cards from a word's other notes, without a model call."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.deck_note_types import EXTRA_NOTE_TYPES
from korean_flashcards.korean.hangul import has_hangul, is_syllable, split
from korean_flashcards.korean.word_form import forms_in

Row = dict[str, Any]
Sense = tuple[str, str]  # the part of speech and one of the meanings

# These describe a single card. The tags of an extra card describe the word.
_CARD_TAGS = ("card", "concept", "metaphor", "comparison_term", "hanja", "character", "formality")
_EMPTY = ("Primer", "Source")  # nothing on an extra card comes from a model or a memory room
# One of the meanings. A semicolon may also end an HTML entity, and a note in parentheses may contain commas.
_NOTE = r"\((?:[^()]|\([^()]*\))*\)"
_SENSE = lazy_regex(rf"(?:&#?\w+;|{_NOTE}|[^,;/])+")
_IN_CLOZE = {"}": "&#125;", ":": "&#58;"}  # Anki would interpret these characters in a hint
# These mark a gap until the text around it is HTML. Unicode reserves them for a program's internal use.
_START, _END = "\ufdd0", "\ufdd1"


@dataclass(frozen=True)
class WordNotes:
    """A word's notes, its term in plain text, and its example as HTML with marked gaps (see ``with_marks``)."""

    notes: Sequence[Row]
    term: str
    example: str


def with_marks(term: str, pos: str, example: str) -> str:
    """Return an example, in plain text, whose forms of the term are marked, or "" if the term is not found in it."""
    parts, end_before = [], 0
    for start, end in forms_in(term, pos, example):
        parts += [example[end_before:start], _START, example[start:end], _END]
        end_before = end
    return "".join([*parts, example[end_before:]]) if parts else ""


class ExtraNotes:
    """The notes for the extra cards of a deck's words, which are identified by their IDs."""

    def __init__(self, words: Mapping[str, WordNotes]) -> None:
        self._words = words
        self._with_sense: dict[Sense, set[str]] = defaultdict(set)
        for item_id, word in words.items():
            for sense in _senses(word):
                self._with_sense[sense].add(item_id)

    def reverse(self, item_id: str) -> Row | None:
        """Return the note whose front is the meaning and whose answer is the word, or None if the meaning has the word.

        ``Cue`` has the word's initial consonants if the front also fits different words in the deck, or lacks a note.
        """
        word = self._words[item_id]
        front = _meaning(word)
        if not front or word.notes[0]["Term"] in front:
            return None
        return _of(word, "reverse", Front=front, Back=word.notes[0]["Term"], Cue=self._hint(item_id))

    def cloze(self, item_id: str) -> Row | None:
        """Return the note whose front is the example with a gap, or None if the word is not found in the example."""
        word = self._words[item_id]
        if not word.example:
            return None
        sense, term = next(_senses_in(_meaning(word)), ""), word.notes[0]["Term"]
        hint = "" if term in sense else "".join(_IN_CLOZE.get(each, each) for each in sense)
        front = word.example.replace(_START, "{{c1::").replace(_END, f"::{hint}}}}}" if hint else "}}")
        return _of(word, "cloze", Front=front, Back=term, Cue="")

    def _hint(self, item_id: str) -> str:
        word = self._words[item_id]
        fitting = [self._with_sense[sense] for sense in _senses(word)]
        rivals = {self._words[other].term for other in (set.intersection(*fitting) if fitting else ())} - {word.term}
        if not rivals and _meaning(word) == word.notes[0]["Meaning"]:
            return ""
        for form in (_initials, _first_syllable):
            if form(word.term) not in map(form, rivals):
                return form(word.term)
        return str(word.notes[0]["Cue"]) or _first_syllable(word.term)


def _of(word: WordNotes, kind: str, **fields: str) -> Row:
    """Return a note for an extra card, which takes everything else from the word's first note."""
    first, card_type = word.notes[0], kind.title()
    shared = [tag for tag in first["tags"] if all(tag in note["tags"] for note in word.notes)]
    tags = [tag for tag in shared if tag.split("::")[0] not in _CARD_TAGS]
    return {
        **first,
        **dict.fromkeys(_EMPTY, ""),
        **fields,
        "note_type": EXTRA_NOTE_TYPES[kind][0],
        "CardType": card_type,
        "Key": f"{first['Key'].rpartition('/')[0]}/{card_type}",
        "tags": [*tags, f"card::{card_type}"],
    }


def _meaning(word: WordNotes) -> str:
    """Return a word's meaning without notes in Korean, such as "(past of 가다)", which would give the word away."""
    kept = re.sub(rf"\s*{_NOTE}", lambda note: "" if has_hangul(note[0]) else note[0], word.notes[0]["Meaning"])
    return kept.strip()


def _senses(word: WordNotes) -> Iterator[Sense]:
    """Yield what must be equal for two words to fit the same meaning."""
    for sense in _senses_in(_meaning(word).casefold()):
        yield word.notes[0]["PartOfSpeech"], re.sub(r"^(?:to|an?|the) ", "", sense)


def _senses_in(meaning: str) -> Iterator[str]:
    return (sense.strip() for sense in _SENSE.findall(meaning) if sense.strip())


def _initials(term: str) -> str:
    return "".join(split(each).onset if is_syllable(each) else each for each in term)


def _first_syllable(term: str) -> str:
    return term[0] + _initials(term[1:])
