"""Check that the IPA matches the standard pronunciation and uses the project's notation (``korean.ipa``)."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.ipa import ipa_readings
from korean_flashcards.korean.ipa_likeness import is_other_word, sounds
from korean_flashcards.korean.morphology import AnalyserMissing, analyse

IPA_OTHER_WORD = Check(
    "ipa_other_word", Severity.ERROR, "The IPA is for a different word.",
    "Compares ipa with the IPA of the standard pronunciation, and reports it if fewer than half of the sounds match.",
)  # fmt: skip
IPA_DIFFERS = Check(
    "ipa_differs", Severity.WARNING, "The IPA does not match the standard pronunciation.",
    "Compares ipa with the IPA of the standard pronunciation, syllable by syllable.",
)  # fmt: skip
IPA_NOTATION = Check(
    "ipa_notation", Severity.NOTE, "The IPA is correct but does not use the project's notation.",
    "Compares ipa with the expected IPA after replacing alternative symbols for the same sound (g, ʃ, r, ː).",
)  # fmt: skip
IPA_BESIDE_TERM = Check(
    "ipa_beside_term", Severity.WARNING, "The IPA next to the term differs from the IPA in the ipa field.",
    "Compares the bracketed IPA in the term with the ipa field.",
)  # fmt: skip
CHECKS = (IPA_OTHER_WORD, IPA_DIFFERS, IPA_NOTATION, IPA_BESIDE_TERM)

# Whether the ending is tensified as in a verb (신다 [신따]). For other parts of speech this is unknown.
_AS_VERB = {"verb": (True,), "adjective": (True,), "noun": (False,), "pronoun": (False,)}
_VOICELESS = str.maketrans("ɡbdʑ", "kptɕ")


def ipa_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report IPA that does not match any pronunciation that the Standard permits for the word."""
    given, expected = analysis.text("ipa").strip(), expected_ipa(analysis)
    if not given or expected is None or given == expected:
        return
    if _is_same(given, expected, _is_linked(analysis)):
        yield IPA_NOTATION.at("ipa", f"{given} is correct, but the project writes it as {expected}")
    elif is_other_word(given, expected):
        yield IPA_OTHER_WORD.at("ipa", f"{given} is not the IPA of {analysis.word}, which is pronounced {expected}")
    else:
        yield IPA_DIFFERS.at("ipa", f"{given} should be {expected}: {_differences(given, expected)}")


def ipa_beside_term(analysis: Analysis) -> Iterator[Finding]:
    """Report IPA next to the term that differs from the ipa field."""
    beside, ipa = "".join(analysis.text("term").partition("[")[1:]), analysis.text("ipa")
    if beside and ipa and beside != ipa:
        yield IPA_BESIDE_TERM.at("term", f"the term has {beside}, but the ipa field has {ipa}: one of them is wrong")


def expected_ipa(analysis: Analysis) -> str | None:
    """Return the IPA of the standard pronunciation, or None if it is unknown.

    If the word has several readings, return the reading that matches the record's IPA, or the most likely reading if
    none matches.
    """
    word, given, pos = analysis.spoken, analysis.text("ipa").strip(), analysis.pos
    hanja = analysis.homonyms[0]["hanja"] if analysis.homonyms else ""
    linked = _is_linked(analysis)
    said = partial(ipa_readings, word, definition=analysis.definition, hanja=hanja)
    readings = [ipa for is_verb in _AS_VERB.get(pos, (False, True)) for ipa in said(is_verb=is_verb)]
    if (same := _same_reading(readings, given, linked)) or not readings:
        return same
    with suppress(AnalyserMissing):
        readings = list(said(morphemes=analyse(word, pos)))
        return _same_reading(readings, given, linked) or readings[0]
    return readings[0]


def _is_linked(analysis: Analysis) -> bool:
    """Return whether lenis consonants may be voiced at the start of a word: in phrases, particles, endings, and suffixes."""
    return " " in analysis.spoken or analysis.is_bound


def _same_reading(readings: Sequence[str], given: str, linked: bool) -> str | None:
    """Return the reading that matches the record's IPA, written the same way if possible."""
    if given in readings:
        return given
    return next((reading for reading in readings if _is_same(given, reading, linked)), None)


def _is_same(given: str, expected: str, linked: bool) -> bool:
    """Return whether two transcriptions have the same sounds.

    Within linked words, a lenis consonant is voiced, so voicing is ignored if ``linked``.
    """
    one, other = sounds(given), sounds(expected)
    return (one.translate(_VOICELESS) == other.translate(_VOICELESS)) if linked else one == other


def _differences(given: str, expected: str) -> str:
    """Return the syllables that differ, or the two syllable counts if the counts differ."""
    ours, theirs = (re.split(r"[.\s]", ipa.strip("[]")) for ipa in (expected, given))
    if len(ours) != len(theirs):
        return f"{counted(len(ours), 'syllable')}, not {len(theirs)}"
    pairs = [f"{wrong} → {right}" for wrong, right in zip(theirs, ours, strict=True) if wrong != right]
    return ", ".join(pairs)
