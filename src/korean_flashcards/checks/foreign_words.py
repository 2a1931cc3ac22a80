"""Find Chinese and Japanese words within English text. Hanja of Korean words that the text names do not count."""

import re
from collections.abc import Callable, Iterator

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hanja_data import reads_as
from korean_flashcards.korean.native_origins import native_origin

_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTERS_OF_KANA = "\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d"
_KANA = lazy_regex(f"[{_LETTERS_OF_KANA}]")
# A row of Han characters and kana, which Chinese and Japanese write without spaces.
_ROW = lazy_regex(f"[{_HAN}{_LETTERS_OF_KANA}ー]+")
_HANGUL = lazy_regex("[가-힣]+")
_JAPAN = lazy_regex("japan|kanji|katakana|hiragana|kana\\b", re.I)
# Text about the foreign word itself: "from Mandarin 白菜", "written with the characters 内容".
_NAMED_BEFORE = lazy_regex(
    r"(?:chinese|mandarin|cantonese|japanese|china|japan|kanji|hanzi|hanja|character|radical|histor|origin|etymolog|sino-korean|earlier|formerly)\w*\W+(?:\w+\W+)?$",
    re.I,
)
_NAMED_AFTER = lazy_regex(
    r"[\s,(]*(?:in |is |as |are )?(?:the |a )?(?:chinese|mandarin|japanese|kanji|hanzi|hanja|character)", re.I
)
# 雨 'rain', 雨 (rain), 雨: rain, 雨 + 傘
_GLOSSED = lazy_regex(r"\s*[('‘“\"=:+—–-]|\s+means?\b")
_IN_A_ROW = lazy_regex(r"[+(/·,、'‘“\"=→]\s*$")
# Hanja in parentheses after Hangul, and Hangul in parentheses after hanja.
_HANGUL_BEFORE, _HANGUL_AFTER = lazy_regex(r"[가-힣]\s?[(\[]$"), lazy_regex(r"\s?[(\[][가-힣]")
_LAST_HANGUL = lazy_regex(r"([가-힣]+) ?$")
# 性은, 水의: a character with a particle. In 分석하다, part of a word is written in hanja.
_PARTICLE = lazy_regex(
    "(?:[은는이가을를의와과도만에로자]|으로|에서|이라|라는|라고|이란)(?![가-힣])|(?:이?라|이?란|이?다)"
)


def foreign_words(text: str, is_hanja: Callable[[str], bool]) -> Iterator[tuple[str, bool]]:
    """Yield each Chinese or Japanese word in the text, and whether it is Japanese.

    Args:
        text: The text.
        is_hanja: Returns whether a row of Han characters is known to be the hanja of a word that the text is about.
    """
    about_japan = _JAPAN.search(text) is not None
    # Text that shows the word's own or several characters may take them apart: 男 has 力 under 田.
    characters = [row for row in _ROW.findall(text) if len(row) == 1]
    about_characters = len(characters) > 1 or any(map(is_hanja, re.findall(f"[{_HAN}]", text)))
    for found in _ROW.finditer(text):
        word, before, after = found.group(), text[: found.start()], text[found.end() :]
        if _KANA.search(word):
            if not about_japan:
                yield word, True
        elif not (is_hanja(word) or _is_read(word, text)):
            known = _is_explained(before, after) if len(word) > 1 else _is_character(before, after, about_characters)
            if not known and not _is_beside_hangul(word, before, after):
                yield word, False


def _is_read(word: str, text: str) -> bool:
    """Return whether the text has the Hangul for the word: 우기 雨期."""
    return any(native_origin(hangul) == word for hangul in _HANGUL.findall(text)) or any(
        reads_as(word, hangul[start : start + len(word)])
        for hangul in _HANGUL.findall(text)
        for start in range(len(hangul) - len(word) + 1)
    )


def _is_beside_hangul(word: str, before: str, after: str) -> bool:
    """Return whether the word is shown as the hanja of the Hangul beside it. Another check compares the two."""
    last = _LAST_HANGUL.search(before)
    same_length = last is not None and len(last[1]) == len(word) > 1
    return same_length or _HANGUL_BEFORE.search(before) is not None or _HANGUL_AFTER.match(after) is not None


def _is_explained(before: str, after: str) -> bool:
    """Return whether the text around a word says that it is Chinese, Japanese, or hanja."""
    return _NAMED_BEFORE.search(before[-60:]) is not None or _NAMED_AFTER.match(after) is not None


def _is_character(before: str, after: str, about_characters: bool) -> bool:
    """Return whether a single character is mentioned on purpose, not used as a word or as part of one."""
    if _HANGUL.match(after):
        return _PARTICLE.match(after) is not None
    if re.search(r"[가-힣]$", before):
        return False
    alone = _GLOSSED.match(after) or _IN_A_ROW.search(before) or not after.strip()
    return about_characters or bool(alone) or _is_explained(before, after)
