"""``kedro cache``: inspect, export, import and prune the paid replies.

Exit codes: 0 fine, 1 error, 2 something was found or left out.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import click
from kedro.framework.context import KedroContext

from korean_flashcards.commands.cache import text
from korean_flashcards.commands.cache.explain import explanation, found_by
from korean_flashcards.commands.cache.figures import Stats
from korean_flashcards.commands.cache.selection import Choice
from korean_flashcards.commands.cache.uses import Uses, uses_of
from korean_flashcards.commands.cache.verification import Verified
from korean_flashcards.commands.project import (
    Age,
    CommandGroup,
    agreed,
    dry_run_option,
    env_option,
    explaining,
    fail,
    json_option,
    project,
    yes_option,
)
from korean_flashcards.commands.terminal import echo_json, safe, size_text
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.tasks.task_list import STAGES
from korean_flashcards.llm.cache import maintenance
from korean_flashcards.llm.cache.maintenance import Bill, damages, file_size, shrink
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.cache.transfer import Merged, merge, write_export
from korean_flashcards.planning.current_requests import CurrentRequests

_file = click.Path(path_type=Path, dir_okay=False)
_existing = click.Path(path_type=Path, dir_okay=False, exists=True)


@dataclass(frozen=True)
class _OpenCache:
    """The cache, the ledger and the context, as every command here uses them."""

    context: KedroContext
    ledger: Ledger
    cache: ReplyCache

    def bill(self) -> Bill:
        """An empty bill with the project's own prices."""
        return Bill(prices=Parameters.model_validate(self.context.config_loader["parameters"]).llm.prices)

    def entries(self, keys: Sequence[str]) -> Iterator[maintenance.CacheEntry]:
        """All that is kept for these keys, as it is now."""
        return (maintenance.entry(self.cache, key) for key in keys)


@click.group(
    name="cache",
    cls=CommandGroup,
    examples=(
        "kedro cache stats",
        "kedro cache show 남성",
        "kedro cache export replies.jsonl.zst",
        "kedro cache prune --max-mb 500 --dry-run",
    ),
)
def cache() -> None:
    """Inspect, export, import and prune the paid replies. Pruned replies are written to a file first."""


@cache.command()
@json_option
@env_option
@explaining
def stats(as_json: bool, env: str | None) -> None:
    """Count replies by stage, model and prompt, with size, cost and what the last run saved."""
    with _opened(env) as opened:
        found = Stats.of(
            opened.context, maintenance.entries(opened.cache), uses_of(opened.ledger), file_size(opened.cache)
        )
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo(text.stats_text(found, opened.cache.folder))


@cache.command()
@click.argument("what", metavar="KEY|WORD")
@click.option("--stage", "stages", multiple=True, type=click.Choice(STAGES), help="Show only this stage (repeatable).")
@json_option
@env_option
@explaining
def show(what: str, stages: tuple[str, ...], as_json: bool, env: str | None) -> None:
    """Show every reply to a request, accepted or archived, word for word, and what the current parser says of it.

    KEY is a cache key or its first six digits or more; WORD is a headword or an item id such as 배#2. Sends nothing.
    """
    with _opened(env) as opened:
        uses = uses_of(opened.ledger)
        found = list(found_by(opened.cache, opened.ledger.store, uses, what, stages))
        if not found:
            fail(
                f"The cache has no reply for {safe(what)}. Give a WORD, a key, or at least the first six digits of one. "
                "`kedro cache explain WORD` shows what a run would request."
            )
        shown = [text.shown(one, uses, opened.cache) for one in found]
    if as_json:
        echo_json(shown)
    else:
        click.echo("\n\n".join(map(text.shown_text, shown)))


@cache.command()
@click.argument("word")
@json_option
@env_option
@explaining
def explain(word: str, as_json: bool, env: str | None) -> None:
    """Explain why a WORD's replies are in the cache or not: its current keys, and how the nearest cached ones differ."""
    with _opened(env) as opened:
        explained = explanation(
            CurrentRequests(opened.context, opened.ledger, [word]),
            opened.cache,
            opened.ledger.store,
            uses_of(opened.ledger),
        )
    if as_json:
        echo_json(explained)
    else:
        click.echo("\n\n".join(map(text.explained_text, explained)))


