"""Return the pronunciation that a dictionary shows after a headword: 독립 [동닙]."""

from collections.abc import Iterator

from .hangul import is_syllable, join, split
from .ipa import to_ipa
from .ipa_likeness import sounds
from .junctions import CLUSTER, SONORANT, TENSE
from .pronunciation import pronounce

# Whether the ending is tensified as in a verb (신다 [신따]). For other parts of speech this is unknown.
_AS_VERB = {"verb": (True,), "adjective": (True,), "noun": (False,), "pronoun": (False,)}
# The sound of these depends on the word in front of them.
_BOUND = ("particle", "ending", "suffix")
_SONORANTS = (*"ㄴㄹㅁㅇ", *SONORANT)


def spoken_form(word: str, pos: str, ipa: str, *, definition: str = "", hanja: str = "") -> str:
    """Return a word's standard pronunciation in Hangul and square brackets, or "" if the rules cannot decide.

    They cannot decide about digits, Latin letters, and affixes. They do not know the parts of a compound, either. If the
    IPA is the one of a compound (한여름 [한녀름]), but the rules give a different pronunciation, nothing is returned.

    Args:
        word: The headword in NFC.
        pos: Its part of speech.
        ipa: Its IPA in the analysis, which decides between several readings.
        definition: Its English meaning, used to distinguish homographs.
        hanja: Its hanja, used to distinguish homographs.
    """
    if pos in _BOUND or not word.split() or not all(is_syllable(ch) or ch.isspace() for ch in word):
        return ""
    verbs = _AS_VERB.get(pos, (False, True))
    permitted = [pronounce(word, is_verb=verb, definition=definition, hanja=hanja) for verb in verbs]
    readings = list(dict.fromkeys(main for main, *_ in permitted))
    said = sounds(ipa)
    for reading in (*readings, *(other for _, *others in permitted for other in others)):
        if sounds(to_ipa(reading)) == said:
            return f"[{reading}]"
    if len(readings) > 1 or _is_compound(word, readings[0], said):
        return ""
    return f"[{readings[0]}]"


def _is_compound(word: str, reading: str, said: str) -> bool:
    """Return whether the word has the given sounds only if it is a compound of two words."""
    return any(sounds(to_ipa(compound)) == said for compound in _compounds(word, reading) if compound != reading)


def _compounds(word: str, reading: str) -> Iterator[str]:
    """Yield the pronunciations that the word would have if it were a compound of two words."""
    for place in range(1, len(word)):
        before, after = word[place - 1], word[place]
        if not (is_syllable(before) and is_syllable(after)):
            continue
        coda, onset = split(before).coda, split(after).onset
        left, right = split(reading[place - 1]), split(reading[place])
        if coda in _SONORANTS and onset in TENSE:
            right = right._replace(onset=TENSE[onset])
        elif coda and coda not in CLUSTER and onset == "ㅇ":
            alone, joined = pronounce(f"{before} {after}", linked=True)[0].split()
            left, right = left._replace(coda=split(alone).coda), right._replace(onset=split(joined).onset)
        yield reading[: place - 1] + join(left) + join(right) + reading[place + 1 :]
