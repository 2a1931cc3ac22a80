"""Remove the markup of Anki and of web pages from text.

Only HTML elements that exist are markup, so that "a<b" and "<int, int>" stay unchanged.
"""

import html
import re

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.lazy_regex import lazy_regex

# Each of these elements starts and ends a line.
_BLOCKS = "address|article|blockquote|br|center|dd|div|dl|dt|figure|h[1-6]|hr|li|ol|p|pre|section|table|tbody|tr|ul"
_INLINE = (
    "a|abbr|audio|b|bdi|bdo|big|body|button|cite|code|del|details|dfn|em|figcaption|font|head|html|i|img|input|ins|kbd|"
    "label|link|mark|meta|o:p|q|ruby|rb|rtc|s|samp|small|source|span|strike|strong|sub|summary|sup|svg|thead|title|tt|u|"
    "var|video|wbr"
)
# Every attribute has a value, so that "a<b and b>c" is not an element.
_ATTRIBUTES = r"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s<>"']+))*\s*/?>"""
# An element stops at the next start of the same one, so that unclosed elements cost linear time.
_HIDDEN = lazy_regex(
    rf"<!--(?:(?!<!--).)*?-->|<(script|style|rp)\b{_ATTRIBUTES}(?:(?!<\1).)*?</\1\s*>", re.IGNORECASE | re.DOTALL
)
_LINE_BREAK = lazy_regex(rf"</?(?:{_BLOCKS}){_ATTRIBUTES}", re.IGNORECASE)
_CELL_END = lazy_regex(rf"</?(?:td|th){_ATTRIBUTES}", re.IGNORECASE)
_READING = lazy_regex(rf"<rt{_ATTRIBUTES}((?:(?!<rt).)*?)</rt\s*>", re.IGNORECASE | re.DOTALL)
_TAG = lazy_regex(rf"</?(?:{_INLINE}){_ATTRIBUTES}|<!doctype[^<>]*>", re.IGNORECASE)
_ENTITY = lazy_regex(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});|&nbsp\b")
_MEDIA = lazy_regex(
    r"\[(?:sound|anki:play):[^\[\]]*\]|\[anki:tts\b[^\[\]]*\]((?:(?!\[anki:tts).)*?)\[/anki:tts\]", re.DOTALL
)
# The innermost cloze deletion: its answer, then possibly a hint.
_CLOZE = lazy_regex(r"\{\{c[\d,]+::((?:(?!\{\{|\}\}|::).)*)(?:::(?:(?!\{\{|\}\}).)*)?\}\}", re.DOTALL)


def without_markup(text: str) -> str:
    """Return the text as Anki would show it, without HTML tags, character entities, sounds, and cloze deletions.

    Elements such as ``<br>`` and ``<div>`` become line breaks. A cloze deletion becomes its answer.
    """
    if not any(sign in text for sign in "<&[{"):
        return text
    text = _HIDDEN.sub("", text)
    text = _CELL_END.sub(" ", _LINE_BREAK.sub("\n", _READING.sub(r"(\1)", text)))
    text = _without_clozes(_MEDIA.sub(r"\1", _TAG.sub("", text)))
    text = clean(_ENTITY.sub(lambda entity: html.unescape(entity[0]), text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _without_clozes(text: str) -> str:
    """Replace each cloze deletion with its answer. Cloze deletions may contain others."""
    count = 1 if "{{" in text else 0
    while count:
        text, count = _CLOZE.subn(r"\1", text)
    return text
