"""``kedro llm replay``: what a model answered, word for word, and what today's parser says of it."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from korean_flashcards.commands.project import env_option, explaining, fail, json_option, project
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.spending import call_reports
from korean_flashcards.ledger.tasks.task_list import STAGES
from korean_flashcards.ledger.word_history import request_keys
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.replay import Replayed, replayed

_KEY = re.compile(r"[0-9a-f]{6,64}")


@click.command(name="replay")
@click.argument("asked", metavar="KEY|WORD")
@click.option("--stage", "stages", multiple=True, type=click.Choice(STAGES), help="Of a WORD: only this stage.")
@json_option
@env_option
@explaining
def replay(asked: str, stages: tuple[str, ...], as_json: bool, env: str | None) -> None:
    """Print every reply that is kept for a question, accepted or not, and what today's parser says of it.

    KEY: the question's key, or its first six or more characters. WORD: a headword or an item id such as 배#2. Asks nobody.
    """
    with project(env) as context:
        cache = ReplyCache(Path(context.project_path) / context.config_loader["catalog"]["llm"]["path"])
        with context.catalog.load("ledger") as ledger:
            found = list(_replies(cache, ledger.store, asked.strip(), stages or STAGES))
        cache.close()
    if not found:
        fail(f"No reply is kept for {asked}. `kedro errors --word WORD` shows what was asked and its keys.")
    if as_json:
        echo_json([asdict(reply) for reply in found])
    else:
        click.echo("\n\n".join(map(_text, found)))


def _replies(cache: ReplyCache, store: LedgerStore, asked: str, stages: tuple[str, ...]) -> Iterator[Replayed]:
    if _KEY.fullmatch(asked.lower()):
        keys = [call_reports.key_starting_with(store, asked.lower()) or asked.lower()]
    else:
        keys = request_keys(store, asked, stages)
    for key in keys:
        known = call_reports.stage_and_word(store, key)
        yield from replayed(cache, key, known[1] if known else None)


def _text(reply: Replayed) -> str:
    then = reply.outcome + (f" ({safe(reply.message, 100)})" if reply.message else "")
    lines = [
        f"key      {reply.key}",
        f"asked    {safe(reply.created)}, {safe(reply.stage)}, {safe(reply.model)}",
        f"then     {then}",
        f"today    {safe(reply.today, 200)}",
        "",
        *map(safe, reply.text.splitlines()),
    ]
    return "\n".join(lines)
