"""Summarize a run that has just ended, for the terminal and for notebooks."""

import time
from typing import Any

from kedro.framework.context import KedroContext

from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.stages.selection import select
from korean_flashcards.summary.layer_summary import FRAMES, STAGES, summarise
from korean_flashcards.summary.run_summary import Reached, RunSummary


def summary_of_run(session: Any, context: KedroContext, started: float) -> RunSummary:
    """Return the summary of the pipelines that a session has run with ``hold``, before it ends the run.

    Args:
        session: The project's session.
        context: A context with the parameters of the run.
        started: The start of the run, in seconds since the epoch.
    """
    catalog, names, narrowing = context.catalog, session.ran, session.facts.narrowing
    reached: Reached = next((name for name in STAGES if names[-1] == name), "quality")
    stages = STAGES[: STAGES.index(reached) + 1]
    frames = {name: catalog.load(name) for stage in stages for name in FRAMES[stage]}
    if "quality" in names:
        frames["judge_replies"] = catalog.load("judge_replies")
    if narrowing is not None:
        frames = {name: narrowing.own(name, frame) for name, frame in frames.items()}
    selecting = dict.fromkeys(("limit", "batch", "priority_min", "words"))
    # An export contains all words, even if the parameters select some of them.
    if narrowing is not None:
        selecting = {name: context.params[name] for name in selecting}
    lists = None if narrowing is None else narrowing.batches()
    selection = select(frames["vocabulary"], catalog.load("ledger"), **selecting, lists=lists)
    summary = summarise(frames, reached, selection, started, time.time(), session.payments(), session.facts.generated)
    if (
        Parameters.model_validate(context.params).export.filters
        and (exported := session.facts.note_counts.get("anki_notes")) is not None
    ):
        return summary.model_copy(update={"cards": sum(exported.values()), "cards_by_type": exported})
    return summary
