"""Check that honorific_level fits a word that is itself honorific, humble, or casual: 계시다, 드리다, 너희."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.level_labels import own_level
from korean_flashcards.checks.speech import SpeechLevel, honours_someone
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.morphology import raw_morphemes

LEVEL_OF_WORD = Check(
    "level_of_word", Severity.WARNING, "The honorific_level field does not fit the word.",
    "Compares the level with lists of honorific, humble, and casual words, and with the ending of verb forms.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (LEVEL_OF_WORD,)

_HONORIFIC = frozenset(
    (
        "계시다",
        "드시다",
        "잡수시다",
        "주무시다",
        "돌아가시다",
        "편찮으시다",
        "진지",
        "성함",
        "연세",
        "생신",
        "존함",
        "춘추",
        "께",
        "께서",
        "님",
    )
)
_HUMBLE = frozenset(
    ("드리다", "뵙다", "뵈다", "여쭙다", "여쭈다", "모시다", "아뢰다", "말씀드리다", "저", "저희", "소인")
)
_HUMBLE_STEMS = frozenset(("드리", "뵙", "뵈", "여쭙", "여쭈", "모시", "아뢰"))
_HONORIFIC_STEMS = frozenset(("계시", "드시", "잡수시", "주무시", "돌아가시", "편찮으시"))
_CASUAL = frozenset(("나", "너", "너희", "응", "야", "얘", "걔", "쟤", "엄마", "아빠", "오빠", "언니", "대박", "짱"))
_NEVER = {
    "honorific": frozenset(("humble", "casual")),
    "humble": frozenset(("honorific", "casual")),
    "casual": frozenset(("formal", "humble", "honorific")),
    "casual ending": frozenset(("formal", "polite")),
}
_NAMES = {
    "honorific": "an honorific word", "humble": "a humble word", "casual": "a casual word",
    "casual ending": "a form without 요 or -ㅂ니다",
}  # fmt: skip

_FIRST_CLAUSE = lazy_regex("[.;:(]| to ")
_WRITTEN = lazy_regex(r"\bformal\b|\bwritten\b|\bofficial")
_SPOKEN = lazy_regex(r"\b(?:casual|spoken|speech|everyday|neutral|everywhere|informal|both|or|also|less|not)\b")
_SLANG = lazy_regex(r"(?<!not )\b(?:slang|vulgar)\b|^casual\b|among friends only")
_PLAIN = frozenset(("noun", "adverb", "determiner", "numeral", "adjective"))
_RESPECTFUL = lazy_regex(r"honorific|humbl|respect|honou?r|polite|elder|superior|formal", re.I)
_RESPECTFUL_WORD = lazy_regex("[님분댁씨께]$|드[리시]|말씀|저|제")
_RESPECT_LISTENER = (SpeechLevel.POLITE, SpeechLevel.FORMAL)


def level_fits_the_word(card: Card) -> Iterator[Finding]:
    """Report a card whose level contradicts the word's own level."""
    if not card.level and card.tab_name != "Hanja" and not card.is_offline:
        own = own_level(card.analysis)
        if own in _RESPECT_LISTENER:
            word = card.analysis.spoken
            yield LEVEL_OF_WORD.at("honorific_level", f"{word} is {own}, but honorific_level is missing or unknown")
        return
    kind = _kind(card) if card.level != "neutral" else ""
    if card.level in _NEVER.get(kind, ()):
        yield LEVEL_OF_WORD.at(
            "honorific_level", f"{card.analysis.spoken} is {_NAMES[kind]}, but honorific_level is {card.level}"
        )
    elif not kind and (wrong := _against_the_record(card)):
        yield LEVEL_OF_WORD.at("honorific_level", f"{wrong}, but honorific_level is {card.level}")


def _against_the_record(card: Card) -> str:
    """Return what the word's ending, its use, or its kind says about the level, if honorific_level contradicts it."""
    analysis, level = card.analysis, card.level
    if level in ("", "neutral", "polite") or card.tab_name == "Formal-Casual":
        return ""
    own = own_level(analysis)
    if own is SpeechLevel.POLITE and level == "formal" and not analysis.spoken.endswith(("세요", "셔요", "셨어요")):
        return f"the ending of {analysis.spoken} is polite"
    use = _FIRST_CLAUSE.split(analysis.text("usage_context"))[0].lower()
    about = f"{analysis.definition}\n{analysis.text('primary_meaning')}\n{use}"
    if level == "casual" and own is None and _WRITTEN.search(use) and not _SPOKEN.search(use):
        return f"the record calls {analysis.spoken} formal"
    if level != "casual" and _SLANG.search(about):
        return f"the record calls {analysis.spoken} casual"
    if level not in ("humble", "honorific") or own or analysis.text("pos") not in _PLAIN:
        return ""
    respects = _RESPECTFUL.search(f"{about}\n{analysis.text('usage_context')}") or _RESPECTFUL_WORD.search(
        analysis.spoken
    )
    is_shown = level == "honorific" and honours_someone(card.back)
    return "" if respects or is_shown else f"{analysis.spoken} itself is not {level}"


def _kind(card: Card) -> str:
    """Return the word's own level, or "". An inflected honorific verb can be casual: 가셨어 is said to friends."""
    word, pos = card.analysis.spoken, card.analysis.text("pos")
    if word in _HONORIFIC:
        return "honorific"
    if word in _HUMBLE:
        return "humble"
    if word in _CASUAL:
        return "casual"
    if pos not in ("verb", "adjective"):
        return ""
    parts = raw_morphemes(word)
    honors = any(part.form in _HONORIFIC_STEMS or (part.form in ("시", "으시") and part.tag == "EP") for part in parts)
    if card.level == "humble" and honors:
        return "honorific"
    if card.level == "honorific" and not honors and any(part.form in _HUMBLE_STEMS for part in parts):
        return "humble"
    casual = parts[-1].tag in ("EF", "EC") and parts[-1].form in ("어", "야") and word[-1] not in "다요"
    return "casual ending" if casual else ""
