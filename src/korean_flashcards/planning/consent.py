"""Before the first call of a run leaves: what the run will cost, and whether somebody agrees to it."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.errors import NotConfirmedError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

    from korean_flashcards.planning.plan import RunPlan


class RunConsent:
    """Shows the plan of the stages that are still ahead, once a run, and asks if it is expensive.

    ``stages``: those of the run, in their order. Each stage that is not among them shows only its own plan.
    """

    def __init__(self, catalog: "CatalogProtocol[Any, Any]", stages: Sequence[Stage] = ()) -> None:
        self._catalog, self._stages, self._given = catalog, stages, False

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for a process of ParallelRunner: it runs one stage, and cannot tell the others of a consent."""
        return {"_catalog": self._catalog, "_stages": (), "_given": False}

    def __call__(self, stage: Stage) -> None:
        """Return if this stage may be sent. Raises NotConfirmedError if a person declines, or if there is no terminal."""
        parameters = Parameters.model_validate(self._catalog.load("parameters"))
        if self._given or parameters.llm.of(stage).model.startswith(OFFLINE_PREFIX):
            return
        plan = self._plan(stage, parameters)
        if plan.spends and not any(one.refused for one in plan.stages):
            _show(plan)
        self._given = True

    def _plan(self, stage: Stage, parameters: Parameters) -> "RunPlan":
        # Saves 0.36 s wherever a catalog is created and nothing is sent.
        from korean_flashcards.planning.plan import plan_run

        load = self._catalog.load
        stages = self._stages[self._stages.index(stage) :] if stage in self._stages else [stage]
        words, confusables = (load("words"), load("confusables")) if stage == "nuance" else (None, None)
        with load("ledger").rehearsal() as ledger:
            return plan_run(stages, load, words, confusables, parameters, load("llm"), ledger, under_way=True)


def _show(plan: "RunPlan") -> None:
    """Print the plan, and ask whether to go on if it is expensive."""
    # Saves 0.36 s, with the plan above.
    from korean_flashcards.planning.plan_text import money, plan_lines, request_count

    click.echo("\n".join(plan_lines(plan)), err=True)
    if not plan.asks_first:
        return
    assert plan.usd is not None
    above = f"more than USD {plan.confirm_above_usd:.2f} (llm.confirm_above_usd)"
    what = f"This run sends {request_count(plan)} for about {money(plan.usd)}, which may be {above}."
    safe = "Nothing was sent or paid; the words wait for another run."
    if not sys.stdin.isatty():
        raise NotConfirmedError(
            f"{what} Not a terminal, so nobody can confirm. {safe} `kedro run --yes` confirms in advance; a higher "
            "llm.confirm_above_usd, or null, asks less."
        )
    if not click.confirm(f"{what} Go on?", err=True):
        raise NotConfirmedError(f"You declined. {safe} --params limit=N makes the run smaller.")
