"""Check that each field is in the right language and contains no corrupted characters."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.english_words import is_english
from korean_flashcards.checks.foreign_words import foreign_words
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.explanation_language import Language
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.hangul import has_hangul, is_korean

IN_KOREAN = Check(
    "in_korean", Severity.ERROR, "Text that should be in the explanation language is in Korean.",
    "Measures the share of Hangul in each field that is not in Korean.",
)  # fmt: skip
IN_CHINESE = Check(
    "in_chinese", Severity.ERROR, "The text contains Chinese.",
    "Finds Chinese words, sentences, and punctuation, but ignores hanja of words that the text names in Hangul.",
)  # fmt: skip
IN_JAPANESE = Check(
    "in_japanese", Severity.ERROR, "The text contains Japanese.",
    "Finds kana, unless the text is about Japanese and shows no more kana than a loanword contains.",
)  # fmt: skip
OTHER_SCRIPT = Check(
    "other_script", Severity.ERROR, "The text contains letters from another script.",
    "Finds Greek words and any Cyrillic, Arabic, Hebrew, Thai, or Indic letters, even within Latin words.",
)  # fmt: skip
NOT_ENGLISH = Check(
    "not_english", Severity.WARNING, "The text uses Latin letters but is probably not in the explanation language.",
    "Finds ten or more Latin words without a common English word, two words of German, French, or another language in a "
    "sentence, and words with foreign accents. In other languages, the language's script must occur.",
)  # fmt: skip
MOJIBAKE = Check(
    "mojibake", Severity.ERROR, "Some characters were corrupted by an incorrect encoding.",
    "Finds replacement and control characters, runs of question marks, UTF-8 or CP949 decoded as Latin-1, and lone jamo.",
)  # fmt: skip
TRANSLATION_NOT_ENGLISH = Check(
    "translation_not_english", Severity.ERROR, "An example's translation is in Korean.",
    "Measures the share of Hangul in the quotation after each Korean example.",
)  # fmt: skip
NOT_KOREAN = Check(
    "not_korean", Severity.ERROR, "Text that should be in Korean is not.",
    "Looks for Hangul in each keyword and each hanja reading.",
)  # fmt: skip
CHECKS = (
    IN_KOREAN, IN_CHINESE, IN_JAPANESE, OTHER_SCRIPT, NOT_ENGLISH, MOJIBAKE, TRANSLATION_NOT_ENGLISH, NOT_KOREAN,
)  # fmt: skip

_COMMON_WORDS = """
the a an of to in is it and you for with that on as at be are not or from by this which who when how what where one your
his her their only into but has have does do no if its
me my we he she they him us our so there can will
"""
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_ROW_OF_HAN = lazy_regex(f"[{_HAN}]{{7,}}|[{_HAN}][，。；！？、：]|[，。；！？、：][{_HAN}]")
_HANGUL, _HANGUL_WORDS = lazy_regex("[가-힣]"), lazy_regex("[가-힣]+")
_HAN_LETTER = lazy_regex(f"[{_HAN}]")
_KANA = lazy_regex("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_HAN_OR_KANA = lazy_regex("[\u3005\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d]")
_SCRIPTS = {
    "Cyrillic": "\u0400-\u052f", "Hebrew": "\u0590-\u05ff", "Arabic": "\u0600-\u06ff", "Devanagari": "\u0900-\u097f",
    "Indic": "\u0980-\u0dff", "Thai": "\u0e00-\u0e7f", "Burmese": "\u1000-\u109f", "Khmer": "\u1780-\u17ff",
}  # fmt: skip
_GREEK = lazy_regex("[\u0370-\u03ff]{3,}")
# Letters that no text in a language of this script lacks. Chinese and Korean are not listed because quoted words contain
# their letters, too.
_OWN_LETTERS = {
    **{script: lazy_regex(f"[{letters}]") for script, letters in _SCRIPTS.items()},
    "Greek": lazy_regex("[\u0370-\u03ff]"), "Kana": _KANA,
}  # fmt: skip
_BROKEN = (
    (lazy_regex("[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"), "a replacement or control character"),
    (lazy_regex(r"\?\?(?:\?{2,}|\?? \?{2,} ?\?{2,})"), "question marks instead of letters"),
    (lazy_regex("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€"
                "|[êëìí](?!…[’”])[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{2}"),
     "UTF-8 decoded as Latin-1"),
    (lazy_regex("(?:[°-ÿ][¡-ÿ]){2,}"), "CP949 decoded as Latin-1"),
    (lazy_regex("[\u1100-\u11ff]{2,}"), "separate letters instead of Hangul syllables"),
    # Not 받침ㄹ이: a letter that is the subject of the sentence
    (lazy_regex("[가-힣][ㄱ-ㅎ]?[ㅏ-ㅣ]|[가-힣][ㄱ-ㅊㅌㅍ][가-힣](?<![은는이가을를의로과와도만받])"),
     "letters within a Korean word"),
)  # fmt: skip
# Every match of the patterns above contains one of these.
_SIGN_OF_BROKEN = lazy_regex(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xff\u1100-\u11ffㄱ-ㅣ]|\?\?")
# Text without any of these is English with Korean, so it is not searched for other scripts and corrupted characters.
_OTHER_LETTERS = lazy_regex("[^\t\n\r -~가-힣“”‘’…–—·→]")
_LATIN = "a-z\u00c0-\u024f\u1e00-\u1eff"
_COMMON = lazy_regex(rf"(?<![{_LATIN}])(?:{'|'.join(_COMMON_WORDS.split())})(?![{_LATIN}])", re.I)
_LATIN_WORD = lazy_regex(f"[{_LATIN}]+", re.I)
# Text about a loanword may show its Japanese origin (おでん).
_A_WORD_OF_KANA = 5
_LONG_ENOUGH = 10
# Korean words in a row that are more than a form with its object.
_NOTES = lazy_regex(r"\([^()]*[가-힣][^()]*\)")
_FEWEST_ENGLISH = 3
_PHRASE, _RUN = 4, lazy_regex("[가-힣][가-힣 ]+")
_SENTENCES = frozenset(("metaphor", "explanation", "usage_context", "comparison", "front", "back"))


def languages_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report fields in the record that are in the wrong language."""
    for field, text in analysis.prose:
        yield from _explanation(field, text, analysis, analysis)
    for keyword in analysis.keywords:
        if not is_korean(keyword):
            yield NOT_KOREAN.at("korean_keywords", f"{keyword!r} is not Korean: write it in Hangul or leave it out")
        yield from _broken("korean_keywords", keyword, _BROKEN)
    for homonym in analysis.homonyms:
        if not has_hangul(homonym["reading"]):
            yield NOT_KOREAN.at("homonyms", f"the reading {homonym['reading']!r} is not Korean: write it in Hangul")