@cache.command(name="export")
@click.argument("file", type=_file)
@yes_option
@env_option
@explaining
def export_cache(file: Path, yes: bool, env: str | None) -> None:
    """Write all replies, accepted and archived, into one FILE for another machine or person."""
    with _opened(env) as opened:
        if file.exists():
            agreed(f"{file} is there already. Replace it?", yes)
        keys = _export(opened, file, maintenance.entries(opened.cache))
    click.echo(f"{file}: {keys:,} keys, {size_text(file.stat().st_size)}. `kedro cache import FILE` takes it in.")


@cache.command(name="import")
@click.argument("files", type=_existing, nargs=-1, required=True)
@dry_run_option
@env_option
@explaining
def import_files(files: tuple[Path, ...], dry_run: bool, env: str | None) -> None:
    """Import the replies of exported FILEs. Existing replies stay: the same key has the same reply.

    Exit codes: 0 all imported, 1 error, 2 some lines are damaged or differ from the cache (listed).
    """
    with _opened(env) as opened:
        merged = [merge(opened.cache, file, dry_run=dry_run) for file in files]
    for file, one in zip(files, merged, strict=True):
        click.echo("\n".join(text.merged_lines(file, one, dry_run)))
    sys.exit(_merged_code(merged))


@cache.command()
@click.argument("files", type=_existing, nargs=-1, required=True)
@env_option
@explaining
def warm(files: tuple[Path, ...], env: str | None) -> None:
    """Import only the replies that the current lists and prompts need, and say what is still missing.

    Exit codes: 0 all imported, 1 error, 2 some lines are damaged or differ from the cache.
    """
    with _opened(env) as opened:
        current, merged = CurrentRequests(opened.context, opened.ledger), list[Merged]()
        analyses = current.analyses()
        merged += [merge(opened.cache, file, set(analyses.missing["key"])) for file in files]
        analyses = current.analyses()
        # Only now is it known which cards are requested.
        cards = current.cards(analyses)
        merged += [merge(opened.cache, file, set(cards.missing["key"])) for file in files]
        cards = current.cards(analyses)
        for needed in (analyses, cards):
            click.echo(text.coverage(needed, opened.entries(needed.requests["key"].to_list()), opened.bill()))
    click.echo(f"{sum(len(one.new) for one in merged):,} replies were imported. Nothing was sent.")
    damaged = list(dict.fromkeys(damage for one in merged for damage in one.damaged))
    click.echo("\n".join(text.damaged_lines(damaged)), nl=bool(damaged))
    sys.exit(_merged_code(merged))


@cache.command()
@click.option(
    "--max-mb", type=click.FloatRange(min=0), required=True, help="Keep the cache at or below this size, in MB."
)
@click.option("--policy", type=click.Choice(["unused", "oldest"]), default="unused", show_default=True,
              help="Remove the oldest that no task uses, or the oldest of all.")  # fmt: skip
@yes_option
@dry_run_option
@env_option
@explaining
def prune(max_mb: float, policy: Literal["unused", "oldest"], yes: bool, dry_run: bool, env: str | None) -> None:
    """Remove old replies until the cache is small enough. They are first written to a file that `kedro cache import` reads.

    Exit codes: 0 the cache is small enough, 1 error, 2 it is not, as the rest is in use.
    """
    limit = int(max_mb * 1e6)
    with _opened(env) as opened:
        uses, size = uses_of(opened.ledger), file_size(opened.cache)
        keys = maintenance.prunable(maintenance.entries(opened.cache), uses.keys, policy == "oldest", size, limit)
        if size.used <= limit or not keys:
            click.echo(f"The cache holds {size_text(size.used)}. There is nothing to remove; nothing was changed.")
        else:
            _take_out(opened, uses, keys, yes, dry_run)
        if not dry_run and (left := file_size(opened.cache).used) > limit:
            click.echo(f"It still holds {size_text(left)}; the rest is in use. `--policy oldest` removes that, too.")
            sys.exit(2)


