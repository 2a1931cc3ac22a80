"""Recognize the encodings other than UTF-8, UTF-16, and CP949 that can contain Korean."""

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.korean.hangul import has_hangul

# ISO-2022-KR announces itself. The others are recognized by the text that they give.
_ANNOUNCEMENT = b"\x1b$)C"
_CODECS = {"gb18030": "GB18030", "johab": "Johab"}
NAMES = {"iso2022_kr": "ISO-2022-KR", **_CODECS}


def announced_encoding(data: bytes) -> str | None:
    """Return the codec that the data announces and follows, or None."""
    return "iso2022_kr" if _ANNOUNCEMENT in data[:4096] and _decoded(data, "iso2022_kr") is not None else None


def other_encoding(data: bytes) -> str | None:
    """Return the codec in which all of the data is plausible Korean, or None."""
    return next((codec for codec in _CODECS if _is_korean(_decoded(data, codec) or "")), None)


def is_common(syllable: str) -> bool:
    """Return whether a syllable is among the 2,350 common ones of KS X 1001, which have two bytes in EUC-KR.

    Text that is read in the wrong encoding contains many of the other 8,822 syllables.
    """
    return len(syllable.encode("euc-kr")) == 2


def unknown_encoding(name: str) -> WordListError:
    """Return the error for a file without Korean text in any known encoding."""
    return WordListError(
        f"{name} contains no Korean text in UTF-8, UTF-16, or CP949/EUC-KR. It probably has a different encoding, such as "
        "Shift-JIS, Big5, or Windows-1252. Open it in the program that created it, save it as “CSV UTF-8”, and run the "
        "command again. Nothing from this list was imported."
    )


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _is_korean(text: str) -> bool:
    """Return whether nearly all syllables are common, and half of the lines with other scripts than Latin have them."""
    syllables = [sign for sign in text if has_hangul(sign)]
    lines = [line for line in text.splitlines() if not line.isascii()]
    korean = sum(map(has_hangul, lines))
    return korean * 2 >= len(lines) > 0 and sum(map(is_common, syllables)) >= 0.95 * len(syllables)
