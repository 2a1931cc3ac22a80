"""Test that no command creates a ledger in a project whose ledger is missing, and that an empty one counts as missing."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from support.commands import Kedro, kedro_here
from support.project import Project

from korean_flashcards.cli import cli
from korean_flashcards.ledger.facade import Ledger

pytestmark = pytest.mark.slow

# Arguments for the commands that need some.
ARGUMENTS = {
    "cache explain": ["남성"], "cache export": ["out.jsonl"], "cache import": ["in.jsonl"],
    "cache invalidate": ["--word", "남성", "--yes"], "cache prune": ["--max-mb", "1", "--yes"], "cache show": ["남성"],
    "cache warm": ["in.jsonl"], "confusables": ["남성"], "db downgrade": ["0006", "--yes"],
    "export again": ["1"], "export new": ["more"], "export preview": ["spreadsheet"], "export show": ["1"],
    "ingress cleanup": ["--older-than", "30d"], "ingress import": ["more.csv"], "ingress rollback": ["more", "--yes"],
    "ingress import-legacy": ["old"], "korean hanja": ["남성", "--definition", "man"], "korean pronounce": ["남성"],
    "llm batches cancel": ["1"], "batches cancel": ["1"], "llm calls correct": ["1", "--usd", "0"],
    "llm doctor": ["--offline"], "llm replay": ["남성"], "prompts compare": ["nuance", "nuance"],
    "prompts diff": ["nuance", "nuance"], "prompts new": ["nuance.short"], "prompts prefer": ["e"],
    "prompts promote": ["flashcards"], "prompts show": ["nuance"],
    "quality show": ["남성"], "review approve": ["남성"],
    "review edit": ["남성", "--field", "front=x"], "review reject": ["남성", "--reason", "wrong"],
    "review restore": ["남성", "--version", "1"], "review history": ["남성"], "review export": ["review.html"],
    "review import": ["in.jsonl"], "tasks drop": ["남성"],
    "tasks prioritize": ["7", "남성"], "tasks retry": ["남성"], "tasks show": ["남성"],
    "validation show": ["nuance"], "word show": ["남성"], "word remove": ["남성", "--yes"],
    "word restore": ["남성"], "cards show": ["남성"],
}  # fmt: skip
# Commands that do not use the ledger, or that work on a missing one.
WITHOUT = {
    "cache repair", "db restore",
    "db verify", "export new", "export project-id", "export validate",
    "korean hanja", "korean pronounce", "open deck", "open report", "quality agreement", "quality checks", "quality faults",
    "quality list", "validation check", "validation list", "validation show",
}  # fmt: skip


def leaves(group: click.Group = cli, path: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path}{name} ")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{path}{name}"


@pytest.fixture
def project(finished: Project, tmp_path: Path) -> Project:
    found = finished.copied_to(tmp_path / "project")
    found.word_list("term,definition\n나무,tree\n", "more.csv")
    for name in ("in.jsonl", "out.jsonl"):
        (found.folder / name).write_text("", encoding="utf-8")
    (found.folder / "old/stage1/ab").mkdir(parents=True)
    (found.folder / "old/stage1/ab/abc.json").write_text("{}", encoding="utf-8")
    return found


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    return kedro_here(project, monkeypatch)


def lose(project: Project) -> Path:
    ledger = project.folder / "data" / "ledger.db"
    for file in ledger.parent.glob("ledger.db*"):
        file.rename(project.folder / file.name)
    return ledger


def start_anew(project: Project, folder: Path) -> Path:
    """Put an empty ledger in the place of the project's ledger, as earlier releases did."""
    with Ledger(folder / "ledger.db", 1, 30, 3) as ledger:
        ledger.store.ensure_writable()
    return Path(shutil.copyfile(folder / "ledger.db", lose(project)))


