"""Invalid parameters are described in plain words, without pydantic's wording or Python objects."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from korean_flashcards.domain.parameter_problems import parameter_problems
from korean_flashcards.domain.parameters import Parameters

BASE = Path(__file__).parents[2] / "conf" / "base"


def problems(path: str, value: Any) -> list[str]:
    """Return the problems of the project's parameters with one value changed."""
    parameters: dict[str, Any] = {}
    for file in sorted(BASE.glob("parameters*.yml")):
        parameters |= yaml.safe_load(file.read_text(encoding="utf-8"))
    *groups, name = path.split(".")
    group = parameters
    for step in groups:
        group = group.setdefault(step, {})
    group[name] = value
    try:
        Parameters.model_validate(parameters)
    except ValidationError as error:
        return parameter_problems(error)
    return []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("limt", 5, "there is no parameter named 'limt' (did you mean limit?)"),
        ("model", "x", "there is no parameter named 'model' (did you mean llm.model?)"),
        (
            "llm.stages.nuance", {"modell": "x"},
            "there is no parameter named 'llm.stages.nuance.modell' (did you mean llm.stages.",
        ),
        ("zzz", 1, "there is no parameter named 'zzz'; the parameters are limit, batch, "),
        ("limit", "ten", "limit must be a whole number, not 'ten'"),
        ("limit", True, "limit must be a whole number, not true"),
        ("limit", 2.5, "limit must be a whole number, not 2.5"),
        ("limit", 0, "limit must be at least 1, not 0"),
        ("limit", {"a": 1}, "limit must be a whole number, not a group of settings"),
        ("llm.timeout", True, "llm.timeout must be a number, not true"),
        ("llm.timeout", "x", "llm.timeout must be a number, not 'x'"),
        ("llm.concurrency", 5000, "llm.concurrency must be at most 1000, not 5000"),
        ("tasks.lease", 0, "tasks.lease must be more than 0, not 0"),
        ("quality.points.error", True, "quality.points.error must be a number, not true"),
        ("llm.model", None, "llm.model must be text, but it has no value"),
        ("llm.model", "", "llm.model must not be empty"),
        ("llm", None, "llm is a group of parameters, but it has no value"),
        ("llm.budget", "x", "llm.budget is a group of parameters, but it has the single value 'x'"),
        ("llm.prices", {"x": 5}, "llm.prices.x is a group of parameters, but it has the single value 5"),
        ("llm.stages", {"foo": {}}, "there is no key 'foo' in llm.stages: use 'nuance', 'flashcards' or 'judge'"),
        ("stale", False, "stale must be 'redo', 'keep' or 'all', not false"),
        ("flashcards.card_types", ["Foo"], "flashcards.card_types.0 must be 'Scene'"),
        ("flashcards.card_types", [], "flashcards.card_types must not be empty"),
        ("words", 5, "words must be a list or text, not 5"),
        ("batch", {"a": 3}, "batch must be text or a whole number, not a group of settings"),
        ("review.required", "maybe", "review.required must be true or false, not 'maybe'"),
    ],
)  # fmt: skip
def test_an_invalid_parameter_is_one_plain_line(path: str, value: Any, said: str) -> None:
    (line,) = problems(path, value)
    assert line.startswith(said)
    assert not any(word in line for word in ("None", "True", "{", "input should", "pydantic", "function"))


def test_valid_parameters_have_no_problem() -> None:
    assert problems("limit", 5) == problems("batch", 7) == problems("llm.seed", 1) == []
