"""Show a run's cost before its first call, and ask for confirmation if the run is expensive."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.errors import ModelUnavailableError, NotConfirmedError
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.parameters import LLMParameters, Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.run_view import current_view
from korean_flashcards.ledger.tasks.done_replies import done_replies

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

    from korean_flashcards.planning.plan import RunPlan

_KEEP = "To keep the existing replies, pass --params stale=keep."
_RESTORE = "Restore the cache folder from a copy, or import an export with `kedro cache import FILE`."


@dataclass(frozen=True)
class ConsentAdvice:
    """Holds the sentences of a message about a price that is not confirmed.

    Attributes:
        in_advance: How to confirm in advance.
        smaller: How to lower the price.
        safe: What did not happen.
    """

    in_advance: str = "with `kedro run --yes`"
    smaller: str = "To make the run smaller, pass --params limit=N."
    safe: str = "Nothing was sent or paid for. The words stay pending."


_RUN = ConsentAdvice()


class RunConsent:
    """A check that shows the plan for the remaining stages once per run and asks the user to confirm expensive runs.

    Args:
        catalog: The run's catalog, with its prompts, layers, and parameters.
        stages: The run's stages, in order. For a stage that is not in this list, the plan covers only that stage.
    """

    def __init__(self, catalog: "CatalogProtocol[Any, Any]", stages: Sequence[Stage] = ()) -> None:
        self._catalog, self._stages, self._given, self._told = catalog, stages, False, False

    def __call__(self, stage: Stage) -> None:
        """Check that this stage's requests may be sent. Show the plan before the first stage.

        Raises:
            ModelUnavailableError: A key for this stage or a later stage is not set.
            NotConfirmedError: The user declines, or there is no terminal for the confirmation prompt.
        """
        parameters = Parameters.model_validate(self._catalog.load("parameters"))
        if self._given:
            return
        if parameters.llm.of(stage).cache_only:
            self._check_lost(parameters.llm.confirm_missing)
            self._given = True
            return
        if parameters.llm.of(stage).model.startswith(OFFLINE_PREFIX):
            self._tell_missing(stage)
            return
        plan = self._plan(stage, parameters)
        if plan.spends and not any(one.refused for one in plan.stages):
            # Imported late for the same reason as the plan.
            from korean_flashcards.planning.plan_text import plan_lines

            confirm_plan(plan, parameters.llm, plan_lines(plan))
        self._given = True

    def _check_lost(self, confirm_missing: bool) -> None:
        """Ask before words lose their cards because their replies are gone, and nothing may be requested.

        Raises:
            NotConfirmedError: The user declines, or there is no terminal for the confirmation prompt.
        """
        # Imported late for the same reason as the plan.
        from korean_flashcards.planning.missing_replies import MissingReplies, added

        words, llm = set(self._catalog.load("words")["item_id"]), self._catalog.load("llm")
        done = [reply for reply in done_replies(self._catalog.load("ledger").store) if reply.item_id in words]
        present = llm.cached(reply.key for reply in done)
        lost = [reply for reply in done if reply.key not in present]
        missing = added(
            MissingReplies.of([reply for reply in lost if reply.free == free], free) for free in (False, True)
        )
        if missing and confirm_missing:
            llm.check_cache()
            _confirm(
                f"{missing.sentence} This run requests nothing (llm.cache_only), so words would lose their cards.",
                "set llm.confirm_missing to false",
                replace(_RUN, smaller=_RESTORE),
            )

    def _tell_missing(self, stage: Stage) -> None:
        """Say that the offline model generates replies again that are missing from the cache."""
        if self._told:
            return
        # Imported late for the same reason as the plan.
        from korean_flashcards.planning.missing_replies import MissingReplies

        done = [reply for reply in done_replies(self._catalog.load("ledger").store) if reply.stage == stage]
        llm = self._catalog.load("llm")
        present = llm.cached(reply.key for reply in done)
        missing = MissingReplies.of([reply for reply in done if reply.free and reply.key not in present], free=True)
        if missing:
            llm.check_cache()
            click.echo(f"{missing.sentence} {missing.advice}", err=True)
        self._told = bool(missing)

    def _plan(self, stage: Stage, parameters: Parameters) -> "RunPlan":
        # A late import saves 0.36 s in every command that creates a catalog and sends nothing.
        from korean_flashcards.planning.plan import plan_run

        load = self._catalog.load
        stages = self._stages[self._stages.index(stage) :] if stage in self._stages else [stage]
        words, confusables = (load("words"), load("confusables")) if stage == "nuance" else (None, None)
        with load("ledger").rehearsal() as ledger:
            return plan_run(stages, load, words, confusables, parameters, load("llm"), ledger, under_way=True)


def confirm_plan(plan: "RunPlan", llm: LLMParameters, lines: Sequence[str], advice: ConsentAdvice = _RUN) -> None:
    """Print the plan. Ask for confirmation if the run is expensive, pays again, or may use an unexpected address.

    Args:
        plan: A plan that can cost money.
        llm: The parameters that decide whether to ask.
        lines: The text of the plan.
        advice: What the message says if the user declines.

    Raises:
        ModelUnavailableError: A model's key is not set.
        NotConfirmedError: The user declines, or there is no terminal for the confirmation prompt.
    """
    # Imported late for the same reason as the plan.
    from korean_flashcards.planning.plan_text import money, outdated_sentence, request_count

    _check_keys(plan)
    if (view := current_view()) is not None:
        view.show_plan(lines)
    else:
        click.echo("\n".join(lines), err=True)
    if llm.confirm_addresses and plan.provider_calls:
        _confirm(
            " ".join(plan.provider_calls),
            "set llm.confirm_addresses to false",
            replace(advice, smaller="To avoid calling a model, remove it from the parameters."),
        )
    if llm.confirm_missing and plan.missing.paid:
        _confirm(
            f"{plan.missing.sentence} This run pays for them again, {plan.missing.cost}.",
            "set llm.confirm_missing to false",
            replace(advice, smaller=_RESTORE),
        )
    price = "at an unknown price" if plan.usd is None else f"for about {money(plan.usd)}"
    if llm.confirm_upgrade and plan.outdated:
        _confirm(
            f"{outdated_sentence(plan)} This run requests new ones: {request_count(plan)} {price}.",
            "set llm.confirm_upgrade to false",
            replace(advice, smaller=_KEEP),
        )
    elif plan.asks_first:
        above = f"The run may cost more than USD {usd_number(plan.confirm_above_usd or 0.0)} (llm.confirm_above_usd)."
        what = f"This run will send {request_count(plan)} {price}. {above}"
        otherwise = "raise llm.confirm_above_usd (null turns the confirmation off)"
        _confirm(what, otherwise, advice)


def _check_keys(plan: "RunPlan") -> None:
    """Raise ModelUnavailableError if any model's key is not set, before money is spent on earlier stages."""
    missing = dict.fromkeys(model.missing_key for model in plan.models if model.missing_key)
    if missing:
        raise ModelUnavailableError(f"{' '.join(missing)} Nothing was sent or paid for.")


def _confirm(what: str, otherwise: str, advice: ConsentAdvice) -> None:
    declined = f"You declined. {advice.safe} {advice.smaller}"
    if (view := current_view()) is not None:
        if not view.confirm(f"{what} Continue?"):
            raise NotConfirmedError(declined)
        return
    if not sys.stdin.isatty():
        raise NotConfirmedError(
            f"{what} Standard input is not a terminal, so you cannot confirm here. {advice.safe} Confirm in advance "
            f"{advice.in_advance}, or {otherwise}."
        )
    if not click.confirm(f"{what} Continue?", err=True):
        raise NotConfirmedError(declined)
