"""A process of its own at work on a ledger, for tests that start several or kill one.

``python ledger_worker.py LEDGER import FILE…``, ``python ledger_worker.py LEDGER rollback BATCH``. It prints "ready" once
everything is loaded, and begins when it reads a line.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src"


def start(ledger: Path, *command: str) -> "subprocess.Popen[str]":
    """Start a worker; it waits for ``go``."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(ledger), *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, encoding="utf-8", env=os.environ | {"PYTHONPATH": str(SRC)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()[1]
    return process


def go(process: "subprocess.Popen[str]") -> None:
    """Let it begin."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def main() -> None:
    from korean_flashcards.formats.word_list import ListFile
    from korean_flashcards.ledger import rollback, runs, schema
    from korean_flashcards.ledger.imports import ImportOptions
    from korean_flashcards.ledger.ledger import Ledger

    assert runs and schema
    path, command, *names = sys.argv[1:]
    files = [Path(name) for name in names] if command == "import" else []
    lists = [ListFile(file.name, file.name, file.read_bytes()) for file in files]
    print("ready", flush=True)
    sys.stdin.readline()
    with Ledger(Path(path), pool_size=2, busy_timeout=30, keep_backups=3) as ledger:
        if command == "import":
            results = ledger.imports.take(lists, ImportOptions())
            print(json.dumps([asdict(result) for result in results]))
        else:
            backup = Path(path).with_name("no-backup")
            rollback.rollback(ledger.store, ledger.runs, names[0], True, lambda: backup)


if __name__ == "__main__":
    main()
