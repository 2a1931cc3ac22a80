"""Measure the checks: findings in damaged and in good records, as a confusion table, and the time per card.

    python tests/benchmarks/bench_checks.py [--each 10] [--seed 5] [--list FILE]

With a word list, also count the findings in the offline model's analyses and cards of that list, by code.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from checks.good_records import COLUMNS, BadRecordError, Entry, Row, offline_entry  # noqa: E402
from checks.proof import DAMAGES, false_alarms, prove  # noqa: E402

from korean_flashcards.checks import CHECKS, check_card, check_nuance  # noqa: E402
from korean_flashcards.formats.item_row import RowError, item_of  # noqa: E402
from korean_flashcards.formats.word_list import read_word_list  # noqa: E402
from korean_flashcards.llm.providers.base import BackendError  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=10, help="records per kind of damage (default: 10)")
    parser.add_argument("--seed", type=int, default=5, help="seed for choosing these records (default: 5)")
    parser.add_argument("--list", type=Path, help="word list for the offline model")
    options = parser.parse_args()
    print_confusion(options.each, options.seed)
    print_false_alarms()
    if options.list:
        print_list(options.list)


def print_confusion(each: int, seed: int) -> None:
    proof = prove(seed, each)
    print(f"{'damage':<36} correct  codes found (correct ones are marked ✓)")
    for way in DAMAGES:
        found = proof.table[way.name].most_common()
        codes = ", ".join(f"{code}{' ✓' if code in way.codes else ''} {count}" for code, count in found)
        print(f"{way.name:<36} {proof.right[way.name]:>3}/{proof.done[way.name]:<3}  {codes}")
    right, done = proof.right.total(), proof.done.total()
    print(f"\ndetected correctly: {right} of {done} damaged records ({right / done:.1%})")
    print(f"kinds of damage: {len(DAMAGES)}")


def print_false_alarms() -> None:
    alarms, units = false_alarms()
    print(f"false alarms: {len(alarms)} in {units} good analyses and cards ({len(alarms) / units:.1%})")
    for word, where, finding in alarms:
        print(f"  {word} {where}: {finding.code}: {finding.message}")


def print_list(path: Path) -> None:
    entries = offline_entries(path)
    counts: Counter[str] = Counter()
    start = time.process_time()
    for entry in entries:
        counts.update(finding.code for finding in check_nuance(entry.record, entry.word))
        for card in entry.cards:
            counts.update(finding.code for finding in check_card(card, entry.record, entry.word))
    seconds = time.process_time() - start
    units = sum(1 + len(entry.cards) for entry in entries)
    print(f"\n{path.name}: {len(entries)} analyses, {units - len(entries)} cards checked in {seconds:.1f} s of CPU")
    print(f"{seconds / max(1, units) * 1000:.2f} ms per analysis or card")
    for code, count in counts.most_common():
        print(f"  {count:>6}  {CHECKS[code].severity:<8} {code}")


def offline_entries(path: Path) -> list[Entry]:
    """Return the offline model's entries for all words in the list for which it has a reply."""
    entries = []
    for number, row in enumerate(read_word_list(path.name, path.read_bytes()), 1):
        try:
            item = dict(item_of(row, path.name).item)
            word: Row = {name: item[name] for name in COLUMNS}
            entries.append(offline_entry(word, number))
        except (RowError, BackendError, BadRecordError):
            continue
    return entries


if __name__ == "__main__":
    main()
