"""Split lists with several blocks of columns side by side, such as "word, meaning" and again "word, meaning"."""

from collections.abc import Iterator, Sequence

from korean_flashcards.formats.list_records import Record


def blocks_of(records: Sequence[Record], header: Sequence[str], term: int) -> Iterator[tuple[str, list[Record]]]:
    """Yield the name and the records of each block, from left to right, or nothing if the columns are not repeated.

    Args:
        records: The list's records. Those of the blocks keep their numbers.
        header: The names of the columns.
        term: The column for the words of the first block.
    """
    terms = [index for index, name in enumerate(header) if name == header[term]]
    first = next(index for index, name in enumerate(header) if name)
    starts = [index - term + first for index in terms]
    spans = [*zip(starts, [*starts[1:], len(header)], strict=True)]
    names = [[*filter(None, header[start:end])] for start, end in spans]
    if len(names) < 2 or len(names[0]) < 2 or any(one != names[0] for one in names[1:]):
        return
    for start, end in spans:
        last = max(index for index in range(start, end) if header[index]) + 1
        cut = (record._replace(cells=record.cells[start:last]) for record in records)
        yield f"columns {start + 1}–{last}", [record for record in cut if any(record.cells)]
