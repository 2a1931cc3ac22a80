"""Find a listed word in its example, so that a card can replace it with a gap."""

import re
from collections.abc import Sequence

from korean_flashcards.korean.hangul import has_hangul, is_syllable
from korean_flashcards.korean.inflection import is_followed_by_particles
from korean_flashcards.korean.morphology import Morpheme, analyse
from korean_flashcards.korean.word_form import forms_in

_VERBS = ("verb", "adjective")
_BOUND = {"particle": ("J", "VCP"), "ending": ("E",), "suffix": ("XS",)}
_ROOTS = ("noun", "adjective")  # 출발 of 출발하다, 유명 of 유명하다
_SIGNS = "-~–〜"
# The first syllables of 하다, 되다, and 시키다, which make a verb of a noun: 출발 in 출발합니다.
_MAKES_VERB = frozenset("하해했한할함합되돼됐된될됩시")

Place = tuple[int, int]


def spoken_part(term: str) -> str:
    """Return the term without the unpronounced hyphen or tilde of an affix or ending (-님, ~지만)."""
    return term.strip(_SIGNS)


def own_morphemes(term: str, pos: str) -> list[Morpheme]:
    """Return a word's morphemes. 잘가요 is 잘 with 가요, although an analysis as one verb exists, too."""
    best = analyse(term)
    return best if best and best[0][:2] == ("잘", "MAG") else analyse(term, pos)


def places_in(term: str, pos: str, example: str) -> Sequence[Place]:
    """Return where a word is in a sentence, as (start, end) indexes, or nothing if its place is not certain.

    A word that the list writes together is also found where the sentence writes it with spaces: 같은게 in 같은 게.
    """
    if pos in _BOUND:
        spoken = spoken_part(term)
        return forms_in(spoken, pos, example) or _bound(spoken, _BOUND[pos], example)
    found = forms_in(term, pos, example)
    if pos in _VERBS and any(has_hangul(example[end : end + 1]) for _, end in found):
        return []  # an inflected form, such as 돼, in a different one, such as 돼가고
    return found or _spaced(term, example) or (_before_verb(term, example) if pos in _ROOTS else [])


def morphemes_at(place: Place, example: str) -> list[Morpheme]:
    """Return the morphemes at a place in a sentence, or nothing if a morpheme crosses the place's edge.

    The sentence shows what a word alone does not: 차고 is a noun in 차고가 있다, and a verb in 시계를 차고 나갔다.
    """
    start, end = place
    found = [each for each in analyse(example) if each.start < end and each.end > start]
    is_whole = (
        bool(found) and found[0].start == start and all(start <= each.start and each.end <= end for each in found)
    )
    return [each._replace(start=each.start - start, end=each.end - start) for each in found] if is_whole else []


def _bound(form: str, tags: tuple[str, ...], example: str) -> list[Place]:
    """Return the place of a particle, an ending, or a suffix, if exactly one morpheme has this form."""
    found = [
        (each.start, each.end)
        for each in analyse(example)
        if each.form == form and each.tag.startswith(tags) and example[each.start : each.end] == form
    ]
    return found if len(found) == 1 else []


def _spaced(term: str, example: str) -> list[Place]:
    syllables = term.replace(" ", "")
    if len(syllables) < 2 or not all(map(is_syllable, syllables)):
        return []
    found = re.finditer(f"(?<![가-힣])({' ?'.join(syllables)})([가-힣]*)", example)
    spaced = (match for match in found if " " in match[1])
    return [match.span(1) for match in spaced if not match[2] or _has_particles(match[1], match[2])]


def _has_particles(words: str, after: str) -> bool:
    last = words.split()[-1]
    return is_followed_by_particles(last, last + after)


def _before_verb(noun: str, example: str) -> list[Place]:
    if len(noun) < 2:
        return []
    places = [match.span() for match in re.finditer(f"(?<![가-힣]){re.escape(noun)}(?=[가-힣])", example)]
    return places if all(example[end] in _MAKES_VERB for _, end in places) else []
