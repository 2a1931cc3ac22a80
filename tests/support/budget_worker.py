"""Request the analyses of 400 words with a run budget of USD 0.50. Usage: ``budget_worker.py FOLDER URL``."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from support.requests_to_send import NuanceRuns, rows_of, words  # noqa: E402

if __name__ == "__main__":
    runs = NuanceRuns(Path(sys.argv[1]))
    replies = runs.run(
        rows_of([f"{word}#1" for word in words(400)]), sys.argv[2], budget={"run": {"usd": 0.5}}, price="known",
        prices={"openai/test": {"input": 0.0, "output": 10.0}}, max_tokens=2000, concurrency=50,
    )  # fmt: skip
    print(json.dumps({"pending": replies["pending"].count(), "answered": replies["text"].count()}))
