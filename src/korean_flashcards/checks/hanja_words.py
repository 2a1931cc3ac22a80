"""Check the hanja words on cards: the word's own hanja in order, and related words with hanja that a dictionary lists."""

import re
from collections.abc import Iterator
from itertools import product

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.hanja import is_part, same_hanja
from korean_flashcards.checks.signs import HAN, only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.english_synonyms import may_mean_the_same
from korean_flashcards.korean.glosses import content_words
from korean_flashcards.korean.hangul import initial_form, strip_to_hangul
from korean_flashcards.korean.hanja_data import entries, has_changed_reading, reads_as, spelled
from korean_flashcards.korean.sino_words import choose, interchangeable, only_spelling, spellings

HANJA_ORDER = Check(
    "hanja_order", Severity.ERROR, "The Hanja card does not show the word's hanja as one word.",
    "Searches the back of the Hanja card for the hanja in order, without anything between them.",
)  # fmt: skip
HANJA_OF_RELATED = Check(
    "hanja_of_related", Severity.WARNING, "A related word is written with the hanja of a different word, or of none.",
    "Looks up Hangul next to hanja in the dictionary, which must list these hanja for it.",
)  # fmt: skip
HANJA_CHARACTER = Check(
    "hanja_character", Severity.WARNING, "The reading in parentheses is not that of the character in this word.",
    "Compares the reading after each character on the Hanja card with its syllable in the word.",
)  # fmt: skip
ORIGIN = Check(
    "origin", Severity.WARNING, "The record contradicts itself about the word's origin.",
    "Compares “Sino-Korean” and “native” at the beginning of the explanation with the record's and the dictionary's hanja.",
)  # fmt: skip
HANJA_NOT_USED = Check(
    "hanja_not_used", Severity.NOTE, "The record does not use the list's hanja.",
    "Searches homonyms.hanja for the list's hanja, and says whether they are read as the word.",
)  # fmt: skip
CHECKS = (HANJA_ORDER, HANJA_OF_RELATED, HANJA_CHARACTER, ORIGIN, HANJA_NOT_USED)

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_ROW = lazy_regex(f"[{_HAN}]{{2,}}")
_PAIR = lazy_regex(
    rf"(?<![가-힣])([가-힣]{{2,6}}) ?\(?([{_HAN}]{{2,6}})(?![{_HAN}가-힣])(?:\)? ?['‘\"“(]([a-z][a-z ,-]*)['’\"”)])?"
)
_CHARACTER = lazy_regex(rf"(?<![{_HAN}])([{_HAN}]) ?\((?:[가-힣]+ )?([가-힣])[,)]")
_CLAIM = lazy_regex(
    r"\W*(?:an? |the |this (?:word )?is )?(?:purely |pure |originally )?(sino-korean|native)\b(?! nu)", re.I
)
_LABELS = ("한자", "한글")


def hanja_card_shows_the_word(card: Card) -> Iterator[Finding]:
    """Report a Hanja card whose back shows the word's characters, but not in order and next to each other."""
    if card.tab_name != "Hanja" or not card.analysis.homonyms:
        return
    own, reading = card.analysis.homonyms[0]["hanja"], strip_to_hangul(card.analysis.homonyms[0]["reading"])
    shown = re.findall(f"[{_HAN}]+", card.back)
    if (
        len(own) > 1
        and set(own) <= set(card.back)
        and not any(own in row or same_hanja(own, row, reading) for row in shown)
        and not _one_by_one(own, card.back)
    ):
        yield HANJA_ORDER.at("back", f"the word's hanja are {own}, but the back never shows them together")
    for character, read in _CHARACTER.findall(card.back):
        at = own.find(character)
        if (
            own.count(character) == 1
            and len(own) == len(reading)
            and read != reading[at]
            and initial_form(read) != reading[at]
            and reading[at] in (entries()[character].readings if character in entries() else ())
        ):
            yield HANJA_CHARACTER.at("back", f"{character} is read {reading[at]} in {reading}, not {read}")


def _one_by_one(own: str, back: str) -> bool:
    """Return whether the back shows the characters one by one, in order: They are 約 'agree' and 束 'bundle'."""
    places = [
        next((found.start() for found in re.finditer(rf"(?<![{_HAN}]){sign}(?![{_HAN}])", back)), -1) for sign in own
    ]
    return -1 not in places and places == sorted(places) and not any(set(row) == set(own) for row in _ROW.findall(back))


