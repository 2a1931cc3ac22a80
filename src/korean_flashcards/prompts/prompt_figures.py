"""Count what each version of a prompt has made: the words that use it, their scores, and the cost of its calls."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from sqlalchemy import case, func, select

from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import tasks

# The layers whose records have the version of their prompt.
_LAYERS = ("nuance", "flashcards")
Version = tuple[str, str]  # the stage and the version


@dataclass(frozen=True)
class VersionFigures:
    """Holds the words, the score, and the cost of a prompt's version.

    Attributes:
        words: Number of words whose last good reply was made with it.
        score: Average score of these words in the last run, or None if it is unknown.
        calls: Number of calls, including repairs and failures.
        usd: Cost of the calls in USD, or None without calls or if a price is unknown.
        usd_per_word: The cost per word that the calls were for, including homographs. A word whose cards were requested
            again, for a new analysis, counts each time.
    """

    words: int = 0
    score: float | None = None
    calls: int = 0
    usd: float | None = None
    usd_per_word: float | None = None


def version_figures(
    store: LedgerStore, load: Callable[[str], pl.DataFrame], exists: Callable[[str], bool]
) -> dict[Version, VersionFigures]:
    """Return the figures of each version that a run has used.

    Args:
        store: The ledger's database.
        load: Returns a layer by name.
        exists: Returns whether the layer exists.
    """
    if not store.path.exists():
        return {}
    task, call = tasks.c, llm_calls.c
    used = select(task.stage, task.good_prompt_version, func.count()).where(task.good_prompt_version.is_not(None))
    paid = select(
        call.stage, call.prompt_version, func.count(), func.sum(call.usd), func.count(call.usd),
        func.count(case((call.kind == "ask", call.key)).distinct()),
    ).where(call.kind != "probe")  # fmt: skip
    with store.read() as connection:
        words = {
            (stage, version): count
            for stage, version, count in connection.execute(
                used.group_by(task.stage, task.good_prompt_version)
            ).tuples()
        }
        calls = {
            row[:2]: row[2:] for row in connection.execute(paid.group_by(call.stage, call.prompt_version)).tuples()
        }
    scores = _scores(load, exists)
    return {each: _figures(words.get(each, 0), scores.get(each), calls.get(each)) for each in words | calls | scores}


def _figures(words: int, score: float | None, calls: tuple[int, float | None, int, int] | None) -> VersionFigures:
    count, usd, priced, asked = calls or (0, None, 0, 0)
    if usd is None or priced < count:
        return VersionFigures(words, score, count)
    return VersionFigures(words, score, count, usd, usd / asked if asked else None)


def _scores(load: Callable[[str], pl.DataFrame], exists: Callable[[str], bool]) -> dict[Version, float]:
    """Return the average score of the words by version. The score of a word is that of its worst card."""
    found: dict[Version, float] = {}
    if not exists("quality"):
        return found
    scores = load("quality").filter(pl.col("tab_name").is_null()).select("item_id", "score")
    for stage in _LAYERS:
        if exists(stage):
            made = load(stage).select("item_id", "prompt_version").unique()
            averages = made.join(scores, on="item_id").group_by("prompt_version").agg(pl.col("score").mean())
            found |= {(stage, version): score for version, score in averages.iter_rows()}
    return found
