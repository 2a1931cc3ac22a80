"""Read a word list as an import does, up to the ledger: its words, its rejected rows, and its warnings."""

from dataclasses import dataclass, field

from korean_flashcards.domain.records import VocabularyItem
from korean_flashcards.formats.item_row import RowError, item_of
from korean_flashcards.formats.term_text import numbered_headwords
from korean_flashcards.formats.word_list import WordList


@dataclass
class ReadList:
    """The words of a list, the reasons for its rejected rows by row number, its warnings, and its summary."""

    words: list[VocabularyItem] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)
    rejects: dict[int, str] = field(default_factory=dict)
    warnings: list[tuple[int, str, str]] = field(default_factory=list)
    summary: str = ""

    @property
    def terms(self) -> list[str]:
        return [word.term for word in self.words]

    @property
    def meanings(self) -> dict[str, str | None]:
        return {word.term: word.definition for word in self.words}

    def column(self, name: str) -> dict[str, object]:
        """Return the words' values of one column."""
        return {word.term: getattr(word, name) for word in self.words}


def read_list(data: str | bytes, name: str = "words.txt") -> ReadList:
    """Return how the list is read."""
    found = ReadList()
    source = WordList(name, data if isinstance(data, bytes) else data.encode())
    rows = list(source.rows())
    numbered = numbered_headwords(row.values.get("term", "") for row in rows)
    for row in rows:
        try:
            word = item_of(row, name, numbered)
        except RowError as error:
            found.rejects[row.row] = str(error)
            continue
        found.words.append(word.item)
        found.numbers.append(word.dictionary_number)
        found.warnings += [(row.row, code, reason) for code, reason in word.warnings]
    found.summary = " ".join(source.summary.lines())
    return found
