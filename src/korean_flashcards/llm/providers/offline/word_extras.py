"""Find more that a card can say about a word, if its list says little: opposites, usual verbs, forms, sounds, and hanja."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from korean_flashcards.confusables.transliterated import english_source
from korean_flashcards.korean.companions import companions_of, notes_of
from korean_flashcards.korean.hangul import is_syllable, split
from korean_flashcards.korean.hanja_data import characters_of
from korean_flashcards.korean.morphology import raw_morphemes
from korean_flashcards.korean.noun_sounds import with_particles
from korean_flashcards.korean.related_words import short_gloss, words_sharing
from korean_flashcards.korean.rude_words import is_rude
from korean_flashcards.korean.verb_forms import forms_of
from korean_flashcards.llm.providers.offline.classic_advice import advice_on
from korean_flashcards.llm.providers.offline.usage_notes import RUDE

_VERBS = ("verb", "adjective")
_ENOUGH = 2  # lines about the word, after which sounds, forms, and hanja are left out
_MOST_CHARACTERS = 4
_LABEL = re.compile(r"((?:Honorific|Humble|Plain word|Opposite): )")
_COUNTERPART = re.compile(r"(?:Honorific|Humble|Plain word|Opposite): ([^,]+)\.$")
_QUESTION = "Asks for "
_PARTICLE = re.compile("(?<=..)(?:이|가|을|를|은|는|의|에게|와|에|도)$")


@dataclass(frozen=True)
class DescribedWord:
    """What is known about a word.

    Attributes:
        term: The word.
        pos: Its part of speech.
        meaning: Its meaning.
        base: Its dictionary form, or the noun without particles.
        hanja: Its hanja and their reading, or two times "".
        is_noun: Whether its example, if any, has it as a noun, so that it is not an ending that the list calls a noun.
    """

    term: str
    pos: str
    meaning: str
    base: str
    hanja: tuple[str, str]
    is_noun: bool


def extra_lines(word: DescribedWord, known: int) -> list[str]:
    """Return lines about the word, the most useful first.

    Args:
        word: The word.
        known: The number of lines that the card already has about it.
    """
    bare = _PARTICLE.sub("", word.term)
    lines = companions_of(word.base, word.meaning, notes=word.base == word.term)
    if word.base != word.term and not word.base.endswith("다"):
        lines += [f"{word.base}: {note}" for note in notes_of(word.base, word.meaning)]
    if word.base not in (word.term, bare):
        lines = [line for line in lines if _QUESTION not in line]  # 언제든 does not ask for a time
    if is_rude(word.term, word.meaning):
        lines.insert(0, RUDE)
    others = {word.term, bare if word.pos == "pronoun" else word.term} - {word.base}
    for other in sorted(others):
        # "Plain word: 나는." replaces "Plain word: 나."
        own = companions_of(other, word.meaning)
        labels = tuple(label[1] for line in own if (label := _LABEL.match(line)))
        lines = [*(line for line in lines if not (labels and line.startswith(labels))), *own]
    if advice := advice_on(word.term, word.meaning, word.base):
        # The advice says more than "Honorific: 계시다."
        lines = [*(line for line in lines if not (label := _COUNTERPART.match(line)) or label[1] not in advice), advice]
    for find in _MORE:
        if known + len(lines) < _ENOUGH:
            lines += [line for line in find(word) if line]
    return lines if known or lines else list(_particles(word))


def _origin(word: DescribedWord) -> Iterator[str]:
    """Yield the adjective of an adverb in 히 or 이: 조용히 is from 조용하다, 깨끗이 from 깨끗하다."""
    if word.pos == "adverb" and word.term.endswith(("히", "이")) and len(word.term) > len("조히"):
        adjective = f"{word.term[:-1]}하다"
        pieces = raw_morphemes(adjective)
        if all(piece.known for piece in pieces) and any(piece.tag.startswith(("XSA", "VA")) for piece in pieces):
            yield f"{word.term} is the adverb of {adjective}."


def _hanja(word: DescribedWord) -> Iterator[str]:
    hanja, reading = word.hanja
    if not 1 < len(hanja) <= _MOST_CHARACTERS:
        return
    parts, related = [], ""
    for one, syllable in zip(characters_of(hanja, reading), reading, strict=False):
        meaning = short_gloss(one, syllable, word.meaning)
        parts.append(f"{one.character} ({one.hun_eum or syllable})" + (f" “{meaning}”" if meaning else ""))
        shared = words_sharing(one.character, hanja, reading)
        if shared and not related:
            related = f" Also with {one.character}: {shared[0].word} {shared[0].hanja} “{shared[0].meaning}”."
    yield f"{reading} is {' + '.join(parts)}.{related}"


def _forms(word: DescribedWord) -> Iterator[str]:
    # The noun 맞고 (a card game) is not a form of 맞다.
    if word.base.endswith("다") and word.pos in (*_VERBS, "phrase", "adverb"):
        yield forms_of(word.base, word.pos)


def _sounds(word: DescribedWord) -> Iterator[str]:
    if _is_noun(word):
        yield with_particles(word.term, word.meaning, word.hanja[0])


def _particles(word: DescribedWord) -> Iterator[str]:
    """Yield which particles a noun takes, if nothing else is known about it. For names, this is not worth a line."""
    if _is_noun(word) and is_syllable(word.term[-1]) and not word.meaning[:1].isupper():
        has_coda = bool(split(word.term[-1]).coda)
        forms = ", ".join(word.term + particle for particle in (("이", "을", "은") if has_coda else ("가", "를", "는")))
        yield f"With particles: {forms} (after a {'consonant' if has_coda else 'vowel'})."


def _is_noun(word: DescribedWord) -> bool:
    return word.is_noun and word.pos == "noun" and word.base == word.term


def _loanword(word: DescribedWord) -> Iterator[str]:
    if word.pos == "noun" and (english := english_source(word.term, word.meaning)):
        yield f"A loanword: compare English “{english}”."


_MORE: tuple[Callable[[DescribedWord], Iterator[str]], ...] = (_origin, _forms, _hanja, _loanword, _sounds)
