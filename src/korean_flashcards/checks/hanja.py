"""Check that hanja match the Hangul next to them, are in the dictionary, and have the meaning given in the record."""

from collections.abc import Iterator, Mapping

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.signs import HAN, only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.glosses import content_words
from korean_flashcards.korean.hangul import strip_to_hangul
from korean_flashcards.korean.hanja import hanja_of
from korean_flashcards.korean.hanja_data import characters_of, has_changed_reading, is_variant, reads_as, spelled
from korean_flashcards.korean.homonym_meanings import wrong_meaning
from korean_flashcards.korean.native_origins import native_origin
from korean_flashcards.korean.sino_words import interchangeable, spellings

HANJA_CHARACTERS = Check(
    "hanja_characters", Severity.ERROR, "The hanja field contains something other than Chinese characters.",
    "Checks every character in homonyms.hanja.",
)  # fmt: skip
HANJA_READING = Check(
    "hanja_reading", Severity.ERROR, "The Hangul next to the hanja does not match their reading.",
    "Looks up each character's readings in homonyms and in text, and checks that the term contains the homonym's reading.",
)  # fmt: skip
HANJA_UNLISTED = Check(
    "hanja_unlisted", Severity.NOTE, "No dictionary lists these hanja for the word, so the etymology may be wrong.",
    "Checks whether the dictionary lists homonyms.hanja of two or more characters under the homonym's reading.",
)  # fmt: skip
HANJA_OTHER_WORD = Check(
    "hanja_other_word", Severity.WARNING, "These hanja belong to a homonym with a different meaning.",
    "Compares the first homonym with the list's hanja or, if the list has none, with hanja that clearly fit the definition.",
)  # fmt: skip
HANJA_MISSING = Check(
    "hanja_missing", Severity.ERROR, "The Hanja card does not show the word's hanja.",
    "Searches the back of the Hanja card for each character.",
)  # fmt: skip
HANJA_MEANING = Check(
    "hanja_meaning", Severity.WARNING, "The hanja do not have the given meaning.",
    "Compares each homonym's meaning with the glosses of its characters, the tables of words, and the list's definition.",
)  # fmt: skip
CHECKS = (HANJA_CHARACTERS, HANJA_READING, HANJA_UNLISTED, HANJA_OTHER_WORD, HANJA_MEANING, HANJA_MISSING)

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_ALL_HAN = lazy_regex(f"[{_HAN}]+")
# 성격 性格, 성격(性格), 性格 (성격 …): adjacent words of equal length.
_BESIDE = lazy_regex(
    rf"(?<![가-힣])(?P<hangul>[가-힣]{{2,6}}) ?\(?(?P<hanja>[{_HAN}]{{2,6}})(?![{_HAN}])"
    rf"|(?<![{_HAN}])(?P<first>[{_HAN}]{{1,6}}) ?\((?P<reading>[가-힣]{{1,6}})(?=[,)])"
)
# In "written in 한자 男性", the Hangul is a label, not the reading.
_LABELS = ("한자", "한글")


def homonyms_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report homonyms whose hanja are invalid, do not match part of the word, or are not in the dictionary.

    Hanja from the list are accepted, even if the list is wrong.
    """
    hangul = strip_to_hangul(analysis.word)
    for homonym in analysis.homonyms:
        hanja, reading = homonym["hanja"], strip_to_hangul(homonym["reading"])
        listed = _is_listed(hanja, analysis)
        if not listed and not _ALL_HAN.fullmatch(hanja):
            yield HANJA_CHARACTERS.at("homonyms", f"{hanja!r} must contain only Chinese characters")
        elif not reading or reading not in hangul:
            yield HANJA_READING.at("homonyms", f"the reading {reading!r} of {hanja} is not part of {analysis.word}")
        elif listed and not is_part(hanja, hangul):
            continue  # the list is wrong
        elif not reads_as(hanja, reading):
            yield HANJA_READING.at(
                "homonyms", f"{hanja} is not read as {reading}: give the hanja for {reading} or use null"
            )
        elif not listed and len(hanja) > 1 and not _in_dictionary(hanja, reading):
            if homonym is not analysis.homonyms[0] and _is_name(homonym):
                continue
            yield HANJA_UNLISTED.at(
                "homonyms", f"no dictionary lists {hanja} for {reading}: the word may be native Korean"
            )


def _is_name(homonym: Mapping[str, str]) -> bool:
    """Return whether a homonym is a proper name: 延世 'Yonsei (University)'."""
    return homonym["meaning"][:1].isupper() or "name" in f"{homonym['meaning']} {homonym['differentiator']}".split()


def own_hanja_means_the_definition(analysis: Analysis) -> Iterator[Finding]:
    """Report the first homonym if its hanja belong to a different word."""
    if not analysis.homonyms:
        return
    own, reading = analysis.homonyms[0]["hanja"], strip_to_hangul(analysis.homonyms[0]["reading"])
    listed = str(analysis.listed.get("hanja") or "")
    meaning = analysis.definition or analysis.text("primary_meaning")
    sure = hanja_of(reading, meaning)
    is_listed = listed != "" and reads_as(listed, reading)
    meant = listed if is_listed else sure.hanja if sure else own
    if same_hanja(own, meant, reading) or interchangeable(reading, own, meant) or not reads_as(own, reading):
        return
    # The table of common words lacks rare homographs (加擊 "blow" beside 價格 "price").
    if is_listed or _explaining(own, reading, meaning) <= _explaining(meant, reading, meaning):
        yield HANJA_OTHER_WORD.at("homonyms", f"the first homonym is {own}, but it should be {meant}")


def _is_listed(hanja: str, analysis: Analysis) -> bool:
    """Return whether the hanja are from the word list, so the model is not to blame for them."""
    return hanja != "" and hanja in str(analysis.listed.get("hanja") or "")


def is_part(hanja: str, hangul: str) -> bool:
    """Return whether a part of the word is read as the hanja."""
    length = len(hanja)
    return any(reads_as(hanja, hangul[start : start + length]) for start in range(len(hangul) - length + 1))


def same_hanja(one: str, other: str, reading: str) -> bool:
    """Return whether two hanja words are the same apart from character variants (教師, 敎師)."""
    if one == other:
        return True
    places = zip(one, other, reading, strict=False)
    return len(one) == len(other) == len(reading) and all(
        a == b or is_variant(a, b, syllable) for a, b, syllable in places
    )


def characters_mean_the_meaning(analysis: Analysis) -> Iterator[Finding]:
    """Report a homonym whose meaning contradicts its characters or the tables, or fits two characters of a homophone."""
    for place, homonym in enumerate(analysis.homonyms):
        hanja, reading, meaning = homonym["hanja"], strip_to_hangul(homonym["reading"]), homonym["meaning"]
        if analysis.language.code == "en" and reads_as(hanja, reading):
            # The meaning of a single character in a longer word is that of the character: 滯 in 체하다.
            is_own = place == 0 and not (len(hanja) == 1 and len(strip_to_hangul(analysis.word)) > 1)
            glosses = (analysis.definition, analysis.text("primary_meaning")) if is_own else ()
            if wrong := wrong_meaning(hanja, reading, meaning, glosses):
                yield HANJA_MEANING.at("homonyms", wrong)
                continue
        if _is_listed(hanja, analysis) or not reads_as(hanja, reading) or _explaining(hanja, reading, meaning):
            continue
        if better := next((word for word in spelled(reading) if _explaining(word, reading, meaning) > 1), None):
            yield HANJA_MEANING.at("homonyms", f"{hanja} does not mean “{meaning}”, but {better} does")


@only_with(HAN)
def hanja_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report hanja in the record's sentences if the Hangul next to them is not their reading."""
    yield from _readings(analysis, analysis)


