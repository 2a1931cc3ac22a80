"""Damage each store of a project, follow the advice of the messages, and count the replies that are paid for again.

    python tests/drills/damage_drill.py [--seeds 5] [--only TEXT]

Prints a Markdown table. Ends with code 1 if the advice did not lead to a complete run, if a readable reply was requested
again, or if a message contained a traceback, a class name, or a temporary path.

The commands run in this process, which saves their start-up time.
"""

import argparse
import itertools
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[1])]

from drills.damages import DAMAGES, NotPossibleError, damage  # noqa: E402
from support.commands import ran_here  # noqa: E402
from support.model_server import ModelServer  # noqa: E402
from support.project import Project, Result  # noqa: E402

WORDS = 12
ENVIRONMENT = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-planted-secret-0123456789"}
PARAMETERS = (
    "llm: {{model: openai/test, api_base: '{url}', prices: {{openai/test: {{input: 1, output: 1}}}}, "
    "confirm_addresses: false}}\n"
)
CACHE, LEDGER, LAYERS, EXPORTS, CONFIGURATION = "reply cache", "ledger", "layers", "exported files", "configuration"
# The layers that commands or partial runs load, and files of each kind.
LAYER_FILES = (
    "02_intermediate/vocabulary", "02_intermediate/import_counts", "03_primary/words", "03_primary/nuance",
    "03_primary/nuance_replies", "04_feature/flashcards", "04_feature/checked", "04_feature/quality",
    "04_feature/released_flashcards", "08_reporting/layer_counts",
)  # fmt: skip
EXPORTED = ("manifest.json", "korean.apkg", "cards.tsv")
CONFIGURED = (
    "conf/base/parameters_llm.yml", "conf/base/catalog_nuance.yml", "conf/base/globals.yml",
    "conf/base/prompts/nuance.md", "conf/base/report.html.j2", "conf/base/expectations/nuance.yml",
    "conf/local/credentials.yml", ".kedro.yml",
)  # fmt: skip
# The commands that show what each store holds. They run before the repair, so that their messages are checked too.
LOOKING: dict[str, tuple[tuple[str, ...], ...]] = {
    CACHE: (("plan",), ("cache", "stats")),
    LEDGER: (("plan",), ("db", "health")),
    LAYERS: (("run", "--pipeline=export"), ("quality", "list")),
    EXPORTS: (("status",),),
    CONFIGURATION: (("status",),),
}
_STEPS = 4  # commands that may be followed until the project runs
_COMMAND = re.compile(r"`kedro ([^`]+)`")
_REPAIRS = ("cache repair", "db restore", "run", "cache import", "ingress import")
_MOVE = re.compile("Move (the file|it|this|that)", re.IGNORECASE)
_PLACEHOLDER = re.compile("[A-Z]{4}")
_CLASS = re.compile(r"\b[A-Z]\w*(?:Error|Exception|Dataset)\b|\b\w+\.\w+Error\b|<class|object at 0x")
_TEMPORARY = re.compile(r"/tmp[a-z0-9_]{6,}|\.[\w.-]+\.[0-9a-f]{8}\b|restoring-\w+|\.repairing\S*")


@dataclass(frozen=True)
class Case:
    """A damage to do: the kind of store, the file, the kind of damage, and the seed of flipped bytes."""

    store: str
    file: str
    kind: str
    seed: int = 0


@dataclass
class Outcome:
    """The result of a case: the commands that were followed, replies requested again and lost, and broken promises."""

    case: Case
    followed: list[str] = field(default_factory=list)
    again: int = 0
    lost: int = 0
    skipped: str = ""
    problems: list[str] = field(default_factory=list)


