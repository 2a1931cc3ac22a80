"""Decode the bytes of a word list: UTF-8, UTF-16, CP949/EUC-KR, or a mixture of encodings.

A program that saves a list in the wrong encoding damages a few bytes. Reading the whole file in a different encoding
because of them would turn every word into other Hangul.
"""

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats import other_encodings
from korean_flashcards.korean.hangul import has_hangul

_SAMPLE = 1 << 16  # bytes
_PART = 1 << 13  # characters to decode at once
# Text contains hardly any control characters apart from white space and escape.
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
# Two or more common syllables in EUC-KR.
_EUC_KR_WORD = re.compile(rb"(?:[\xb0-\xc8][\xa1-\xfe]){2,}")
_CUT = "the row ends in the middle of a character, which was left out"
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_NAMES = {"utf-8": "UTF-8", "cp949": "CP949/EUC-KR", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_NAMES |= other_encodings.NAMES
# What the two decoders say about a character whose last bytes are missing.
_INCOMPLETE = ("unexpected end of data", "incomplete multibyte sequence")


@dataclass(frozen=True)
class ListText:
    """The decoded text of a list.

    Attributes:
        encoding: The usual name of the encoding of most lines.
        damaged: The problem with each damaged line that has been read so far, keyed by line number (from 1).
    """

    encoding: str
    _data: bytes = field(repr=False)
    _codec: str
    _is_damaged: bool = False
    damaged: dict[int, str] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Yield the lines, cleaned and each ending with a line feed."""
        # Latin-1 maps each byte to one character, so the lines of a damaged file can be decoded one by one.
        lines = _lines(self._data, "latin-1" if self._is_damaged else self._codec)
        for line in self._repaired(lines) if self._is_damaged else lines:
            yield clean(line).replace("\n", " ") + "\n"

    def with_lines(self, lines: Iterable[str], damaged: Mapping[int, str] | None = None) -> "ListText":
        """Return a text with other lines, and with the same damage unless it is given."""
        data = "\n".join(lines).encode()
        return ListText(self.encoding, data, "utf-8", damaged=dict(self.damaged if damaged is None else damaged))

    def _repaired(self, lines: Iterator[str]) -> Iterator[str]:
        """Decode each line by itself. A line without Hangul is read in the encoding of the line before it."""
        last = self._codec
        for number, raw in enumerate(lines, 1):
            data = raw.encode("latin-1")
            last = _korean_encoding(data) or last
            line, problem = _decoded(data, last)
            if last != self._codec and not data.isascii():
                problem = f"the row is in {_NAMES[last]}, unlike the rest of the file"
            if problem:
                self.damaged[number] = problem
            yield line


def text_of(name: str, data: bytes) -> ListText:
    """Return the list's text.

    Raises:
        WordListError: The file is not text.
    """
    if (codec := _utf_16(data)) is not None:
        whole = data[: len(data) // 2 * 2]
        if _is_text(whole, codec):
            damaged = {sum(1 for _ in _lines(whole, codec)): _CUT} if len(whole) < len(data) else {}
            return ListText(_NAMES[codec], whole, codec, damaged=damaged)
    elif not data.startswith(tuple(_BOMS)):
        if announced := other_encodings.announced_encoding(data):
            return ListText(_NAMES[announced], data, announced)
        if _is_text(data, "utf-8-sig"):
            return ListText("UTF-8", data, "utf-8-sig")
        if b"\0" not in data and len(_CONTROL.findall(data[:_SAMPLE])) <= len(data[:_SAMPLE]) / 50:
            return _legacy_text(name, data)
    raise WordListError(
        f"{name} is not a text file in UTF-8, UTF-16, or CP949/EUC-KR, and not an Excel workbook (.xlsx). Save it as "
        "“CSV UTF-8” and run the command again. Nothing from this list was imported."
    )


def _utf_16(data: bytes) -> str | None:
    """Return the name of the UTF-16 codec if there is a BOM, or if most bytes in every second place are NUL."""
    if bom := _BOMS.get(data[:2]):
        return bom
    even, odd = data[:_SAMPLE:2].count(0), data[1:_SAMPLE:2].count(0)
    if max(even, odd) * 10 < len(data[:_SAMPLE]) or min(even, odd) * 20 > max(even, odd):
        return None
    codec = "utf-16-le" if odd > even else "utf-16-be"
    return codec if has_hangul(data[:_SAMPLE].decode(codec, "ignore")) else None


def _is_text(data: bytes, codec: str) -> bool:
    """Return whether the data is text in this encoding, with at most one NUL in 20 characters.

    The data is decoded in chunks to limit memory use.
    """
    nuls = characters = 0
    try:
        with io.TextIOWrapper(io.BytesIO(data), encoding=codec, newline="") as text:
            while part := text.read(_PART):
                nuls += part.count("\0")
                characters += len(part)
    except UnicodeDecodeError:
        return False
    return nuls * 20 <= characters


def _lines(data: bytes, codec: str) -> Iterator[str]:
    """Yield the lines without their line endings (LF, CRLF, or CR)."""
    with io.TextIOWrapper(io.BytesIO(data), encoding=codec, newline=None) as text:
        for line in text:
            yield line.removesuffix("\n")


def _legacy_text(name: str, data: bytes) -> ListText:
    """Return the text of a file that is not UTF-8. The file is in CP949 only if all lines with Hangul are.

    A line with Hangul in UTF-8 shows that the file is damaged UTF-8, or that several files were joined.
    """
    lines = [raw.encode("latin-1") for raw in _lines(data, "latin-1")]
    found = Counter(map(_korean_encoding, lines))
    is_cp949 = _is_text(data, "cp949")
    if not found["utf-8"]:
        mostly_cp949 = found["cp949"] * 2 >= sum(not line.isascii() for line in lines)
        if not (is_cp949 and mostly_cp949) and (other := other_encodings.other_encoding(data)):
            return ListText(_NAMES[other], data, other)
        if not found["cp949"]:
            raise other_encodings.unknown_encoding(name)
    codec = "cp949" if found["cp949"] > found["utf-8"] else "utf-8"
    damaged = codec == "utf-8" or found["utf-8"] > 0 or not is_cp949
    return ListText(_NAMES[codec], data, codec, damaged)


def _korean_encoding(line: bytes) -> str | None:
    """Return the encoding in which the line contains Hangul, or None if the line does not tell."""
    if line.isascii():
        return None
    in_utf_8 = line.decode("utf-8", "ignore")
    odd = len(line) - len(in_utf_8.encode())
    in_cp949 = _is_korean_in_cp949(line)
    if has_hangul(in_utf_8):
        # In CP949, some neighboring bytes look like Hangul in UTF-8 by accident, but most bytes do not.
        hangul = sum(3 for sign in in_utf_8 if has_hangul(sign))
        return "cp949" if in_cp949 and hangul < odd else "utf-8"
    return "cp949" if in_cp949 and odd else None


def _is_korean_in_cp949(line: bytes) -> bool:
    """Return whether most syllables are common, unlike in UTF-8 and Windows-1252 that are read as CP949."""
    syllables = [sign for sign in line.decode("cp949", "ignore") if has_hangul(sign)]
    return sum(map(other_encodings.is_common, syllables)) * 2 > len(syllables)


def _decoded(line: bytes, codec: str) -> tuple[str, str | None]:
    """Decode a line, and describe what is damaged.

    Bytes that do not fit are read as an EUC-KR word or as Windows-1252. An incomplete last character is left out.
    """
    parts: list[str] = []
    odd: list[str] = []
    while line:
        try:
            return "".join([*parts, line.decode(codec)]), _problem(odd, codec)
        except UnicodeDecodeError as error:
            parts.append(line[: error.start].decode(codec))
            rest = line[error.start :]
            if error.end == len(line) and error.reason in _INCOMPLETE and (codec == "cp949" or len(rest) > 1):
                return "".join(parts), _CUT
            word = _EUC_KR_WORD.match(rest)
            end = word.end() if word else 1
            odd.append(rest[:end].decode("euc-kr" if word else "cp1252", "replace"))
            parts.append(odd[-1])
            line = rest[end:]
    return "".join(parts), _problem(odd, codec)


def _problem(odd: Sequence[str], codec: str) -> str | None:
    if not odd:
        return None
    shown = ", ".join(dict.fromkeys(odd))
    return f"the row has bytes that are not {_NAMES[codec]}; they were read as {shown}"