@pytest.mark.parametrize("names", [["review next", "tasks list", "cache stats"], None])
def test_no_command_creates_a_missing_ledger(project: Project, kedro: Kedro, names: list[str] | None) -> None:
    kedro("db", "backup")
    ledger = lose(project)
    wrong = []
    for name in names or leaves():
        result = kedro(*name.split(), *ARGUMENTS.get(name, []))
        text = result.stderr
        refused = (
            "The ledger data/ledger.db is missing, but its layers" in text and "`kedro db restore` restores" in text
        )
        if ledger.exists() or (refused and result.exit_code == 1) == (name in WITHOUT):
            wrong.append((name, result.exit_code, text, ledger.exists()))
        ledger.unlink(missing_ok=True)
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.parametrize("layers", [True, False])
def test_an_empty_ledger_counts_as_missing(project: Project, kedro: Kedro, tmp_path: Path, layers: bool) -> None:
    kedro("db", "backup")
    before = project.ledger("SELECT count(*) FROM vocabulary_items")
    start_anew(project, tmp_path)
    if not layers:
        for folder in (project.folder / "data").glob("0[2-8]_*"):
            shutil.rmtree(folder)
    evidence = "its layers are in the data folder and there is 1 backup" if layers else "there is 1 backup"
    for command in ("review next", "cache stats", "plan", "status", "run", "ingress import more.csv"):
        result = kedro(*command.split())
        assert result.exit_code == 1 and "write-ahead" not in result.stderr
        assert f"The ledger data/ledger.db is empty, but {evidence}. Nothing was changed." in result.stderr
        assert "`kedro db restore` restores the newest backup" in result.stderr
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(0,)]
    assert kedro("db", "restore", "--yes").exit_code == 0
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == before
    assert kedro("tasks", "list").exit_code == 0


def test_the_backup_with_content_is_named(project: Project, kedro: Kedro, tmp_path: Path) -> None:
    kedro("db", "backup")
    (full,) = (project.folder / "data/backups").glob("*.gz")
    start_anew(project, tmp_path)
    (project.folder / "data/backups/ledger-21000101T000000000000Z.db.gz").write_bytes(b"of the future")
    empty = full.with_name(f"ledger-{datetime.now(UTC) + timedelta(hours=1):%Y%m%dT%H%M%S%fZ}.db.gz")
    empty.write_bytes(b"of the empty ledger")
    stderr = kedro("review", "stats").stderr
    assert f"`kedro db restore {full.name}` restores the newest backup with content, {full.name}." in stderr


def test_an_empty_ledger_is_used_with_consent(project: Project, kedro: Kedro, tmp_path: Path) -> None:
    start_anew(project, tmp_path)
    assert kedro("run", "--pipelines=ingress").exit_code == 1
    assert kedro("run", "--pipelines=ingress", "--yes").exit_code == 0
    assert kedro("tasks", "list").exit_code == 0


def test_a_new_project_with_an_empty_ledger_and_its_backup_is_fine(here: Project) -> None:
    assert here.kedro("tasks", "list").code == 0
    with closing(sqlite3.connect(here.folder / "data" / "ledger.db")) as connection, connection:
        connection.execute("UPDATE history SET at = '2026-01-01T00:00:00Z'")
    assert here.kedro("db", "backup").code == 0
    for command in (
        ("review", "stats"),
        ("cache", "stats"),
        ("errors",),
        ("runs", "list"),
        ("plan", "--params=limit=1"),
    ):
        result = here.kedro(*command)
        assert "ledger" not in result.err, (command, result.err)


@pytest.mark.parametrize(
    "command",
    [
        ("health",), ("health", "--json"), ("repair", "--yes"), ("history",), ("vacuum",), ("upgrade",), ("backup",),
        ("downgrade", "0006", "--yes"),
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("left", ["layers", "cache"])
def test_the_db_commands_say_that_the_ledger_is_missing(project, monkeypatch, command, left):
    """The advice must work: `kedro run` refuses, so the message names the commands that do not."""
    for file in (project.folder / "data").glob("ledger.db*"):
        file.unlink()
    shutil.rmtree(project.folder / "data/backups", ignore_errors=True)
    if left == "cache":
        for folder in (project.folder / "data").glob("0[2-8]_*"):
            shutil.rmtree(folder)
    result = kedro_here(project, monkeypatch)("db", *command)
    assert result.exit_code == 1, result.output
    assert "is missing, but" in result.stderr and "`kedro run --yes`" in result.stderr, result.stderr
    assert "creates" not in result.output and not (project.folder / "data/ledger.db").exists()
