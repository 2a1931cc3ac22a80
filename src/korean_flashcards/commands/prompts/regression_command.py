"""Test prompts on the regression set, a fixed set of words with stored results (`kedro prompts test`)."""

import sys
from typing import Any

import click

from korean_flashcards.commands.project import ExampleCommand, env_option, explaining, fail, json_option, yes_option
from korean_flashcards.commands.prompts.comparison_values import comparison_values
from korean_flashcards.commands.prompts.experiment_options import (
    budget_option,
    named_words,
    open_lab,
    params_option,
    words_option,
)
from korean_flashcards.commands.terminal import echo_json, safe


@click.command(
    name="test",
    cls=ExampleCommand,
    examples=("kedro prompts test", "kedro prompts test nuance.short --budget 1", "kedro prompts test --renew"),
)
@click.argument("references", metavar="[PROMPT]...", nargs=-1)
@words_option
@click.option("--model", default=None, help="Use this model (default: the project's).")
@params_option("--params", "Set parameters, such as llm.model=gpt-4o-mini.")
@click.option("--renew", is_flag=True, help="Store the new results, with which later tests are compared.")
@budget_option
@yes_option
@json_option
@env_option
@explaining
def test(
    references: tuple[str, ...], words: str | None, model: str | None, params: dict[str, Any], renew: bool,
    budget: float | None, yes: bool, as_json: bool, env: str | None,
) -> None:  # fmt: skip
    """Check that prompts are not worse than stored results.

    Without a PROMPT, tests the prompts that runs use. The first test stores the results of these prompts for 30 words, or
    for --words. Exit codes: 0 = nothing got worse; 1 = something got worse, or an error; 2 = replies are missing.
    """
    with open_lab(env, params) as lab:
        found = lab.test(
            *references, model=model, words=named_words(words), renew=renew, budget=budget, yes=yes,
        )  # fmt: skip
    if as_json:
        values = comparison_values(found.comparison)
        echo_json({"passed": found.passed, "problems": found.problems, "comparison": values})
    else:
        click.echo("\n".join(safe(line) for line in str(found).split("\n")))
    if found.worse:
        sys.exit(1)
    if not found.passed:
        fail("The test is incomplete. Run the same command again to request only the missing replies.", 2)
