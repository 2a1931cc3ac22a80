"""Why a word sounds as it does: the articles of the Standard Pronunciation that were applied, one step each.

For people and notebooks; ``pronunciation`` gives the same sounds without the story, and faster.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .hangul import Jamo, is_syllable, join, split
from .ipa import to_ipa
from .junctions import Junction, Mark
from .marks import Run, known_of, runs
from .morphology import Morpheme
from .pronunciation_rules import RULES, PronunciationRule


@dataclass(frozen=True)
class Step:
    """One article at one place: the whole text ``before`` and ``after`` it.

    ``article`` is its number ("18", "12.1"), "" for a word that dictionaries list; ``where`` the index in the text of the
    syllable that begins at the place (its length at the end); ``because`` who knew what the letters do not tell, or "".
    """

    article: str
    what: str
    before: str
    after: str
    where: int
    because: str


@dataclass(frozen=True)
class Pronunciation:
    """A text, its sounds in Hangul, its IPA (None where it holds more than Hangul and spaces), and how it came so."""

    text: str
    sounds: str
    ipa: str | None
    steps: tuple[Step, ...]


def explain(
    text: str, *, is_verb: bool = False, morphemes: Sequence[Morpheme] | None = None,
    definition: str = "", hanja: str = "", linked: bool = False,
) -> Pronunciation:  # fmt: skip
    """The pronunciation of a text with its steps; options as for ``pronounce``.

    Each step begins where the one before ended, the first at the text, the last at the sounds.
    """
    spoken = list(text)
    steps: list[Step] = []
    for run in runs(text, known_of(text, is_verb, morphemes, definition, hanja), linked):
        steps += _walk(run, spoken)
    sounds = "".join(spoken)
    readable = bool(sounds.split()) and all(is_syllable(ch) or ch.isspace() for ch in sounds)
    return Pronunciation(text, sounds, to_ipa(sounds) if readable else None, tuple(steps))


def _walk(run: Run, spoken: list[str]) -> Iterator[Step]:
    """The steps of a run, each written into ``spoken``, the syllables of the text as they sound by now."""
    known = {index: (mark, source) for source, layer in run.layers for index, mark in layer}
    for index in range(len(run.syllables) + 1):
        mark, source = known.get(index, (Mark.NONE, ""))
        left = split(run.syllables[index - 1]).coda if index else ""
        right = split(run.syllables[index]) if index < len(run.syllables) else Jamo("", "", "")
        where = run.places[index] if index < len(run.syllables) else run.places[-1] + 1
        for rule, old, new in _applied(Junction(left, right.onset, right.vowel, mark)):
            before = "".join(spoken)
            if index:
                place = run.places[index - 1]
                spoken[place] = join(split(spoken[place])._replace(coda=new.coda))
            if right.vowel:
                spoken[where] = join(Jamo(new.onset, new.vowel, right.coda))
            told = rule.apply(old._replace(mark=Mark.NONE))._replace(mark=mark) == new
            yield Step(rule.article, rule.says, before, "".join(spoken), where, "" if told else source)


def _applied(junction: Junction) -> Iterator[tuple[PronunciationRule, Junction, Junction]]:
    """The rules that change the junction, with what they make of it."""
    for rule in RULES:
        changed = rule.apply(junction)
        if changed != junction:
            yield rule, junction, changed
            junction = changed