def languages_of_card(card: Card) -> Iterator[Finding]:
    """Report a front or back that is in the wrong language. Hanja that the analysis shows are not reported again."""
    for field, text in card.prose:
        yield from _explanation(field, text, card.analysis, card)


def translations_of_card(card: Card) -> Iterator[Finding]:
    """Report an example translation that is in Korean, unless it is the list's."""
    language = card.analysis.language.name
    for snippet in card.snippets:
        if _share(_HANGUL, snippet.translation) > 0.5 and not _is_listed(snippet.translation, card.analysis):
            yield TRANSLATION_NOT_ENGLISH.at(
                "back", f"“{snippet.translation}” should be the {language} translation of “{snippet.korean}”"
            )


def _is_listed(translation: str, analysis: Analysis) -> bool:
    """Return whether the translation is from the list or from the analysis, which has been checked before."""
    known = (analysis.listed.get("example_translation"), *(analysis.listed.get("analysis") or ()))
    return any(translation in text for text in known if text)


def _explanation(field: str, text: str, analysis: Analysis, subject: Analysis | Card) -> Iterator[Finding]:
    language = analysis.language
    plain = language.code == "en" and not _OTHER_LETTERS.search(text)
    if not text.isascii():
        if not (field == "homonyms" and _is_cue(text, analysis)):
            yield from _in_korean(field, text, language)
        if not plain:
            yield from _other_scripts(field, text, language)
            yield from _foreign(field, text, language, _hanja_shown(subject))
    telling = _COMMON if language.code == "en" else _OWN_LETTERS.get(language.script)
    if field in _SENTENCES and telling and not telling.search(text) and len(_LATIN_WORD.findall(text)) >= _LONG_ENOUGH:
        told = language.code == "en" and is_english(text)
        if not told and not (analysis.is_offline and language.code != "en"):
            yield NOT_ENGLISH.at(field, f"{field} must be in {language.name}, not “{_start(text)}”")
    if not plain or "??" in text:
        yield from _broken(field, text, _BROKEN)


