"""Find out what each column of a word list contains, from its header or, without one, from its cells."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.domain.plurals import counted
from korean_flashcards.formats.anki_text_export import AnkiHeaders
from korean_flashcards.formats.continuation_lines import is_continuation
from korean_flashcards.formats.list_contents import (
    Rows,
    cells_of,
    fits,
    is_han,
    is_korean,
    reads_as_terms,
    recognized,
    share,
)
from korean_flashcards.formats.list_header_row import header_row
from korean_flashcards.formats.list_headers import (
    HEADERS,
    columns_in,
    exact_columns,
    guessed_columns,
    is_equivalent,
    is_explanation,
    is_header,
    is_translation,
    rejoined,
    role_of,
)
from korean_flashcards.formats.list_hints import hints_as_meanings
from korean_flashcards.formats.list_own_meanings import own_meanings
from korean_flashcards.formats.list_refusals import layout_problem
from korean_flashcards.formats.markdown import without_markdown
from korean_flashcards.formats.markup import without_markup
from korean_flashcards.formats.note_lines import is_title
from korean_flashcards.formats.spreadsheet_errors import is_spreadsheet_error
from korean_flashcards.korean.hangul import has_hangul

EXPECTED = f"The first row must name the column for the words, using one of these names: {', '.join(HEADERS['term'])}."

_ONE_ROW = "A list without a header needs one row per word: the word, a tab, and its meaning."
_MAX_COLUMNS = 500
# What a header may say about a column that the cells decide about. "TOPIK 단어" are words, not levels.
_OPEN = {None, "term", "definition", "topik_level"}


@dataclass(frozen=True)
class Layout:
    """The columns of a list.

    Attributes:
        header: The names of the columns, or an empty list.
        header_row: Whether a record contains these names.
        beside: The numbers of columns that repeat the names and contents of the columns for words and meanings.
        title_rows: The number of records above the header, such as the list's title.
        columns: The index of each known column.
        titles: The name of each column in the file. A missing or repeated name has the column number.
        by_content: The known columns that were recognized by their cells.
        more_meanings: The indexes of columns that continue the definitions, as "hint 2" continues "hint 1".
        usual_width: The number of cells in most rows.
        title: The cells of a title above the rows of a list without a header, or None.
        other_meanings: The indexes of columns that fill empty definitions.
    """

    header: list[str]
    header_row: bool
    columns: dict[str, int]
    titles: list[str]
    by_content: tuple[str, ...] = ()
    title_rows: int = 0
    beside: tuple[int, ...] = ()
    more_meanings: tuple[int, ...] = ()
    usual_width: int = 0
    title: list[str] | None = None
    other_meanings: tuple[int, ...] = ()

    def title_of(self, column: str) -> str:
        """Return the name of a known column in the file."""
        return self.titles[self.columns[column]]

    def notes(self) -> Iterator[str]:
        """Yield sentences about columns that are missing or that were recognized by their contents."""
        if self.title_rows:
            yield f"{counted(self.title_rows, 'row')} above the header left out."
        is_weak = "definition" in self.columns and role_of(self.title_of("definition")) == "usage_hint"
        shown = [name for name in self.by_content if not (is_weak and name == "definition")]
        found = ", ".join(f'"{self.title_of(name)}" → {name}' for name in shown)
        if found:
            unnamed = "Some headers are not known" if self.header else "The list has no header"
            yield f"{unnamed}. Columns were recognized by their contents: {found}."
        if beside := self.beside:
            unnamed = "Korean words, which are not read. To import them, move them below the first column."
            advice = "words. Move them below the first list." if self.header else unnamed
            yield f"Column {', '.join(map(str, beside))} contains more {advice}"
        if is_weak:
            yield f'No column of meanings found. "{self.title_of("definition")}" is used, because it looks like meanings.'
        if self.more_meanings:
            more = ", ".join(f'"{self.titles[index]}"' for index in self.more_meanings)
            yield f'{more} continues the meanings of "{self.title_of("definition")}".'
        if self.other_meanings:
            others = ", ".join(f'"{self.titles[index]}"' for index in self.other_meanings)
            yield f'{others} fills the empty meanings of "{self.title_of("definition")}".'
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
    _check_width(name, sample)
    found = None if anki.columns else header_row(sample, anki.is_export)
    has_header, title_rows = found is not None, found or 0
    header = anki.columns or (_header(sample[title_rows:]) if has_header else [])
    rows = [
        [_plain(cell) for cell in cells] for cells in sample[title_rows + has_header :] if not is_continuation(cells)
    ]
    columns = {column: index for column, index in _named(header, rows).items() if index not in anki.special}
    columns.update((special, index) for index, special in anki.special.items() if special == "tags")
    columns |= _turned(rows, columns)
    guessed = recognized(rows, columns, _unnamed(header, rows, {*columns.values(), *anki.special}), bool(header))
    if "term" not in {*columns, *guessed}:
        raise WordListError(layout_problem(name, sample) or _no_words(name, sample))
    columns |= guessed
    columns, other_meanings = own_meanings(header, rows, columns)
    before = columns
    columns, more_meanings = hints_as_meanings(header, rows, columns, anki.special)
    guessed |= {name: index for name, index in columns.items() if before.get(name) != index}
    titles = _titles(header, max(_width(header, rows, anki), *(index + 1 for index in columns.values())), anki)
    beside = tuple(_beside(header, rows, columns))
    usual_width = Counter(map(len, sample)).most_common(1)[0][0]
    title = [*sample[0]] if not header and not anki.is_export and is_title(sample) else None
    return Layout(
        header, has_header, columns, titles, tuple(guessed), title_rows, beside, more_meanings, usual_width, title,
        other_meanings,
    )  # fmt: skip


def _no_words(name: str, sample: Sequence[Sequence[str]]) -> str:
    shown = ", ".join(cell[:40] for cell in [*sample[0]][:20])
    advice = f" {_ONE_ROW}" if max(map(len, sample)) == 1 else ""
    return f"{name} has no column for words. Found: {shown}. {EXPECTED}{advice} Nothing from this list was imported."


def _plain(cell: str) -> str:
    """Return the cell's text. A spreadsheet's error says nothing about a column."""
    plain = without_markdown(without_markup(cell))
    return "" if is_spreadsheet_error(plain) else plain


def _beside(header: list[str], rows: Rows, columns: dict[str, int]) -> Iterator[int]:
    """Yield the numbers of the columns with words that have the same name as the column for words, or no name.

    The header may be a title that is shorter than the rows.
    """
    term = columns["term"]
    if not header:
        yield from (
            index + 1 for index in range(max(map(len, rows), default=0)) if _has_more_words(rows, columns, index)
        )
    for index, name in enumerate(header):
        if (
            index != term
            and index not in columns.values()
            and [name] == header[term : term + 1]
            and share(rows, index, is_korean) > 0.5
        ):
            yield index + 1


def _has_more_words(rows: Rows, columns: dict[str, int], index: int) -> bool:
    """Return whether an unused column of a list without a header contains different Korean words."""
    cells = cells_of(rows, index)
    is_varied = len(set(cells)) > 0.8 * len(cells) and len(cells) * 2 > len(rows) > 1
    is_word = is_varied and share(rows, index, lambda cell: is_korean(cell) and " " not in cell) > 0.8
    return is_word and index not in columns.values() and share(rows, index, standard_part_of_speech) < 0.5


def _check_width(name: str, sample: Sequence[Sequence[str]]) -> None:
    """Raise WordListError if a record has more cells than any word list has columns."""
    for number, cells in enumerate(sample, 1):
        width = max((index for index, cell in enumerate(cells, 1) if cell), default=0)
        if width > _MAX_COLUMNS:
            raise WordListError(
                f"{name} has {width:,} cells in row {number}; the limit is {_MAX_COLUMNS}. Check the separators and "
                "line breaks. Nothing from this list was imported."
            )


def header_layout(cells: Sequence[str], layout: Layout) -> Layout | None:
    """Return the layout of a header in the middle of a file, where lists were joined, or None if it is not a header."""
    if [*cells] == layout.header:
        return layout if len(cells) > 1 or not has_hangul(cells[0]) else None
    if not is_header(cells):
        return None
    return Layout([*cells], True, columns_in(cells), _titles(cells, len(cells), AnkiHeaders()))


def _header(sample: Sequence[Sequence[str]]) -> list[str]:
    """Return the names in the first record, which commas in parentheses may have split."""
    first = rejoined(sample[0])
    return first if all(len(cells) <= len(first) for cells in sample[1:]) else [*sample[0]]


def _named(header: Sequence[str], rows: Rows) -> dict[str, int]:
    """Return the columns that the header names. A guess counts only if the cells do not contradict it."""
    columns = exact_columns(header)
    free = [index for index in range(len(header)) if index not in columns.values()]
    if _is_foreign(rows, columns.get("term", -1)) and any(share(rows, one, is_korean) >= 0.5 for one in free):
        del columns["term"]  # "Vocabulary" may also name the words of the learner's language
    candidates = guessed_columns(header, columns)
    for column in sorted(candidates, key=("term", *candidates).index):
        fitting = [index for index in candidates[column] if fits(column, rows, index, columns.get("term"))]
        if column == "definition" and len(fitting) > 1:
            # "释义, 例句, 翻译": the translation after the example is not the meaning.
            fitting = [index for index in fitting if not _follows_example(header, index)] or fitting
        if column not in columns and fitting:
            columns[column] = fitting[0]
    later = [index for index in candidates.get("definition", ()) if _follows_example(header, index)]
    if "definition" in columns and "example" in columns and later and later[0] not in columns.values():
        columns.setdefault("example_translation", later[0])
    if "term" not in columns and share(rows, columns.get("definition", -1), is_korean) >= 0.5:
        del columns["definition"]  # the only Korean column
    return _with_words(_with_hanja(header, rows, columns), rows)


def _follows_example(header: Sequence[str], index: int) -> bool:
    """Return whether the header names a translation right after the example."""
    follows = index > 0 and role_of(header[index - 1]) == "example"
    return follows and is_translation(header[index]) and not is_equivalent(header[index])


def _with_hanja(header: Sequence[str], rows: Rows, columns: dict[str, int]) -> dict[str, int]:
    """Use explanations ("풀이") in hanja as the hanja, as in the vocabulary list of the National Institute of Korean
    Language. The same is true of a column called "Chinese".
    """
    index, term = columns.get("definition"), columns.get("term")
    if index is None or term is None or "hanja" in columns or not is_explanation(header[index]):
        return columns
    if share(rows, index, is_han) < 1 or not reads_as_terms(rows, term, index):
        return columns
    return {"hanja" if column == "definition" else column: place for column, place in columns.items()}


def _with_words(columns: dict[str, int], rows: Rows) -> dict[str, int]:
    """Use the only Korean column as the words if it is called a sentence or a phrase, and its translation likewise."""
    index = columns.get("example")
    width = max(map(len, rows), default=0)
    korean = [one for one in range(width) if share(rows, one, is_korean) >= 0.5]
    if "term" in columns or index is None or korean != [index]:
        return columns
    names = {"example": "term"} if "definition" in columns else {"example": "term", "example_translation": "definition"}
    return {names.get(column, column): place for column, place in columns.items()}


def _unnamed(header: Sequence[str], rows: Rows, used: Collection[int]) -> list[int]:
    """Return the columns that may be recognized by their contents: those whose header does not say what they are.

    A header that says only that its column is in some language, or about the word, leaves open which of the two.
    """
    width = max(map(len, rows), default=0)
    if width == 1:
        return [*{0}.difference(used)]  # "Unit 1" above the words of one column
    # "Lesson 5" above several columns is a title, not the name of the first.
    is_title = sum(map(bool, header)) == 1
    roles = [None if is_title else role_of(name) for name in header] + [None] * width
    return [index for index in range(width) if index not in used and roles[index] in _OPEN]


def _turned(rows: Rows, columns: dict[str, int]) -> dict[str, int]:
    """Exchange the term and the definition if only the meanings are Korean, as in a list for learners of English."""
    term, definition = columns.get("term", -1), columns.get("definition", -1)
    if not _is_foreign(rows, term) or share(rows, definition, is_korean) <= 0.5:
        return {}
    return {"term": definition, "definition": term}


def _is_foreign(rows: Rows, index: int) -> bool:
    return len(cells_of(rows, index)) > 1 and not share(rows, index, has_hangul)


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
