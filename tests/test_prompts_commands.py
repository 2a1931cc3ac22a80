"""Test `kedro prompts`: the list with its figures, drafts, differences, and promotion, which can be undone."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.project import Project

from korean_flashcards.domain.requests import prompt_version

DRAFT = "conf/base/prompts/nuance.short.md"
BASE = "conf/base/prompts"


@pytest.fixture
def made(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of a project whose cards have been made, with the draft nuance.short."""
    project = ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)
    result = project.kedro("prompts", "new", "short", "--from", "nuance", "--note", "one image of <food>")
    assert (result.code, result.err) == (0, ""), result.err
    assert f"Created {DRAFT}, a copy of nuance (" in result.out
    assert "  kedro prompts diff nuance nuance.short" in result.out.splitlines()
    return project


def change(project: Project, old: str = "a memory coach", new: str = "a coach for <memory>", file: str = DRAFT) -> None:
    path = project.folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def listed(project: Project) -> dict[str, dict[str, object]]:
    return {row["reference"]: row for row in json.loads(project.kedro("prompts", "list", "--json").out)}


def test_a_draft_is_listed_shown_and_compared(made: Project) -> None:
    assert (made.folder / DRAFT).read_bytes() == (made.folder / BASE / "nuance.md").read_bytes()
    assert (
        made.kedro("prompts", "diff", "nuance", "nuance.short").out == "nuance and nuance.short have the same text.\n"
    )
    change(made)
    rows = listed(made)
    assert (rows["nuance"]["words"], rows["nuance"]["default"], rows["nuance"]["number"]) == (129, True, 1)
    assert isinstance(rows["nuance"]["score"], float) and rows["nuance"]["score"] > 90
    short = rows["nuance.short"]
    assert (short["words"], short["default"], short["note"], short["file"]) == (0, False, "one image of <food>", DRAFT)
    table = made.kedro("prompts", "list").out
    assert "nuance *" in table and "    one image of <food>" in table and max(map(len, table.splitlines())) <= 80
    plain = made.kedro("prompts", "diff", "nuance", "nuance.short").out.splitlines()
    assert plain[0] == "Line 4"  # the number in the file
    assert any("and a [-memory-]{+coach+} [-coach.-]{+for <memory>.+} You analyse" in line for line in plain)
    assert len(plain) == 4
    colored = made.kedro("prompts", "diff", "nuance", "nuance.short", "--color").out
    assert "\x1b[31m" in colored and "[-" not in colored
    shown = made.kedro("prompts", "show", str(short["version"])[:6]).out
    assert "coach for <memory>" in shown and DRAFT in shown


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["new", "short", "--from", "nuance"], f"{DRAFT} exists. Nothing was changed."),
        (["new", "../short", "--from", "nuance"], "'../short' is not a name for a draft of nuance."),
        (["new", "short"], "Say which prompt to copy"),
        (["show", "nuance.shrt"], "There is no prompt named nuance.shrt."),
        (["show", "ffff"], "There is no prompt named ffff, and no version begins with it."),
        (["promote", "nuance"], "nuance is already the default: conf/base/prompts/nuance.md."),
        (["promote", "nuance.short"], "nuance.short is already the default"),
    ],
)
def test_a_wrong_name_changes_nothing(made: Project, command: list[str], message: str) -> None:
    before = made.ledger("SELECT * FROM prompt_versions"), made.ledger("SELECT * FROM prompt_drafts")
    result = made.kedro("prompts", *command)
    assert result.code == 1 and message in result.err and "Traceback" not in result.err
    assert (made.ledger("SELECT * FROM prompt_versions"), made.ledger("SELECT * FROM prompt_drafts")) == before
    assert [path.name for path in (made.folder / BASE).glob("*short*")] == ["nuance.short.md"]


