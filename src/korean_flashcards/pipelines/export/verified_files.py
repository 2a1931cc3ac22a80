"""Compare what the exported files contain, read back from the files, with the cards and notes that were exported."""

from collections import Counter
from dataclasses import dataclass

import polars as pl

from korean_flashcards.domain.errors import ExportError
from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.formats import anki_text
from korean_flashcards.exports.formats.apkg import PackageContent
from korean_flashcards.formats import tsv
from korean_flashcards.formats.card_rows import COLUMNS
from korean_flashcards.pipelines.export.nodes import nine_columns


@dataclass(frozen=True)
class VerifiedFile:
    """An exported file with exactly the expected cards.

    Attributes:
        export: The file's dataset.
        content: The bytes of the file.
        card_types: The type of each card in the file.
        expected_types: The type of each card in the layer that the file is made of.
        decks: The number of Anki decks in the file, or None if the format has none.
    """

    export: str
    content: bytes
    card_types: pl.Series
    expected_types: pl.Series
    decks: int | None = None


def verified_deck(deck: PackageContent, notes: pl.DataFrame) -> VerifiedFile:
    """Return the Anki package. It must contain these notes. Raises ExportError if it does not."""
    _verify("Anki deck", deck.notes, notes)
    return VerifiedFile("deck", deck.file, deck.notes["CardType"], notes["CardType"], len({*deck.notes["deck"]} - {""}))


def verified_text(file: bytes, notes: pl.DataFrame) -> VerifiedFile:
    """Return the Anki text file. It must contain these notes. Raises ExportError if it does not."""
    try:
        found = anki_text.read(file)
    except ValueError as error:
        raise _wrong("Anki text file", str(error)) from error
    _verify("Anki text file", found, anki_text.expected_lines(notes))
    return VerifiedFile("anki_text", file, found["CardType"], notes["CardType"], found["Deck"].n_unique())


def verified_tsv(file: bytes, cards: pl.DataFrame) -> VerifiedFile:
    """Return the TSV file. It must contain these cards. Raises ExportError if it does not."""
    try:
        found = tsv.read(file, COLUMNS)
    except ValueError as error:
        raise _wrong("TSV file", str(error)) from error
    _verify("TSV file", found, tsv.cells(nine_columns(cards)))
    return VerifiedFile("cards_tsv", file, found["tab_name"], cards["tab_name"])


def verified_json(file: bytes, cards: pl.DataFrame) -> VerifiedFile:
    """Return the JSON file. It must contain these cards. Raises ExportError if it does not."""
    expected = cards.select("item_id", *COLUMNS)
    try:
        found = pl.read_json(file, schema=expected.schema)
    except pl.exceptions.PolarsError as error:
        raise _wrong("JSON file", "it is not a JSON array of cards") from error
    _verify("JSON file", found, expected)
    return VerifiedFile("cards_json", file, found["tab_name"], cards["tab_name"])


def _verify(file: str, found: pl.DataFrame, expected: pl.DataFrame) -> None:
    """Raise ExportError if the rows of a file are not exactly the expected ones, in any order."""
    found_rows, expected_rows = found.hash_rows().sort(), expected.hash_rows().sort()
    if not found_rows.equals(expected_rows):
        in_file, in_layer = Counter(found_rows), Counter(expected_rows)
        missing, extra = (in_layer - in_file).total(), (in_file - in_layer).total()
        raise _wrong(file, f"{counted(missing, 'card')} of {in_layer.total():,} missing, and {extra:,} unexpected")


def _wrong(file: str, problem: str) -> ExportError:
    return ExportError(
        f"The new {file} was read back and is wrong: {problem}. The files of the previous export are unchanged, and the "
        "ledger does not record this export. Check the disk. Then run `kedro run --pipeline=export`."
    )
