"""Find Korean text in English prose, together with the quoted translation that follows it.

Example: 버스로 갔어요. 'He went by bus.'
"""

from functools import lru_cache
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import has_hangul

# A quotation begins after a space or bracket. An apostrophe between letters (didn't) does not end it.
_QUOTED = lazy_regex(
    r"['‘\"“](?<=[\s(].)(?:(?<=')(?P<single>[^'\n]++(?:(?<=\w)'(?=\w)[^'\n]*+)*+)'(?!\w)"
    r"|(?<=‘)(?P<curly>[^‘’\n]++(?:(?<=\w)’(?=\w)[^‘’\n]*+)*+)’(?!\w)"
    r'|(?<=")(?P<double>[^"\n]+)"(?!\w)|(?<=“)(?P<wide>[^“”\n]+)”(?!\w))'
)
_KOREAN_TOKEN = lazy_regex(r"[^a-zà-ÿ一-鿿]*[가-힣0-9][^a-zà-ÿ一-鿿]*")
_ENDS_PROSE = (":", ";", "'", "’", '"', "”", ")")
_OPENS_TRANSLATION = ("'", "‘", '"', "“", "(", "—", "–", "=", "→")
# 돈을 다 썼어 ㅠㅠ
_LAUGH = lazy_regex("[ㅋㅎㅠㅜ]")
_EMOTICON = lazy_regex(r"(?<=[가-힣.?!~]) ?[ㅋㅎㅠㅜ]+[.?!~]*(?=\s*$)")
_KOREAN_QUOTATION = lazy_regex(r"[가-힣ㅋㅎㅠㅜ][.?!…~]*[’”\"'][,;–—]? +$")
_SENTENCE_END = lazy_regex(r"[.?!…]['’\"”)]*$")


class Snippet(NamedTuple):
    """A piece of Korean text and the translation after it."""

    korean: str
    translation: str

    @property
    def is_sentence(self) -> bool:
        """Whether the Korean is a complete sentence, not just a phrase or a word, judging by its punctuation."""
        return _SENTENCE_END.search(self.korean) is not None and len(self.korean.split()) > 1


@lru_cache(maxsize=4096)
def snippets(text: str) -> tuple[Snippet, ...]:
    """Return each piece of Korean in the text with the quotation that follows it, in order."""
    found = []
    start = 0
    for match in _QUOTED.finditer(text):
        if has_hangul(match.group()) and _is_speech(text[: match.start()], text[match.end() :]):
            continue
        korean = _korean_before(text[start : match.start()])
        start = match.end()
        if korean:
            translation = next(group for group in match.groups() if group)
            found.append(Snippet(korean, translation.strip()))
    return tuple(found)


def _is_speech(before: str, after: str) -> bool:
    """Return whether a Korean quotation is direct speech in a Korean sentence, or an example with its own translation.

    It is also speech after another Korean quotation, because a translation is not a dialogue: “어디 가?” “집에 가.”
    """
    after = after.lstrip()
    is_speech = has_hangul(after[:1]) or after.startswith(_OPENS_TRANSLATION) or before.rstrip().endswith(":")
    return is_speech or _KOREAN_QUOTATION.search(before) is not None


def _korean_before(text: str) -> str:
    """Return the Korean at the end of ``text``, after the last English word, line break, punctuation mark, or quotation."""
    tokens: list[str] = []
    line = text.rpartition("\n")[2]
    for token in reversed((_EMOTICON.sub("", line) if _LAUGH.search(line) else line).split()):
        if not _KOREAN_TOKEN.fullmatch(token) or (tokens and token.endswith(_ENDS_PROSE)):
            break
        tokens.insert(0, token)
    korean = " ".join(tokens).strip("(–—- ")
    return korean if has_hangul(korean) else ""