def _is_cue(text: str, analysis: Analysis) -> bool:
    """Return whether a homonym's differentiator is a phrase with the homonym: 경기가 좋다 / 나쁘다."""
    words = _HANGUL_WORDS.findall(text)
    return len(words) <= _PHRASE and any(
        homonym["differentiator"] == text and any(homonym["reading"] in word for word in words)
        for homonym in analysis.homonyms
    )


def _hanja_shown(subject: Analysis | Card) -> str:
    """Return text with the hanja that the subject may show. A card may show all hanja in its analysis."""
    if isinstance(subject, Analysis):
        return subject.hanja
    return subject.analysis.hanja + "".join(text for _, text in subject.analysis.prose)


def _in_korean(field: str, text: str, language: Language) -> Iterator[Finding]:
    # Counting all letters is slow. With half as many of these vowels as Hangul, the share is below 0.7. A syllable takes two
    # more bytes than a Latin letter.
    if language.code == "ko" or len(text.encode()) - len(text) <= 4 * sum(map(text.count, "aeiou")):
        return
    # Examples in parentheses do not count: 바람에 blames (길이 막히는 바람에 늦었어요).
    rest = _NOTES.sub("", text)
    if _share(_HANGUL, rest) > 0.7 and _is_prose(rest):
        yield IN_KOREAN.at(field, f"{field} must be in {language.name}, not “{_start(text)}”")


def _other_scripts(field: str, text: str, language: Language) -> Iterator[Finding]:
    must = f"{field} must be in {language.name}"
    if found := _letters_except(language.script).search(text) or (language.script != "Greek" and _GREEK.search(text)):
        yield OTHER_SCRIPT.at(field, f"{must}, but contains {found.group()!r} from another script")


@cache
def _letters_except(own: str) -> re.Pattern[str]:
    return re.compile(f"[{''.join(letters for script, letters in _SCRIPTS.items() if script != own)}]")


def _foreign(field: str, text: str, language: Language, hanja: str) -> Iterator[Finding]:
    """Report Chinese and Japanese: whole sentences, and words that are not hanja of a word that the text names."""
    if not _HAN_OR_KANA.search(text):
        return
    if language.code in ("zh", "ja"):
        if language.code == "zh" and len(_KANA.findall(text)) > _A_WORD_OF_KANA:
            yield IN_JAPANESE.at(field, f"{field} must be in Chinese, not Japanese: “{_start(text)}”")
        return
    must = f"{field} must be in {language.name}"
    # Which words name a foreign word on purpose is known only for English.
    english = text if language.code == "en" else ""
    words = list(foreign_words(english, lambda word: not set(word).isdisjoint(hanja)))
    only_han = field != "homonyms" and _share(_HAN_LETTER, text) > 0.5
    if only_han or _ROW_OF_HAN.search(text):
        yield IN_CHINESE.at(field, f"{must}, not Chinese: “{_start(text)}”")
    elif chinese := [word for word, is_japanese in words if not is_japanese]:
        yield IN_CHINESE.at(field, f"{must}, but contains the Chinese word {chinese[0]!r}")
    if len(_KANA.findall(text)) > _A_WORD_OF_KANA:
        yield IN_JAPANESE.at(field, f"{must}, not Japanese: “{_start(text)}”")
    elif japanese := [word for word, is_japanese in words if is_japanese]:
        yield IN_JAPANESE.at(field, f"{must}, but contains the Japanese word {japanese[0]!r}")


def _broken(field: str, text: str, patterns: Sequence[tuple[re.Pattern[str], str]]) -> Iterator[Finding]:
    for pattern, what in patterns if _SIGN_OF_BROKEN.search(text) else ():
        if found := pattern.search(text):
            yield MOJIBAKE.at(field, f"{field} contains {what}: {found.group()!r}")


def _is_prose(text: str) -> bool:
    """Return whether mostly Korean text is Korean prose, not a list of forms with a few English words between them."""
    words = _LATIN_WORD.findall(text)
    if len(words) >= _FEWEST_ENGLISH and _COMMON.search(text):
        return False  # an English sentence with an example
    return not words or any(len(run.split()) >= _PHRASE for run in _RUN.findall(text))


def _share(letters: re.Pattern[str], text: str) -> float:
    """Return the fraction of the text's letters that match the pattern, from 0 to 1."""
    found = len(letters.findall(text))
    return found / sum(map(str.isalpha, text)) if found else 0.0


def _start(text: str) -> str:
    return text if len(text) <= 40 else text[:40].rstrip() + "…"
