"""``kedro cache``: the care of the paid replies. Exit codes: 0 fine, 1 error, 2 something was found or left out."""

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
    env_option,
    explaining,
    fail,
    json_option,
    project,
)
from korean_flashcards.commands.terminal import echo_json, size_text
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.tasks.task_list import STAGES
from korean_flashcards.llm.cache import maintenance as care
from korean_flashcards.llm.cache.maintenance import Bill, damages, file_size, shrink
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.cache.transfer import Merged, merge, write_export
from korean_flashcards.planning.current_requests import CurrentRequests

_dry_run = click.option("--dry-run", is_flag=True, help="Only say what would happen.")
_yes = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
_file = click.Path(path_type=Path, dir_okay=False)
_existing = click.Path(path_type=Path, dir_okay=False, exists=True)


@dataclass(frozen=True)
class _Desk:
    """What every command here works with."""

    context: KedroContext
    ledger: Ledger
    cache: ReplyCache

    def bill(self) -> Bill:
        """An empty bill with the project's own prices."""
        return Bill(prices=Parameters.model_validate(self.context.config_loader["parameters"]).llm.prices)

    def entries(self, keys: Sequence[str]) -> Iterator[care.CacheEntry]:
        """All that is kept for these keys, as it is now."""
        return (care.entry(self.cache, key) for key in keys)


@click.group(name="cache", cls=CommandGroup)
def cache() -> None:
    """The paid replies: what is there, why a word is or is not, exports, and making room without losing any."""


@cache.command()
@json_option
@env_option
@explaining
def stats(as_json: bool, env: str | None) -> None:
    """Replies by stage, model and prompt, their size, what they cost, and what the last run saved. Changes nothing."""
    with _opened(env) as desk:
        found = Stats.of(desk.context, care.entries(desk.cache), uses_of(desk.ledger), file_size(desk.cache))
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo(text.stats_text(found, desk.cache.folder))


@cache.command()
@click.argument("what", metavar="KEY|WORD")
@json_option
@env_option
@explaining
def show(what: str, as_json: bool, env: str | None) -> None:
    """The replies under a KEY (its first eight digits suffice) or of a WORD, accepted and archived, with their parts."""
    with _opened(env) as desk:
        uses = uses_of(desk.ledger)
        found = list(found_by(desk.cache, uses, what))
        if not found:
            fail(
                f"The cache has nothing of {what}. `kedro cache explain WORD` says what would be asked. Nothing was changed."
            )
        shown = [text.shown(one, uses, desk.cache) for one in found]
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
    """Today's keys of a WORD with their parts, whether they are in the cache, and how the nearest ones there differ."""
    with _opened(env) as desk:
        told = explanation(CurrentRequests(desk.context, desk.ledger, [word]), desk.cache, uses_of(desk.ledger), word)
    if as_json:
        echo_json(told)
    else:
        click.echo("\n\n".join(map(text.told_text, told)))


@cache.command(name="export")
@click.argument("file", type=_file)
@_yes
@env_option
@explaining
def export_cache(file: Path, yes: bool, env: str | None) -> None:
    """Write all replies, accepted and archived, into one FILE for another machine or person."""
    with _opened(env) as desk:
        if file.exists():
            agreed(f"{file} is there already. Replace it?", yes)
        keys = _export(desk, file, care.entries(desk.cache))
    click.echo(f"{file}: {keys:,} keys, {size_text(file.stat().st_size)}. `kedro cache import FILE` takes it in.")


@cache.command(name="import")
@click.argument("files", type=_existing, nargs=-1, required=True)
@_dry_run
@env_option
@explaining
def import_files(files: tuple[Path, ...], dry_run: bool, env: str | None) -> None:
    """Bring in the replies of exported FILEs. What is there stays: the same key has the same reply.

    Exit codes: 0 all is in, 1 error, 2 some lines are damaged, or say something else than the cache (listed).
    """
    with _opened(env) as desk:
        merged = [merge(desk.cache, file, dry_run=dry_run) for file in files]
    for file, one in zip(files, merged, strict=True):
        click.echo("\n".join(text.merged_lines(file, one, dry_run)))
    sys.exit(_merged_code(merged))


@cache.command()
@click.argument("files", type=_existing, nargs=-1, required=True)
@env_option
@explaining
def warm(files: tuple[Path, ...], env: str | None) -> None:
    """Bring in only those replies of exported FILEs that today's questions need, and say what is still missing.

    Exit codes as of `import`.
    """
    with _opened(env) as desk:
        today, merged = CurrentRequests(desk.context, desk.ledger), list[Merged]()
        analyses = today.analyses()
        merged += [merge(desk.cache, file, set(analyses.missing["key"])) for file in files]
        analyses = today.analyses()
        # Only now is it known which cards are asked for.
        cards = today.cards(analyses)
        merged += [merge(desk.cache, file, set(cards.missing["key"])) for file in files]
        cards = today.cards(analyses)
        for questions in (analyses, cards):
            click.echo(text.coverage(questions, desk.entries(questions.requests["key"].to_list()), desk.bill()))
    click.echo(f"{sum(len(one.new) for one in merged):,} replies were brought in. Nothing was asked.")
    damaged = list(dict.fromkeys(damage for one in merged for damage in one.damaged))
    click.echo("\n".join(text.damaged_lines(damaged)), nl=bool(damaged))
    sys.exit(_merged_code(merged))