def new_project(folder: Path, url: str) -> Project:
    """Return a project after a complete run, with a backup of its ledger."""
    project = Project.copy_to(folder)
    rows = "".join(f"단어{number},meaning {number}\n" for number in range(WORDS))
    (folder / "data/01_raw/sample_words.csv").write_text(f"term,definition\n{rows}", encoding="utf-8")
    (folder / "conf/local/parameters.yml").write_text(PARAMETERS.format(url=url), encoding="utf-8")
    (folder / "conf/local/credentials.yml").write_text("openai: {api_key: sk-planted-0123456789}\n", encoding="utf-8")
    for command in (["run", "--yes"], ["db", "backup"]):
        ended = _kedro(project, *command)
        if ended.code != 0:
            raise RuntimeError(ended.out + ended.err)
    return project


def cases(seeds: int) -> Iterator[Case]:
    """Yield each damage of each store, with that many seeds for flipped bytes."""
    files = {
        CACHE: ["data/cache/cache.db"], LEDGER: ["data/ledger.db"],
        LAYERS: [f"data/{name}.parquet" for name in LAYER_FILES],
        EXPORTS: [f"data/07_model_output/{name}" for name in EXPORTED], CONFIGURATION: list(CONFIGURED),
    }  # fmt: skip
    for store, names in files.items():
        for kind, name in itertools.product(DAMAGES, names):
            for seed in range(seeds if kind == "flip bytes" else 1):
                yield Case(store, name, kind, seed)


def drill(case: Case, project: Project, server: ModelServer) -> Outcome:
    """Damage the project, look at it, follow the advice until a run is complete, and count what is paid for again."""
    outcome = Outcome(case)
    file = project.folder / case.file
    original = file.read_bytes()
    try:
        undo = damage(file, case.kind, case.seed)
    except NotPossibleError as error:
        outcome.skipped = str(error)
        return outcome
    before = len(server.requests())
    try:
        outcome.lost = _lost(project.folder / "data/cache/cache.db", original) if case.store == CACHE else 0
        for command in LOOKING[case.store]:
            _judge(_kedro(project, *command), command, project, outcome)
        ended = _kedro(project, "run")
        _judge(ended, ("run",), project, outcome)
        if sent := len(server.requests()) - before:
            outcome.problems.append(f"`kedro run` sent {sent} requests again without asking first")
    finally:
        undo()
    if ended.code != 0 and case.kind in ("unmount", "read-only"):
        outcome.followed.append("the disk is mounted" if case.kind == "unmount" else "the folder is made writable")
        ended = _kedro(project, "run")
    if ended.code != 0 and case.store == CONFIGURATION:
        if Path(case.file).name.strip(".").split("_")[0] not in ended.err:
            outcome.problems.append(f"the message does not name the file: {ended.err[:300]}")
        outcome.followed.append("the file is corrected")
        file.unlink(missing_ok=True)
        file.write_bytes(original)
        ended = _kedro(project, "run")
    _follow(ended, case, project, outcome)
    outcome.again = len(server.requests()) - before
    if outcome.again > outcome.lost:
        outcome.problems.append(f"{outcome.again} replies were requested again, but {outcome.lost} were lost")
    return outcome


def _follow(ended: Result, case: Case, project: Project, outcome: Outcome) -> None:
    """Run the commands that the messages name until a run is complete."""
    for _ in range(_STEPS):
        if ended.code == 0:
            return
        text = ended.err + ended.out
        named = [
            found for found in _COMMAND.findall(text) if found.startswith(_REPAIRS) and not re.search("[A-Z]{4}", found)
        ]
        if not named and _MOVE.search(text) and not outcome.followed:
            outcome.followed.append("the file is moved away")
            file = project.folder / case.file
            file.rename(file.with_name(f"moved-{file.name}"))
            ended = _kedro(project, "run")
            continue
        if not named:
            break
        command = min(named, key=lambda each: next(i for i, name in enumerate(_REPAIRS) if each.startswith(name)))
        arguments = command.split()
        done = _kedro(project, *arguments)
        _judge(done, arguments, project, outcome)
        if done.code == 1 and "--yes" in done.err and "--yes" not in arguments:
            arguments.append("--yes")
            done = _kedro(project, *arguments)
            _judge(done, arguments, project, outcome)
        outcome.followed.append(f"`kedro {' '.join(arguments)}`")
        ended = done if arguments[0] == "run" and done.code != 0 else _kedro(project, "run")
        _judge(ended, ("run",), project, outcome)
    if ended.code != 0:
        outcome.problems.append(f"the advice does not lead to a complete run: {(ended.err + ended.out)[-500:]}")


