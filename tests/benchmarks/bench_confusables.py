"""Confusables, measured: ``python tests/benchmarks/bench_confusables.py FILE [--words N] [--added N] [--requested N]``.

FILE is a word list. Prints the time and memory that its confusables take, the pairs by kind, and how many words have other
candidates once one word is added: of N words, taken out one by one. ``--requested N``: the first N words are finished
against the tests' model server, then one more is added; the plan beside the requests that the server got. ``--show N``: N
random words with their first candidate, to be judged by eye. Goals: 10,000 words in 10 s and 500 MB beyond the frame; not
one call that the plan did not name.
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
    """The list's words as a run has them."""
    ledger = fresh_ledger()
    ledger.imports.take([ListFile(path.name, path.name, path.read_bytes())])
    return ledger.vocabulary.items(None)


def bench_find(words: pl.DataFrame) -> pl.DataFrame:
    """Time and memory; pairs by kind."""
    find_among(words.head(50), SETTINGS)
    memory, processor, start = peak_mb(), time.process_time(), time.perf_counter()
    found = find_among(words, SETTINGS)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    print(
        f"{words.height:,} words: {seconds:.1f} s ({processor:.1f} s of processor), "
        f"{peak_mb() - memory:.0f} MB beyond the frame; layer {found.height:,} rows, {found.estimated_size() / 1e6:.1f} MB"
    )
    pairs = pairs_of(found, words)
    kinds = pairs.select(pl.col("kinds").str.split(", ").list.first()).to_series().value_counts(sort=True)
    print(
        f"{pairs.height:,} pairs by strongest kind:",
        ", ".join(f"{kind} {count:,}" for kind, count in kinds.iter_rows()),
    )
    return found


def bench_added(words: pl.DataFrame, found: pl.DataFrame, tries: int, seed: int) -> None:
    """For each of some words: how many different words have other candidates with it than without."""
    after = candidates_of(found)
    print(f"{len(after):,} words have candidates")
    changes = []
    for item_id in random.Random(seed).sample(words["item_id"].to_list(), tries):
        before = candidates_of(find_among(words.filter(pl.col("item_id") != item_id), SETTINGS))
        changed = {word for word in before.keys() | after.keys() if before.get(word) != after.get(word)} - {item_id}
        joined = found.filter((pl.col("other_id") == item_id) & pl.col("candidate").is_not_null())
        changes.append(len(changed))
        print(f"  {item_id}: {len(changed)} words change, it is a candidate of {joined.height}")
    if changes:
        print(f"on average {sum(changes) / tries:.1f} words ({100 * sum(changes) / tries / words.height:.3f} %)")


def bench_requested(path: Path, count: int) -> None:
    """Finish ``count`` words, add one, plan, run: the plan's numbers beside the server's."""
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
        print(f"{count:,} words finished with {first:,} requests; then one word more:")
        for stage in plan["stages"]:
            terms = sorted(request["term"] for request in requests if request["stage"] == stage["stage"])
            print(
                f"  {stage['stage']}: planned {stage['requests']} {stage['states']}, "
                f"requested {len(terms)}: {', '.join(terms)}"
            )


def show(words: pl.DataFrame, found: pl.DataFrame, count: int, seed: int) -> None:
    """Random words with their first candidates."""
    meaning = dict(words.select("item_id", "definition").iter_rows())
    first = found.filter(pl.col("candidate") == 1).to_dicts()
    for row in random.Random(seed).sample(first, count):
        print(f"{row['term']} ({meaning[row['item_id']]}) | {row['other_term']} ({row['other_meaning']}) {row['why']}")


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--words", type=int, help="only the first N words")
    parser.add_argument("--added", type=int, default=5)
    parser.add_argument("--requested", type=int, default=0)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    vocabulary = vocabulary_of(given.file)
    vocabulary = vocabulary.head(given.words) if given.words else vocabulary
    layer = bench_find(vocabulary)
    bench_added(vocabulary, layer, given.added, given.seed)
    if given.show:
        show(vocabulary, layer, given.show, given.seed)
    if given.requested:
        bench_requested(given.file, given.requested)
