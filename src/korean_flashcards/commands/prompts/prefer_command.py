"""Ask people or the judge which cards of a comparison are better, without saying whose they are (`kedro prompts prefer`)."""

from dataclasses import asdict
from typing import Any

import click

from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.project import ExampleCommand, env_option, explaining, fail, json_option, yes_option
from korean_flashcards.commands.prompts.experiment_options import (
    budget_option,
    dotted,
    named_words,
    open_lab,
    params_option,
    words_option,
)
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.plurals import counted
from korean_flashcards.lab.blind_preferences import BlindPreferences


@click.command(
    name="prefer",
    cls=ExampleCommand,
    examples=(
        "kedro prompts prefer nuance-vs-nuance.short-3f9a2c41",
        "kedro prompts prefer nuance-vs-nuance.short-3f9a2c41 --judge --budget 1",
        "kedro prompts prefer nuance-vs-nuance.short-3f9a2c41 --report",
    ),
)
@click.argument("experiment", metavar="EXPERIMENT")
@click.option("--rater", default=None, metavar="NAME", help="Use this name (default: review.reviewer, or your login).")
@click.option("--judge", is_flag=True, help="Ask the judge's model instead of you, in both orders.")
@click.option("--report", is_flag=True, help="Show the answers so far without asking anybody.")
@words_option
@click.option("--model", default=None, metavar="MODEL", help="Use this model as the judge (default: the project's).")
@params_option("--params", "Set parameters for the judge, such as llm.temperature=0.")
@budget_option
@yes_option
@json_option
@env_option
@explaining
def prefer(
    experiment: str, rater: str | None, judge: bool, report: bool, words: str | None, model: str | None,
    params: dict[str, Any], budget: float | None, yes: bool, as_json: bool, env: str | None,
) -> None:  # fmt: skip
    """Choose the better cards of a comparison, blindly.

    EXPERIMENT is the ID that `kedro prompts compare` prints. The order of the two sets is random, and every fifth word
    is shown a second time with the sets exchanged. Each answer is recorded at once, and the same command continues. With
    --judge, shows the price first. Exit codes: 0 = done; 1 = error; 2 = pairs are left.
    """
    if judge and (rater or report):
        fail("--judge cannot be combined with --rater or --report. Nothing was sent.")
    if not judge and (model or params or budget is not None):
        fail("--model, --params, and --budget are for the judge. Add --judge, or leave them out. Nothing was sent.")
    if as_json and not (judge or report):
        fail("--json needs --judge or --report, because the pairs of cards are printed too. Nothing was recorded.")
    named = named_words(words)
    with open_lab(env, {}, params) as lab:
        if report:
            found = lab.preferences(experiment)
        elif judge:
            found = lab.judge(experiment, model=model, params=dotted(params), words=named, budget=budget, yes=yes)
        else:
            found = lab.prefer(experiment, rater, named)
    if as_json:
        echo_json(_values(found))
    else:
        click.echo("\n".join(part for line in str(found).split("\n") for part in wrapped(safe(line), 0, 2)))
    if found.remaining:
        fail(f"{counted(found.remaining, 'pair')} left. Run the same command again to continue.", 2)


def _values(found: BlindPreferences) -> dict[str, Any]:
    return {
        "experiment": found.experiment, "words": found.pairs, "remaining": found.remaining,
        "raters": [one._asdict() for one in found.raters], "agreements": [each._asdict() for each in found.agreements],
        "answers": [asdict(one) for one in found.answers], "requests": found.paid.requests, "usd": found.paid.usd,
    }  # fmt: skip
