"""The IPA is that of the standard pronunciation, within the project's convention (``korean.ipa``)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from difflib import SequenceMatcher
from functools import partial

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.ipa import ipa_of
from korean_flashcards.korean.morphology import AnalyserMissing, analyse

IPA_OTHER_WORD = Check(
    "ipa_other_word", Severity.ERROR, "the IPA is that of another word",
    "ipa against the IPA of the standard pronunciation: fewer than half of its sounds agree",
)  # fmt: skip
IPA_DIFFERS = Check(
    "ipa_differs", Severity.WARNING, "the IPA is not that of the standard pronunciation",
    "ipa against the IPA of the standard pronunciation, syllable by syllable",
)  # fmt: skip
IPA_NOTATION = Check(
    "ipa_notation", Severity.NOTE, "the IPA is right, but not in the project's notation",
    "ipa and the expected one after other signs for the same sound (g, ʃ, r, ː) are made equal",
)  # fmt: skip
IPA_BESIDE_TERM = Check(
    "ipa_beside_term", Severity.WARNING, "the IPA beside the term is not the one in the field ipa",
    "the brackets in term against ipa",
)  # fmt: skip
CHECKS = (IPA_OTHER_WORD, IPA_DIFFERS, IPA_NOTATION, IPA_BESIDE_TERM)

# Other signs for the same sound, in the order they are replaced, and what standard pronunciation leaves free: ㅚ and ㅟ as
# one vowel (Article 4), ㅖ as ㅔ after a consonant, ㅢ as ㅣ or ㅔ (Article 5).
_SAME = (
    ("g", "ɡ"), ("tʃ", "tɕ"), ("dʒ", "dʑ"), ("ʃ", "ɕ"), ("ʒ", "ʑ"), ("ʲ", ""), ("ɭ", "l"), ("ʎ", "l"), ("r", "ɾ"),
    ("ɲ", "n"), ("ɦ", "h"), ("ç", "h"), ("β", "b"), ("ɣ", "ɡ"), ("ø", "we"), ("ɥ", "w"), ("y", "wi"), ("ɨ", "ɯ"), ("ə", "ʌ"),
    ("ɔ", "ʌ"), ("æ", "ɛ"), ("ɐ", "a"), ("ʼ", "͈"), ("*", "͈"), ("ɛ", "e"), ("ɯi", "ɰi"), ("ɰi", "i"), ("ɕj", "ɕ"),
)  # fmt: skip
_SILENT = re.compile(r"[\[\]/ːˑˈˌ.‿͜͡\s\u031a\-'ʰ]")
_NOT_ASPIRATION = re.compile(r"[\[\]/ːˑˈˌ.‿͜͡\s\u031a\-']")
_KINDS = str.maketrans({"ɡ": "k", "b": "p", "d": "t", "ɕ": "s", "ʑ": "s", "͈": "", "j": "", "w": "", "ɾ": "l"})
_SAME_WORD = 0.5
# Whether the word's ending is tensed as a verb's is (신다 [신따]); of other classes than these it is not known.
_AS_VERB = {"verb": (True,), "adjective": (True,), "noun": (False,), "pronoun": (False,)}


def ipa_of_record(analysis: Analysis) -> Iterator[Finding]:
    """The record's IPA is one that the rules give for the word."""
    given, expected = analysis.text("ipa").strip(), expected_ipa(analysis)
    if not given or expected is None or given == expected:
        return
    if _sounds(given) == _sounds(expected):
        yield IPA_NOTATION.at("ipa", f"{given} is right; in this project's notation it is {expected}")
    elif SequenceMatcher(None, _coarse(given), _coarse(expected), autojunk=False).ratio() < _SAME_WORD:
        yield IPA_OTHER_WORD.at("ipa", f"{given} is not {analysis.word}, which is pronounced {expected}")
    else:
        yield IPA_DIFFERS.at("ipa", f"{given} should be {expected}: {_differences(given, expected)}")


def ipa_beside_term(analysis: Analysis) -> Iterator[Finding]:
    """The term carries the same IPA as the field."""
    beside, ipa = "".join(analysis.text("term").partition("[")[1:]), analysis.text("ipa")
    if beside and ipa and beside != ipa:
        yield IPA_BESIDE_TERM.at("term", f"the term carries {beside}, the field ipa {ipa}: one of them is wrong")


def expected_ipa(analysis: Analysis) -> str | None:
    """The IPA by the rules: the reading that is given if it is one of them, else the likeliest. None where not known."""
    word, given, pos = analysis.spoken, analysis.text("ipa"), analysis.text("pos")
    hanja = analysis.homonyms[0]["hanja"] if analysis.homonyms else ""
    said = partial(ipa_of, word, definition=analysis.definition, hanja=hanja)
    readings = [said(is_verb=is_verb) for is_verb in _AS_VERB.get(pos, (False, True))]
    if readings[0] and given not in readings:
        with suppress(AnalyserMissing):
            readings.insert(0, said(morphemes=analyse(word)))
    same = (reading for reading in readings if reading and (reading == given or _sounds(reading) == _sounds(given)))
    return next(same, readings[0])


def _sounds(ipa: str) -> str:
    text = _NOT_ASPIRATION.sub("", ipa)
    for sign, usual in _SAME:
        text = text.replace(sign, usual)
    # ㅖ after a consonant is said ㅔ too.
    return re.sub(r"(?<=[^aeiouʌɯ])je", "e", text)


def _coarse(ipa: str) -> str:
    """Place of consonants and vowels alone: what no accent or slip of a rule changes."""
    return _SILENT.sub("", _sounds(ipa)).translate(_KINDS)


def _differences(given: str, expected: str) -> str:
    """The syllables that differ, or how many there are of them."""
    ours, theirs = (re.split(r"[.\s]", ipa.strip("[]")) for ipa in (expected, given))
    if len(ours) != len(theirs):
        return f"{len(ours)} syllables, not {len(theirs)}"
    pairs = [f"{wrong} → {right}" for wrong, right in zip(theirs, ours, strict=True) if wrong != right]
    return ", ".join(pairs)