@cache.command()
@click.option("--max-mb", type=click.FloatRange(min=0), required=True, help="As large as the cache may be, in MB.")
@click.option("--policy", type=click.Choice(["unused", "oldest"]), default="unused", show_default=True,
              help="unused: the oldest that no task uses; oldest: the oldest, used or not.")  # fmt: skip
@_yes
@_dry_run
@env_option
@explaining
def prune(max_mb: float, policy: Literal["unused", "oldest"], yes: bool, dry_run: bool, env: str | None) -> None:
    """Make the cache smaller. What goes is first written to a file beside it, which `kedro cache import` takes back.

    Exit codes: 0 it is small enough, 1 error, 2 it is not, as the rest is in use.
    """
    limit = int(max_mb * 1e6)
    with _opened(env) as desk:
        uses, size = uses_of(desk.ledger), file_size(desk.cache)
        keys = care.prunable(care.entries(desk.cache), uses.keys, policy == "oldest", size, limit)
        if size.used <= limit or not keys:
            click.echo(f"The cache holds {size_text(size.used)}. There is nothing to take out; nothing was changed.")
        else:
            _take_out(desk, uses, keys, yes, dry_run)
        if not dry_run and (left := file_size(desk.cache).used) > limit:
            click.echo(f"It still holds {size_text(left)}; the rest is in use. `--policy oldest` takes that, too.")
            sys.exit(2)


@cache.command()
@click.option("--stage", type=click.Choice(STAGES), help="Replies of this stage.")
@click.option("--model", help="Replies of this model.")
@click.option("--prompt", help="Replies to this prompt: v3, or the first digits of its version.")
@click.option("--word", help="Replies about this word.")
@click.option("--older-than", type=Age(), metavar="AGE", help="Replies older than this: 12h, 30d, 4w.")
@_yes
@_dry_run
@env_option
@explaining
def invalidate(yes: bool, dry_run: bool, env: str | None, older_than: timedelta | None, **chosen: str | None) -> None:
    """Take replies out that must not be used any more: the next run asks again. Everything given must hold.

    They are first written to a file beside the cache, which `kedro cache import` takes back.
    """
    if older_than is None and not any(chosen.values()):
        fail("Say which: --stage, --model, --prompt, --word or --older-than. Nothing was changed.")
    with _opened(env) as desk:
        uses = uses_of(desk.ledger)
        before = (datetime.now().astimezone() - older_than) if older_than else None
        choice = Choice.of(uses, before=before, **chosen)
        keys = [one.key for one in care.entries(desk.cache) if choice.fits(one, uses)]
        if keys:
            _take_out(desk, uses, keys, yes, dry_run)
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
    with _opened(env) as desk:
        broken = damages(desk.cache.folder) if file_size(desk.cache).file else []
        found = Verified.of(desk.cache, uses_of(desk.ledger)) if not broken else Verified(damages=broken)
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo(text.verified_text(found, desk.cache.folder))
    sys.exit(found.code)


@contextmanager
def _opened(env: str | None) -> Iterator[_Desk]:
    with project(env) as context:
        ledger: Ledger = context.catalog.load("ledger")
        replies = ReplyCache(context.catalog["llm"].path)
        with ledger:
            try:
                yield _Desk(context, ledger, replies)
            finally:
                replies.close()


def _export(desk: _Desk, file: Path, kept: Iterator[care.CacheEntry]) -> int:
    """Write the entries; the file is whole or as it was."""
    try:
        with atomic_path(file) as temporary:
            return write_export(desk.cache, temporary, kept)
    except OSError as error:
        fail(
            f"{file} cannot be written: {error.strerror}. Nothing was changed, and no reply was taken out of the cache."
        )


def _take_out(desk: _Desk, uses: Uses, keys: list[str], yes: bool, dry_run: bool) -> None:
    """Say what goes and what it costs to have it again, ask, write it beside the cache, then remove it."""
    bill, needed = desk.bill(), desk.bill()
    for one in desk.entries(keys):
        bill.add(one)
        if one.key in uses.keys:
            needed.add(one)
    line = text.bill_line(bill, needed)
    if dry_run:
        click.echo(f"Dry run, nothing was changed. It would take out {line}")
        return
    click.echo(f"To be taken out: {line}", err=True)
    agreed("Take them out of the cache?", yes)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    file = desk.cache.folder.with_name(f"{desk.cache.folder.name}-removed-{stamp}.jsonl.zst")
    taken = list[care.CacheEntry]()
    _export(desk, file, _noting(desk.entries(keys), taken))
    removed = care.take_out(desk.cache, taken)
    shrunk = shrink(desk.cache)
    click.echo(f"Keys taken out: {removed:,}. They are in {file} ({size_text(file.stat().st_size)}).")
    click.echo("`kedro cache import` brings them back; delete the file when you miss nothing.")
    if not shrunk:
        click.echo("The cache's file keeps its size for now: another process writes to it, or the disk is full.")


def _noting(found: Iterator[care.CacheEntry], taken: list[care.CacheEntry]) -> Iterator[care.CacheEntry]:
    """Pass on what is whole, and note it: what is damaged could not be written, and so stays."""
    for one in found:
        if one.raw and not one.problems:
            taken.append(one)
            yield one


def _merged_code(merged: Sequence[Merged]) -> int:
    return 2 if any(one.damaged or one.conflicts for one in merged) else 0
