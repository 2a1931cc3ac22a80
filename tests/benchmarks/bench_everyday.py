"""Measure the commands of everyday work, before and after a change.

    python tests/benchmarks/bench_everyday.py [--older COMMIT] [--list FILE] [--groups loop,commands] [--repeats 5]

The table contains the time, the CPU time, and the peak memory of all processes of each command. Each figure is the median
of --repeats measurements. With --older, that commit is measured in turns with the working tree (older, newer, older, newer,
…), and rows that are more than 10% slower than at that commit are marked. The default list is generated.

Groups: ``cold`` (a first run), ``loop`` (runs and plans without or with few changes), ``commands`` (short commands),
``http`` (throughput with a local model server), and ``large`` (100,000 words, measured once, only with --large).
"""

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[1])]

from benchmarks.everyday_rows import Figure, Measurement, Sizes, cold, measurements  # noqa: E402
from benchmarks.project_side import Side, older_version, this_version  # noqa: E402
from ledger.samples import generated  # noqa: E402

GROUPS = ("cold", "loop", "commands", "http")
# A row is marked as slower above this ratio.
_SLOWER = 1.1


def compare(sides: Sequence[Side], chosen: Iterable[Measurement], repeats: int) -> None:
    """Take the measurements in turns, and print a table row as soon as its figures are complete."""
    columns = "".join(f" {side.name} |" for side in sides)
    print(f"| command |{columns} goal | |\n|---|{'---:|' * len(sides)}---|---|", flush=True)
    for measurement in chosen:
        found: dict[str, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
        for turn in range(1 if measurement.once else repeats):
            for side in sides:
                for figure in measurement.measure(side, turn):
                    found[figure.row][side.name].append(figure)
        for row, by_side in found.items():
            print(_row(row, [_median(by_side[side.name]) for side in sides]), flush=True)


def _row(row: str, figures: Sequence[Figure]) -> str:
    cells = " | ".join(map(_cell, figures))
    mark = "**slower**" if len(figures) == 2 and is_slower(*figures) else ""
    return f"| {row} | {cells} | {figures[0].goal} | {mark} |"


def is_slower(older: Figure, newer: Figure) -> bool:
    """Return whether a figure is more than 10% worse than before."""
    before, after = (each.value if each.compared is None else each.compared for each in (older, newer))
    return before > after * _SLOWER if older.higher_is_better else after > before * _SLOWER


def _cell(figure: Figure) -> str:
    parts = [f"{figure.value:.1f} s" if figure.unit == "s" else f"{figure.value:.2f}"]
    parts += [] if figure.cpu is None else [f"CPU {figure.cpu:.1f} s"]
    parts += [] if figure.peak_mb is None else [f"{figure.peak_mb:,.0f} MB"]
    return ", ".join(parts)


def _median(figures: Sequence[Figure]) -> Figure:
    """Return a figure with the median of each value."""

    def middle(name: str) -> float | None:
        values = [getattr(figure, name) for figure in figures]
        return None if None in values else statistics.median(values)

    return replace(figures[0], **{name: middle(name) for name in ("value", "cpu", "peak_mb", "compared")})


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the options and print the table as Markdown."""
    given = _options().parse_args(arguments)
    sizes = Sizes(given.list.read_bytes() if given.list else generated(given.words).data)
    if given.quick:
        sizes = replace(sizes, http_words=20, slow_words=20, slow_latency=0.5)
    groups = {*given.groups.split(","), *(["large"] if given.large else [])}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        sides = [Side("this version", this_version(Path(folder) / "newer"))]
        if given.older:
            older = stack.enter_context(older_version(given.older, Path(folder) / "older"))
            sides.insert(0, Side(given.older, older))
        for side in sides:
            side.clear(sizes.list_file)
            side.kedro("registry", "list")  # compiles the modules
            if "cold" not in groups and groups & {"loop", "commands"}:
                list(cold(sizes, side, 0))
        chosen = [each for each in measurements(sizes) if each.group in groups]
        compare(sides, chosen, given.repeats)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--older", metavar="COMMIT", help="commit to compare with")
    parser.add_argument("--list", type=Path, metavar="FILE", help="word list (default: a generated list)")
    parser.add_argument("--words", type=int, default=10_000, help="words in the generated list (default: 10000)")
    parser.add_argument("--repeats", type=int, default=5, help="measurements of each figure (default: 5)")
    parser.add_argument("--groups", default=",".join(GROUPS), help=f"rows to measure (default: {','.join(GROUPS)})")
    parser.add_argument("--large", action="store_true", help="also measure 100,000 words, which takes up to two hours")
    parser.add_argument(
        "--quick", action="store_true", help="send few requests in the group http, to try the benchmark"
    )
    return parser


if __name__ == "__main__":
    main()
