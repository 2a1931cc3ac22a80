"""Format the output of `kedro cache`."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from korean_flashcards.commands.cache.figures import Stats
from korean_flashcards.commands.cache.uses import Uses
from korean_flashcards.commands.cache.verification import Verified
from korean_flashcards.commands.layout import fitted_table, labeled, wrapped
from korean_flashcards.commands.terminal import safe, size_text
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.llm.cache.maintenance import Bill, CacheEntry
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.cache.transfer import Merged
from korean_flashcards.llm.replay import replayed
from korean_flashcards.planning.current_requests import StageRequests

_EXAMPLES = 5
_LABEL = 18  # columns
# Reply fields that are shown elsewhere in the entry, or that are meaningless to users.
_NOT_SHOWN = ("text", "template", "outcome", "message")


def stats_text(found: Stats, folder: Path) -> str:
    """Return the statistics as text with tables."""
    share = f"{found.bytes / found.text_bytes:.0%} of their uncompressed size" if found.text_bytes else "none yet"
    lines = [
        f"Cache     {safe(shown_path(folder))}: {counted(found.replies, 'reply', 'replies')} ({found.used:,} in use), "
        f"{found.archived:,} archived",
        f"Size      {size_text(found.file_bytes)} on disk",
        f"Replies   {size_text(found.bytes)} ({share})",
    ]
    if found.damaged:
        lines.append(f"Damaged   {counted(found.damaged, 'entry', 'entries')}: `kedro cache verify` lists them")
    if found.groups:
        names = ("stage", "model", "prompt", "replies", "archived", "tokens", "paid_usd")
        rows = [
            [usd_number(group[name], 4) if name == "paid_usd" else group[name] for name in names]
            for group in found.groups
        ]
        lines += ["", fitted_table((*names[:-1], "USD paid"), rows)]
    if found.last_run:
        facts = ("stage", "words", "cached", "asked", "hit_rate", "saved_tokens", "saved_usd")
        shown: dict[str, Callable[[Any], str]] = {
            "hit_rate": "{:.0%}".format,
            "saved_usd": partial(usd_number, decimals=4),
        }
        rows = [
            [shown[name](stage[name]) if name in shown and stage[name] is not None else stage[name] for name in facts]
            for stage in found.last_run
        ]
        heads = ("last runs", "words", "cached", "requested", "hit rate", "tokens saved", "USD saved")
        lines += ["", fitted_table(heads, rows)]
    return "\n".join(lines)


def shown(one: CacheEntry, uses: Uses, cache: ReplyCache) -> dict[str, Any]:
    """Return everything known about an entry as a dictionary. ``now`` is the current parser's verdict on each reply."""
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
    """Format the dictionary from ``shown`` as text."""
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
    """Return a reply's fields, followed by its full text, as lines."""
    facts = {name: value for name, value in reply.items() if name not in _NOT_SHOWN}
    with suppress(ValueError):  # The cache does not validate times.
        facts["created"] = local_time(reply["created"])
    return [*_lines(facts, indent=4), *(f"      {safe(line)}" for line in reply["text"].splitlines())]


def explained_text(told: dict[str, Any]) -> str:
    """Explain why the reply for a word and stage is or is not cached."""
    lines = [f"{safe(told['item_id'])} {told['stage']}"]
    if "key" not in told:
        return f"{lines[0]}: no request, because the word's analysis is not cached or no card can be made from it."
    why = f" ({safe(told['reason'])})" if told["reason"] else ""
    lines += [f"  key: {told['key']}", f"  {'state':<18} {told['state']}{why}"]
    if told["archived"]:
        archived = counted(told["archived"], "reply", "replies")
        lines.append(f"  {'archived':<18} {archived}: `kedro cache show {told['key'][:12]}`")
    lines += _lines({name: value for name, value in told["parts"].items() if name != "response_format"})
    if "nearest" in told:
        lines.append(f"  nearest key: {told['nearest']}")
        lines.append(f"  its reply: `kedro cache show {told['nearest'][:12]}`")
        lines.append("  differences (cached → current):")
        for name, (there, today) in told["differences"].items():
            change = "changed" if name == "response_format" else f"{_part(there)} → {_part(today)}"
            lines += wrapped(f"{name}: {change}", indent=4, hanging=2)
        if not told["differences"]:
            lines.append("    unknown, because an earlier release stored the reply without its key parts")
    elif told["state"] not in ("cached", "kept"):
        lines.append("  nearest key: none, because the cache has no reply for this word and stage")
    return "\n".join(lines)


