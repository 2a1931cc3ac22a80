"""Test which parameters count as given without a value."""

import pytest

from korean_flashcards.domain.empty_values import null_by_omission, without_value


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ("limit=", ["limit"]), ("words= ", ["words"]), ("words=#", ["words"]), ("limit=5,batch=", ["batch"]),
        ("words=# 배,priority_min=", ["words", "priority_min"]), ("llm.budget.run.usd=", ["llm.budget.run.usd"]),
        ("words=배#2", []), ("limit=null", []), ("batch=~", []), ("words=남성;여성", []), ("", []),
    ],
)  # fmt: skip
def test_a_name_without_a_value_is_found(params: str, names: list[str]) -> None:
    assert without_value(params) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("limit:\nwords: # 배\n", ["limit", "words"]), ("limit: null\nbatch: ~\n", []), ("words: \"\"\n", []),
        ("limit: ???\n", ["limit"]), ("words: \"???\"\n", []),
        ("other:\n", []), ("- limit\n", []), ("", []), ("limit: [", []), ("limit: 5\n", []),
    ],
)  # fmt: skip
def test_a_parameter_without_a_value_in_a_file_is_found(text: str, names: list[str]) -> None:
    assert null_by_omission(text) == names
    nested = f"run:\n  params:\n    {text.replace(chr(10), chr(10) + '    ')}"
    if text.strip() and not text.startswith("-"):
        assert null_by_omission(nested, ("run", "params")) == names
