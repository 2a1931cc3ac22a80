"""Compare two prompts, models, or parameters on the same words (`kedro prompts compare`)."""

from typing import Any

import click

from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.project import (
    ExampleCommand,
    WholeNumber,
    env_option,
    explaining,
    fail,
    json_option,
    yes_option,
)
from korean_flashcards.commands.prompts.comparison_values import comparison_values
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
from korean_flashcards.lab.prompt_comparison import FIRST_ROWS, MOST_ROWS, PromptComparison
from korean_flashcards.lab.prompt_lab import PromptLab

_SAMPLE, _SEED, _BY = 20, 1, "pos,level"


@click.command(
    name="compare",
    cls=ExampleCommand,
    examples=(
        "kedro prompts compare nuance nuance.short",
        "kedro prompts compare nuance nuance.short --sample 60 --budget 1",
        "kedro prompts compare nuance nuance --model-b openai/gpt-4o --words 남성,여성",
    ),
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@words_option
@click.option("--sample", type=WholeNumber(1), default=None, help=f"Draw this many words (default: {_SAMPLE}).")
@click.option("--seed", type=WholeNumber(0), default=None, help=f"Draw the words with this seed (default: {_SEED}).")
@click.option(
    "--by", default=None, metavar="COLUMNS",
    help=f'Give each group of words its share, by these columns (default: {_BY}; "": no groups).',
)  # fmt: skip
@click.option("--repeats", type=WholeNumber(1), default=1, show_default=True, help="Request each reply this often.")
@click.option("--model-a", default=None, metavar="MODEL", help="Use this model for A (default: the project's).")
@click.option("--model-b", default=None, metavar="MODEL", help="Use this model for B (default: the project's).")
@params_option("--params", "Set parameters for both, such as llm.model=gpt-4o-mini.")
@params_option("--params-a", "Set parameters only for A.")
@params_option("--params-b", "Set parameters only for B, such as language=de.")
@budget_option
@click.option(
    "--rows", type=WholeNumber(0, MOST_ROWS), default=FIRST_ROWS, show_default=True,
    help="Show at most this many words side by side, the largest losses first.",
)  # fmt: skip
@click.option("--all", "all_words", is_flag=True, help="Show also words and fields that are the same.")
@yes_option
@json_option
@env_option
@explaining
def compare(
    a: str, b: str, words: str | None, sample: int | None, seed: int | None, by: str | None, repeats: int,
    model_a: str | None, model_b: str | None, params: dict[str, Any], params_a: dict[str, Any],
    params_b: dict[str, Any], budget: float | None, rows: int, all_words: bool, yes: bool, as_json: bool,
    env: str | None,
) -> None:  # fmt: skip
    """Compare two prompts on the same words.

    A and B are prompts as in `kedro prompts show`. Shows the price, and asks as `kedro run` does. Requests only replies
    that the cache lacks. The deck does not change. Exit codes: 0 = done; 1 = error; 2 = replies are missing.
    """
    named = named_words(words)
    if named is not None and (sample, seed, by) != (None, None, None):
        fail("--words cannot be combined with --sample, --seed, or --by. Nothing was sent.")
    with open_lab(env, params, params_a, params_b) as lab:
        found = lab.compare(
            lab.variant(a, model=model_a, params=dotted(params_a)),
            lab.variant(b, model=model_b, params=dotted(params_b)),
            _drawn(lab, sample, seed, by) if named is None else named,
            repeats=repeats, budget=budget, yes=yes,
        )  # fmt: skip
    if as_json:
        echo_json(comparison_values(found))
    else:
        _echo_comparison(found, rows, all_words)
    if found.incomplete:
        missing = counted(found.incomplete, "word")
        fail(f"{missing} without a reply. Run the same command again to request only the missing replies.", 2)


def _drawn(lab: PromptLab, sample: int | None, seed: int | None, by: str | None) -> Any:
    return lab.sample(sample or _SAMPLE, _SEED if seed is None else seed, _BY if by is None else by)


def _echo_comparison(found: PromptComparison, rows: int, all_words: bool) -> None:
    """Print the report, and then words side by side."""
    click.echo("\n".join(safe(line) for line in str(found).split("\n")))
    if rows:
        side_by_side = str(found.rows(0, rows, different_only=not all_words))
        click.echo()
        click.echo("\n".join(part for line in side_by_side.split("\n") for part in wrapped(line, 0, 4)))