def coverage(needed: StageRequests, found: Iterable[CacheEntry], bill: Bill) -> str:
    """Return the number of requests that need no call, and the cost of the others, estimated from cached replies.

    ``bill`` must be empty. ``found`` contains the cached replies to the current requests.
    """
    for one in found:
        bill.add(one)
    missing, total = needed.missing.height, needed.requests.height
    line = f"{needed.stage}: {total - missing:,} of {total:,} requests need no call"
    if not missing:
        return f"{line}."
    cost = (
        f"about USD {usd_number(bill.again / bill.replies * missing, 4)}"
        if bill.replies
        else "`kedro plan` shows the price"
    )
    return f"{line}. {missing:,} must be sent ({cost})."


def bill_line(bill: Bill, needed: Bill) -> str:
    """Describe the replies to remove, their original cost, and the cost of requesting them again.

    ``needed`` is the bill for the replies that tasks use.
    """
    unpriced = f" ({bill.unpriced:,} without a known price)" if bill.unpriced else ""
    return (
        f"{counted(bill.replies, 'reply', 'replies')}{unpriced} and {bill.archived:,} archived, which cost "
        f"USD {usd_number(bill.paid, 4)}. "
        f"In use: {counted(needed.replies, 'reply', 'replies')}, which would cost about USD "
        f"{usd_number(needed.again, 4)} to request again. Requesting all these replies again would cost about USD "
        f"{usd_number(bill.again, 4)}."
    )


def merged_lines(file: Path, merged: Merged, dry_run: bool) -> Iterator[str]:
    """Yield lines about the result of importing one file."""
    verb = "would be imported (dry run: nothing was changed)" if dry_run else "imported"
    archived = counted(merged.archived, "new archived reply", "new archived replies")
    yield (
        f"{safe(file)}: {counted(len(merged.new), 'reply', 'replies')} {verb}, "
        f"{len(merged.present):,} already in the cache, {archived}."
    )
    if merged.conflicts:
        examples = ", ".join(key[:12] for key in merged.conflicts[:_EXAMPLES])
        yield f"Different from the cached reply, so not imported: {len(merged.conflicts):,} ({examples})"
    yield from damaged_lines(merged.damaged)


def damaged_lines(damaged: Sequence[str]) -> Iterator[str]:
    """Yield the first few skipped lines from the imported files."""
    for damage in damaged[:_EXAMPLES]:
        yield f"Skipped: {safe(damage)}"
    if len(damaged) > _EXAMPLES:
        yield f"… and {counted(len(damaged) - _EXAMPLES, 'more line')}"


def verified_text(found: Verified, folder: Path) -> str:
    """Return the problems found in the cache and how to fix them."""
    if found.damages:
        return (
            f"The reply cache {safe(folder)} is damaged: {safe('; '.join(found.damages))}. Run `kedro cache repair`: it "
            "saves every reply that can still be read and lists the others."
        )
    lines = []
    for name, why in list(found.damaged.items())[:_EXAMPLES]:
        lines.append(f"Damaged: {safe(name)}: {safe(why)}")
    if found.damaged:
        lines.append(
            f"Damaged entries: {len(found.damaged):,}. A run that needs them stops before it sends anything. Restore them "
            "with `kedro cache import`, or run `kedro cache repair`, which lists the words whose replies are lost."
        )
    for what, names in (("Replies whose keys do not match their contents", found.mismatched),
                        ("Finished tasks without a reply", found.missing)):  # fmt: skip
        if names:
            more = " …" if len(names) > _EXAMPLES else ""
            lines.append(f"{what}: {len(names):,} ({safe(', '.join(names[:_EXAMPLES]))}{more})")
    lines.append(
        f"{counted(found.entries, 'key')} read. Replies that no task uses: {found.unused:,}."
        + (f" Replies from earlier releases, with unverified keys: {found.unexplained:,}." if found.unexplained else "")
        + (f" Replies whose key parts were lost, with unverified keys: {found.partless:,}." if found.partless else "")
    )
    if not found.code:
        lines.append("No problems found.")
    return "\n".join(lines)


def _lines(values: Mapping[str, Any], indent: int = 2) -> list[str]:
    shown = {name: _part(value) if isinstance(value, list | dict) else value for name, value in values.items()}
    return [line for name, value in shown.items() for line in labeled(name, value, indent, _LABEL)]


def _part(value: Any) -> str:
    if isinstance(value, list | dict):
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return safe(", ".join(value))
        return safe(json.dumps(value, ensure_ascii=False))
    return "not set" if value is None else safe(value)
