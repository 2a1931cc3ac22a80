"""Run stage 1 in a separate process, for tests that start several runs or kill one.

Usage: ``python -m support.batch_worker FOLDER URL CHANGES ITEM…``. The words must be in the ledger. CHANGES is a JSON
object with settings.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.project import ROOT
from support.requests_to_send import NuanceRuns, rows_of


def start(folder: Path, url: str, items: list[str], **changes: Any) -> "subprocess.Popen[str]":
    """Start the run. Before it exits, it prints a JSON object that maps each word to its pending code."""
    return subprocess.Popen(
        [sys.executable, "-m", "support.batch_worker", str(folder), url, json.dumps(changes), *items],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])},
    )  # fmt: skip


def main() -> None:
    folder, url, changes, *items = sys.argv[1:]
    replies = NuanceRuns(Path(folder)).run(rows_of(items), url, **json.loads(changes))
    print(json.dumps(dict(replies.select("term", "pending").iter_rows())))


if __name__ == "__main__":
    main()
