"""``kedro errors``: what failed, how often and what to do about it; and the whole story of a word."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from kedro.framework.context import KedroContext

from korean_flashcards.commands.errors.text import failure_lines, story_lines
from korean_flashcards.commands.project import Age, env_option, explaining, fail, json_option, project
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.domain.failures import KINDS, advice
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.ledger.spending import call_reports
from korean_flashcards.ledger.spending.call_reports import CallFilters, Failure, FailureRow
from korean_flashcards.ledger.tasks.task_list import STAGES
from korean_flashcards.ledger.word_history import word_history

# What the last run found out after the replies were there: of these the ledger knows nothing.
_LAYERS = {"nuance": "nuance_failures", "flashcards": "flashcard_failures"}
_FOUND_LATE = (FailureCode.NO_CARD_TYPE, FailureCode.DUPLICATE_CARD)


@click.command(name="errors")
@click.option("--word", default=None, help="All about one word: a headword, or an item id such as 배#2.")
@click.option("--stage", "stages", multiple=True, type=click.Choice(STAGES))
@click.option("--code", "codes", multiple=True, help="Such as timeout; may be given several times.")
@click.option("--model", "models", multiple=True, help="Such as openai/gpt-5; may be given several times.")
@click.option("--prompt", "prompts", multiple=True, metavar="VERSION", help="v3, or the beginning of its hash.")
@click.option("--since", type=Age(), metavar="AGE", default=None, help="Only of the last 12h, 7d, 4w.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Kinds of failure to show.")
@json_option
@env_option
@explaining
def errors(
    word: str | None, stages: tuple[str, ...], codes: tuple[str, ...], models: tuple[str, ...], prompts: tuple[str, ...],
    since: timedelta | None, limit: int, as_json: bool, env: str | None,
) -> None:  # fmt: skip
    """Failures by code, model and prompt: how many calls and words, when, examples, and what to do.

    Counted are failed calls, words that were given up, and what the last run found no card for. With --word: every call
    for the word, what it cost, and where it stands.
    """
    if word is not None and (stages or codes or models or prompts or since):
        fail("--word tells all of one word: leave --stage, --code, --model, --prompt and --since out.")
    with project(env) as context:
        if word is not None:
            _tell(context, word, as_json)
            return
        after = (datetime.now(UTC) - since).strftime("%Y-%m-%dT%H:%M:%SZ") if since else None
        filters = CallFilters(stages, codes, models, prompts, after)
        with context.catalog.load("ledger") as ledger:
            found = call_reports.failures(ledger.store, filters, _late(context))
            asked = call_reports.count(ledger.store)
    if as_json:
        echo_json([_explained(each) for each in found[:limit]])
    else:
        click.echo("\n".join(failure_lines(found, limit, asked, narrowed=filters != CallFilters())))


def _tell(context: KedroContext, word: str, as_json: bool) -> None:
    with context.catalog.load("ledger") as ledger:
        ledger.runs.sweep()
        story = word_history(ledger.store, word)
    tasks = [task for each in story.words for task in each.tasks]
    cached = context.catalog.load("llm").cached({task["key"] for task in tasks if task["key"]})
    for task in tasks:
        task["cached"] = task["key"] in cached
    if as_json:
        echo_json({**asdict(story), "words": [{"item": each.item, "tasks": each.tasks} for each in story.words]})
    else:
        click.echo("\n".join(story_lines(story)))


def _late(context: KedroContext) -> list[FailureRow]:
    """Failures of the last run that only the layers tell."""
    found = []
    for stage, layer in _LAYERS.items():
        if not context.catalog.exists(layer):
            continue
        written = context.catalog[layer].path.stat().st_mtime
        at = datetime.fromtimestamp(written, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found += [
            FailureRow(
                stage, row["code"], row["model"], row["prompt_version"], row["term"], 0, 1, at, at, row["message"]
            )
            for row in context.catalog.load(layer).iter_rows(named=True)
            if row["code"] in _FOUND_LATE
        ]
    return found


def _explained(found: Failure) -> dict[str, Any]:
    kind = KINDS.get(FailureCode(found.code)) if found.code in FailureCode.__members__.values() else None
    return {
        **asdict(found),
        "group": kind.group if kind else None,
        "parent": kind.parent if kind else None,
        "retry": kind.retry if kind else None,
        "advice": advice(found.code),
    }
