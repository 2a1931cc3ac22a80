"""Run two commands at the same time in one project, and check that neither fails and that nothing is lost.

    python tests/drills/pair_series.py [--rounds 5] [--seed 0] [PAIR ...]

Prints a Markdown table with one line for each pair. Ends with code 1 if a command failed, if a reply was paid for twice
or lost, or if the files do not agree afterward. The commands before and after a pair run in this process.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[1])]

from support.anki import AnkiProfile  # noqa: E402
from support.commands import ran_here  # noqa: E402
from support.model_server import ModelServer  # noqa: E402
from support.project import Project, Result, Running  # noqa: E402

ENVIRONMENT = {"OPENAI_API_KEY": "sk-planted-secret-0123456789"}
PARAMETERS = (
    "llm: {{model: openai/test, api_base: '{url}', concurrency: 4, prices: {{openai/test: {{input: 1, output: 1}}}}}}\n"
)
BATCHES = {"first": 6, "second": 4, "third": 5}  # words in each list; the project has run with the first two
STAGGER = 3.0  # seconds; the second command starts at a random moment after the first
RUN = ("run", "--yes")
PAIRS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "run + equal run": (RUN, RUN),
    "run + different run": (RUN, (*RUN, "--params", "tasks.lease=130")),
    "run + export": (RUN, ("run", "--pipeline=export")),
    "run + rollback": (RUN, ("ingress", "rollback", "second", "--yes")),
    "run + cache prune": (RUN, ("cache", "prune", "--max-mb", "0.001", "--yes")),
    "run + restore": (RUN, ("db", "restore", "--yes")),
    "export + export": (("run", "--pipeline=export"), ("run", "--pipeline=export")),
}
# These refuse to work beside a run, in one sentence, and are repeated afterward.
REFUSALS = ("A run is processing words", "in use", "is active")
# These end with code 2 and say so: all replies are in use, or the run planned words that the rollback then removed.
INCOMPLETE = {("cache", "prune"): "", ("run", "--yes"): "because a list was rolled back"}


def word_list(project: Project, name: str) -> None:
    """Write a list to the project's folder of lists."""
    first = list(BATCHES).index(name) * 10
    rows = "".join(f"단어{number},meaning {number}\n" for number in range(first, first + BATCHES[name]))
    (project.folder / f"data/01_raw/{name}.csv").write_text(f"term,definition\n{rows}", encoding="utf-8")


def new_project(folder: Path, url: str) -> Project:
    """Return a project after a run with two lists, with a backup and with a third list that is not imported yet."""
    project = Project.copy_to(folder)
    (folder / "data/01_raw/sample_words.csv").unlink()
    (folder / "conf/local/parameters.yml").write_text(PARAMETERS.format(url=url), encoding="utf-8")
    for name in ("first", "second"):
        word_list(project, name)
    for command in (RUN, ("db", "backup")):
        ended = ran_here(project, ENVIRONMENT, *command)
        if ended.code != 0:
            raise RuntimeError(ended.out + ended.err)
    word_list(project, "third")
    return project


def together(project: Project, pair: Sequence[tuple[str, ...]], wait: float) -> list[Result]:
    """Run both commands at the same time. The second one starts ``wait`` seconds after the first."""
    running: list[Running] = []
    for command in pair:
        running.append(project.start(*command, **ENVIRONMENT))
        time.sleep(wait if len(running) == 1 else 0)
    ended = [(process.communicate(timeout=300), process.returncode) for process in running]
    return [Result(code, out, err) for (out, err), code in ended]


def problems(project: Project, name: str, server: ModelServer, wait: float) -> Iterator[str]:
    """Run a pair of commands in the project, and yield what went wrong."""
    pair = PAIRS[name]
    imported = _import_of_second(project)
    results = together(project, pair, wait)
    if "rollback" in name and _import_of_second(project) not in (None, imported):
        # The run read the folder after the rollback and imported the list again, because its file is still there.
        results.append(project.kedro(*pair[1], **ENVIRONMENT))
        pair = (*pair, pair[1])
    for command, ended in zip(pair, results, strict=True):
        shown = f"`kedro {' '.join(command)}`"
        if "Traceback" in ended.err or "/tmp/" in ended.err.replace(str(project.folder), ""):
            yield f"{shown} printed a traceback or a temporary path: {ended.err[-300:]}"
        if ended.code == 1 and command[0] != "run" and any(text in ended.err for text in REFUSALS):
            repeated = project.kedro(*command, **ENVIRONMENT)
            if repeated.code != 0:
                yield f"{shown} failed also after the run: {repeated.err[-300:]}"
        elif ended.code != 0 and not _expected(command, ended):
            yield f"{shown} exited with code {ended.code}: {ended.out[-300:]}{ended.err[-400:]}"
    stopped = any(command == RUN and ended.code == 2 for command, ended in zip(pair, results, strict=True))
    yield from _afterward(project, name, server, stopped)


