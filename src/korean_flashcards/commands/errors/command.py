"""``kedro errors``: list failures with their counts, examples, and remedies."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from kedro.framework.context import KedroContext

from korean_flashcards.commands.errors.text import failure_lines
from korean_flashcards.commands.failure_codes import check_codes
from korean_flashcards.commands.llm.group import llm_settings, models_of
from korean_flashcards.commands.model_names import check_models
from korean_flashcards.commands.project import (
    Age,
    ExampleCommand,
    WholeNumber,
    env_option,
    explaining,
    fail,
    json_option,
    ledger_of,
    project,
)
from korean_flashcards.commands.renamed import announce
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.commands.word.group import show as word_show
from korean_flashcards.domain.failures import FAILURE_LAYERS, FOUND_IN_LAYERS, KINDS, advice
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.ledger.spending import call_reports
from korean_flashcards.ledger.spending.call_reports import CallFilters, Failure, FailureRow
from korean_flashcards.ledger.tasks.task_list import STAGES


@click.command(
    name="errors",
    cls=ExampleCommand,
    examples=("kedro errors --since 7d", "kedro errors --code timeout --model openai/gpt-5", "kedro word show 남성"),
)
@click.option("--word", default=None, hidden=True, help="Show one word. Replaced by `kedro word show`.")
@click.option("--stage", "stages", multiple=True, type=click.Choice(STAGES), help="Show only this stage (repeatable).")
@click.option("--code", "codes", multiple=True, help="Show only this code, such as timeout (repeatable).")
@click.option("--model", "models", multiple=True, help="Show only this model, such as openai/gpt-5 (repeatable).")
@click.option(
    "--prompt",
    "prompts",
    multiple=True,
    metavar="VERSION",
    help="Show only this prompt version: v3, or the beginning of its hash (repeatable).",
)
@click.option(
    "--since",
    type=Age(),
    metavar="AGE",
    default=None,
    help="Show only failures from this recent period, such as 12h, 7d, or 4w.",
)
@click.option(
    "--limit", type=WholeNumber(1), default=20, show_default=True, help="Show at most this many kinds of failures."
)
@json_option
@env_option
@explaining
def errors(
    word: str | None, stages: tuple[str, ...], codes: tuple[str, ...], models: tuple[str, ...], prompts: tuple[str, ...],
    since: timedelta | None, limit: int, as_json: bool, env: str | None,
) -> None:  # fmt: skip
    """List failures with their counts, examples, and remedies.

    Groups the failures by code, stage, model, and prompt. Includes failed calls, words that failed permanently, and
    words for which the last run created no cards.
    """
    if word is not None:
        if stages or codes or models or prompts or since:
            fail("--word cannot be combined with --stage, --code, --model, --prompt, or --since. Leave them out.")
        announce("errors --word WORD", "word show WORD")
        click.get_current_context().invoke(word_show, word=word, card=None, as_json=as_json, env=env)
        return
    with project(env) as context:
        after = (datetime.now(UTC) - since).strftime("%Y-%m-%dT%H:%M:%SZ") if since else None
        filters = CallFilters(stages, codes, models, prompts, after)
        with ledger_of(context) as ledger:
            found = call_reports.failures(ledger.store, filters, _late(context))
            requested = call_reports.count(ledger.store)
            if models and not found:
                check_models(models, [*models_of(llm_settings(context)), *call_reports.models(ledger.store)])
    if not found:
        check_codes(codes)
    if as_json:
        echo_json([_explained(each) for each in found[:limit]])
    else:
        click.echo("\n".join(failure_lines(found, limit, requested, narrowed=filters != CallFilters())))


def _late(context: KedroContext) -> list[FailureRow]:
    """Return the last run's failures that are recorded only in the layers, not in the ledger."""
    found = []
    for stage, layer in FAILURE_LAYERS.items():
        if not context.catalog.exists(layer):
            continue
        written = context.catalog[layer].path.stat().st_mtime
        at = datetime.fromtimestamp(written, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found += [
            FailureRow(
                stage, row["code"], row["model"], row["prompt_version"], row["term"], 0, 1, at, at, row["message"]
            )
            for row in context.catalog.load(layer).iter_rows(named=True)
            if row["code"] in FOUND_IN_LAYERS
        ]
    return found


def _explained(found: Failure) -> dict[str, Any]:
    """Return a failure as JSON-compatible values, with its code's group, parent, retry flag, and advice."""
    kind = KINDS.get(FailureCode(found.code)) if found.code in FailureCode.__members__.values() else None
    return {
        **asdict(found),
        "group": kind.group if kind else None,
        "parent": kind.parent if kind else None,
        "retry": kind.retry if kind else None,
        "advice": advice(found.code),
    }
