"""Kill runs of 200 words at random moments, resume them, and compare the server's log with the ledger.

    python tests/drills/kill_series.py [--sigkill 20] [--sighup 10] [--sigterm 10]

Prints a table with one line for each kill. Ends with code 1 if more was booked than the server answered, if more
requests were repeated than were in flight at the kill, or if more were in flight or booked as interrupted than the run
was allowed to send at the same time.
"""

import argparse
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[1])]

from support.model_server import ModelServer  # noqa: E402
from support.project import Project  # noqa: E402

WORDS = 200
CONCURRENCY = 20
LATENCY = 0.4  # seconds
SETTLED = 1.0  # seconds without a new request, after which the server has read all of them
ENVIRONMENT = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-planted-secret-0123456789"}
CACHE = "data/cache/cache.db"
PRICES = "llm: {prices: {openai/test: {input: 1.0, output: 1.0}}}\n"  # USD per million tokens


@dataclass(frozen=True)
class Killed:
    """The counts of one killed and resumed run.

    ``answered``: replies by the server, in both runs. ``in_flight``: requests of the killed run without a stored reply.
    ``booked``, ``interrupted``: calls in the ledger with a reply, and those written off as interrupted, including calls
    that were about to be sent. ``repeats``: requests that were sent before.
    """

    kind: str
    answered: int
    in_flight: int
    booked: int
    interrupted: int
    server_tokens: int
    booked_tokens: int
    booked_usd: float
    repeats: int

    @property
    def problems(self) -> list[str]:
        """Return the promises that the run broke."""
        found = []
        if self.in_flight > CONCURRENCY:
            found.append(f"{self.in_flight} requests were in flight, but {CONCURRENCY} are allowed")
        if self.booked > self.answered or self.booked_tokens > self.server_tokens:
            found.append("more was booked than the server answered")
        if self.interrupted > CONCURRENCY:
            found.append(
                f"{self.interrupted} calls were booked as interrupted, but {CONCURRENCY} are allowed at a time"
            )
        if self.repeats > self.in_flight:
            found.append(f"{self.repeats} requests were repeated, but {self.in_flight} were in flight")
        return found


def kill_and_resume(folder: Path, kind: str, after: int) -> Killed:
    """Start a run in a new project, kill it after that many requests, and resume it."""
    project = Project.copy_to(folder)
    rows = "".join(f"단어{number},meaning {number}\n" for number in range(WORDS))
    (folder / "conf/local/parameters.yml").write_text(PRICES, encoding="utf-8")
    project.word_list("term,definition\n" + rows)
    with ModelServer(latency=LATENCY) as server:
        params = ",".join(
            [
                "word_lists=list.csv", f"llm.model=openai/test,llm.api_base={server.url}",
                f"llm.concurrency={CONCURRENCY}",
            ]
        )  # fmt: skip
        arguments = ["run", "--yes", "--pipelines", "ingress,nuance,flashcards", "--params", params]
        process = project.start(*arguments, **ENVIRONMENT)
        while len(server.requests()) < after and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(getattr(signal, kind))
        process.communicate(timeout=120)
        in_flight = _received(server) - _stored_replies(project)
        resumed = project.kedro(*arguments, **ENVIRONMENT)
        if resumed.code != 0:
            raise RuntimeError(resumed.out + resumed.err)
        requests = server.requests()
    replies = [request for request in requests if request["status"] == 200]
    return Killed(
        kind=kind, answered=len(replies), in_flight=in_flight,
        booked=_sum(project, "count(*)", "!="), interrupted=_sum(project, "count(*)", "="),
        server_tokens=sum(reply["tokens_in"] + reply["tokens_out"] for reply in replies),
        booked_tokens=_sum(project, "sum(tokens_in + tokens_out)", "!="),
        booked_usd=float(str(project.ledger("SELECT coalesce(sum(usd), 0) FROM llm_calls")[0][0])),
        repeats=len(requests) - len({request["sha256"] for request in requests}),
    )  # fmt: skip


def _received(server: ModelServer) -> int:
    """Return the number of requests, also of those that a busy server had not read when the run was killed."""
    count = -1
    while count != (count := len(server.requests())):
        time.sleep(SETTLED)
    return count


def _stored_replies(project: Project) -> int:
    with closing(sqlite3.connect(project.folder / CACHE)) as cache:
        return int(cache.execute("SELECT count(*) FROM Cache WHERE length(key) = 64").fetchone()[0])


def _sum(project: Project, what: str, sign: str) -> int:
    query = f"SELECT coalesce({what}, 0) FROM llm_calls WHERE outcome {sign} 'interrupted'"
    return int(str(project.ledger(query)[0][0]))


def series(kinds: Sequence[str], seed: int = 0) -> Iterator[Killed]:
    """Kill a run for each kind of signal, at moments that the seed determines."""
    moments = random.Random(seed)
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="kill-series-") as folder:
            yield kill_and_resume(Path(folder) / "project", kind, moments.randrange(5, 2 * WORDS - 20))


def line(killed: Killed) -> str:
    """Return a line of the table."""
    return (
        f"{killed.kind:<8}{killed.answered:>9}{killed.in_flight:>11}{killed.booked:>8}{killed.interrupted:>13}"
        f"{killed.server_tokens:>15,}{killed.booked_tokens:>15,}{killed.booked_usd:>12.6f}{killed.repeats:>9}"
    )


def main() -> None:
    """Run the series and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    defaults = {"SIGKILL": 20, "SIGHUP": 10, "SIGTERM": 10}
    for kind, count in defaults.items():
        parser.add_argument(f"--{kind.lower()}", type=int, default=count, dest=kind)
    parser.add_argument("--seed", type=int, default=0)
    chosen = vars(parser.parse_args())
    print("signal   answered  in flight  booked  interrupted  server tokens  booked tokens  booked USD  repeats")
    broken = False
    for killed in series([kind for kind in defaults for _ in range(chosen[kind])], chosen["seed"]):
        print(line(killed), *killed.problems, sep="  ", flush=True)
        broken = broken or bool(killed.problems)
    sys.exit(broken)


if __name__ == "__main__":
    main()
