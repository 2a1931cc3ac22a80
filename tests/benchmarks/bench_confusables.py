"""Measure the search for confusable words.

    python tests/benchmarks/bench_confusables.py FILE [--words N] [--added N] [--requested N] [--show N]

FILE is a word list. The script prints the time and memory that the search needs, the pairs by kind, and how many words get
different candidates when one word is added. To measure this, it removes N random words one by one (--added). With
--requested, it generates cards for the first N words with the tests' model server, adds one word, and compares the plan
with the requests. With --show, it prints N random words with their first candidate. Goals: 10,000 words in 10 s with
500 MB in addition to the data frame of the words, and no call that the plan did not predict.
"""

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

import polars as pl
from benchmarks.figures import peak_mb
from support.ledger import fresh_ledger
from support.model_server import ModelServer
from support.project import Project

from korean_flashcards.confusables import candidates_of, find_among, pairs_of
from korean_flashcards.domain.parameters import ConfusableParameters
from korean_flashcards.formats.word_list import ListFile

SETTINGS = ConfusableParameters(per_word=6, candidates=2, linked=3)


def vocabulary_of(path: Path) -> pl.DataFrame:
    """Return the list's words as a run reads them."""
    ledger = fresh_ledger()
    ledger.imports.take([ListFile(path.name, path.name, path.read_bytes())])
    return ledger.vocabulary.items(None)


def bench_find(words: pl.DataFrame) -> pl.DataFrame:
    """Print time, memory and the pairs by kind, and return the confusables."""
    find_among(words.head(50), SETTINGS)
    memory, processor, start = peak_mb(), time.process_time(), time.perf_counter()
    found = find_among(words, SETTINGS)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    print(
        f"{words.height:,} words: {seconds:.1f} s ({processor:.1f} s of CPU), "
        f"{peak_mb() - memory:.0f} MB beyond the words; layer: {found.height:,} rows, {found.estimated_size() / 1e6:.1f} MB"
    )
    pairs = pairs_of(found, words)
    kinds = pairs.select(pl.col("kinds").str.split(", ").list.first()).to_series().value_counts(sort=True)
    print(
        f"{pairs.height:,} pairs by strongest kind:",
        ", ".join(f"{kind} {count:,}" for kind, count in kinds.iter_rows()),
    )
    return found


def bench_added(words: pl.DataFrame, found: pl.DataFrame, tries: int, seed: int) -> None:
    """Print, for random words, how many other words have different candidates without that word."""
    after = candidates_of(found)
    print(f"{len(after):,} words have candidates")
    changes = []
    for item_id in random.Random(seed).sample(words["item_id"].to_list(), tries):
        before = candidates_of(find_among(words.filter(pl.col("item_id") != item_id), SETTINGS))
        changed = {word for word in before.keys() | after.keys() if before.get(word) != after.get(word)} - {item_id}
        joined = found.filter((pl.col("other_id") == item_id) & pl.col("candidate").is_not_null())
        changes.append(len(changed))
        print(f"  {item_id}: {len(changed)} words change, and it is a candidate of {joined.height}")
    if changes:
        print(f"on average {sum(changes) / tries:.1f} words ({100 * sum(changes) / tries / words.height:.3f} %)")


def bench_requested(path: Path, count: int) -> None:
    """Generate cards for ``count`` words, add one word, and compare the plan with the requests that the server received."""
    with tempfile.TemporaryDirectory() as folder, ModelServer() as server:
        project = Project.copy_to(Path(folder) / "project")
        for own in (project.folder / "data/01_raw").glob("*.csv"):
            own.unlink()
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        lists = project.folder / "data/01_raw"
        _write(lists / "first.csv", [header, *rows[:count]])
        options = f"llm.model=openai/gpt-4o-mini,llm.api_base={server.url},llm.confirm_above_usd=null"
        key = {"OPENAI_API_KEY": "sk-test"}
        project.kedro("run", "--params", options, timeout=1200, **key)
        first = len(server.requests())
        _write(lists / "second.csv", [["term", "definition", "pos"], ["돌연", "suddenly", "adverb"]])
        plan = json.loads(project.kedro("plan", "--json", "--params", options, **key).out)
        project.kedro("run", "--params", options, timeout=1200, **key)
        requests = server.requests()[first:]
        print(f"{first:,} requests for {count:,} words. After adding one word:")
        for stage in plan["stages"]:
            terms = sorted(request["term"] for request in requests if request["stage"] == stage["stage"])
            print(
                f"  {stage['stage']}: planned {stage['requests']} {stage['states']}, "
                f"requested {len(terms)}: {', '.join(terms)}"
            )


def show(words: pl.DataFrame, found: pl.DataFrame, count: int, seed: int) -> None:
    """Print random words with their first candidates."""
    meaning = dict(words.select("item_id", "definition").iter_rows())
    first = found.filter(pl.col("candidate") == 1).to_dicts()
    for row in random.Random(seed).sample(first, count):
        print(f"{row['term']} ({meaning[row['item_id']]}) | {row['other_term']} ({row['other_meaning']}) {row['why']}")


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="word list")
    parser.add_argument("--words", type=int, help="use only the first N words")
    parser.add_argument("--added", type=int, default=5, help="words to remove one by one (default: 5)")
    parser.add_argument("--requested", type=int, default=0, help="words to request from the model server (default: 0)")
    parser.add_argument("--show", type=int, default=0, help="words to print with their first candidate (default: 0)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random choices (default: 1)")
    given = parser.parse_args()
    vocabulary = vocabulary_of(given.file)
    vocabulary = vocabulary.head(given.words) if given.words else vocabulary
    layer = bench_find(vocabulary)
    bench_added(vocabulary, layer, given.added, given.seed)
    if given.show:
        show(vocabulary, layer, given.show, given.seed)
    if given.requested:
        bench_requested(given.file, given.requested)
