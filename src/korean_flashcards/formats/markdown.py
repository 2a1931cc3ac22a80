"""Remove the markup of Markdown and of note programs from a cell: emphasis, links, code, tags, and escapes."""

import re

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import has_hangul

_SIGN = lazy_regex(r"[*_=~\[`\\#]")
# [[page|text]] shows the text. A whole cell is a word: in [[먹다|먹어요]], the page has its dictionary form.
_WIKI_LINK = lazy_regex(r"!?\[\[([^\[\]|]+)(?:\|([^\[\]]*))?\]\]")
_LINK = lazy_regex(
    r"!?\[([^\[\]]*)\]\((?:https?://|www\.|mailto:|obsidian:|/|#|[^()\s]+\.\w{2,4}\b)[^()]*(?:\([^()]*\)[^()]*)*\)"
)
_EMPHASIS = tuple(
    lazy_regex(
        rf"(?<![{sign}])[{sign}]{{{count}}}(?=[^\s{sign}])([^{sign}]*[^\s{sign}])[{sign}]{{{count}}}(?![{sign}])"
    )
    for sign, count in (("*", "2,3"), ("_", "2,3"), ("=", "2"), ("~", "2"))
)
_ITALIC = lazy_regex(
    r"(?<![\\A-Za-z0-9*_])([*_])((?:[^\W_]|[(“\"'])(?:[^*_]*(?:[^\W_]|[.!?)”\"']))?)\1(?![A-Za-z0-9*_])"
)
_CODE = lazy_regex(r"(?<![^\s(\[])(`+)([^`]*[^`\s])\1(?![^\s)\].,;:!?가-힣])")
_TAGS = lazy_regex(r"(?:(?<=\S)\s+#[^\W\d][\w/-]*)+$")
_ESCAPE = lazy_regex(r"\\([\\`*_{}\[\]()#+.!|~=<>-])")


def without_markdown(text: str) -> str:
    """Return the text as a Markdown program would show it. A word's dictionary form replaces a link to its page."""
    if not _SIGN.search(text):
        return text
    if (whole := _WIKI_LINK.fullmatch(text)) and has_hangul(whole[1]) and not re.search("[/#]", whole[1]):
        return without_markdown(whole[1].strip())
    plain = _WIKI_LINK.sub(lambda link: link[2] or link[1].rpartition("/")[2], text)
    plain = _LINK.sub(r"\1", plain)
    for emphasis in _EMPHASIS:
        plain = emphasis.sub(r"\1", plain)
    plain = _CODE.sub(r"\2", _ITALIC.sub(r"\2", plain))
    return _ESCAPE.sub(r"\1", _TAGS.sub("", plain)).strip()