def _judge(ended: Result, command: tuple[str, ...] | list[str], project: Project, outcome: Outcome) -> None:
    """Record what a message must not contain."""
    text = ended.err.replace(str(project.folder), "").replace(str(project.folder.resolve()), "")
    unwanted = {"a traceback": re.compile("Traceback"), "a class name": _CLASS, "a temporary path": _TEMPORARY}
    for what, pattern in unwanted.items():
        if pattern.search(text):
            outcome.problems.append(f"`kedro {' '.join(command)}` printed {what}: {text[-600:]}")


def _kedro(project: Project, *arguments: str) -> Result:
    return ran_here(project, ENVIRONMENT, *arguments)


def _lost(cache: Path, original: bytes) -> int:
    """Return how many replies are no longer whole in the damaged file.

    SQLite stores a small reply in one piece, so its bytes are found even if no table can be read. A long reply counts as
    lost if anything in the file has changed.
    """
    damaged = cache.read_bytes() if cache.exists() else b""
    if damaged == original:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        intact = Path(folder) / "cache.db"
        intact.write_bytes(original)
        with closing(sqlite3.connect(intact)) as connection:
            # The keys of replies are hashes. Other entries are the cache's own notes.
            rows = connection.execute("SELECT key, value FROM Cache WHERE length(key) >= 32").fetchall()
    return sum(key.encode() not in damaged or bytes(value) not in damaged for key, value in rows)


def series(seeds: int, only: str = "") -> Iterator[Outcome]:
    """Do each damage whose store, file, or kind contains ``only``, in a new copy of the same project."""
    with tempfile.TemporaryDirectory(prefix="damage-drill-") as place, ModelServer() as server:
        base = new_project(Path(place) / "base", server.url)
        for number, case in enumerate(cases(seeds)):
            if only in f"{case.store} {case.file} {case.kind}":
                yield drill(case, base.copied_to(Path(place) / f"project-{number}"), server)


def table(outcomes: list[Outcome]) -> str:
    """Return a Markdown table with one line for each store and kind of damage."""
    lines = [
        "| store | damage | cases | what the user does | replies lost | paid for again | problems |",
        "|---|---|---:|---|---:|---:|---|",
    ]
    for (store, kind), group in itertools.groupby(outcomes, lambda each: (each.case.store, each.case.kind)):
        done = list(group)
        tried = [each for each in done if not each.skipped]
        steps = dict.fromkeys(", then ".join(each.followed) or "nothing: the run succeeds" for each in tried)
        advice = "; ".join(steps) or f"skipped: {done[0].skipped}"
        lost, again = sum(each.lost for each in tried), sum(each.again for each in tried)
        problems = sum(bool(each.problems) for each in tried)
        lines.append(f"| {store} | {kind} | {len(tried)} | {advice} | {lost} | {again} | {problems or 'none'} |")
    return "\n".join(lines)


def main() -> None:
    """Run the drill and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", default="", help="only the stores, files, or damages that contain this text")
    chosen = parser.parse_args()
    outcomes = []
    for outcome in series(chosen.seeds, chosen.only):
        outcomes.append(outcome)
        for problem in outcome.problems:
            print(f"{outcome.case}: {problem}", file=sys.stderr, flush=True)
    print(table(outcomes))
    sys.exit(any(outcome.problems for outcome in outcomes))


if __name__ == "__main__":
    main()
