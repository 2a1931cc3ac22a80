"""The Korean that English prose quotes with its translation in quotation marks: 버스로 갔어요. 'He went by bus.'"""

import re
from functools import lru_cache
from typing import NamedTuple

from korean_flashcards.korean.hangul import has_hangul

# A quotation opens after a space or bracket; an apostrophe between letters (didn't) does not close it.
_QUOTED = re.compile(
    r"(?<=[\s(])(?:'(?P<single>(?:[^'\n]|(?<=\w)'(?=\w))+)'(?!\w)|‘(?P<curly>(?:[^‘’\n]|(?<=\w)’(?=\w))+)’(?!\w)"
    r'|"(?P<double>[^"\n]+)"(?!\w)|“(?P<wide>[^“”\n]+)”(?!\w))'
)
_KOREAN_TOKEN = re.compile(r"[^a-zà-ÿ一-鿿]*[가-힣0-9][^a-zà-ÿ一-鿿]*")
_ENDS_PROSE = (":", ";", "'", "’", '"', "”", ")")
_SENTENCE_END = re.compile(r"[.?!…]['’\"”)]*$")


class Snippet(NamedTuple):
    """A piece of Korean and the translation that follows it."""

    korean: str
    translation: str

    @property
    def is_sentence(self) -> bool:
        """Whether it is a whole sentence, by its punctuation; phrases and single words are cues."""
        return _SENTENCE_END.search(self.korean) is not None and len(self.korean.split()) > 1


@lru_cache(maxsize=4096)
def snippets(text: str) -> tuple[Snippet, ...]:
    """Return each piece of Korean in ``text`` that is followed by a quotation, with it, in their order."""
    found = []
    start = 0
    for match in _QUOTED.finditer(text):
        if has_hangul(match.group()) and has_hangul(text[match.end() :].lstrip()[:1]):
            continue  # direct speech inside a Korean sentence
        korean = _korean_before(text[start : match.start()])
        start = match.end()
        if korean:
            translation = next(group for group in match.groups() if group)
            found.append(Snippet(korean, translation.strip()))
    return tuple(found)


def _korean_before(text: str) -> str:
    """The Korean at the end of ``text``: back to the last English word, line break, colon, semicolon or quotation."""
    tokens: list[str] = []
    for token in reversed(text.rpartition("\n")[2].split()):
        if not _KOREAN_TOKEN.fullmatch(token) or (tokens and token.endswith(_ENDS_PROSE)):
            break
        tokens.insert(0, token)
    korean = " ".join(tokens).strip("(–—- ")
    return korean if has_hangul(korean) else ""
