"""Check that a comparison gives examples with the word that it speaks of, not with the other one."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.occurrence import lemmas, occurs_in
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity, headword

SWAPPED_WORDS = Check(
    "comparison_swapped", Severity.WARNING, "The comparison mixes up its two words.",
    "Looks for examples with only the other word after a statement about one: 듣다 is what a sound does (음악이 들려요).",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (SWAPPED_WORDS,)

_MEANING = lazy_regex(r"\s*\([^가-힣)]*\)")
# A statement about a word, and its example in parentheses or after a colon: 듣다 is what a person does (음악을 들어요).
_STATEMENT = lazy_regex(
    r"(?P<word>[가-힣-][가-힣()/-]*)(?P<said>,?(?: [a-zA-Z'’,\"“”]+){0,16}) ?"
    r"(?:\((?P<inside>[가-힣][가-힣0-9 ,.?!]*)\)|: ?(?P<after>[가-힣][가-힣0-9 ,]*[가-힣][.?!]?))"
)
_WORDS = lazy_regex("[가-힣]+")
_SENTENCE = lazy_regex(r"[.;?!\n]")
# The example may be of the other word.
_OTHERWISE = lazy_regex(
    r"\b(?:not|never|unlike|instead|opposite|opposed|wrong|than|but|while|whereas|becomes?|replaces?|from|with|without|and"
    r"|needs?|for|n't|other|say|says|only|also)\b"
)


def swapped_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report statements about one of the words whose examples have only the other one."""
    nuance = str((analysis.record.get("comparison") or {}).get("nuance") or "")
    yield from _swapped("comparison", nuance, analysis)


def swapped_on_card(card: Card) -> Iterator[Finding]:
    """Report the same on a Usage-Comparison card."""
    if card.tab_name == "Usage-Comparison":
        yield from _swapped("back", card.back, card.analysis)


def _swapped(field: str, text: str, analysis: Analysis) -> Iterator[Finding]:
    word, vs = analysis.spoken, _MEANING.sub("", headword(analysis.vs)).strip()
    if not vs or not text or analysis.is_pattern or analysis.language.code == "ko":
        return
    are_particles = analysis.text("pos") == "particle"
    if not are_particles and min(len(word), len(vs)) < 2:
        return
    has = _ends_with if are_particles else _has
    for found in _STATEMENT.finditer(text):
        named, example = found["word"], found["inside"] or found["after"]
        sentence = _SENTENCE.split(text[: found.end("said")])[-1]
        in_list = found["after"] and (field == "comparison" or (word in sentence and vs in sentence))
        if in_list or _OTHERWISE.search(found["said"].lower()):
            continue
        for one, other in ((word, vs), (vs, word)):
            if one in example and not are_particles:
                continue  # without the analyzer
            is_named = named == one or (one in lemmas(named) and other not in lemmas(named))
            if is_named and has(other, example, one) and not has(one, example, other):
                yield SWAPPED_WORDS.at(field, f"“{example}” is not an example of {one}, but of {other}")


def _has(word: str, text: str, other: str) -> bool:
    """Return whether the text has a form of the word. For a longer verb (빌려주다), a form of the other is not enough."""
    if word in text:
        return True
    if word.endswith("다") and lemmas(other) < lemmas(word):
        return word[:-2] in text
    return occurs_in(word, text, inflects=word.endswith("다"))


def _ends_with(particle: str, text: str, other: str) -> bool:
    """Return whether a word of the text ends with the particle, and not with a longer one."""
    is_part = other.endswith(particle)
    return any(word.endswith(particle) and not (is_part and word.endswith(other)) for word in _WORDS.findall(text))
