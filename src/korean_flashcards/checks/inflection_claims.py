"""Check that verbs and adjectives that a text calls regular, ㅂ-irregular, or the like are that."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.signs import only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.hangul import is_syllable, split
from korean_flashcards.korean.inflection import verb_stems
from korean_flashcards.korean.morphology import RawMorpheme, raw_morphemes

IRREGULAR = Check(
    "irregular", Severity.WARNING, "The text names the wrong kind of inflection.",
    "Compares “ㅂ-irregular” and “regular” with the stem's last letter and the analyzer's dictionary.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (IRREGULAR,)

_CLAIM = lazy_regex(
    r"(?<![가-힣ㄱ-ㅎ])(?P<letter>[ㅂㄷㅅㅎㄹ르러으ㅡ])[- ]?(?P<kind>drops?\b|irregular|불규칙)"
    r"|(?P<regular>(?:^|(?<=[.;:] ))[Rr]egular(?=[.;:,])"
    r"|\bis (?:a )?regular(?=[.,;:)]| (?:verb|adj)|$)|\b(?<!-)regular (?:verb|adjective|stem))"
    r"|\bis (?:also |an )?(?P<irregular>irregular)\b"
)
_IRREGULAR = lazy_regex("[ㅂㄷㅅㅎ르][- ]?irregular")
_TWO_VERBS = lazy_regex(
    r"\b(?:(?:two|both|other|another) verbs?|the (?:one|other)|homo(?:graph|nym)s?|look (?:the same|alike))\b"
)
_FIELDS = frozenset(("explanation", "usage_context", "comparison", "other_meanings", "back"))
_PREDICATES = ("VV", "VA", "XSA", "XSV", "VX")
_DENIED = lazy_regex(r"(?:\bnot|\bnever|n't|[Uu]nlike|\bno)\W+(?:\w+\W+){0,2}$")
_NAMED = lazy_regex("[가-힣]+(?![가-힣])")
# Each is two verbs. The regular one has these meanings: 묻다 "to bury", but also "to ask".
_REGULAR_TOO = {
    "묻": "bury|stain", "걷": "roll|collect|gather", "굽": "bent|bend", "이르": "arriv|reach", "누르": "yellow",
    "곱": "numb",
}  # fmt: skip
_AROUND = 80  # characters
# Stems in 르 that only lose ㅡ: 따라, 들러.
_LEO = ("푸르", "이르", "누르", "노르")  # 푸르러
_NOT_LEU = frozenset(("따르", "치르", "들르", "다다르", "우러르", "잠그", "푸르", "뒤따르", "잇따르"))


@only_with("regular", "irregular", "irregulars", "irregularly", "drop", "drops", "불규")
def inflection_claims(subject: Analysis | Card) -> Iterator[Finding]:
    """Report text that calls a word ㄷ-irregular or regular if it is not."""
    analysis = subject.analysis
    for field, text in subject.prose:
        for claim in _CLAIM.finditer(text) if field in _FIELDS else ():
            if claim["regular"] and _has_both(text):
                continue
            word = _claimed(text[: claim.start()], analysis)
            if (
                word
                and not (claim["letter"] == "러" and any(stem in text for stem in _LEO))
                and not _DENIED.search(text[max(0, claim.start() - 40) : claim.start()])
                and not _is_about_the_other(word, claim, subject)
                and not _fits(word, claim, analysis)
            ):
                yield IRREGULAR.at(field, f"the text calls {word} “{claim[0]}”, which does not fit its stem")


def _has_both(text: str) -> bool:
    """Return whether a text tells a regular verb from an irregular one that is spelled alike: 굽다 “grill” and “be bent”."""
    return _IRREGULAR.search(text) is not None and _TWO_VERBS.search(text) is not None


def irregular_tags(card: Card) -> Iterator[Finding]:
    """Report tags that call a word ㄷ-irregular if it is not."""
    for tag in map(str, card.card.get("tags") or ()):  # grammar:ㄷ_irregular
        claim = _CLAIM.search(tag.replace("_", "-")) if "irregular" in tag else None
        if claim and (word := _claimed("", card.analysis)) and not _fits(word, claim, card.analysis):
            yield IRREGULAR.at("tags", f"the tag {tag} does not fit the stem of {word}")


def _claimed(before: str, analysis: Analysis) -> str:
    """Return the verb that the claim is about: the last one named in the sentence, or the word itself."""
    sentence = re.split(r"[.;\n]", before)[-1]
    named = [word for word in _NAMED.findall(sentence) if word.endswith("다") and len(word) > 1]
    if named:
        return str(named[-1])
    own = ("verb", "adjective", *(("suffix",) if analysis.spoken.endswith("다") else ()))
    return analysis.spoken if analysis.text("pos") in own else ""


def _is_about_the_other(word: str, claim: re.Match[str], subject: Analysis | Card) -> bool:
    """Return whether a text with two verbs calls the regular one so: the other 걷다, "to collect", is regular."""
    regular = _REGULAR_TOO.get(word.removesuffix("다")) if claim["regular"] else None
    if regular is None:
        return False
    around = claim.string[max(0, claim.start() - _AROUND) : claim.end() + _AROUND]
    return "irregular" in subject.words or re.search(rf"\b(?:{regular}|other|homo|twin)", around) is not None


def _fits(word: str, claim: re.Match[str], analysis: Analysis) -> bool:
    """Return whether the claim fits the word's stem, or the stem is unknown."""
    stem = _stem(word)
    is_base = word.endswith("다") and is_syllable(word[-2]) and (stem is None or stem.form.endswith(word[-2]))
    if is_base and claim["letter"] in tuple("ㅂㄷㅅㅎ") and not split(word[-2]).coda.endswith(claim["letter"]):
        return False  # -답다 is not ㅎ-irregular
    if stem is None or not is_syllable(stem.form[-1]):
        return True
    if claim["letter"] == "러":
        return stem.form.endswith(_LEO)
    if stem.form in _REGULAR_TOO and (
        word != analysis.spoken or re.search(_REGULAR_TOO[stem.form], analysis.definition)
    ):
        return True
    last, is_irregular = split(stem.form[-1]), stem.tag.endswith("-I")
    if claim["regular"]:
        return not (is_irregular or (stem.form.endswith("르") and stem.form not in _NOT_LEU)) or stem.tag.startswith(
            "XS"
        )
    if claim["irregular"]:
        return is_irregular or last.coda in ("", "ㄹ") or stem.tag.startswith("XS")
    letter, kind = claim["letter"], claim["kind"]
    # The origin of 드시다 is 들-, and the analyzer reads 지었어요 as a form of 지다.
    if (letter == "ㄹ" and kind.startswith("drop")) or any(each[-1] == letter for each in _other_stems(word)):
        return True
    if letter in "으ㅡ":
        return last.vowel == "ㅡ" and not last.coda
    if letter == "르":
        return stem.form.endswith("르") and stem.form not in _NOT_LEU
    if kind.startswith("drop"):
        return last.coda == letter
    return last.coda.endswith(letter) and (
        letter == "ㄹ" or (letter != "ㅎ" and not stem.tag.endswith("-R")) or is_irregular
    )


def _other_stems(word: str) -> frozenset[str]:
    """Return all stems that a form without 다 may have, as letters."""
    return frozenset() if word.endswith("다") else verb_stems(word)


def _stem(word: str) -> RawMorpheme | None:
    return next((part for part in raw_morphemes(word) if part.tag.startswith(_PREDICATES) and part.known), None)
