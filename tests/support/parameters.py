"""Provide the parameters in ``conf/base`` with changes for a test."""

from functools import cache
from typing import Any

import yaml

from korean_flashcards.domain.parameters import LLMParameters, QualityParameters
from support.project import ROOT


@cache
def _shipped(group: str) -> dict[str, Any]:
    text = (ROOT / "conf" / "base" / f"parameters_{group}.yml").read_text(encoding="utf-8")
    shipped: dict[str, Any] = yaml.safe_load(text)[group]
    return shipped


def llm_parameters(**changes: Any) -> LLMParameters:
    """Return the shipped ``llm`` parameters with ``changes``. Dicts are merged into the shipped groups."""
    return LLMParameters.model_validate(_merged(_shipped("llm"), changes))


def quality_parameters(**changes: Any) -> QualityParameters:
    """Return the shipped ``quality`` parameters with ``changes``, merged in the same way."""
    return QualityParameters.model_validate(_merged(_shipped("quality"), changes))


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = _merged(merged[name], value) if both else value
    return merged
