"""Measure the speed of pronunciation with and without steps, IPA, and hanja.

docs/explanation/pronunciation.md has the table.

    python tests/benchmarks/bench_korean.py [--list FILE] [--rounds 5]

The words of a list (by default, the sample list) are repeated until there are 10,000. The fastest round counts. The analysis
by kiwipiepy is included if it is installed.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

from korean_flashcards.formats.item_row import RowError, item_of  # noqa: E402
from korean_flashcards.formats.word_list import read_word_list  # noqa: E402
from korean_flashcards.korean.explanation import explain  # noqa: E402
from korean_flashcards.korean.hanja import explain_hanja, hanja_of  # noqa: E402
from korean_flashcards.korean.ipa import ipa_of  # noqa: E402
from korean_flashcards.korean.morphology import AnalyserMissing, analyse  # noqa: E402
from korean_flashcards.korean.pronunciation import pronounce  # noqa: E402

WORDS = 10_000
Word = tuple[str, str]


def words_of(file: Path) -> list[Word]:
    """Return term and definition of the list's words, repeated until there are 10,000."""
    found = []
    for row in read_word_list(file.name, file.read_bytes()):
        try:
            item = item_of(row, file.name).item
        except RowError:
            continue
        found.append((item.term, item.definition or ""))
    return list(islice(cycle(found), WORDS))


def words_a_second(work: Callable[[str, str], object], words: Sequence[Word], rounds: int) -> float:
    """Return the words per second of the fastest round, in CPU time of this process."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for term, definition in words:
            work(term, definition)
        best = min(best, time.process_time() - started)
    return len(words) / best


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, default=ROOT / "data" / "01_raw" / "sample_words.csv", help="word list")
    parser.add_argument("--rounds", type=int, default=5, help="number of rounds (default: 5)")
    options = parser.parse_args()
    words = words_of(options.list)
    ways: dict[str, Callable[[str, str], object]] = {
        "pronounce (rules and lexicon)": lambda term, _: pronounce(term),
        "pronounce with the definition": lambda term, definition: pronounce(term, definition=definition),
        "ipa_of": lambda term, _: ipa_of(term),
        "explain": lambda term, _: explain(term),
        "hanja_of": hanja_of,
        "explain_hanja": explain_hanja,
    }
    try:
        analyse("")
        ways["analyse and pronounce"] = lambda term, _: pronounce(term, morphemes=analyse(term))
    except AnalyserMissing:
        pass
    print(f"| {len({term for term, _ in words}):,} different words | words per second |\n|---|---:|")
    for name, work in ways.items():
        slow = "hanja" in name
        work("가", "house")  # loads the data, which happens at first use
        part = words[: len(words) // 10] if slow else words
        print(f"| {name} | {words_a_second(work, part, 1 if slow else options.rounds):,.0f} |", flush=True)


if __name__ == "__main__":
    main()
