"""Return a comparison of prompts as JSON-compatible values."""

import math
from typing import Any

from korean_flashcards.lab.paired_statistics import PairedInterval
from korean_flashcards.lab.prompt_comparison import PromptComparison


def comparison_values(found: PromptComparison) -> dict[str, Any]:
    """Return the figures of a comparison. An unknown number is null. All differences are B minus A."""
    return {
        "experiment": found.name,
        "labels": found.labels,
        "verdict": found.verdict.outcome,
        "text": found.verdict.text,
        "more_words": found.verdict.more_words,
        "difference": _interval(found.verdict.interval),
        "metrics": [
            {
                "name": row.metric.name, "a": _known(row.a), "b": _known(row.b), "difference": _interval(row.interval),
                "sign_test_p": _known(row.sign_p),
            }
            for row in found.metrics
        ],
        "checks": [change._asdict() for change in found.checks],
        "lower": found.regressions.to_dicts(),
        "states": found.states,
        "spread": found.spread,
        "incomplete": found.incomplete,
        "requests": found.paid.requests,
        "usd": found.paid.usd,
    }  # fmt: skip


def _interval(interval: PairedInterval) -> dict[str, Any]:
    return {name: _known(value) for name, value in interval._asdict().items()}


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
