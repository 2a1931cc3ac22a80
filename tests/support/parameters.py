"""Parameters for tests: those of ``conf/base``, as the project ships them, with a test's own changes over them."""

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
    """The shipped parameters with ``changes``; a change that is a dict is laid over the shipped group."""
    return LLMParameters.model_validate(_laid_over(_shipped("llm"), changes))


def quality_parameters(**changes: Any) -> QualityParameters:
    """The same of ``quality``."""
    return QualityParameters.model_validate(_laid_over(_shipped("quality"), changes))


def _laid_over(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = _laid_over(merged[name], value) if both else value
    return merged
