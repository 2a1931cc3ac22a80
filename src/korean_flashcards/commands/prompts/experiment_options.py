"""Provide the options that commands with experiments share, and open the prompt lab for them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from korean_flashcards.commands.project import PositiveNumber, fail, ledger_of, project
from korean_flashcards.commands.run import default_options, run_options
from korean_flashcards.commands.stop_signals import stopping_gently
from korean_flashcards.lab.prompt_lab import PromptLab
from korean_flashcards.planning.consent import ConsentAdvice
from korean_flashcards.planning.given_parameters import merged

_ADVICE = ConsentAdvice(
    "with --yes", "To make the experiment smaller, name fewer words with --words.", "Nothing was sent or paid for."
)
_STOPPED = (
    "Stopped. All replies received so far are cached. Run the same command again: it requests only the missing replies."
)
# Parameters that select the words of a run. An experiment has its own words.
_SELECTING = ("limit", "batch", "priority_min", "words", "word_lists")
_PARAMS = next(option for option in run_options() if option.name == "params")

Command = TypeVar("Command", bound=Callable[..., Any])

words_option = click.option(
    "--words", default=None, metavar="WORDS", help="Use these words (comma-separated; a headword includes homographs)."
)
budget_option = click.option(
    "--budget",
    type=PositiveNumber(),
    default=None,
    metavar="USD",
    help="Spend at most this much. Replaces the confirmation of the price.",
)


def params_option(name: str, text: str) -> Callable[[Command], Command]:
    """Return the decorator for an option with parameters, such as llm.model=gpt-4o-mini."""
    return click.option(
        name, default="", metavar="NAME=VALUE,…", callback=_PARAMS.callback, help=text, type=click.UNPROCESSED
    )


def named_words(words: str | None) -> list[str] | None:
    """Return the words of the option --words, or None without it."""
    if words is None:
        return None
    named = [word.strip() for word in words.split(",") if word.strip()]
    if not named:
        fail("--words names no word. Nothing was sent. Name words, such as --words 남성,여성.")
    return named


def dotted(params: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Return nested parameters by their full names, such as llm.model."""
    found: dict[str, Any] = {}
    for name, value in params.items():
        found |= dotted(value, f"{above}{name}.") if isinstance(value, Mapping) else {f"{above}{name}": value}
    return found


@contextmanager
def open_lab(env: str | None, *params: Mapping[str, Any]) -> Iterator[PromptLab]:
    """Yield the prompt lab of an environment, and close its ledger and its client afterward.

    Args:
        env: The Kedro environment, or None for "local".
        params: Parameters for both variants, which override those in .kedro.yml, and then those of each variant.
    """
    if given := [name for each in params for name in _SELECTING if name in each]:
        fail(f"--params {given[0]}=… selects words of a run. Nothing was sent. Use --words to name words.")
    own = default_options({option.name for option in run_options() if option.name}).get("params") or {}
    try:
        with stopping_gently(), project(env, merged(own, dict(params[0]))) as context, ledger_of(context):
            try:
                yield PromptLab(context, advice=_ADVICE)
            finally:
                context.catalog.load("llm").close()
    except KeyboardInterrupt:
        fail(_STOPPED)
