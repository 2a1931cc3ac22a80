"""Provide the parameters in ``conf/base`` for tests, with changes."""

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


def shipped_parameters() -> dict[str, Any]:
    """Return all shipped parameters, as nodes get them from the dataset ``parameters``."""
    files = sorted((ROOT / "conf" / "base").glob("parameters*.yml"))
    return {name: value for file in files for name, value in yaml.safe_load(file.read_text(encoding="utf-8")).items()}


def llm_parameters(**changes: Any) -> LLMParameters:
    """Return the shipped parameters with ``changes``. A dict changes only the given keys of a group."""
    return LLMParameters.model_validate(_merged(_shipped("llm"), changes))


def quality_parameters(**changes: Any) -> QualityParameters:
    """Return the shipped ``quality`` parameters with ``changes``."""
    return QualityParameters.model_validate(_merged(_shipped("quality"), changes))


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(name), dict)
        result[name] = _merged(result[name], value) if both else value
    return result