def test_a_promotion_states_the_figures_of_the_plan_and_can_be_undone(made: Project) -> None:
    (made.folder / "conf/local/parameters.yml").write_text("llm:\n  model: gpt-4o-mini\n", encoding="utf-8")
    change(made)
    default = made.folder / BASE / "nuance.md"
    original, rows = default.read_bytes(), listed(made)
    refused = made.kedro("prompts", "promote", "nuance.short")
    assert refused.code == 1 and "With nuance.short, 129 replies become stale." in refused.err
    assert "`kedro run` would send 129" in refused.err or "would send about 258 requests" in refused.err, refused.err
    assert default.read_bytes() == original and listed(made) == rows
    said = json.loads(made.kedro("prompts", "promote", "nuance.short", "--yes", "--json").out)
    assert default.read_bytes() == (made.folder / DRAFT).read_bytes()
    plan = json.loads(made.kedro("plan", "--json").out)
    assert said["usd"] == plan["usd"] and min(plan["usd"]) > 0 and said["requests"] == plan["requests"]
    assert said["stale"]["nuance"] == 129
    now = listed(made)
    assert (
        now["nuance"]["version"] == rows["nuance.short"]["version"] and now["nuance"]["note"] == "one image of <food>"
    )
    assert now["nuance"]["parent"] == rows["nuance"]["version"] == said["replaced"]
    earlier = str(rows["nuance"]["version"])
    assert (now[earlier]["file"], now[earlier]["words"]) == (None, 129)
    assert made.kedro("prompts", "promote", earlier, "--yes").code == 0
    assert default.read_bytes() == original


def test_the_sections_of_a_replaced_cards_prompt_come_back(made: Project) -> None:
    default = made.folder / BASE / "flashcards.md"
    original = default.read_bytes()
    assert b"<!-- only for" in original
    assert made.kedro("prompts", "new", "flashcards.brief", "--env", "local").code == 0
    own = "conf/local/prompts/flashcards.brief.md"
    change(made, "You write Korean flashcards", "You write brief Korean flashcards", own)
    version = listed(made)["flashcards"]["version"]
    made.kedro("prompts", "promote", "flashcards.brief", "--yes")
    assert default.read_bytes() == (made.folder / own).read_bytes() != original
    made.kedro("prompts", "promote", str(version), "--yes")
    assert default.read_bytes() == original


def test_a_file_that_differs_only_in_what_is_not_sent_is_kept_as_a_draft(made: Project) -> None:
    default = made.folder / BASE / "flashcards.md"
    original = default.read_bytes()
    assert made.kedro("prompts", "new", "flashcards.brief").code == 0
    change(made, "<!-- only for Grammar -->", "<!-- only for Grammar -->\nBe brief.", f"{BASE}/flashcards.brief.md")
    assert listed(made)["flashcards.brief"]["version"] == listed(made)["flashcards"]["version"]
    result = made.kedro("prompts", "promote", "flashcards.brief", "--yes")
    (kept,) = (made.folder / BASE).glob("flashcards.replaced-*.md")
    assert result.code == 0 and f"The replaced file was kept as {BASE}/{kept.name}." in result.out
    assert kept.read_bytes() == original != default.read_bytes()
    assert made.kedro("prompts", "promote", kept.stem, "--yes").code == 0
    assert default.read_bytes() == original and kept.exists()


def test_a_text_that_an_earlier_release_recorded_is_copied_not_promoted(made: Project) -> None:
    with closing(sqlite3.connect(made.folder / "data/ledger.db")) as connection, connection:
        connection.execute(
            "INSERT INTO prompt_versions (stage, version, number, text, first_used, used_order) "
            "VALUES ('nuance', ?, 9, 'You are brief.', '2026-11-01T08:00:00Z', 0)",
            (version := prompt_version("You are brief."),),
        )
    result = made.kedro("prompts", "promote", version[:4], "--yes")
    assert result.code == 1 and f"`kedro prompts new old --from {version}`" in result.err
    assert made.kedro("prompts", "new", "old", "--from", version).code == 0
    text = (made.folder / BASE / "nuance.old.md").read_text(encoding="utf-8")
    assert text == "<!-- request format 2 -->\n\nYou are brief.\n"
