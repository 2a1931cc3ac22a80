"""Request the analyses of 200 words with concurrency 50 until killed. Usage: ``killed_worker.py FOLDER URL``."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from support.requests_to_send import NuanceRuns, rows_of, words  # noqa: E402

if __name__ == "__main__":
    runs = NuanceRuns(Path(sys.argv[1]))
    runs.run(
        rows_of([f"{word}#1" for word in words(200)]), sys.argv[2], price="known", max_tokens=8192,
        prices={"openai/test": {"input": 0.0, "output": 10.0}}, concurrency=50, budget={"run": {"usd": 20.0}},
    )  # fmt: skip
