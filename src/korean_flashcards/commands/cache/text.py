"""What `kedro cache` says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from korean_flashcards.commands.cache.figures import Stats
from korean_flashcards.commands.cache.uses import Uses
from korean_flashcards.commands.cache.verification import Verified
from korean_flashcards.commands.terminal import safe, size_text, table
from korean_flashcards.domain.plurals import counted
from korean_flashcards.llm.cache.maintenance import Bill, CacheEntry
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.cache.transfer import Merged
from korean_flashcards.llm.replay import replayed
from korean_flashcards.planning.current_requests import StageRequests

_EXAMPLES = 5
# Facts of a reply that its entry shows already, or that mean nothing to a person.
_NOT_SHOWN = ("text", "template", "outcome", "message")


def stats_text(found: Stats, folder: Path) -> str:
    """The figures as tables."""
    share = f"{found.bytes / found.text_bytes:.0%} of the text" if found.text_bytes else "nothing yet"
    lines = [
        f"Cache     {safe(folder)}: {counted(found.replies, 'reply', 'replies')} ({found.used:,} in use), "
        f"{found.archived:,} archived",
        f"Size      {size_text(found.file_bytes)} on the disk; replies {size_text(found.bytes)} ({share})",
    ]
    if found.damaged:
        lines.append(f"Damaged   {counted(found.damaged, 'entry', 'entries')}: `kedro cache verify` names them")
    if found.groups:
        names = ("stage", "model", "prompt", "replies", "archived", "bytes", "tokens", "paid_usd")
        rows = [
            [f"{group[name]:.4f}" if name == "paid_usd" else group[name] for name in names] for group in found.groups
        ]
        lines += ["", table((*names[:-1], "paid (USD)"), rows)]
    if found.last_run:
        facts = ("stage", "words", "cached", "asked", "hit_rate", "saved_tokens", "saved_usd")
        shown = {"hit_rate": ".0%", "saved_usd": ".4f"}
        rows = [
            [
                format(stage[name], shown[name]) if name in shown and stage[name] is not None else stage[name]
                for name in facts
            ]
            for stage in found.last_run
        ]
        heads = ("last run", "words", "from the cache", "requested", "hit rate", "saved tokens", "saved (USD)")
        lines += ["", table(heads, rows)]
    return "\n".join(lines)


def shown(one: CacheEntry, uses: Uses, cache: ReplyCache) -> dict[str, Any]:
    """Return everything about an entry; ``now``: what the current parser says of each reply."""
    newest = one.newest
    parts = dict((cache.parts(newest.template) if newest else None) or {})
    parts.pop("messages", None)
    parts.pop("response_format", None)
    now = [parsed.today for parsed in replayed(cache, one.key, uses.term(one))]
    return {
        "key": one.key,
        "word": uses.term(one),
        "prompt": uses.prompt(newest.stage, uses.version(one)) if newest else None,
        "used_by": [f"{use.item_id} {use.stage}: {use.state}" for use in uses.tasks.get(one.key, ())],
        "parts": parts,
        "reply": asdict(one.reply) | {"now": now[-1]} if one.reply else None,
        "archived": [asdict(reply) | {"now": said} for reply, said in zip(one.archived, now, strict=False)],
        "damaged": dict(one.problems),
        "bytes": one.bytes,
    }


def shown_text(one: dict[str, Any]) -> str:
    """Return the same for people."""
    lines = [f"{one['key']}  {safe(one['word'] or 'word unknown')}"]
    values = {"prompt": one["prompt"], **one["parts"], "used by": ", ".join(one["used_by"]) or "no task"}
    lines += _lines(values)
    if reply := one["reply"]:
        lines += ["  accepted", *_reply_lines(reply)]
    for archived in one["archived"]:
        why = f": {safe(archived['message'])}" if archived["message"] else ""
        lines += [f"  archived ({safe(archived['outcome'])}{why})", *_reply_lines(archived)]
    lines += [f"  damaged: {safe(name)}: {safe(why)}" for name, why in one["damaged"].items()]
    return "\n".join(lines)


def _reply_lines(reply: dict[str, Any]) -> list[str]:
    """Return the facts of a reply, then its text word for word."""
    facts = {name: value for name, value in reply.items() if name not in _NOT_SHOWN}
    return [*(f"  {line}" for line in _lines(facts)), *(f"      {safe(line)}" for line in reply["text"].splitlines())]


def explained_text(told: dict[str, Any]) -> str:
    """Return why a word's reply is in the cache or not."""
    lines = [f"{safe(told['item_id'])} {told['stage']}"]
    if "key" not in told:
        return f"{lines[0]}: nothing would be requested: its analysis is not in the cache, or supports no card."
    why = f" ({safe(told['reason'])})" if told["reason"] else ""
    lines += [f"  {'key':<18} {told['key']}", f"  {'state':<18} {told['state']}{why}"]
    if told["archived"]:
        archived = counted(told["archived"], "reply", "replies")
        lines.append(f"  {'archived':<18} {archived}: `kedro cache show {told['key'][:12]}`")
    lines += _lines({name: value for name, value in told["parts"].items() if name != "response_format"})
    if "nearest" in told:
        lines.append(f"  nearest: {told['nearest']} (`kedro cache show {told['nearest'][:12]}`); what differs:")
        for name, (there, today) in told["differences"].items():
            lines.append(
                f"    {safe(name)}: " + ("changed" if name == "response_format" else f"{_part(there)} → {_part(today)}")
            )
        if not told["differences"]:
            lines.append("    not known: an earlier release stored it without its parts")
    elif told["state"] not in ("cached", "kept"):
        lines.append("  nearest: the cache has nothing of this word and stage")
    return "\n".join(lines)


