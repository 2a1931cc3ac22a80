"""Read the words in the lists of an import, without the ledger. Lists and rows that cannot be read are left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.item_row import RowError, item_of
from korean_flashcards.formats.word_list import ListFile, WordList
from korean_flashcards.ledger.words.definition_edits import Meaning, meaning_of


def words_elsewhere(lists: Sequence[ListFile], but: ListFile) -> set[Meaning]:
    """Return the words in all lists but one."""
    return {meaning for one in lists if one is not but for meaning in _words(one)}


def single_headwords(lists: Sequence[ListFile]) -> frozenset[str]:
    """Return the headwords that only one row of all lists has."""
    terms = Counter(term for one in lists for term, _ in _words(one))
    return frozenset(term for term, count in terms.items() if count == 1)


def _words(one: ListFile) -> Iterator[Meaning]:
    with suppress(WordListError):
        for row in WordList(one.name, one.data).rows():
            with suppress(RowError):
                yield meaning_of(vars(item_of(row, one.name).item))