@only_with(HAN)
def related_words_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report Hangul in the record that stands next to the hanja of a different word."""
    yield from _related(analysis, analysis)


@only_with(HAN)
def related_words_on_card(card: Card) -> Iterator[Finding]:
    """Report Hangul on the card that stands next to the hanja of a different word."""
    yield from _related(card, card.analysis)


def origin_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report a word that is called native but has hanja, or Sino-Korean but can have none."""
    claim, word = _CLAIM.match(analysis.text("explanation")), analysis.spoken
    if claim is None or analysis.text("pos") == "phrase":
        return
    hanja = analysis.homonyms[0] if analysis.homonyms else None
    is_native = claim[1].lower() == "native"
    # A later homonym comes first if the word itself has no hanja.
    is_own = hanja is not None and may_mean_the_same(hanja["meaning"], analysis.text("primary_meaning"))
    if hanja and is_own and is_native and strip_to_hangul(hanja["reading"]) == word and reads_as(hanja["hanja"], word):
        yield ORIGIN.at("explanation", f"the explanation calls {word} native, but its hanja are {hanja['hanja']}")
    no_hanja = hanja is None and not analysis.listed.get("hanja") and not spelled(word) and len(word) > 1
    shown = re.search(f"[{_HAN}]", " ".join(text for _, text in analysis.prose))
    if no_hanja and not is_native and not shown and analysis.text("pos") in ("noun", "adverb"):
        yield ORIGIN.at(
            "explanation", f"the explanation calls {word} Sino-Korean, but no hanja word is spelled like this"
        )


def listed_hanja_is_used(analysis: Analysis) -> Iterator[Finding]:
    """Report hanja in the word list that are in none of the record's homonyms."""
    listed, word = "".join(re.findall(f"[{_HAN}]", str(analysis.listed.get("hanja") or ""))), analysis.spoken
    used = [homonym["hanja"] for homonym in analysis.homonyms if homonym["hanja"]]
    if not listed or any(own in listed or listed in own or same_hanja(own, listed, word) for own in used):
        return
    why = "" if is_part(listed, word) else f", because they are not read as {word}"
    yield HANJA_NOT_USED.at("homonyms", f"the list's hanja {listed} are not used{why}")


def _related(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    listed = str(analysis.listed.get("hanja") or "")
    own = [homonym["hanja"] for homonym in analysis.homonyms]
    is_searched = subject.has_han and analysis.language.code not in ("zh", "ja")
    for field, text in subject.prose if is_searched else ():
        for hangul, hanja, meaning in _PAIR.findall(text):
            known = spelled(hangul)
            is_read = reads_as(hanja, hangul) and not has_changed_reading(hanja, hangul)
            if not known and is_read and hanja not in (*own, listed) and (read := _read(hanja)):
                yield HANJA_OF_RELATED.at(field, f"{hanja} is read {read}, not {hangul}")
            if hangul in _LABELS or hanja in own or hanja in listed or not known or len(hangul) != len(hanja):
                continue
            if meaning and reads_as(hanja, hangul) and (usual := _one_character_off(hanja, hangul, meaning)):
                yield HANJA_OF_RELATED.at(field, f"{hangul} “{meaning}” is {usual}, not {hanja}")
            elif (
                reads_as(hanja, hangul)
                and not any(_is_variant(hanja, word) for word in known)
                and not (hanja in _by_reading(hanja) or any(same_hanja(hanja, word, hangul) for word in known))
            ):
                usual = max(known, key=lambda word: min(entries()[sign].uses for sign in word if sign in entries()))
                yield HANJA_OF_RELATED.at(field, f"no dictionary lists {hanja} for {hangul}: {usual} is more usual")


def _read(hanja: str) -> str:
    """Return how the dictionary reads these hanja, with all readings of the characters (住宅 주택), or ""."""
    readings = (entries()[sign].readings if sign in entries() else () for sign in hanja)
    return next((word for word in map("".join, product(*readings)) if hanja in spelled(word)), "")


def _one_character_off(hanja: str, hangul: str, meaning: str) -> str:
    """Return the hanja of the table of common words that differ in one character from those given, or ""."""
    answer = choose(hangul, meaning)
    if answer is None or not answer.hanja or interchangeable(hangul, hanja, answer.hanja):
        return ""
    differ = sum(a != b for a, b in zip(hanja, answer.hanja, strict=False)) == 1
    is_sure = answer.fits_meaning or only_spelling(hangul) == answer.hanja
    same = same_hanja(hanja, answer.hanja, hangul) or _is_variant(hanja, answer.hanja)
    return answer.hanja if differ and is_sure and not same and hanja not in spellings(hangul) else ""


def _by_reading(hanja: str) -> list[str]:
    """Return the words that are spelled with any readings of the characters: 십월 for 十月, which is read 시월."""
    readings = (entries()[sign].readings if sign in entries() else () for sign in hanja)
    return [word for reading in product(*readings) for word in spelled("".join(reading))]


def _is_variant(one: str, other: str) -> bool:
    """Return whether two words differ only in characters with the same English gloss, such as 姉 and 姊 in 姉妹."""
    pairs = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    glosses = [
        [content_words(entries()[sign].gloss) if sign in entries() else frozenset() for sign in pair] for pair in pairs
    ]
    return len(one) == len(other) and all(a & b for a, b in glosses)
