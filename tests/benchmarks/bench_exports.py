"""Measure each export format: seconds, memory, and the size of the file.

    python tests/benchmarks/bench_exports.py [FORMAT...] [--words 10000] [--option FORMAT.NAME=VALUE] [--project FOLDER]

A format is a file extension in the catalog, such as xlsx. Without any, all formats are measured. The deck has four cards for
each word. Each format is written in a separate process, after the deck was loaded into memory. The seconds do not include
the start of the process. The memory is the peak while the file is written, minus the memory before. It is known only on
Linux. The times to read the file back and to compare it with its expected content are in separate columns.

Below the table, apkg is compared with genanki alone, side by side. With --project, the run of the export is measured in
that project, which must have run before.
"""

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from benchmarks.package_and_run import package_text, run_text
from support.export_formats import catalog_formats
from support.many_cards import many_cards

# The most seconds and megabytes that 40,000 cards may take.
BOUNDS = {
    "tsv": (1, None), "csv": (1, None), "json": (1, None), "jsonl": (1, None), "parquet": (1, None), "xlsx": (15, None),
    "html": (3, None), "pdf": (60, 600), "apkg": (4, None),
}  # fmt: skip
STATUS, PEAK_RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help="file extensions (default: all)")
    parser.add_argument("--words", type=int, default=10_000, help="words in the deck (default: 10,000)")
    parser.add_argument("--option", action="append", default=[], help="an option of a format, such as pdf.layout=cards")
    parser.add_argument("--project", type=Path, help="a project in which to measure `kedro run --pipeline=export`")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(
            json.dumps(measure(options.child[0], Path(options.child[1]), options_of(options.child[0], options.option)))
        )
        return
    with tempfile.TemporaryDirectory() as folder:
        deck = Path(folder) / "deck.pickle"
        content = replace(many_cards(options.words), media={})  # A plain dictionary can be pickled.
        deck.write_bytes(pickle.dumps(content))
        print(f"{content.cards.height:,} cards of {options.words:,} words\n")
        print("| format | seconds | MB of memory | MB of file | seconds to read back | seconds to compare | bound |")
        print("|---|---|---|---|---|---|---|")
        for extension in options.formats or catalog_formats():
            command = [sys.executable, __file__, "--child", extension, str(deck)]
            command += [f"--option={option}" for option in options.option]
            ended = subprocess.run(command, capture_output=True, text=True)
            print(row(extension, json.loads(ended.stdout)) if ended.returncode == 0 else ended.stderr, flush=True)
    if not options.formats or "apkg" in options.formats:
        print(f"\n{package_text(content)}", flush=True)
    if options.project:
        print(f"\n{run_text(options.project)}")


def options_of(extension: str, given: list[str]) -> dict[str, str]:
    """Return the options for this format."""
    pairs = [option.partition("=") for option in given]
    return {name.partition(".")[2]: value for name, _, value in pairs if name.partition(".")[0] == extension}


def measure(extension: str, deck: Path, options: dict[str, str]) -> dict[str, float | None]:
    """Write the deck in one format and read it back. Return the seconds and megabytes."""
    content = replace(pickle.loads(deck.read_bytes()), options=options)
    path = deck.parent / f"deck.{extension}"
    dataset = catalog_formats()[extension](filepath=str(path))
    before = restarted_peak()
    start = time.perf_counter()
    dataset.save(content)
    saved = time.perf_counter()
    memory = None if before is None else megabytes("VmHWM") - before
    found = dataset.load()
    loaded = time.perf_counter()
    assert found.equals(dataset.expected(content)), f"{path.name} differs from the deck"
    compared = time.perf_counter()
    return {
        "seconds": saved - start, "memory": memory, "file": path.stat().st_size / 1e6, "read": loaded - saved,
        "compared": compared - loaded,
    }  # fmt: skip


def row(extension: str, found: dict[str, float]) -> str:
    seconds, memory = BOUNDS.get(extension, (None, None))
    bound = [f"{seconds} s"] if seconds else []
    bound += [f"{memory} MB"] if memory else []
    within = (not seconds or found["seconds"] <= seconds) and (not memory or (found["memory"] or 0) <= memory)
    shown = f"{', '.join(bound)}: {'met' if within else 'NOT MET'}" if bound else ""
    used = "-" if found["memory"] is None else f"{found['memory']:,.0f}"
    return (
        f"| {extension} | {found['seconds']:.2f} | {used} | {found['file']:.1f} | {found['read']:.2f} | "
        f"{found['compared']:.2f} | {shown} |"
    )


def restarted_peak() -> float | None:
    """Return the memory of this process, and restart the measurement of its peak. Return None where it is unknown."""
    if not PEAK_RESET.exists():
        return None
    PEAK_RESET.write_text("5", encoding="ascii")
    return megabytes("VmRSS")


def megabytes(name: str) -> float:
    (line,) = [line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith(f"{name}:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