@cache.command()
@click.option("--stage", type=click.Choice(STAGES), help="Remove replies of this stage.")
@click.option("--model", help="Remove replies of this model.")
@click.option("--prompt", help="Remove replies to this prompt: v3, or the first digits of its version.")
@click.option("--word", help="Remove replies about this word.")
@click.option("--older-than", type=Age(), metavar="AGE", help="Remove replies older than this: 12h, 30d, 4w.")
@yes_option
@dry_run_option
@env_option
@explaining
def invalidate(yes: bool, dry_run: bool, env: str | None, older_than: timedelta | None, **chosen: str | None) -> None:
    """Remove replies that match all options: the next run requests them again.

    They are first written to a file beside the cache that `kedro cache import` reads.
    """
    if older_than is None and not any(chosen.values()):
        fail("Say which: --stage, --model, --prompt, --word or --older-than. Nothing was changed.")
    with _opened(env) as opened:
        uses = uses_of(opened.ledger)
        before = (datetime.now().astimezone() - older_than) if older_than else None
        choice = Choice.of(uses, before=before, **chosen)
        keys = [one.key for one in maintenance.entries(opened.cache) if choice.fits(one, uses)]
        if keys:
            _take_out(opened, uses, keys, yes, dry_run)
        else:
            click.echo("There are no such replies. Nothing was changed.")


@cache.command()
@json_option
@env_option
@explaining
def verify(as_json: bool, env: str | None) -> None:
    """Read every reply, compare its key with its parts, and the tasks with what is there. Changes nothing.

    Exit codes: 0 all is well, 1 the file is damaged as a whole, 2 something was found.
    """
    with _opened(env) as opened:
        broken = damages(opened.cache.folder) if file_size(opened.cache).file else []
        found = Verified.of(opened.cache, uses_of(opened.ledger)) if not broken else Verified(damages=broken)
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo(text.verified_text(found, opened.cache.folder))
    sys.exit(found.code)


@contextmanager
def _opened(env: str | None) -> Iterator[_OpenCache]:
    with project(env) as context:
        ledger: Ledger = context.catalog.load("ledger")
        replies = ReplyCache(context.catalog["llm"].path)
        with ledger:
            try:
                yield _OpenCache(context, ledger, replies)
            finally:
                replies.close()


def _export(opened: _OpenCache, file: Path, kept: Iterator[maintenance.CacheEntry]) -> int:
    """Write the entries; the file is whole or as it was."""
    try:
        with atomic_path(file) as temporary:
            return write_export(opened.cache, temporary, kept)
    except OSError as error:
        fail(
            f"{file} cannot be written: {error.strerror}. Nothing was changed, and no reply was removed from the cache."
        )


def _take_out(opened: _OpenCache, uses: Uses, keys: list[str], yes: bool, dry_run: bool) -> None:
    """Say what goes and what it costs to have it again, ask, write it beside the cache, then remove it."""
    bill, needed = opened.bill(), opened.bill()
    for one in opened.entries(keys):
        bill.add(one)
        if one.key in uses.keys:
            needed.add(one)
    line = text.bill_line(bill, needed)
    if dry_run:
        click.echo(f"Dry run, nothing was changed. It would remove {line}")
        return
    click.echo(f"To be removed: {line}", err=True)
    agreed("Remove them from the cache?", yes)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    file = opened.cache.folder.with_name(f"{opened.cache.folder.name}-removed-{stamp}.jsonl.zst")
    taken = list[maintenance.CacheEntry]()
    _export(opened, file, _noting(opened.entries(keys), taken))
    removed = maintenance.take_out(opened.cache, taken)
    shrunk = shrink(opened.cache)
    click.echo(f"Keys removed: {removed:,}. They are in {file} ({size_text(file.stat().st_size)}).")
    click.echo("`kedro cache import` restores them. Delete the file when you no longer need it.")
    if not shrunk:
        click.echo("The cache's file keeps its size for now: another process writes to it, or the disk is full.")


def _noting(
    found: Iterator[maintenance.CacheEntry], taken: list[maintenance.CacheEntry]
) -> Iterator[maintenance.CacheEntry]:
    """Pass on what is whole, and note it: what is damaged could not be written, and so stays."""
    for one in found:
        if one.raw and not one.problems:
            taken.append(one)
            yield one


def _merged_code(merged: Sequence[Merged]) -> int:
    return 2 if any(one.damaged or one.conflicts for one in merged) else 0
