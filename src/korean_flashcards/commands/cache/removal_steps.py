"""Remove replies from the cache at a user's request, also on a full disk."""

from dataclasses import dataclass
from datetime import datetime

import click

from korean_flashcards.commands.cache import text
from korean_flashcards.commands.cache.open_cache import OpenCache
from korean_flashcards.commands.cache.uses import Uses
from korean_flashcards.commands.disk_room import making_room
from korean_flashcards.commands.project import agreed, fail
from korean_flashcards.commands.terminal import size_text
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.tasks.task_changes import forget_replies
from korean_flashcards.llm.cache.maintenance import shrink
from korean_flashcards.llm.cache.removal import Removed, remove, room_for_a_step

# With this many free bytes besides the exported replies, the reserve is not needed.
_AMPLE = 32 * 2**20


@dataclass(frozen=True)
class TakenOut:
    """The result of a removal: whether all replies were removed, and whether the cache's file was then shrunk."""

    complete: bool = True
    shrunk: bool = True


def take_out(opened: OpenCache, uses: Uses, keys: list[str], yes: bool, dry_run: bool) -> TakenOut:
    """Show the replies' cost, ask for confirmation, export the replies to a file, and remove them from the cache."""
    bill, needed, sizes = opened.bill(), opened.bill(), list[int]()
    for one in opened.entries(keys):
        bill.add(one)
        sizes.append(one.bytes)
        if one.key in uses.keys:
            needed.add(one)
    line = text.bill_line(bill, needed)
    if dry_run:
        click.echo(f"Dry run: nothing was changed. This would remove {line}")
        return TakenOut()
    click.echo(f"This removes {line}", err=True)
    agreed("Remove these replies from the cache?", yes, "remove these replies from the cache")
    folder, ample = opened.cache.folder, 3 * sum(sizes) + _AMPLE
    with making_room(folder, room_for_a_step(sizes), "Removing these replies", folder, ample):
        # Otherwise, the removed replies would count as lost.
        opened.ledger.store.ensure_writable()
        return _removed(opened, keys)


def _removed(opened: OpenCache, keys: list[str]) -> TakenOut:
    """Remove the replies, and say what was done."""
    folder = opened.cache.folder
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    done = Removed(folder.with_name(f"{folder.name}-removed-{stamp}.jsonl.zst"))
    # On a full disk, the cache was opened as read-only.
    opened.cache.close()
    try:
        remove(opened.cache, keys, done)
    finally:
        if done.keys:
            exported = f"exported to {done.file} ({size_text(done.file.stat().st_size)})"
            click.echo(f"Removed {counted(done.removed, 'key')}, {exported}.")
            click.echo("`kedro cache import FILE` restores them. Delete the file when you no longer need it.")
            # On a full disk, the removal has freed space for this change.
            forget_replies(opened.ledger.store, done.keys)
    if done.problem and not done.removed:
        fail(f"{done.problem} No replies were removed from the cache.")
    if done.problem:
        click.echo(f"{counted(len(keys) - done.removed, 'key')} not removed. {done.problem}")
        click.echo("Move the exported file to a different disk. Then run the same command again.")
        return TakenOut(complete=False, shrunk=False)
    if problem := shrink(opened.cache):
        click.echo(f"The cache file could not be shrunk: {problem}.")
        click.echo("The next `kedro cache prune` or `kedro cache invalidate` that removes replies also shrinks it.")
    return TakenOut(shrunk=problem is None)
