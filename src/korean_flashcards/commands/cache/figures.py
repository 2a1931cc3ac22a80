"""Compute the statistics that `kedro cache stats` shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

import polars as pl

from korean_flashcards.commands.cache.uses import Uses
from korean_flashcards.commands.project_files import ProjectFiles
from korean_flashcards.llm.cache.maintenance import Bill, CacheEntry, FileSize

_REPLIES = {"nuance": "nuance_replies", "flashcards": "flashcard_replies", "judge": "judge_replies"}


@dataclass
class Stats:
    """Statistics about the reply cache. Sizes are in bytes.

    Attributes:
        file_bytes: Total size of the cache's files on disk.
        replies: Number of accepted replies.
        archived: Number of paid replies that were rejected or later replaced.
        used: Number of accepted replies that are in use by a task.
        damaged: Number of entries that cannot be read.
        text_bytes: Total size of the entries before compression.
        bytes: Total size of the entries after compression.
        groups: One dictionary per combination of stage, model, and prompt.
        last_run: One dictionary per stage, with the stage's cache hits and savings in the last run.
    """

    file_bytes: int
    replies: int = 0
    archived: int = 0
    used: int = 0
    damaged: int = 0
    text_bytes: int = 0
    bytes: int = 0
    groups: list[dict[str, Any]] = field(default_factory=list)
    last_run: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, files: ProjectFiles, found: Iterable[CacheEntry], uses: Uses, size: FileSize) -> Self:
        """Count all cache entries and the last run's cache hits."""
        stats, groups = cls(size.file), dict[tuple[str, str, str], _Group]()
        for one in found:
            stats.damaged += len(one.problems)
            if one.newest is None:
                continue
            name = one.newest.stage, one.newest.model, uses.prompt(one.newest.stage, uses.version(one))
            group = groups.setdefault(name, _Group())
            group.bill.add(one)
            group.bytes += one.bytes
            stats.text_bytes += one.text_bytes
            stats.used += bool(one.reply) and one.key in uses.keys
        stats.bytes = sum(group.bytes for group in groups.values())
        stats.replies = sum(group.bill.replies for group in groups.values())
        stats.archived = sum(group.bill.archived for group in groups.values())
        names = ("stage", "model", "prompt")
        stats.groups = [{**dict(zip(names, name, strict=True)), **groups[name].columns()} for name in sorted(groups)]
        saved = {stage: files.dataset(name) for stage, name in _REPLIES.items()}
        last_run = {
            stage: replies.load() for stage, replies in saved.items() if replies is not None and replies.exists()
        }
        # The judge stage has no replies if it is turned off.
        stats.last_run = [_last_run(stage, replies) for stage, replies in last_run.items() if replies.height]
        return stats


@dataclass
class _Group:
    """The cached replies with the same stage, model, and prompt."""

    bill: Bill = field(default_factory=Bill)
    bytes: int = 0

    def columns(self) -> dict[str, Any]:
        bill = self.bill
        return {
            "replies": bill.replies, "archived": bill.archived, "bytes": self.bytes, "tokens": bill.tokens,
            "paid_usd": bill.paid,
        }  # fmt: skip


def _last_run(stage: str, replies: pl.DataFrame) -> dict[str, Any]:
    """Return a stage's word count, cache hits, and savings in the last run."""
    cached = replies.filter(pl.col("cached"))
    requested = replies.filter(~pl.col("cached") & pl.col("pending").is_null()).height
    words = cached.height + requested
    return {
        "stage": stage,
        "words": words,
        "cached": cached.height,
        "asked": requested,
        "hit_rate": cached.height / words if words else None,
        "saved_tokens": int(cached["tokens_in"].sum()) + int(cached["tokens_out"].sum()),
        "saved_usd": float(cached["cost_usd"].sum()),
    }
