"""Run an experiment: wait for other runs, request the missing replies of each variant, and record the calls like a run's."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import polars as pl

from korean_flashcards.domain.errors import FlashcardsError, error_code
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.run_record import RunResult, RunStart, StageFigures
from korean_flashcards.domain.run_view import current_view
from korean_flashcards.lab.experiment_ledger import ExperimentLedger
from korean_flashcards.lab.experiment_record import PaidSoFar
from korean_flashcards.lab.variant import ResolvedVariant
from korean_flashcards.lab.variant_layers import ExperimentInputs, VariantLayers, all_checked, variant_layers
from korean_flashcards.lab.word_results import word_results, word_texts
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.secrets import scrubbed, without_keys
from korean_flashcards.planning.missing_ledger import record_lost_spending

# What `kedro runs` shows as the pipeline of an experiment.
EXPERIMENT = "experiment"


@dataclass(frozen=True)
class ExperimentLayers:
    """The layers of all variants and repeats, with the columns ``variant`` and ``repeat``, and what was paid for them."""

    results: pl.DataFrame
    texts: pl.DataFrame
    findings: pl.DataFrame
    checked: pl.DataFrame
    paid: PaidSoFar

    def by_name(self) -> dict[str, pl.DataFrame]:
        """Return the layers as they are stored."""
        return {"results": self.results, "texts": self.texts, "findings": self.findings, "checked": self.checked}


def run_experiment(
    name: str, variants: Mapping[str, Sequence[ResolvedVariant]], inputs: ExperimentInputs, client: LLMClient,
    ledger: Ledger, environment: str, requests: int,
) -> ExperimentLayers:  # fmt: skip
    """Request the missing replies, and return the layers of all variants.

    If there are requests to send, the experiment waits until no run is active, so that no reply is paid twice. Otherwise,
    nothing is recorded.

    Args:
        name: The experiment's ID.
        variants: The repeats of each variant, by its name.
        inputs: The words and their checks.
        client: The model client.
        ledger: The ledger, which records the calls.
        environment: The Kedro environment.
        requests: The number of requests that the plan expects.

    Raises:
        FlashcardsError: A model cannot be used, or the user stopped the experiment. All replies are in the cache.
    """
    made: dict[tuple[str, int], VariantLayers] = {}
    first = next(iter(variants.values()))[0]
    with recorded_experiment(name, first.parameters, client, ledger, environment, requests) as paid:
        view = ExperimentLedger(ledger)
        for variant, repeats in variants.items():
            for number, one in enumerate(repeats, start=1):
                _show_step(f"variant {variant}" + (f", repeat {number}" if len(repeats) > 1 else ""))
                made[variant, number] = layers = variant_layers(one, inputs, client, view)
                # Texts that several variants share are checked once.
                inputs = replace(inputs, checked=all_checked(inputs.checked, layers.checked))
    return _joined(made, inputs.words, paid[0])


def _show_step(step: str) -> None:
    view = current_view()
    if view is not None:
        view.show_step(step)


def _joined(made: Mapping[tuple[str, int], VariantLayers], words: pl.DataFrame, paid: PaidSoFar) -> ExperimentLayers:
    findings = [
        layers.findings.select(pl.lit(variant).alias("variant"), pl.lit(number, pl.Int64).alias("repeat"), pl.all())
        for (variant, number), layers in made.items()
    ]
    return ExperimentLayers(
        results=pl.concat(word_results(*place, words, layers) for place, layers in made.items()),
        texts=pl.concat(word_texts(*place, layers) for place, layers in made.items()),
        findings=pl.concat(findings),
        checked=all_checked(*(layers.checked for layers in made.values())),
        paid=paid,
    )


@contextmanager
def recorded_experiment(
    name: str, parameters: Parameters, client: LLMClient, ledger: Ledger, environment: str, requests: int
) -> Iterator[list[PaidSoFar]]:
    """Record a run during a ``with`` block. At its end, the yielded list has what the run has paid.

    Without requests, nothing is recorded.
    """
    if not requests:
        yield [PaidSoFar()]
        return
    record_lost_spending(ledger)
    ledger.runs.sweep()
    start = RunStart([EXPERIMENT], environment, {EXPERIMENT: name}, without_keys(parameters.model_dump(mode="json")))
    # A fingerprint that no other run has, so that every other run waits.
    ledger.runs.wait_for_others(f"{EXPERIMENT} {secrets.token_hex(8)}", start)
    found: list[PaidSoFar] = []
    result = RunResult(0)
    try:
        yield found
    except BaseException as error:
        code = error.exit_code if isinstance(error, FlashcardsError) else 1
        result = RunResult(code, error_code(error), scrubbed(str(error)) or "The experiment was stopped.")
        raise
    finally:
        found.append(_end(result, client, ledger))


def _end(result: RunResult, client: LLMClient, ledger: Ledger) -> PaidSoFar:
    """End the run, and return what it has paid."""
    payments = ledger.payments()
    stages = [
        StageFigures(
            paid.stage, calls=paid.calls, cache_misses=paid.requests, tokens_in=paid.tokens_in,
            tokens_out=paid.tokens_out, usd=paid.usd, unpriced=paid.unpriced,
        )
        for paid in (payments.own if payments else ())
    ]  # fmt: skip
    ledger.runs.conclude(RunResult(result.exit_code, result.error_code, result.message, stages=stages))
    client.close()
    ledger.close()
    unpriced = any(stage.unpriced for stage in stages)
    return PaidSoFar(
        sum(stage.cache_misses or 0 for stage in stages),
        None if unpriced else sum(stage.usd or 0.0 for stage in stages),
    )
