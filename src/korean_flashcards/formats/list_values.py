"""Interpret the values of a word list where the same header means different things in different lists."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.domain.plurals import counted
from korean_flashcards.formats.frequency_ranks import frequency_of, number_of
from korean_flashcards.formats.list_contents import is_han
from korean_flashcards.formats.list_header_words import plain_header
from korean_flashcards.formats.list_headers import HEADERS, role_of
from korean_flashcards.formats.list_layout import Layout
from korean_flashcards.formats.long_definition import LIMIT, shortened
from korean_flashcards.korean.hangul import has_hangul

# "Type" may also be the type of a note. Columns with these names contain parts of speech only if the values say so.
_TYPES = {"type", "word type"}
# What lists of any other header call a row that has no part of speech.
_NO_PART_OF_SPEECH = re.compile(
    r"(?:vocabulary|vocab|grammar|words?|단어|어휘|문법|(?:품사\s*)?없음|none|(?:lesson|unit|chapter|day|week)\b.*|제?\s*\d+\s*(?:과|단원|주차?))",
    re.IGNORECASE,
)
_EXAMPLES = 3  # values in the summary
LONG_DEFINITION = "long_definition"


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
    """

    layout: Layout
    ranks: bool = False
    spaced_tags: bool = False
    unused: dict[str, UnusedValues] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)

    def restart(self) -> None:
        """Forget the counts, because the list is read again."""
        self.unused.clear()
        self.used.clear()

    def read(self, values: dict[str, str], other: dict[str, str], layout: Layout) -> list[tuple[str, str]]:
        """Interpret a row's values in place, and return the row's warnings as (code, reason) pairs.

        Values that are not used are moved to ``other``. ``layout`` contains the columns of this row.
        """
        if (pos := values.get("pos")) and not _is_part_of_speech(pos, layout.title_of("pos")):
            self._leave_out("pos", layout, values)
            other[layout.title_of("pos")] = pos
        if (spoken := values.get("ipa")) and has_hangul(spoken):
            self._leave_out("ipa", layout, values)
            other["Hangul pronunciation"] = spoken
        if origin := values.get("hanja"):
            values["hanja"] = _hanja_of(origin, layout.title_of("hanja"))
            if values["hanja"] != origin:
                other[layout.title_of("hanja")] = origin
        if self.ranks and (rank := number_of(values.get("frequency", ""))):
            values["frequency"] = str(frequency_of(rank))
        if self.spaced_tags and "," not in values.get("tags", ","):
            values["tags"] = ", ".join(values["tags"].split())
        self.used.update(column for column, value in values.items() if value)
        definition = values.get("definition", "")
        if len(definition) <= LIMIT:
            return []
        values["definition"] = shortened(definition)
        reason = f"the definition was shortened, because it has more than {LIMIT} characters"
        return [(LONG_DEFINITION, reason)]

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


def _hanja_of(origin: str, title: str) -> str:
    """Return the hanja in a cell such as "感謝하다".

    In a dictionary's column for the origins of words, a cell without hanja ("bus") is not used.
    """
    hanja = "".join(sign for sign in origin if is_han(sign)).strip(" ,;/·-")
    is_named = plain_header(title) in HEADERS["hanja"] or role_of(title) != "hanja"
    return origin if is_named and not (hanja and has_hangul(origin)) else hanja


def _is_part_of_speech(value: str, title: str) -> bool:
    if plain_header(title) in _TYPES:
        return standard_part_of_speech(value) is not None
    return _NO_PART_OF_SPEECH.fullmatch(value) is None