def _import_of_second(project: Project) -> str | None:
    """Return the run that imported the second list, or None if the list is rolled back."""
    rows = project.ledger("SELECT run_id FROM import_batches WHERE file = 'second.csv'")
    return str(rows[0][0]) if rows else None


def _expected(command: Sequence[str], ended: Result) -> bool:
    """Tell whether a command rightly ended as incomplete."""
    text = " ".join((ended.out + ended.err).split())
    return ended.code == 2 and command[:2] in INCOMPLETE and INCOMPLETE[command[:2]] in text


def _afterward(project: Project, name: str, server: ModelServer, stopped: bool) -> Iterator[str]:
    """Yield what a later run and the checks of the stores find. After a ``stopped`` run, the later one sends requests."""
    removed = BATCHES["second"] if "rollback" in name else 0
    if removed:
        (project.folder / "data/01_raw/second.csv").unlink(missing_ok=True)
    before = len(server.requests())
    for command in (RUN, ("db", "verify"), ("cache", "verify")):
        ended = ran_here(project, ENVIRONMENT, *command)
        if ended.code != 0:
            yield f"afterward, `kedro {' '.join(command)}` exited with code {ended.code}: {ended.out[-300:]}{ended.err}"
    requests = server.requests()
    if repeated := len(requests) - len({request["sha256"] for request in requests}):
        yield f"{repeated} requests were repeated"
    if "prune" not in name and not stopped and (again := len(requests) - before) and name != "export + export":
        yield f"a later run sent {again} requests"
    words = sum(BATCHES.values()) - removed
    cards = project.frame("flashcards")
    with tempfile.TemporaryDirectory() as folder, AnkiProfile(Path(folder)) as profile:
        notes = profile.import_package(project.folder / "data/07_model_output/korean.apkg").new
    counts = {
        "words in the ledger": int(str(project.ledger("SELECT count(*) FROM vocabulary_items")[0][0])),
        "words with an analysis": project.frame("nuance").height,
        "words with cards": cards["item_id"].n_unique(),
    }
    if set(counts.values()) != {words} or notes != cards.height:
        yield f"{words} words are expected, but there are {counts}, {cards.height} cards, and {notes} notes"


def series(names: Sequence[str], rounds: int, seed: int = 0) -> Iterator[tuple[str, list[str]]]:
    """Run each pair that many times in new copies of a project. Yield each pair's name and problems."""
    moments = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="pair-series-") as place, ModelServer(latency=0.2) as server:
        base = new_project(Path(place) / "base", server.url)
        for name in names:
            found: list[str] = []
            for number in range(rounds):
                folder = Path(place) / f"{name.replace(' ', '')}-{number}"
                with ModelServer(latency=0.2) as own:
                    project = base.copied_to(folder)
                    address = PARAMETERS.format(url=own.url)
                    (folder / "conf/local/parameters.yml").write_text(address, encoding="utf-8")
                    wait = round(moments.uniform(0, STAGGER), 1)
                    found += [f"after {wait} s: {each}" for each in problems(project, name, own, wait)]
            yield name, found


def main() -> None:
    """Run the series and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="*", default=list(PAIRS), metavar="PAIR")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    print("| two commands at the same time | rounds | problems |\n|---|---|---|")
    broken = False
    for name, found in series(chosen.pairs, chosen.rounds, chosen.seed):
        print(f"| {name} | {chosen.rounds} | {len(found) or 'none'} |", flush=True)
        print(*(f"  - {each}" for each in found), sep="\n", end="\n" if found else "", file=sys.stderr)
        broken = broken or bool(found)
    sys.exit(broken)


if __name__ == "__main__":
    main()
