"""Explain the pronunciation of Korean text step by step, citing the articles of the Standard Pronunciation.

Commands and notebooks use this module to display the steps. ``pronunciation`` computes the same sounds faster, without
the steps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .hangul import Jamo, is_syllable, join, split
from .ipa import to_ipa
from .junctions import Junction, Mark, main_mark
from .marks import Run, known_of, runs
from .morphology import Morpheme
from .pronunciation import readings_of
from .pronunciation_rules import RULES, PronunciationRule


@dataclass(frozen=True)
class Step:
    """One application of an article at a particular place in a text.

    Attributes:
        article: Number of the article ("18", "12.1"), or "" if only dictionaries list the pronunciation.
        what: The rule that the article states.
        before: The whole text before the step.
        after: The whole text after the step.
        where: Index of the syllable after the affected boundary or, at the end of a word, one past the last syllable.
        because: Source of any information that the spelling does not show, such as "from the lexicon"; otherwise "".
    """

    article: str
    what: str
    before: str
    after: str
    where: int
    because: str


@dataclass(frozen=True)
class Pronunciation:
    """The pronunciation of a text in Hangul and in IPA, with the steps that lead to it.

    ``ipa`` is None if the text contains anything other than Hangul and spaces. ``also`` has the other pronunciations that
    the Standard permits. ``ipa`` and ``steps`` are about ``sounds``.
    """

    text: str
    sounds: str
    ipa: str | None
    steps: tuple[Step, ...]
    also: tuple[str, ...]


def explain(
    text: str, *, is_verb: bool = False, morphemes: Sequence[Morpheme] | None = None,
    definition: str = "", hanja: str = "", linked: bool = False,
) -> Pronunciation:  # fmt: skip
    """Return a text's pronunciation, step by step. The options are the same as for ``pronounce``.

    The first step starts from the text, and each later step starts from the previous result. The last step produces the
    final sounds.
    """
    spoken = list(text)
    steps: list[Step] = []
    known = known_of(text, is_verb, morphemes, definition, hanja)
    for run in runs(text, known, linked):
        steps += _walk(run, spoken)
    sounds = "".join(spoken)
    readable = bool(sounds.split()) and all(is_syllable(ch) or ch.isspace() for ch in sounds)
    also = readings_of(text, known, linked)[1:]
    return Pronunciation(text, sounds, to_ipa(sounds) if readable else None, tuple(steps), also)


def _walk(run: Run, spoken: list[str]) -> Iterator[Step]:
    """Yield the steps for a run of syllables, and apply each step to ``spoken``, the syllables as pronounced so far."""
    known = {index: (mark, source) for source, layer in run.layers for index, mark in layer}
    for index in range(len(run.syllables) + 1):
        mark, source = known.get(index, (Mark.NONE, ""))
        mark = main_mark(mark)
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
    """Yield each rule that changes the boundary, with the boundary before and after the change."""
    for rule in RULES:
        changed = rule.apply(junction)
        if changed != junction:
            yield rule, junction, changed
            junction = changed
