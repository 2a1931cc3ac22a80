"""Interpret the values of a word list where the same header means different things in different lists."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.domain.plurals import counted
from korean_flashcards.formats.frequency_ranks import frequency_of, number_of
from korean_flashcards.formats.list_contents import is_han, spells
from korean_flashcards.formats.list_header_words import plain_header
from korean_flashcards.formats.list_headers import HEADERS, role_of
from korean_flashcards.formats.list_layout import Layout
from korean_flashcards.formats.long_definition import LIMIT, shortened
from korean_flashcards.formats.spreadsheet_errors import is_spreadsheet_error
from korean_flashcards.korean.hangul import has_hangul, strip_to_hangul

# "Type" may also be the type of a note. Columns with these names contain parts of speech only if the values say so.
_TYPES = {"type", "word type"}
# What lists of any other header call a row that has no part of speech.
_NO_PART_OF_SPEECH = lazy_regex(
    r"(?:vocabulary|vocab|grammar|words?|단어|어휘|문법|(?:품사\s*)?없음|none|(?:lesson|unit|chapter|day|week)\b.*|제?\s*\d+\s*(?:과|단원|주차?))",
    re.IGNORECASE,
)
# A phrase with a mark in place of the word: "사랑을 ~".
_PHRASE = lazy_regex(r"(?:^|\s)[~～](?:\s|[가-힣]|$)")
_LATIN = lazy_regex("[A-Za-z]{2}")
_EXAMPLES = 3  # values in the summary
LONG_DEFINITION = "long_definition"
SPREADSHEET_ERROR = "spreadsheet_error"
# What a column for hanja says about a word without hanja. 무 (無) is a word, too.
_NOTHING = lazy_regex(r"(?:[\W_]+|없음|없다|none|no|n/a)", re.IGNORECASE)
_NOT_HANJA = lazy_regex("[가-힣–—―−-]")
_NO_HANJA = {"無": "무", "无": "무"}


@dataclass
class UnusedValues:
    """The values of a column that were not used: the column's header, their number, and some of them."""

    title: str
    count: int = 0
    examples: dict[str, None] = field(default_factory=dict)


@dataclass
class ValueReader:
    """Interpret the values of a list's rows, and count what was not used.

    Attributes:
        layout: The list's columns.
        ranks: Whether the frequencies are ranks.
        spaced_tags: Whether spaces separate tags, as in Anki.
        unused: The values that were not used, by column.
        used: How many values of each known column were used.
        moved: How many explanations were read as the value of each other column.
    """

    layout: Layout
    ranks: bool = False
    spaced_tags: bool = False
    unused: dict[str, UnusedValues] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)

    def restart(self) -> None:
        """Forget the counts, because the list is read again."""
        self.unused.clear()
        self.used.clear()
        self.moved.clear()

    def read(self, values: dict[str, str], other: dict[str, str], layout: Layout) -> list[tuple[str, str]]:
        """Interpret a row's values in place, and return the row's warnings as (code, reason) pairs.

        Values that are not used are moved to ``other``. ``layout`` contains the columns of this row.
        """
        warnings = [*_without_errors(values)]
        if (pos := values.get("pos")) and not _is_part_of_speech(pos, layout.title_of("pos")):
            self._leave_out("pos", layout, values)
            other[layout.title_of("pos")] = pos
        if (spoken := values.get("ipa")) and has_hangul(spoken):
            self._leave_out("ipa", layout, values)
            other["Hangul pronunciation"] = spoken
        if origin := values.get("hanja"):
            values["hanja"] = _hanja_of(origin, layout.title_of("hanja"), values.get("term", ""))
            if values["hanja"] != origin:
                other[layout.title_of("hanja")] = origin
        self._read_explanation(values, layout)
        if self.ranks and (rank := number_of(values.get("frequency", ""))):
            values["frequency"] = str(frequency_of(rank))
        if self.spaced_tags and "," not in values.get("tags", ","):
            values["tags"] = ", ".join(values["tags"].split())
        self.used.update(column for column, value in values.items() if value)
        definition = values.get("definition", "")
        if len(definition) <= LIMIT:
            return warnings
        values["definition"] = shortened(definition)
        reason = f"the definition was shortened, because it has more than {LIMIT} characters"
        return [*warnings, (LONG_DEFINITION, reason)]

    def _read_explanation(self, values: dict[str, str], layout: Layout) -> None:
        """Move an explanation that is the word's hanja, or a phrase with "~" in place of the word.

        The vocabulary lists of the National Institute of Korean Language have all three in the column 풀이.
        """
        text = values.get("definition", "")
        if not text or "풀이" not in layout.title_of("definition"):
            return
        is_hanja = is_han(text) and spells(strip_to_hangul(values.get("term", "")), text.strip())
        is_phrase = _PHRASE.search(text) and not _LATIN.search(text)
        column = "hanja" if is_hanja else "usage_hint" if is_phrase else ""
        if column and not values.get(column):
            values[column], values["definition"] = text, ""
            self.moved[column] += 1

    def is_unused(self, column: str) -> bool:
        """Return whether none of the column's values were used, but some were moved."""
        return column in self.unused and not self.used[column]

    def notes(self) -> Iterator[str]:
        """Yield sentences about the values that were not used, or that were read in an unusual way."""
        if self.ranks:
            title = self.layout.title_of("frequency")
            yield (
                f'"{title}" looks like a rank: common words have low numbers. Words with low numbers are generated first.'
            )
        for column, number in self.moved.items():
            yield f'"{self.layout.title_of("definition")}": {counted(number, "value")} read as {column}.'
        if found := self.unused.get("pos"):
            shown = ", ".join(f'"{value[:40]}"' for value in found.examples)
            count = counted(found.count, "value")
            yield f'"{found.title}": {count} not used (not a part of speech: {shown}).'
        if found := self.unused.get("ipa"):
            count = counted(found.count, "pronunciation")
            yield f'"{found.title}": {count} not used (in Hangul, not in IPA).'

    def _leave_out(self, column: str, layout: Layout, values: dict[str, str]) -> None:
        found = self.unused.setdefault(column, UnusedValues(layout.title_of(column)))
        found.count += 1
        if len(found.examples) < _EXAMPLES:
            found.examples[values[column]] = None
        values[column] = ""


def _without_errors(values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Empty the cells with errors of a spreadsheet, and yield a warning for each. A term's error is a reason to reject."""
    for column, value in values.items():
        if column != "term" and is_spreadsheet_error(value):
            values[column] = ""
            name = column.replace("_", " ")
            yield SPREADSHEET_ERROR, f"the {name} '{value}' is an error of the spreadsheet and was left out"


def _hanja_of(origin: str, title: str, term: str) -> str:
    """Return the hanja in a cell such as "感謝하다", "長-", or "없음".

    In a dictionary's column for the origins of words, a cell without hanja ("bus") is not used.
    """
    hanja = "".join(sign for sign in origin if is_han(sign)).strip(" ,;/·-")
    if _NOTHING.fullmatch(origin) or _NO_HANJA.get(hanja, "") not in term:
        return ""
    is_named = plain_header(title) in HEADERS["hanja"] or role_of(title) != "hanja"
    return origin if is_named and not (hanja and _NOT_HANJA.search(origin)) else hanja


def _is_part_of_speech(value: str, title: str) -> bool:
    if plain_header(title) in _TYPES:
        return standard_part_of_speech(value) is not None
    return _NO_PART_OF_SPEECH.fullmatch(value) is None
