"""``kedro ingress import-legacy``: import words, analyses, and cards from an earlier system.

Exit codes: 0 = everything was imported; 1 = error; 2 = something was skipped, rejected, or only partly imported.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from kedro.framework.context import KedroContext

from korean_flashcards.commands.layout import hanging_table
from korean_flashcards.commands.project import (
    ExampleCommand,
    FilePath,
    dry_run_option,
    env_option,
    explaining,
    json_option,
    project,
)
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.errors import LegacyError
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.legacy.cache_folder import STAGES, read_cache_folder
from korean_flashcards.legacy.database import MAGIC, WORD_TABLES, read_database
from korean_flashcards.legacy.legacy_data import LegacyData
from korean_flashcards.legacy.record_check import check
from korean_flashcards.legacy.word_import import Count, LegacyReport, import_words
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.planning.missing_ledger import check_ledger

_SHOWN = 50  # problems; --json lists all of them


@click.command(
    name="import-legacy",
    cls=ExampleCommand,
    examples=("kedro ingress import-legacy old.db --dry-run", "kedro ingress import-legacy old_cache"),
)
@click.argument("path", type=FilePath())
@dry_run_option
@json_option
@env_option
@explaining
def import_legacy(path: Path, dry_run: bool, as_json: bool, env: str | None) -> None:
    """Import words, analyses, and cards from an earlier system. PATH is an SQLite file or a cache folder.

    The source is not changed. Exit codes: 0 = everything was imported; 1 = error; 2 = something was skipped (the
    reasons are listed).
    """
    with project(env) as context:
        # ``path`` is relative to the working directory. ``_origin`` makes it relative to the project for the ledger.
        data = _read(path)
        words = check(data)
        check_ledger(context.catalog, asking=not dry_run)
        with _ledger(context, dry_run) as ledger:
            cache = None if dry_run else ReplyCache(context.catalog["llm"].path)
            report = import_words(words, data.problems, _origin(path, context.project_path), ledger, cache)
    if as_json:
        echo_json({**asdict(report), "dry_run": dry_run})
    else:
        click.echo("\n".join(_lines(report, path, dry_run)))
    raise SystemExit(2 if report.problems else 0)


def _read(path: Path) -> LegacyData:
    """Read the SQLite file or the cache folder. Raises LegacyError for any other path."""
    try:
        if path.is_dir() and any((path / stage).is_dir() for stage in STAGES):
            return read_cache_folder(path)
        if path.is_file() and _begins_as_database(path):
            return read_database(path)
    except OSError as error:
        raise LegacyError(f"{path} cannot be read: {error.strerror}. Nothing was imported.") from error
    what = "is not data from an earlier system" if path.exists() else "does not exist"
    raise LegacyError(
        f"{path} {what}. Nothing was imported. Give an SQLite file with a table {' or '.join(WORD_TABLES)} (and "
        f"nuance_data, flashcards), or a folder with a subfolder {' or '.join(STAGES)} (stage1/ab/<sha256>.json)."
    )


def _begins_as_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


@contextmanager
def _ledger(context: KedroContext, dry_run: bool) -> Iterator[Ledger]:
    """Open the project's ledger.

    For a dry run, open a temporary copy instead, so that the report is the same as for a real import.
    """
    ledger: Ledger = context.catalog.load("ledger")
    if not dry_run:
        with ledger:
            yield ledger
        return
    with ledger.rehearsal() as copy:
        yield copy


def _origin(path: Path, folder: Path) -> tuple[str, str]:
    """Return the batch's name and source.

    If the source is inside the project, its path is relative to the project folder.
    """
    whole, root = path.resolve(), Path(folder).resolve()
    source = whole.relative_to(root) if whole.is_relative_to(root) else whole
    return whole.name, source.as_posix()


def _lines(report: LegacyReport, path: Path, dry_run: bool) -> list[str]:
    lines = [
        _totals("Words", report.words),
        _totals("Analyses", report.analyses),
        _totals("Cards", report.cards),
    ]
    if report.problems:
        rows = [(one.where, one.what, [one.why]) for one in report.problems[:_SHOWN]]
        lines += ["", *hanging_table(("where", "what", "why"), rows)]
    if (more := len(report.problems) - _SHOWN) > 0:
        lines.append(f"… and {more:,} more (--json lists all)")
    return [*lines, "", _closing(report, path, dry_run)]


def _totals(name: str, count: Count) -> str:
    return f"{name:<10} {count.taken:,} imported, {count.already:,} already present, {count.skipped:,} skipped"


def _closing(report: LegacyReport, path: Path, dry_run: bool) -> str:
    if dry_run:
        return "Dry run: nothing was changed."
    if report.batch_id is None:
        return f"{safe(path)} contains no words. Nothing was imported."
    if not (report.words.taken or report.analyses.taken or report.cards.taken):
        return f"Nothing was changed: there was nothing new to import (batch {safe(report.batch_id)})."
    return f"Imported as batch {safe(report.batch_id)}. You will not pay for the imported replies again."