def coverage(needed: StageRequests, found: Iterable[CacheEntry], bill: Bill) -> str:
    """Return how many current requests need no call, and the cost of the rest at the mean of the cached ones."""
    for one in found:
        bill.add(one)
    missing, total = needed.missing.height, needed.requests.height
    line = f"{needed.stage}: {total - missing:,} of {total:,} requests need no call"
    if not missing:
        return f"{line}."
    cost = f"about USD {bill.again / bill.replies * missing:,.4f}" if bill.replies else "`kedro plan` says the price"
    return f"{line}; {missing:,} to send ({cost})."


def bill_line(bill: Bill, needed: Bill) -> str:
    """What goes, what it has cost, and what it costs to have it again."""
    unpriced = f" ({bill.unpriced:,} of them without a known price)" if bill.unpriced else ""
    return (
        f"{counted(bill.replies, 'reply', 'replies')}{unpriced} and {bill.archived:,} archived ones that cost "
        f"USD {bill.paid:,.4f}. "
        f"{needed.replies:,} of them are in use: requesting these again costs about USD {needed.again:,.4f}, "
        f"for all about USD {bill.again:,.4f}."
    )


def merged_lines(file: Path, merged: Merged, dry_run: bool) -> Iterator[str]:
    """What became of a file's replies."""
    verb = "would be imported (dry run, nothing was changed)" if dry_run else "imported"
    yield (
        f"{safe(file)}: {counted(len(merged.new), 'reply', 'replies')} {verb}, {len(merged.present):,} there already, "
        f"{merged.archived:,} archived ones new."
    )
    if merged.conflicts:
        examples = ", ".join(key[:12] for key in merged.conflicts[:_EXAMPLES])
        yield f"{len(merged.conflicts):,} have another text than the cache, which keeps its own: {examples}"
    yield from damaged_lines(merged.damaged)


def damaged_lines(damaged: Sequence[str]) -> Iterator[str]:
    """The first lines of files that were passed over."""
    for damage in damaged[:_EXAMPLES]:
        yield f"Passed over: {safe(damage)}"
    if len(damaged) > _EXAMPLES:
        yield f"… and {len(damaged) - _EXAMPLES:,} more lines"


def verified_text(found: Verified, folder: Path) -> str:
    """What is wrong, and what to do about it."""
    if found.damages:
        return (
            f"The file of the cache {safe(folder)} is damaged: {safe('; '.join(found.damages))}. Move the folder away, "
            "then `kedro cache import` an export, or bring the folder back from a copy."
        )
    lines = []
    for name, why in list(found.damaged.items())[:_EXAMPLES]:
        lines.append(f"Damaged: {safe(name)}: {safe(why)}")
    if found.damaged:
        lines.append(
            f"{len(found.damaged):,} damaged entries count as missing: requested and paid again when they are needed, or "
            "restored by `kedro cache import`."
        )
    for what, names in (("replies under a key that is not theirs", found.mismatched),
                        ("tasks that are done without their reply", found.missing)):  # fmt: skip
        if names:
            more = " …" if len(names) > _EXAMPLES else ""
            lines.append(f"{len(names):,} {what}: {safe(', '.join(names[:_EXAMPLES]))}{more}")
    good = f"{found.entries:,} keys were read: "
    unexplained = f", {found.unexplained:,} of an earlier release without their parts" if found.unexplained else ""
    lines.append(f"{good}{counted(found.unused, 'reply', 'replies')} without a task{unexplained}.")
    if not found.code:
        lines.append("All is well.")
    return "\n".join(lines)


def _lines(values: Mapping[str, Any]) -> list[str]:
    return [f"  {name.replace('_', ' '):<18} {safe(value)}" for name, value in values.items() if value is not None]


def _part(value: Any) -> str:
    return "not set" if value is None else safe(value)
