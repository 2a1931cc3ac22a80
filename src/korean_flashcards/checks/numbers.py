"""Check that Korean numbers belong to the right series and that counters fit what they count."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.korean_text import Stretch
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.used_korean import is_used
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.counters import wrong_counter_named, wrong_counters, wrong_kind_named
from korean_flashcards.korean.entry_ipa import ipa_of_entry
from korean_flashcards.korean.number_words import native_minutes, series_of, sino_two, wrong_numbers, wrong_reading

WRONG_NUMBER = Check(
    "wrong_number", Severity.WARNING, "A number is of the wrong series or in the wrong form.",
    "Looks for Sino-Korean numbers with hours and things, native ones with minutes and dates, and 하나 before a counter.",
)  # fmt: skip
WRONG_COUNTER = Check(
    "wrong_counter", Severity.WARNING, "A counter does not fit what it counts.",
    "Compares nouns before and after a number with the kinds of things that its counter counts.",
)  # fmt: skip
CHECKS = (WRONG_NUMBER, WRONG_COUNTER)

# What the text must contain: a number before one more syllable, or a counter in an English sentence.
_NUMBERS = lazy_regex(
    "[0-9한두세네섯곱덟홉열무몇둘셋넷물른흔쉰순든하여일이삼사오육칠팔구십](?:(?<=[0-9한두세네섯곱덟홉열무몇둘셋넷물른흔쉰순든])"
    "|(?<=하)나|(?<=여)섯|(?<=[일이삼사오육칠팔구십])(?= |시|명|살|번째|월|마)) ?[가-힣]"
)
# Hours take Sino-Korean numbers
_CLAIM = lazy_regex(
    r"\b(hours?|minutes?|seconds?|dates?|months|money|ages?|floors|years of age)\b"
    r" (?:(?:is|are) (?:always )?(?:counted|read|said) (?:with|in)"
    r"|(?:always )?(?:takes?|needs?|uses?|goes with|go with|with|in)) (?:the )?(native|sino)",
    re.I,
)
_TIME = lazy_regex(r"\[([가-힣]+ 시(?: [가-힣]+ 분)?)\]")  # how a time of day in digits is read
_TWO = lazy_regex(r"\b(?:[Tt]wo|2)\b")
_PEOPLE = lazy_regex(
    r"\b(?:peoples?|persons?|guests?|customers?|visitors?|passengers?|diners?|elders?|adults?|teachers?|members?|honou?r\w*"
    r"|respect\w*|heads|seats?|tables?|(?:of|are) (?:you|us|them)|who)\b",
    re.I,
)
_PEOPLE_IN_KOREAN = lazy_regex("손님|어르신|어른|선생님|고객|분들|모두|오셨|오시|계시|계세|앉으|분이[세십셨신]|분께")
_HANGUL = lazy_regex("[가-힣]+")
_READ = lazy_regex(r"\b(?:read|said|pronounced|spoken)\b[^.?!\n]{0,12}$", re.I)
_SERIES = lazy_regex(r"(?<!not )(?<!never )\b(native|sino)(?:-korean)? (?:numbers?|numerals?|ones)\b", re.I)
_SERIES_NAMES = {"native": "native", "sino": "Sino-Korean"}
_NATIVE_THINGS = ("hour", "age", "years of age")


def numbers_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report wrong numbers and counters in the record, and IPA of a number's other reading."""
    yield from _numbers(analysis, analysis)
    other = wrong_reading(analysis.word)
    if other and analysis.text("ipa") == ipa_of_entry(other, "noun"):
        yield WRONG_NUMBER.at("ipa", f"{analysis.word} is not read {other}")


def numbers_on_card(card: Card) -> Iterator[Finding]:
    """Report wrong numbers and counters on the card."""
    yield from _numbers(card, card.analysis)


