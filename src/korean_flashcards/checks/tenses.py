"""Check that translations have the tense of the Korean sentence, and that a form's meaning has the form's tense."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.english_verbs import (
    is_adjective_in_the_present,
    is_future_only,
    is_past_only,
    is_present_only,
    main_clause,
)
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.used_korean import is_used, translated_korean
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.english_roots import PAST
from korean_flashcards.korean.tense import (
    Tense,
    is_one_clause,
    is_state,
    last_stem,
    may_be_future,
    may_be_past,
    tense_of,
)

TENSE = Check(
    "tense", Severity.WARNING, "The translation's tense is not that of the Korean sentence.",
    "Compares -았/었-, -겠-, -(으)ㄹ 거예요, and the present at the end of the sentence with clear English verb forms.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (TENSE,)

_EXCLAIMS = lazy_regex(
    "알겠|모르겠|처음 뵙|뵙겠|주시겠|실례|좋겠|[다라냐자]고 [하했]|게 [됐되]|(?:^|[,?] |면 |이제 |그럼 |다 )됐|[?]$"
)
_PRESENT_MEANING = lazy_regex(
    r"^(?:\(?(?:it|he|she|I|they|you)\)? )?(?:is|are|am|do|does|don't)\b|\((?:\w+ )*present\b"
)
_PAST_MEANING = lazy_regex(
    r"^(?:\(?(?:it|he|she|I|they|you)\)? )?(?:was|were|did|didn't)\b|\b(?:past|got|went|came|became)\b|\b\w+ed\b"
)
# knows many people, is well connected
_ALSO_PRESENT = lazy_regex(r"(?:^|[,;] )(?!was\b)(?:is|are|am|do|\w+s)\b")
_BASES = dict(PAST)
_PARTICIPLE = lazy_regex(r"\b\w+ed\b")
_PARENTHESES = lazy_regex(r"\([^)]*\)")
# 비가 그쳤어요 “It isn't raining any more”
_AS_A_RESULT = lazy_regex(r"\b(?:any ?more|no longer|now|gone)\b", re.I)
_INFLECTED = frozenset(("verb", "adjective", "phrase"))


def tenses_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report translations in the record with the wrong tense, and the wrong tense of an inflected word's meaning."""
    yield from _tenses(analysis, analysis)
    yield from _own_tense(analysis)


def tenses_agree(card: Card) -> Iterator[Finding]:
    """Report translations on the card with the wrong tense."""
    yield from _tenses(card, card.analysis)


def _tenses(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    for stretch in translated_korean(subject) if analysis.language.code == "en" else ():
        tense = _contradicted(stretch.korean, stretch.translation) if len(stretch.words) > 1 else ""
        if tense and is_used(stretch):
            yield TENSE.at(stretch.field, f"“{stretch.korean}” is {tense}, but “{stretch.translation}” is not")


def _contradicted(korean: str, english: str) -> str:
    """Return the Korean sentence's tense if the English one certainly has a different tense, or ""."""
    english = main_clause(english)
    past = is_past_only(english)
    # Only the past contradicts the present and the future, so most sentences need not be analyzed.
    if not (past or may_be_past(korean)):
        return ""
    future = is_future_only(english)
    if not (future or past or is_present_only(english) or is_adjective_in_the_present(english)):
        return ""
    tense, stem = tense_of(korean), last_stem(korean)
    if tense is None or stem is None or _EXCLAIMS.search(korean):
        return ""
    if tense is Tense.PAST:
        if _AS_A_RESULT.search(english):
            return ""
        is_present = is_adjective_in_the_present(english) if stem.tag.startswith("VA") else is_present_only(english)
        is_wrong = (future and not may_be_future(stem)) or (is_present and not is_state(stem))
        return "past" if is_wrong else ""
    if tense is Tense.FUTURE:
        return "future" if past else ""
    is_action = stem.tag.startswith("VV") and is_one_clause(korean)
    return "present" if past and is_action else ""


def _own_tense(analysis: Analysis) -> Iterator[Finding]:
    """Yield a finding if the meaning of a form such as 예뻤다 has a different tense."""
    word, meaning = analysis.spoken, analysis.text("primary_meaning")
    if analysis.text("pos") not in _INFLECTED or analysis.language.code != "en" or analysis.is_pattern:
        return
    if _is_in_the_present(meaning, analysis.definition) and tense_of(word) is Tense.PAST:
        yield TENSE.at("primary_meaning", f"the list's definition is past, but “{meaning}” is not")
        return
    if not (_PRESENT_MEANING.search(meaning) or _PAST_MEANING.search(meaning)):
        return
    tense, stem = tense_of(word), last_stem(word)
    if stem is None:
        return
    if is_state(stem):  # 놀랐어요 is “I am surprised”, too, but not if the list says “was surprised”
        listed = tense is Tense.PAST and _PAST_MEANING.match(analysis.definition)
        if listed and _PRESENT_MEANING.search(meaning) and not re.search("(?:was|were|did|has|have|had)\\b", meaning):
            yield TENSE.at("primary_meaning", f"the list's definition is past, but “{meaning}” is not")
        return
    present, past = _PRESENT_MEANING.search(meaning), _PAST_MEANING.search(meaning)
    is_present = present or _may_be_present(meaning, analysis.text("pos"))
    is_wrong = (tense is Tense.PAST and not past) or (
        tense is Tense.PRESENT and not word.endswith("다") and not is_present
    )
    if is_wrong:
        yield TENSE.at("primary_meaning", f"{word} is {tense}, but “{meaning}” is not")


def _is_in_the_present(meaning: str, definition: str) -> bool:
    """Return whether a meaning has a verb of the definition in the present (hears, heard), and no verb in the past."""
    words = re.findall("[a-z]+", meaning.lower())
    past = {_BASES[each] for each in re.findall("[a-z]+", definition.lower()) if each in _BASES}
    is_past = any(each in _BASES or each.endswith("ed") for each in words)
    return not is_past and any(each.endswith("s") and each[:-1] in past for each in words)


def _may_be_present(meaning: str, pos: str) -> bool:
    """Return whether only an adjective (tired), a word in parentheses (a respected person), or a participle looks past."""
    outside = _PARENTHESES.sub("", meaning)
    is_adjective = pos == "adjective" and not _PAST_MEANING.search(_PARTICIPLE.sub("", meaning))
    in_parentheses = not _PAST_MEANING.search(outside) and not re.search(r"\bpast\b", meaning)
    return is_adjective or in_parentheses or _ALSO_PRESENT.search(outside) is not None
