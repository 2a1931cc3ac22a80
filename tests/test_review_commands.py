"""`kedro review`: what each command shows, how it confirms a change, and its exit code."""

import json
import shutil
from pathlib import Path

import pytest
from support.commands import Kedro, kedro_here
from support.project import Project, Result

from korean_flashcards.domain.line_wrap import width

APPLY = "`kedro run --pipelines=quality,export,reporting` updates the deck."


@pytest.fixture
def kedro(tmp_path: Path, first_run: tuple[Path, Result], monkeypatch: pytest.MonkeyPatch) -> Kedro:
    """Run commands in a copy of a project after one plain run."""
    monkeypatch.setenv("LOGNAME", "kim")
    return kedro_here(Project(first_run[0]).copied_to(tmp_path / "project"), monkeypatch)


def test_next_shows_text_analysis_and_score_of_each_card_in_80_columns(kedro: Kedro) -> None:
    lines = kedro("review", "next", "남성", "--limit", "9").stdout.splitlines()
    assert max(map(width, lines)) <= 80
    assert lines[0].startswith("남성#1 ") and ": unreviewed, score " in lines[0]
    labels = {line[:20].strip() for line in lines if line.startswith("  ")}
    assert {"front", "back", "tags", "pos", "ipa", "primary meaning", "homonyms"} <= labels
    assert lines[-1] == "3 to review: `kedro review approve|reject|edit WORD --card CARD`"
    found = json.loads(kedro("review", "next", "--json", "--limit", "400").stdout)
    scores = [item["score"] for item in found["items"]]
    assert found["waiting"] == len(scores) == 189 and scores == sorted(scores)
    (analysis,) = json.loads(kedro("review", "next", "남성", "--stage", "nuance", "--json").stdout)["items"]
    assert analysis["card"] == "analysis" and analysis["content"]["ipa"] == "[nam.sʌŋ]"


@pytest.mark.slow
def test_reviews_are_counted_and_reviewed_cards_are_no_longer_listed(kedro: Kedro) -> None:
    assert kedro("review", "approve", "남성", "--card", "scene").stdout == f"Approved: 남성#1 Scene.\n{APPLY}\n"
    rejected = kedro("review", "reject", "남성", "--card", "Hanja", "--reason", "too hard", "--reviewer", "lee")
    assert rejected.stdout == f"Rejected: 남성#1 Hanja.\n{APPLY}\n"
    lines = kedro("review", "stats").stdout.splitlines()
    assert lines[-1].split()[:3] == ["lee", "reject", "1"] and max(map(width, lines)) <= 80
    stats = json.loads(kedro("review", "stats", "--json").stdout)
    assert stats["states"]["cards"] == {"unreviewed": 187, "approved": 1, "edited": 0, "rejected": 1, "changed": 0}
    assert [(row["reviewer"], row["action"]) for row in stats["reviewers"]] == [("kim", "approve"), ("lee", "reject")]
    (left,) = json.loads(kedro("review", "next", "남성", "--limit", "9", "--json").stdout)["items"]
    assert left["card"] == "Usage-Comparison"
    lines = kedro("review", "next", "--state", "rejected").stdout.splitlines()
    assert "rejected (rejected by lee on " in lines[0] and lines[-1].startswith("1 to review:")


