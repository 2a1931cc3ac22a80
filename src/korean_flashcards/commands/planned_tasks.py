"""Show the task queue as the next run would find it, so that `kedro tasks list --stale` agrees with `kedro plan`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from korean_flashcards.commands.project import project
from korean_flashcards.commands.run import pipeline_names
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.tasks.task_changes import forget_stale
from korean_flashcards.lifecycle.step_line import showing
from korean_flashcards.planning.planned_run import stages_of, words_of_run
from korean_flashcards.planning.rehearsal import rehearse


@contextmanager
def planned_ledger(env: str | None) -> Iterator[Ledger]:
    """Yield a copy of the ledger in which exactly the tasks that are stale for the next `kedro run` are marked as stale.

    Raises:
        WordListError: A list cannot be imported, or there are no words.
    """
    with project(env) as context:
        parameters, load = Parameters.model_validate(context.params), context.catalog.load
        with load("ledger").rehearsal() as ledger:
            with showing("plan run", sys.stderr):
                words = words_of_run(context, parameters, ledger, importing=True)
                forget_stale(ledger.store)
                stages, chosen = stages_of(pipeline_names([])), words.selection.words
                # The rehearsal records the plan of each stage in the copy, as a run does in the ledger.
                for _ in rehearse(stages, load, chosen, words.confusables, parameters, load("llm"), ledger):
                    pass
            yield ledger
