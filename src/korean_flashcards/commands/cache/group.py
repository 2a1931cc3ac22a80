"""``kedro cache``: inspect, export, import, and prune the cached replies.

Exit codes: 0 = success; 1 = error; 2 = problems were found or something was skipped.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import click

from korean_flashcards.commands.cache import text
from korean_flashcards.commands.cache.explain import explanation, found_by
from korean_flashcards.commands.cache.figures import Stats
from korean_flashcards.commands.cache.open_cache import OpenCache, opened_cache
from korean_flashcards.commands.cache.removal_steps import TakenOut, take_out
from korean_flashcards.commands.cache.repair import repair_cache
from korean_flashcards.commands.cache.selection import Choice
from korean_flashcards.commands.cache.uses import Uses, uses_of
from korean_flashcards.commands.cache.verification import Verified
from korean_flashcards.commands.project import (
    Age,
    CommandGroup,
    FilePath,
    PositiveNumber,
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
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.ledger.tasks.task_list import STAGES
from korean_flashcards.llm.cache import maintenance
from korean_flashcards.llm.cache.cache_file import damages
from korean_flashcards.llm.cache.maintenance import file_size
from korean_flashcards.llm.cache.transfer import Merged, merge, write_export
from korean_flashcards.planning.current_requests import CurrentRequests

_file = FilePath(dir_okay=False)
_existing = FilePath(dir_okay=False, exists=True)


@click.group(
    name="cache",
    cls=CommandGroup,
    examples=(
        "kedro cache stats",
        "kedro cache show 남성",
        "kedro cache export replies.jsonl.zst",
        "kedro cache prune --max-mb 500 --dry-run",
        "kedro cache repair",
    ),
)
def cache() -> None:
    """Inspect, export, import, prune, and repair the cached replies.

    Replies are exported to a file before they are removed.
    """


@cache.command(examples=("kedro cache stats",))
@json_option
@env_option
@explaining
def stats(as_json: bool, env: str | None) -> None:
    """Count cached replies by stage, model, and prompt.

    Also shows the cache's size, the cost of its replies, and the savings in the last run.
    """
    with opened_cache(env) as opened:
        found = Stats.of(
            opened.files, maintenance.entries(opened.cache), uses_of(opened.ledger), file_size(opened.cache)
        )
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo(text.stats_text(found, opened.cache.folder))


@cache.command(examples=("kedro cache show 남성 --stage nuance", "kedro cache show 3f9a2c41"))
@click.argument("what", metavar="KEY|WORD")
@click.option("--stage", "stages", multiple=True, type=click.Choice(STAGES), help="Show only this stage (repeatable).")
@json_option
@env_option
@explaining
def show(what: str, stages: tuple[str, ...], as_json: bool, env: str | None) -> None:
    """Show the full text of every cached reply for a KEY or WORD.

    Includes archived replies and shows whether the current parser accepts each reply. KEY is a cache key or at least
    its first six digits. WORD is a headword or an item ID such as 배#2.
    """
    with opened_cache(env) as opened:
        uses = uses_of(opened.ledger)
        found = list(found_by(opened.cache, opened.ledger.store, uses, what, stages))
        if not found:
            fail(
                f"The cache has no reply for {safe(what)}. Give a word, a key, or at least the first six digits of a key. "
                "`kedro cache explain WORD` shows what a run would request."
            )
        shown = [text.shown(one, uses, opened.cache) for one in found]
    if as_json:
        echo_json(shown)
    else:
        click.echo("\n\n".join(map(text.shown_text, shown)))


@cache.command(examples=("kedro cache explain 남성",))
@click.argument("word")
@json_option
@env_option
@explaining
def explain(word: str, as_json: bool, env: str | None) -> None:
    """Explain why the replies for WORD are or are not in the cache.

    Shows each current request's cache key and how the most similar cached key differs from it.
    """
    with project(env) as context, opened_cache(env) as opened:
        explained = explanation(
            CurrentRequests(context, opened.ledger, [word]),
            opened.cache,
            opened.ledger.store,
            uses_of(opened.ledger),
        )
    if as_json:
        echo_json(explained)
    else:
        click.echo("\n\n".join(map(text.explained_text, explained)))


@cache.command(name="export", examples=("kedro cache export replies.jsonl.zst",))
@click.argument("file", type=_file)
@yes_option
@env_option
@explaining
def export_cache(file: Path, yes: bool, env: str | None) -> None:
    """Export all replies to FILE for sharing or for use elsewhere.

    Includes accepted and archived replies. The file is compressed (zstd), unless its name ends in .jsonl.
    """
    with opened_cache(env) as opened:
        if file.exists():
            agreed(f"{file} already exists. Replace it?", yes, f"replace {file}")
        keys = _export(opened, file, maintenance.entries(opened.cache))
    click.echo(f"Exported {counted(keys, 'key')} to {file} ({size_text(file.stat().st_size)}).")
    click.echo("Import it with `kedro cache import FILE`.")


@cache.command(name="import", examples=("kedro cache import replies.jsonl.zst --dry-run",))
@click.argument("files", type=_existing, nargs=-1, required=True)
@dry_run_option
@env_option
@explaining
def import_files(files: tuple[Path, ...], dry_run: bool, env: str | None) -> None:
    """Import replies from exported FILES. Replies already in the cache are kept.

    Exit codes: 0 = everything was imported; 1 = error; 2 = some lines are corrupted or conflict with the cache.
    """
    with opened_cache(env) as opened:
        if not dry_run and not opened.ledger.store.path.exists():
            # Otherwise, the next command would take a cache without a ledger for a project that lost its ledger.
            opened.ledger.store.ensure_writable()
        merged = [merge(opened.cache, file, dry_run=dry_run) for file in files]
    for file, one in zip(files, merged, strict=True):
        click.echo("\n".join(text.merged_lines(file, one, dry_run)))
    sys.exit(_merged_code(merged))


@cache.command(examples=("kedro cache warm replies.jsonl.zst",))
@click.argument("files", type=_existing, nargs=-1, required=True)
@env_option
@explaining
def warm(files: tuple[Path, ...], env: str | None) -> None:
    """Import only the replies that current lists and prompts need.

    Also reports how many replies are still missing. Exit codes: 0 = success; 1 = error; 2 = some lines are corrupted or
    conflict with the cache.
    """
    with project(env) as context, opened_cache(env) as opened:
        current, merged = CurrentRequests(context, opened.ledger), list[Merged]()
        analyses = current.analyses()
        merged += [merge(opened.cache, file, set(analyses.missing["key"])) for file in files]
        analyses = current.analyses()
        # The card requests depend on the analyses that were just imported.
        cards = current.cards(analyses)
        merged += [merge(opened.cache, file, set(cards.missing["key"])) for file in files]
        cards = current.cards(analyses)
        for needed in (analyses, cards):
            click.echo(text.coverage(needed, opened.entries(needed.requests["key"].to_list()), opened.bill()))
    click.echo(f"{counted(sum(len(one.new) for one in merged), 'reply', 'replies')} imported.")
    damaged = list(dict.fromkeys(damage for one in merged for damage in one.damaged))
    click.echo("\n".join(text.damaged_lines(damaged)), nl=bool(damaged))
    sys.exit(_merged_code(merged))


@cache.command(examples=("kedro cache prune --max-mb 500 --dry-run",))
@click.option("--max-mb", type=PositiveNumber(), required=True, help="Keep the cache at or below this size, in MB.")
@click.option("--policy", type=click.Choice(["unused", "oldest"]), default="unused", show_default=True,
              help="Remove unused replies (unused) or any replies (oldest), oldest first.")  # fmt: skip
@yes_option
@dry_run_option
@env_option
@explaining
def prune(max_mb: float, policy: Literal["unused", "oldest"], yes: bool, dry_run: bool, env: str | None) -> None:
    """Remove old replies until the cache is small enough.

    The replies are first exported to a file next to the cache. `kedro cache import` restores them.

    Exit codes: 0 = the cache is small enough; 1 = error; 2 = the cache is still too large because the remaining replies
    are in use, or because the disk is too full to shrink its file.
    """
    limit = int(max_mb * 1e6)
    with opened_cache(env) as opened:
        uses, size = uses_of(opened.ledger), file_size(opened.cache)
        keys = _prunable(opened, uses, policy, limit)
        done = TakenOut()
        if size.used <= limit or not keys:
            click.echo(f"The cache uses {size_text(size.used)}. There is nothing to remove, so nothing was changed.")
        else:
            done = take_out(opened, uses, keys, yes, dry_run)
        if not dry_run:
            sys.exit(_size_code(opened, done, limit, more=bool(_prunable(opened, uses, policy, limit))))


@cache.command(
    examples=("kedro cache invalidate --word 남성 --dry-run", "kedro cache invalidate --stage flashcards --prompt v1")
)
@click.option("--stage", type=click.Choice(STAGES), help="Remove replies from this stage.")
@click.option("--model", help="Remove replies from this model.")
@click.option(
    "--prompt",
    help="Remove replies to this prompt version: a number such as v3, or at least the first four digits of its hash.",
)
@click.option("--word", help="Remove replies for this word.")
@click.option(
    "--older-than", type=Age(), metavar="AGE", help="Remove replies older than this, such as 12h, 30d, or 4w."
)
@yes_option
@dry_run_option
@env_option
@explaining
def invalidate(yes: bool, dry_run: bool, env: str | None, older_than: timedelta | None, **chosen: str | None) -> None:
    """Remove the replies that match all given options.

    The next run requests these replies again. The replies are first exported to a file next to the cache. `kedro cache
    import` restores them.

    Exit codes: 0 = success; 1 = error; 2 = the disk is too full to remove all of them.
    """
    if older_than is None and not any(chosen.values()):
        fail("Give at least one of --stage, --model, --prompt, --word, or --older-than. Nothing was changed.")
    with opened_cache(env) as opened:
        uses = uses_of(opened.ledger)
        before = (datetime.now().astimezone() - older_than) if older_than else None
        choice = Choice.of(uses, before=before, **chosen)
        keys = [one.key for one in maintenance.entries(opened.cache) if choice.fits(one, uses)]
        if not keys:
            click.echo("No replies match. Nothing was changed.")
        elif not take_out(opened, uses, keys, yes, dry_run).complete:
            sys.exit(2)


@cache.command(examples=("kedro cache verify",))
@json_option
@env_option
@explaining
def verify(as_json: bool, env: str | None) -> None:
    """Check that the cached replies are intact and complete.

    Every reply must be readable and match its key, and every finished task must have a reply. Exit codes: 0 = no
    problems; 1 = error or damaged cache file; 2 = other problems were found.
    """
    with opened_cache(env) as opened:
        broken = damages(opened.cache.folder) if file_size(opened.cache).file else []
        found = Verified.of(opened.cache, uses_of(opened.ledger)) if not broken else Verified(damages=broken)
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo(text.verified_text(found, opened.cache.folder))
    sys.exit(found.code)


cache.add_command(repair_cache)


def _export(opened: OpenCache, file: Path, kept: Iterator[maintenance.CacheEntry]) -> int:
    """Export entries to a file and return how many were exported. If the export fails, the file is unchanged."""
    try:
        with atomic_path(file) as temporary:
            return write_export(opened.cache, temporary, kept)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}. No replies were removed from the cache.")


def _prunable(opened: OpenCache, uses: Uses, policy: str, limit: int) -> list[str]:
    """Return the keys that a prune would remove from the cache in its current state."""
    size = file_size(opened.cache)
    return maintenance.prunable(maintenance.entries(opened.cache), uses.keys, policy == "oldest", size, limit)


def _size_code(opened: OpenCache, done: TakenOut, limit: int, more: bool) -> int:
    """Return the exit code of a removal, and say why the cache is still larger than the limit, if it is.

    ``more``: whether the same command would remove more replies.
    """
    found = file_size(opened.cache)
    left = found.used if done.shrunk else found.file
    if left <= limit:
        return 0 if done.complete else 2
    if more or not done.shrunk:
        click.echo(f"The cache still uses {size_text(left)}.")
    else:
        click.echo(f"The cache still uses {size_text(left)} because the remaining replies are in use.")
        click.echo("`--policy oldest` removes those too.")
    return 2


def _merged_code(merged: Sequence[Merged]) -> int:
    return 2 if any(one.damaged or one.conflicts for one in merged) else 0