@pytest.mark.slow
def test_edits_from_a_value_or_a_file_are_versions_that_can_be_restored(kedro: Kedro) -> None:
    kedro("review", "edit", "남성", "--card", "Scene", "--field", "front", "--value", "Who?")
    Path("back.txt").write_text("남성, a man.\n", encoding="utf-8")
    assert kedro("review", "edit", "남성", "--card", "Scene", "--field", "back", "--file", "back.txt").exit_code == 0
    # The field belongs to the analysis: no --card is needed.
    assert kedro("review", "edit", "남성", "--field", "ipa", "--value", "[nam.s͈ʌŋ]").stdout.startswith(
        "Edited: 남성#1 analysis."
    )
    history = " ".join(kedro("word", "show", "남성", "--card", "Scene").stdout.split())
    assert "version 1: " in history and "offline/dictionary@6, prompt v1" in history
    assert "version 3 (current): " in history and "edited by a person" in history and " edit by kim: back" in history
    (word,) = json.loads(kedro("word", "show", "남성", "--card", "Scene", "--json").stdout)["words"]
    (scene,) = word["versions"]
    assert [version["today"] for version in scene["versions"]] == [False, False, True]
    assert scene["versions"][2]["content"] == {"front": "Who?", "back": "남성, a man.", "honorific_level": ""}

    assert kedro("review", "restore", "남성", "--card", "Scene", "--version", "2").stdout.startswith(
        "Restored version 2: "
    )
    dropped = json.loads(kedro("review", "edit", "남성", "--card", "Scene", "--drop", "--json").stdout)
    assert dropped[0]["content"]["front"] == scene["versions"][0]["content"]["front"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("approve 남섬", "The word 남섬 is not in the ledger. Did you mean 남성#1"),
        (
            "approve 남성 --card Cultural",
            "남성#1 has no Cultural card. Nothing was changed. Available: analysis, Scene",
        ),
        ("reject 남성", "Missing option '--reason'"),
        ("edit 남성 --field front --value x", "Choose a card for 남성#1 with --card: analysis, Scene"),
        ("edit 남성 --card Scene --value x", "Use --field to choose a field in 남성#1 Scene: front, back"),
        ("edit 남성 --card Scene --field front --drop --value x", "cannot be used with --value or --file"),
    ],
)
def test_a_wrong_command_gives_one_message_and_exit_code_1(
    finished: Project, monkeypatch: pytest.MonkeyPatch, line: str, message: str
) -> None:
    result = kedro_here(finished, monkeypatch)("review", *line.split())
    assert result.exit_code == 1 and message in result.output, result.output
    assert finished.ledger("SELECT count(*) FROM reviews") == [(0,)]


def test_a_homograph_must_be_named(kedro: Kedro) -> None:
    Path("more.csv").write_text("term,definition\n남성,castle of the south\n", encoding="utf-8")
    kedro("ingress", "import", "more.csv")
    result = kedro("review", "approve", "남성")
    assert result.exit_code == 1 and "Name one homograph: 남성#1 or 남성#2." in result.output
    assert "남성#2 has no cards yet" in kedro("review", "approve", "남성#2").output


@pytest.mark.slow
def test_an_edit_cannot_make_two_cards_equal(kedro: Kedro) -> None:
    (other,) = json.loads(kedro("review", "next", "독립", "--json").stdout)["items"]
    text = other["content"]
    kedro("review", "edit", "남성", "--card", "Scene", "--field", "front", "--value", text["front"])
    result = kedro("review", "edit", "남성", "--card", "Scene", "--field", "back", "--value", text["back"])
    assert result.exit_code == 1 and f"the same front and back as 독립#1 {other['card']}" in result.output


def test_next_asks_about_one_card_after_another(kedro: Kedro, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate the terminal with prepared input, and the editor with a program that writes a text."""
    from click.testing import CliRunner

    from korean_flashcards.cli import cli

    editor = Path("editor.py")
    editor.write_text(
        "import sys; open(sys.argv[1], 'w', encoding='utf-8').write('Who is there?\\n')", encoding="utf-8"
    )
    monkeypatch.setenv("VISUAL", f'"{shutil.which("python") or "python"}" editor.py')
    typed = "a\nr\ntoo hard\ne\nfront\ns\nq\n"
    result = CliRunner().invoke(cli, ["review", "next", "--ask"], input=typed)
    assert result.exit_code == 0, result.output
    assert "[1 of 189]" in result.output and "[5 of 189]" in result.output and "[6 of 189]" not in result.output
    assert f"3 reviewed.\n{APPLY}" in result.output
    said = json.loads(kedro("review", "stats", "--json").stdout)["states"]["cards"]
    assert said == {"unreviewed": 186, "approved": 1, "edited": 1, "rejected": 1, "changed": 0}


def test_before_the_first_run_the_message_says_what_to_do(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    result = kedro_here(project, monkeypatch)("review", "next")
    assert result.exit_code == 1 and "Run `kedro run` first" in result.output


@pytest.mark.parametrize(
    "command", ["", "next", "approve", "reject", "edit", "restore", "history", "stats", "conflicts"]
)
def test_every_command_has_help(finished: Project, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    result = kedro_here(finished, monkeypatch)("review", *command.split(), "--help")
    assert result.exit_code == 0 and len(result.stdout.splitlines()) > 5