@only_with(HAN)
def hanja_on_card(card: Card) -> Iterator[Finding]:
    """Report hanja on the card if the Hangul next to them is not their reading."""
    yield from _readings(card, card.analysis)


def hanja_card_shows_hanja(card: Card) -> Iterator[Finding]:
    """Report a Hanja card whose back does not show the word's hanja."""
    if card.tab_name != "Hanja" or not card.analysis.homonyms:
        return
    own = card.analysis.homonyms[0]["hanja"]
    if missing := [character for character in own if character not in card.back]:
        yield HANJA_MISSING.at("back", f"the word's hanja are {own}, but the back does not show {' '.join(missing)}")


def _explaining(hanja: str, reading: str, meaning: str) -> int:
    """Return the number of characters whose gloss shares a word with the meaning."""
    wanted = content_words(meaning)
    return sum(bool(wanted & content_words(sign.gloss)) for sign in characters_of(hanja, reading))


def _readings(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    # In Chinese and Japanese text, the characters next to Hangul are usually its translation.
    is_searched = subject.has_han and analysis.language.code not in ("zh", "ja")
    for field, text in subject.prose if is_searched else ():
        for match in _BESIDE.finditer(text):
            hangul, hanja = match["hangul"] or match["reading"], match["hanja"] or match["first"]
            if _is_copied(hanja, hangul, analysis):
                continue
            if len(hangul) == len(hanja) and hangul not in _LABELS and not _may_read(hanja, hangul, analysis):
                yield HANJA_READING.at(field, f"{hanja} appears next to {hangul}, but is not read as {hangul}")


def _is_copied(hanja: str, hangul: str, analysis: Analysis) -> bool:
    """Return whether the hanja are from the word list, so that the model is not to blame for them."""
    return _is_listed(hanja, analysis) or any(hanja in source and hangul in source for source in analysis.sources)


def _may_read(hanja: str, hangul: str, analysis: Analysis) -> bool:
    """Return whether the hanja are read as the Hangul, in general or within the word (難 as 란 in 곤란)."""
    own = {pair for each in analysis.homonyms for pair in zip(each["hanja"], each["reading"], strict=False)}
    whole = all(reads_as(each["hanja"], strip_to_hangul(each["reading"])) for each in analysis.homonyms)
    in_word = whole and set(zip(hanja, hangul, strict=True)) <= own
    return in_word or reads_as(hanja, hangul) or native_origin(hangul) == hanja


def _in_dictionary(hanja: str, reading: str) -> bool:
    """Return whether the dictionary lists the hanja, their parts, or the hanja without an affix (獨立 in 獨立的)."""
    known = (*spelled(reading), *spellings(reading))
    if has_changed_reading(hanja, reading) or any(same_hanja(hanja, word, reading) for word in known):
        return True
    halves = [(hanja[:cut], reading[:cut], hanja[cut:], reading[cut:]) for cut in range(2, len(hanja) - 1)]
    return (len(hanja) > 2 and (hanja[:-1] in spelled(reading[:-1]) or hanja[1:] in spelled(reading[1:]))) or any(
        left in spelled(left_reading) and right in spelled(right_reading)
        for left, left_reading, right, right_reading in halves
    )
