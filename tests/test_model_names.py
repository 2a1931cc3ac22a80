"""Test that a model name that no run has called is named as such, so that a typo does not look like an empty list."""

import pytest
from support.project import Project

COMMANDS = (
    ("errors", "--model", "foo"),
    ("llm", "calls", "--model", "foo"),
    ("llm", "calls", "--model", "foo", "--json"),
    ("llm", "reset", "foo"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_model_that_no_run_has_called_is_an_error(here: Project, command: tuple[str, ...]) -> None:
    result = here.kedro(*command)
    assert result.code == 1 and "No run has called foo. No model has been called yet." in result.err, result.err


def test_a_model_that_is_only_configured_has_no_errors_and_no_calls(here: Project) -> None:
    settings = here.folder / "conf/local/parameters_llm.yml"
    settings.write_text("llm: {model: openai/gpt-5, price: unknown_ok}\n", encoding="utf-8")
    assert here.kedro("errors", "--model", "openai/gpt-5").code == 0
    assert here.kedro("llm", "calls", "--model", "openai/gpt-5").code == 0
    wrong = here.kedro("errors", "--model", "gpt5")
    assert wrong.code == 1 and "No run has called gpt5. The models are openai/gpt-5." in wrong.err
