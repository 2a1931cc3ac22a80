"""Parameters for tests: those of ``conf/base``, as the project ships them, with a test's own changes over them."""

from functools import cache
from typing import Any

import yaml

from korean_flashcards.parameters import LLMParameters
from support.project import ROOT


@cache
def _shipped() -> dict[str, Any]:
    text = (ROOT / "conf" / "base" / "parameters_llm.yml").read_text(encoding="utf-8")
    llm: dict[str, Any] = yaml.safe_load(text)["llm"]
    return llm


def llm_parameters(**changes: Any) -> LLMParameters:
    """The shipped parameters with ``changes``; a change that is a dict is laid over the shipped group."""
    return LLMParameters.model_validate(_laid_over(_shipped(), changes))


def _laid_over(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = _laid_over(merged[name], value) if both else value
    return merged
