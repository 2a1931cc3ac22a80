"""Generate, check, and score the analyses and cards of one variant, with the nodes of the pipelines."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from korean_flashcards.lab.experiment_ledger import ExperimentLedger
from korean_flashcards.lab.variant import ResolvedVariant
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.pipelines.flashcards.nodes import generate_flashcards, parse_flashcards, plan_flashcards
from korean_flashcards.pipelines.nuance.nodes import generate_nuance, parse_nuance, plan_nuance
from korean_flashcards.pipelines.quality.nodes import check_cards, score_cards
from korean_flashcards.stages.accepted_records import AcceptedReplies


@dataclass(frozen=True)
class ExperimentInputs:
    """What all variants of an experiment share.

    Attributes:
        words: The rows of the vocabulary.
        confusables: Easily confused words of the whole vocabulary, as runs use them.
        checked: Findings in texts that have been checked before.
        rules: The version of the checks.
        accepted: The replies that earlier runs accepted.
    """

    words: pl.DataFrame
    confusables: pl.DataFrame
    checked: pl.DataFrame
    rules: str
    accepted: AcceptedReplies


@dataclass(frozen=True)
class VariantLayers:
    """The layers of one variant, with the columns of the project's layers of the same names."""

    nuance_replies: pl.DataFrame
    nuance: pl.DataFrame
    flashcard_replies: pl.DataFrame
    flashcards: pl.DataFrame
    failures: pl.DataFrame
    findings: pl.DataFrame
    checked: pl.DataFrame
    quality: pl.DataFrame


def variant_layers(
    variant: ResolvedVariant, inputs: ExperimentInputs, client: LLMClient, ledger: ExperimentLedger
) -> VariantLayers:
    """Return the variant's layers. Missing replies are requested, which costs money.

    Raises:
        FlashcardsError: The model cannot be used, or the user stopped the experiment. All replies are in the cache.
    """
    run = variant.parameters
    nuance_replies, nuance, failed = _analyses(variant, inputs, client, ledger)
    prompt = variant.prompt("flashcards")
    requests = plan_flashcards(
        nuance, inputs.words, prompt, client, ledger, run.llm, run.stale, run.flashcards, run.language
    )
    replies = generate_flashcards(
        requests, prompt, client, ledger, run.llm, run.tasks, run.stale, variant.prompt("repair"), run.flashcards,
        accepted=inputs.accepted,
    )  # fmt: skip
    cards, without = parse_flashcards(requests, replies, nuance, inputs.words)
    findings, checked = check_cards(
        nuance, cards, inputs.words, inputs.words, inputs.checked, inputs.rules, inputs.confusables, run.language,
        map_checks=client.map_checks,
    )  # fmt: skip
    quality = score_cards(findings, nuance, cards, run.quality)
    return VariantLayers(
        nuance_replies, nuance, replies, cards, pl.concat([failed, without]), findings, checked, quality
    )


def all_checked(*frames: pl.DataFrame) -> pl.DataFrame:
    """Return the findings of several ``checked`` layers, in which a word can have several texts."""
    present = [frame for frame in frames if not frame.is_empty()]
    return pl.concat(present).unique(["item_id", "fingerprint"], maintain_order=True) if present else pl.DataFrame()


def _analyses(variant: ResolvedVariant, inputs: ExperimentInputs, client: LLMClient, ledger: ExperimentLedger) -> Any:
    run, prompt = variant.parameters, variant.prompt("nuance")
    requests = plan_nuance(inputs.words, inputs.confusables, prompt, client, ledger, run.llm, run.stale, run.language)
    replies = generate_nuance(
        requests, prompt, client, ledger, run.llm, run.tasks, run.stale, variant.prompt("repair"),
        accepted=inputs.accepted,
    )  # fmt: skip
    return replies, *parse_nuance(replies, inputs.words)
