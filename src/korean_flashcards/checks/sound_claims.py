"""Check what the text says about letters: what they become next to others, where they drop, and which vowels take -아."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.claims import claims
from korean_flashcards.checks.grammar_claims import FALSE_GRAMMAR
from korean_flashcards.checks.signs import only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding
from korean_flashcards.korean.hangul import is_syllable, split

_LETTER = lazy_regex("[ㄱ-ㅣ]")
_BECOMES = (
    r"(?:(?:turns?|changes?) (?:in)?to|becomes?|sounds? (?:like|as)|is (?:said|read|heard|pronounced) (?:as|like)?)"
)
_DROP = r"(?:drops?|falls?(?: out)?|disappears?|vanishes|is (?:lost|dropped))"
# as ㅅ before ㅁ turns into ㄴ; ㄴ after ㄹ becomes ㄹ
_CHANGE = lazy_regex(
    rf"(?<![가-힣ㄱ-ㅣ])(?P<one>[ㄱ-ㅎ]) (?P<place>before|after) (?:the |an? )?(?P<other>[ㄱ-ㅎ]|이)(?![가-힣ㄱ-ㅣ])"
    rf",? {_BECOMES} (?P<new>[ㄱ-ㅎ])(?![가-힣ㄱ-ㅣ])"
)
# ㄹ drops before ㄴ, ㅂ, and ㅅ
_DROPS = lazy_regex(
    rf"(?<![가-힣ㄱ-ㅣ])ㄹ,? (?:of \S+ )?{_DROP} (?:only )?before "
    r"(?P<letters>-?[ㄱ-ㅎ](?:,? (?:and |or )?-?[ㄱ-ㅎ])*)"
)
_ANY_DROP = lazy_regex(
    rf"(?<![가-힣ㄱ-ㅣ])(?P<letter>[ㅂㄷㅅㅎ])(?: of \S+)? (?:{_DROP}|"
    r"(?:becomes?|turns? (?:in)?to) [우오ㄹ]) before (?:a |the )?consonants?\b"
)
# 낫다 loses its ㅅ
_LOSES = lazy_regex(r"\b(?:loses|drops|sheds) (?:its|the) (?:final )?(?P<letter>[ㄱ-ㅎㅡ])(?![가-힣ㄱ-ㅣ])")
_VERB = lazy_regex("[가-힣]+다(?![가-힣])")
# -아서 after ㅏ or ㅗ; stems in ㅏ or ㅗ take -아
_VOWELS = r"(?P<first>[ㅏ-ㅣ]) (?:or|and) (?P<second>[ㅏ-ㅣ])"
_A_AFTER = lazy_regex(rf"-(?P<form>[아었았어])(?:서|요|야|도|-)?,? (?:stands |comes |is used |goes )?after {_VOWELS}")
_AFTER_A = lazy_regex(
    rf"\b(?:stems? (?:in|with|ending in)|vowels?|after) {_VOWELS}(?: |,)"
    r"(?:takes?|gets?|needs?|use|comes?|it is|are followed by)? ?"
    r"-?(?P<form>[아었았어])(?:[서요야도]|(?![가-힣/]))",
    re.I,
)
_AFTER_LETTER = ("before", "after", "drop", "fall", "of", "dis", "van", "is")
_K, _T, _P = "ㄱㄲㅋㄳㄺ", "ㄷㅌㅅㅆㅈㅊㅎ", "ㅂㅍㅄㄿ"
_TENSE = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
_ASPIRATED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ", "ㅅ": "ㅌ"}


@only_with(
    *(f"{letter} {word}" for letter in "ㄱㄴㄷㄹㅁㅂㅅㅆㅇㅈㅊㅋㅌㅍㅎ" for word in _AFTER_LETTER),
    "loses", "drops", "sheds", "after ㅏ", "after ㅗ", "after ㅓ", "after ㅜ", "stems in", "stems with", "vowels",
)  # fmt: skip
def false_sounds(subject: Analysis | Card) -> Iterator[Finding]:
    """Report false statements about letters in a record or on a card."""
    for field, text in subject.prose:
        for clause in claims(text, _LETTER):
            for wrong in _wrong(clause, subject.analysis):
                yield FALSE_GRAMMAR.at(field, f"“{clause.strip()}” is wrong: {wrong}")


def _wrong(clause: str, analysis: Analysis) -> Iterator[str]:
    for found in _CHANGE.finditer(clause):
        one, place, other, new = found["one"], found["place"], found["other"], found["new"]
        if (right := _after_change(one, place, other)) and new not in right:
            yield f"{one} {place} {other} becomes {' or '.join(right)}"
    drops, any_drop, loses = (pattern.search(clause) for pattern in (_DROPS, _ANY_DROP, _LOSES))
    if drops and (others := set(re.findall("[ㄱ-ㅎ]", drops["letters"])) - set("ㄴㅂㅅㄹ")):
        yield f"ㄹ does not drop before {', '.join(sorted(others))}"
    if any_drop:
        yield f"{any_drop['letter']} changes before a vowel, not before a consonant"
    verb = _verb(clause[: loses.start()], analysis) if loses else ""
    if loses and verb and loses["letter"] not in split(verb[-2]).coda + split(verb[-2]).vowel:
        yield f"{verb} has no {loses['letter']} to lose"
    if vowels := _A_AFTER.search(clause) or _AFTER_A.search(clause):
        yield from _harmony(vowels)


def _verb(before: str, analysis: Analysis) -> str:
    """Return the verb that the clause names last, or the requested word, if it is a verb in its dictionary form."""
    named = _VERB.findall(before)
    own = analysis.spoken if analysis.text("pos") in ("verb", "adjective") else ""
    verb = str(named[-1]) if named else own
    return verb if len(verb) > 1 and verb.endswith("다") and is_syllable(verb[-2]) else ""


def _harmony(found: re.Match[str]) -> Iterator[str]:
    bright = {found["first"], found["second"]}
    if found["form"] in "아았" and bright != {"ㅏ", "ㅗ"} and bright != {"ㅏ", "ㅑ"}:
        yield f"-{found['form']} follows ㅏ and ㅗ"
    elif found["form"] in "어었" and bright & {"ㅏ", "ㅗ"}:
        yield f"-{found['form']} does not follow ㅏ or ㅗ"


def _after_change(one: str, place: str, other: str) -> str:
    """Return the letters that a letter may become before or after another one, or "" if the rules do not say."""
    return _before(one, other) if place == "before" else _after(one, other)


def _before(one: str, other: str) -> str:
    """Return what a final consonant becomes (표준발음법 8–20)."""
    if other == "이":
        return {"ㄷ": "ㅈ", "ㅌ": "ㅊ"}.get(one, "")
    if other in "ㄴㅁ":
        return next((nasal for group, nasal in ((_K, "ㅇ"), (_T, "ㄴ"), (_P, "ㅁ")) if one in group), "")
    if other == "ㄹ":
        return "ㄹㄴ" if one == "ㄴ" else ""
    if other == "ㅎ":
        return _ASPIRATED.get(one, "")
    if one == "ㅎ":
        return _ASPIRATED.get(other, "")
    return ""


def _after(one: str, other: str) -> str:
    """Return what a consonant becomes after a final consonant."""
    if other == "ㄹ" and one == "ㄴ":
        return "ㄹ"
    if other == "ㅎ":
        return _ASPIRATED.get(one, "")
    if one == "ㄹ":
        return "ㄴ" if other in f"{_K}{_P}ㅁㅇ" else "ㄴㄹ" if other == "ㄴ" else ""
    return _TENSE.get(one, "") if other in f"{_K}{_T}{_P}" else ""
