"""``kedro ingress import-legacy``: words, analyses and cards of an earlier system.

Exit codes: 0 everything is taken, 1 error, 2 something is skipped, rejected or taken in part.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from kedro.framework.context import KedroContext

from korean_flashcards.commands.project import env_option, explaining, json_option, project
from korean_flashcards.commands.terminal import echo_json, safe, table
from korean_flashcards.domain.errors import LegacyError
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.legacy.cache_folder import STAGES, read_cache_folder
from korean_flashcards.legacy.database import MAGIC, WORD_TABLES, read_database
from korean_flashcards.legacy.legacy_data import LegacyData
from korean_flashcards.legacy.record_check import check
from korean_flashcards.legacy.take import Count, Report, take
from korean_flashcards.llm.cache.reply_cache import ReplyCache

_SHOWN = 50  # problems; --json has all


@click.command(name="import-legacy")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be taken.")
@json_option
@env_option
@explaining
def import_legacy(path: Path, dry_run: bool, as_json: bool, env: str | None) -> None:
    """Take over words, analyses and cards of an earlier system: an SQLite file, or a cache folder. It is only read.

    Exit codes: 0 everything is taken, 1 error, 2 something is skipped (listed with the reason).
    """
    with project(env) as context:
        # From the folder the command was typed in; the project's folder is only what it is remembered by.
        data = _read(path)
        words = check(data)
        with _ledger(context, dry_run) as ledger:
            cache = None if dry_run else ReplyCache(context.catalog["llm"].path)
            report = take(words, data.problems, _origin(path, context.project_path), ledger, cache)
    if as_json:
        echo_json({**asdict(report), "dry_run": dry_run})
    else:
        click.echo("\n".join(_lines(report, path, dry_run)))
    raise SystemExit(2 if report.problems else 0)


def _read(path: Path) -> LegacyData:
    """Tell the two kinds of sources apart by what is there. Raises LegacyError when it is neither."""
    try:
        if path.is_dir() and any((path / stage).is_dir() for stage in STAGES):
            return read_cache_folder(path)
        if path.is_file() and _begins_as_database(path):
            return read_database(path)
    except OSError as error:
        raise LegacyError(f"{path} cannot be read: {error.strerror}. Nothing was imported.") from error
    what = "is neither" if path.exists() else "does not exist"
    raise LegacyError(
        f"{path} {what}. Looked for: an SQLite file with {' or '.join(WORD_TABLES)} (and nuance_data, flashcards), or a "
        f"folder with {' or '.join(STAGES)} in it (stage1/ab/<sha256>.json). Nothing was imported."
    )


def _begins_as_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


@contextmanager
def _ledger(context: KedroContext, dry_run: bool) -> Iterator[Ledger]:
    """The project's ledger; for a dry run a copy that is thrown away, so that its report is that of the real thing."""
    ledger: Ledger = context.catalog.load("ledger")
    if not dry_run:
        with ledger:
            yield ledger
        return
    with ledger.rehearsal() as copy:
        yield copy


def _origin(path: Path, folder: Path) -> tuple[str, str]:
    """(name, source) of the batch: relative to the project where the data lies in it, wherever the project lies."""
    whole, root = path.resolve(), Path(folder).resolve()
    source = whole.relative_to(root) if whole.is_relative_to(root) else whole
    return whole.name, source.as_posix()


def _lines(report: Report, path: Path, dry_run: bool) -> list[str]:
    lines = [
        _totals("Words", report.words),
        _totals("Analyses", report.analyses),
        _totals("Cards", report.cards),
    ]
    if report.problems:
        rows = [(one.where, one.what, one.why) for one in report.problems[:_SHOWN]]
        lines += ["", table(("where", "what", "why"), rows, longest=100)]
    if (more := len(report.problems) - _SHOWN) > 0:
        lines.append(f"… and {more:,} more (--json has all)")
    return [*lines, "", _closing(report, path, dry_run)]


def _totals(name: str, count: Count) -> str:
    return f"{name:<10} {count.taken:,} taken, {count.already:,} there already, {count.skipped:,} skipped"


def _closing(report: Report, path: Path, dry_run: bool) -> str:
    if dry_run:
        return "Dry run: nothing was written."
    if report.batch_id is None:
        return f"{safe(path)} holds no word: nothing was imported."
    if not (report.words.taken or report.analyses.taken or report.cards.taken):
        return f"Nothing was changed: what can be taken is there already (batch {safe(report.batch_id)})."
    return f"Batch {safe(report.batch_id)}. The source is unchanged; what was taken is not paid for again."
