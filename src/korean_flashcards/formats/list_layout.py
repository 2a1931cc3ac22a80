"""Find out what each column of a word list contains, from its header or, without one, from its cells."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.domain.plurals import counted
from korean_flashcards.formats.anki_text_export import AnkiHeaders
from korean_flashcards.formats.list_headers import HEADERS, columns_in, is_side, names_words, rejoined
from korean_flashcards.formats.markup import without_markup
from korean_flashcards.korean.hangul import has_hangul, is_syllable, split

_HANJA = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\s,;/·-]+")
_IPA = re.compile(r"[\[/].*[\]/]|.*[ʌɯɛɾɕʑŋʰ͈ː].*")
# How each consonant is written in Latin letters at the beginning of a word. ㅇ stands for any vowel.
_LETTERS = {
    "ㄱ": "gk", "ㄲ": "gk", "ㄴ": "n", "ㄷ": "dt", "ㄸ": "dt", "ㄹ": "rl", "ㅁ": "m", "ㅂ": "bp", "ㅃ": "bp", "ㅅ": "s",
    "ㅆ": "s", "ㅇ": "aeiouwy", "ㅈ": "jcz", "ㅉ": "jcz", "ㅊ": "cj", "ㅋ": "k", "ㅌ": "t", "ㅍ": "p", "ㅎ": "h",
}  # fmt: skip
_TITLE_ROWS = 6  # records among which the header is sought
_MOST = 0.6  # of a column's cells
EXPECTED = f"The first row must name the column for the words, using one of these names: {', '.join(HEADERS['term'])}."


@dataclass(frozen=True)
class Layout:
    """The columns of a list.

    Attributes:
        header: The names of the columns, or an empty list.
        header_row: Whether a record contains these names.
        title_rows: The number of records above the header, such as the list's title.
        columns: The index of each known column.
        titles: The name of each column in the file. A missing or repeated name has the column number.
        by_content: The known columns that were recognized by their cells.
    """

    header: list[str]
    header_row: bool
    columns: dict[str, int]
    titles: list[str]
    by_content: tuple[str, ...] = ()
    title_rows: int = 0

    def title_of(self, column: str) -> str:
        """Return the name of a known column in the file."""
        return self.titles[self.columns[column]]

    def notes(self) -> Iterator[str]:
        """Yield sentences about columns that are missing or that were recognized by their contents."""
        if self.title_rows:
            yield f"{counted(self.title_rows, 'row')} above the header left out."
        found = ", ".join(f'"{self.title_of(name)}" → {name}' for name in self.by_content)
        if found:
            unnamed = "Some headers are not known" if self.header else "The list has no header"
            yield f"{unnamed}. Columns were recognized by their contents: {found}."
        if "definition" not in self.columns:
            yield (
                "No column of meanings found. Meanings make better cards and distinguish homographs. If the list has "
                "them, name the column “definition”."
            )


def layout_of(name: str, sample: Sequence[Sequence[str]], anki: AnkiHeaders) -> Layout:
    """Return the layout of a list that begins with these records.

    Raises:
        WordListError: No column contains words.
    """
    title_rows = 0 if anki.is_export else _title_rows(sample)
    whole, sample = sample[0], sample[title_rows:]
    first = rejoined(sample[0])
    first = first if all(len(cells) <= len(first) for cells in sample[1:]) else [*sample[0]]
    header_row = not anki.columns and _is_header(first, sample[1:], anki.is_export)
    header = anki.columns or (first if header_row else [])
    rows = [[without_markup(cell) for cell in cells] for cells in sample[header_row:]]
    columns = {column: index for column, index in columns_in(header).items() if index not in anki.special}
    columns.update((special, index) for index, special in anki.special.items() if special == "tags")
    columns |= _turned(header, rows, columns)
    if "hanja" not in columns and _explains_with_hanja(header, rows, columns):
        columns["hanja"] = columns.pop("definition")
    guessed = _by_content(rows, columns, anki.special) if "term" not in columns else {}
    if "term" not in {*columns, *guessed}:
        found = ", ".join(cell[:40] for cell in [*whole][:20])
        raise WordListError(
            f"{name} has no column for words. Found: {found}. {EXPECTED} Nothing from this list was imported."
        )
    columns |= guessed
    titles = _titles(header, max(_width(header, rows, anki), *(index + 1 for index in columns.values())), anki)
    return Layout(header, header_row, columns, titles, tuple(guessed), title_rows)


def header_layout(cells: Sequence[str], layout: Layout) -> Layout | None:
    """Return the layout of a header in the middle of a file, where lists were joined, or None if it is not a header."""
    if [*cells] == layout.header:
        return layout if len(cells) > 1 or not has_hangul(cells[0]) else None
    if not names_words(cells):
        return None
    columns = columns_in(cells)
    filled = sum(map(bool, cells))
    if "term" not in columns or filled < 2 or len(columns) < filled:
        return None
    return Layout([*cells], True, columns, _titles(cells, len(cells), AnkiHeaders()))


def _title_rows(sample: Sequence[Sequence[str]]) -> int:
    """Return the number of records above the header, or 0 if the first record may be the header or a word."""
    for index, cells in enumerate(sample[:_TITLE_ROWS]):
        known = columns_in(cells)
        if "term" in known and len(known) > 1:
            return index
        if "term" in known or (sum(map(bool, cells)) > 1 and any(map(has_hangul, cells))):
            break
    return 0


def _is_header(first: Sequence[str], rows: Sequence[Sequence[str]], is_export: bool) -> bool:
    """Return whether the first record is a header: it has known names, or only the other records contain Hangul."""
    known = columns_in(first)
    if "term" in known or len(known) > 1:
        # Google Translate saves rows such as "English,Korean,umbrella,우산", without a header.
        words = [cell for index, cell in enumerate(first) if index not in known.values() and has_hangul(cell)]
        return not words or "term" not in known or not rows or _share(rows, known["term"], has_hangul) > 0
    return not is_export and not any(map(has_hangul, first)) and any(has_hangul(cell) for row in rows for cell in row)


def _turned(header: Sequence[str], rows: Sequence[Sequence[str]], columns: dict[str, int]) -> dict[str, int]:
    """Exchange the term and the definition if Korean is on the back of the cards."""
    term, definition = columns.get("term"), columns.get("definition")
    if term is None or definition is None or not is_side(header[term]):
        return {}
    if _share(rows, term, _is_korean) < 0.5 < _share(rows, definition, _is_korean):
        return {"term": definition, "definition": term}
    return {}


def _explains_with_hanja(header: Sequence[str], rows: Sequence[Sequence[str]], columns: dict[str, int]) -> bool:
    """Return whether the explanations ("풀이") are hanja, as in the vocabulary list of the National Institute of Korean
    Language.
    """
    index = columns.get("definition")
    return index is not None and "풀이" in header[index] and _share(rows, index, _is_hanja) == 1


def _by_content(rows: Sequence[Sequence[str]], columns: dict[str, int], special: Collection[int]) -> dict[str, int]:
    """Return the columns that are recognized by their cells: the words, and what describes them."""
    free = [index for index in range(max(map(len, rows), default=0)) if index not in {*columns.values(), *special}]
    found: dict[str, int] = {}
    tests: dict[str, Callable[[str], object]] = {
        "term": _is_korean, "hanja": _is_hanja, "pos": standard_part_of_speech, "ipa": _IPA.fullmatch,
        "definition": _is_text,
    }  # fmt: skip
    for column, test in tests.items():
        matches = [index for index in free if _share(rows, index, test) >= _MOST] if column not in columns else []
        if column == "definition":
            matches = [index for index in matches if _varies(rows, index)]
        if matches:
            found[column] = matches[0]
            free.remove(matches[0])
        if column == "term" and "term" in found:
            free = [index for index in free if not _is_romanization(rows, found["term"], index)]
    return found


def _is_romanization(rows: Sequence[Sequence[str]], term: int, index: int) -> bool:
    """Return whether almost all cells begin like the Korean word, which few translations do."""
    pairs = [(row[term], row[index].lower()) for row in rows if len(row) > max(term, index) and row[index]]
    words = [(split(word[0]).onset, spelled[0]) for word, spelled in pairs if is_syllable(word[:1])]
    return len(words) > 2 and sum(letter in _LETTERS[onset] for onset, letter in words) > 0.9 * len(words)


def _varies(rows: Sequence[Sequence[str]], index: int) -> bool:
    """Return whether the cells differ. A column with one value, such as the language, describes the list."""
    return len(rows) == 1 or len({row[index] for row in rows if index < len(row)}) > 1


def _share(rows: Sequence[Sequence[str]], index: int, test: Callable[[str], object]) -> float:
    """Return the share of a column's nonempty cells that pass the test."""
    cells = [row[index] for row in rows if index < len(row) and row[index]]
    return sum(bool(test(cell)) for cell in cells) / len(cells) if cells else 0.0


def _is_korean(cell: str) -> bool:
    letters = [sign for sign in cell if sign.isalpha()]
    return sum(map(has_hangul, letters)) * 2 > len(letters)


def _is_hanja(cell: str) -> bool:
    return _HANJA.fullmatch(cell) is not None


def _is_text(cell: str) -> bool:
    return any(map(str.isalpha, cell)) and not _is_korean(cell)


def _width(header: Sequence[str], rows: Sequence[Sequence[str]], anki: AnkiHeaders) -> int:
    """Return the number of columns: those of the header, or those of most rows without one."""
    widths = Counter(map(len, rows))
    if anki.is_export:
        return max([len(header), *widths])
    return len(header) if header else max(widths, key=lambda width: (widths[width], width))


def _titles(header: Sequence[str], width: int, anki: AnkiHeaders) -> list[str]:
    titles = []
    for index in range(max([width, *(index + 1 for index in anki.special)])):
        name = header[index] if index < len(header) else anki.special.get(index, "")
        repeated = not name or [*header].count(name) > 1
        titles.append(f"{name} (column {index + 1})" if name and repeated else name or f"column {index + 1}")
    return titles
