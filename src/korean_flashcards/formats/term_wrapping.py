"""Remove what spreadsheets, web pages, and lists put around a term: markup, prefixes, quotation marks, and bullets.

Teaching notation such as "-는데", "~(으)로", and "A이/가" belongs to the term and stays.
"""

import re

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.decorations import without_decorations
from korean_flashcards.formats.headword_marks import without_marks
from korean_flashcards.formats.markdown import without_markdown
from korean_flashcards.formats.markup import without_markup

# How a term can start: a syllable, a letter, or the notation of a pattern.
_START = r"가-힣ㄱ-ㅎㅏ-ㅣ~～\-–(（\[\"“‘「『<"
_SUPERSCRIPT = lazy_regex(r"<(?:sup|sub)\b[^<>]*>\s*(\d{1,2})\s*</(?:sup|sub)>", re.IGNORECASE)
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# ="-지만" keeps a spreadsheet from reading "-지만" as a formula. So does an apostrophe, which some exports keep.
_QUOTED_FORMULA = lazy_regex(r'=\s*("+)(.*?)\1')
_PREFIX = lazy_regex(rf"['’`´＇=](?=[{_START}'=])")
_PAIRS = (
    ('"', '"'), ("'", "'"), ("`", "`"), ("“", "”"), ("‘", "’"), ("„", "“"), ("«", "»"), ("「", "」"), ("『", "』"),
    ("＂", "＂"), ("[", "]"), ("【", "】"), ("(", ")"), ("（", "）"),
)  # fmt: skip
_STRAY_QUOTES = '"“”„«»＂'
_BULLET = lazy_regex(rf"(?:[•‣▪▫▶►▷▸★☆※✓✔☑☐✅➤➔→*·ㆍ]+\s*|[-–—○●◦■□◆◇]\s+)(?=[{_START}\d])")
_ENUMERATION = lazy_regex(
    rf"\[[ xX✓✔]?\]\s+(?=[{_START}])|"
    rf"(?:(?:no\.?|№|#)\s*\d{{1,5}}[.):]?\s+|\(\d{{1,5}}\)\s*|\[\d{{1,5}}\]\s*|(?:\d{{1,3}}-)?\d{{1,5}}\.\s*|\d{{1,5}}:\s+)(?=[{_START}])"
    r"|\d{1,5}\)\s*(?=\S)|[①-⑳]\s*(?=\S)",
    re.IGNORECASE,
)
_FINAL_MARKS = ".?!,;:*†‡★☆※…‥。、！？，；：．"


def unwrapped_term(text: str) -> str:
    """Return the term without its wrapping. A final question mark, exclamation mark, or period goes too."""
    text = without_decorations(without_marks(" ".join(_plain(text).split())))
    while (shorter := _one_layer_less(text)) != text:
        text = shorter
    return text


def _plain(text: str) -> str:
    """Return the text without markup, which may have been escaped several times. A superscript stays one."""
    text = _SUPERSCRIPT.sub(lambda number: number[1].translate(_SUPERSCRIPTS), clean(text))
    while (plain := without_markdown(without_markup(text))) != text:
        text = plain
    return text


def _one_layer_less(text: str) -> str:
    if formula := _QUOTED_FORMULA.fullmatch(text):
        return formula[2].replace('""', '"').strip()
    text = without_decorations(_without_pairs(text))
    for prefix in (_PREFIX, _BULLET, _ENUMERATION):
        if found := prefix.match(text):
            return text[found.end() :]
    return text.rstrip(f"{_FINAL_MARKS} ") or text


def _without_pairs(text: str) -> str:
    """Remove quotation marks or brackets around the whole text, and a quotation mark that has lost its partner."""
    for opening, closing in _PAIRS:
        inner = text[1:-1]
        if inner and (text[0], text[-1]) == (opening, closing):
            single = inner.replace(opening * 2, "").replace(closing * 2, "")
            if opening not in single and closing not in single:
                return inner.replace(opening * 2, opening).strip()
    marks = [sign for sign in text if sign in _STRAY_QUOTES]
    return text.strip(_STRAY_QUOTES).strip() or text if len(marks) == 1 else text