def _numbers(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    other = wrong_reading(analysis.word)
    people = [each for each in subject.own_korean if _counts_people(other, each)] if other.endswith("분") else []
    for stretch in subject.own_korean if _NUMBERS.search(subject.all_prose) else ():
        is_person = stretch in people or (people and not _READ.search(stretch.before))
        found = list(_in_korean(stretch, analysis.word, "" if is_person else other))
        yield from found if found and is_used(stretch) else ()
    for field, text in subject.prose if _TIME.search(subject.all_prose) else ():
        for reading in _TIME.findall(text):
            for wrong, right in wrong_numbers(reading):
                yield WRONG_NUMBER.at(field, f"“{wrong}” is wrong: use {right}")
    for field, text in subject.prose if _is_about_numbers(subject.all_prose) else ():
        yield from _claims(field, text, analysis)


def _is_about_numbers(prose: str) -> bool:
    """Return whether lowercase text may contain a statement about numbers or counters."""
    return "native" in prose or "sino" in prose or "count" in prose or (" for " in prose and not prose.isascii())


def _in_korean(stretch: Stretch, word: str, other: str) -> Iterator[Finding]:
    for wrong, right in wrong_numbers(stretch.korean):
        yield WRONG_NUMBER.at(stretch.field, f"“{wrong}” is wrong: use {right}")
    for wrong, noun, usual in wrong_counters(stretch.korean):
        yield WRONG_COUNTER.at(stretch.field, f"“{wrong}” is wrong: {noun} is usually counted with {usual}")
    if stretch.translation and (two := sino_two(stretch.korean)) and _TWO.search(stretch.translation):
        yield WRONG_NUMBER.at(stretch.field, f"“{two}” is wrong: use 두")
    if "minute" in stretch.translation and (minutes := native_minutes(stretch.korean)):
        yield WRONG_NUMBER.at(stretch.field, f"“{minutes}” is wrong: minutes take Sino-Korean numbers")
    if other and other in stretch.korean:
        yield WRONG_NUMBER.at(stretch.field, f"{word} is not read {other}")


def _counts_people(number: str, stretch: Stretch) -> bool:
    """Return whether the number is said to count people: 손님은 열 분이에요 beside 10분, ten minutes."""
    text = f"{stretch.before}{stretch.translation}{stretch.after}"
    return number in stretch.korean and (_PEOPLE.search(text) or _PEOPLE_IN_KOREAN.search(stretch.korean)) is not None


def _of_another(found: re.Match[str], text: str, analysis: Analysis) -> bool:
    """Return whether numbers of this series belong to a different word: 세 with Sino-Korean numbers, the text about 살."""
    clause = re.split(r"[.;:,\n]", text[: found.start()])[-1]
    named = _HANGUL.findall(clause)
    both = {series.lower() for series in re.findall("native|sino", text, re.I)}
    return len(both) > 1 or (bool(named) and named[-1] != analysis.spoken)


def _claims(field: str, text: str, analysis: Analysis) -> Iterator[Finding]:
    """Yield false statements about numbers and counters."""
    if counter := wrong_counter_named(analysis.word, text):
        yield WRONG_COUNTER.at(field, f"{analysis.word} is not counted with {counter}")
    if named := wrong_kind_named(text) if " for " in text and not text.isascii() else None:
        yield WRONG_COUNTER.at(field, f"{named[0]} does not count {named[1]}")
    own = series_of(analysis.spoken)
    all_series = (
        {found[1].lower() for found in _SERIES.finditer(text) if not _of_another(found, text, analysis)}
        if own
        else set()
    )
    if len(all_series) == 1 and own not in all_series and field not in ("other_meanings", "comparison"):
        yield WRONG_NUMBER.at(field, f"{analysis.word} does not take {_SERIES_NAMES[all_series.pop()]} numbers")
    for thing, series in _CLAIM.findall(text) if "umber" in text or "ino" in text or "ative" in text else ():
        is_native = thing.lower().rstrip("s") in _NATIVE_THINGS or thing.lower() in _NATIVE_THINGS
        if is_native != (series.lower() == "native"):
            yield WRONG_NUMBER.at(
                field, f"{thing} take {'native' if is_native else 'Sino-Korean'} numbers, not {series}"
            )
