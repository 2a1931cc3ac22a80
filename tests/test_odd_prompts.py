"""Test `kedro prompts` with odd names, files that cannot be used, read-only folders, and an old ledger."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.project import Project
from test_read_only_project import look

pytestmark = pytest.mark.slow

BASE = "conf/base/prompts"


@pytest.fixture
def made(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of a project whose cards have been made."""
    return ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)


@pytest.mark.parametrize(
    "name", ["kürzer", "con:", "a b", "a/b", "a\\b", "..", "", "x" * 41, "short.", "_a", "a\x1b[31mb", "nul\0"]
)
def test_a_name_that_some_system_refuses_is_refused_everywhere(made: Project, name: str) -> None:
    before = sorted(path.name for path in (made.folder / "conf").rglob("*"))
    result = made.kedro("prompts", "new", name, "--from", "nuance")
    assert result.code == 1 and "is not a name for a draft of nuance." in result.err and "\x1b" not in result.err
    assert sorted(path.name for path in (made.folder / "conf").rglob("*")) == before


@pytest.mark.parametrize("name", ["con", "aux", "NUL", "1", "a_b-c", "x" * 40])
def test_names_of_windows_devices_can_be_used_after_the_stage(made: Project, name: str) -> None:
    assert made.kedro("prompts", "new", name, "--from", "nuance").code == 0
    assert (made.folder / BASE / f"nuance.{name}.md").is_file()
    assert made.kedro("prompts", "diff", "nuance", f"nuance.{name}").code == 0


def test_names_that_differ_only_in_case_are_refused(made: Project) -> None:
    assert made.kedro("prompts", "new", "Short", "--from", "nuance").code == 0
    result = made.kedro("prompts", "new", "short", "--from", "nuance")
    assert result.code == 1 and f"{BASE}/nuance.Short.md exists. Nothing was changed." in result.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not allow these names")
@pytest.mark.parametrize("name", ["kürzer, 더 짧게", "a\x1b[31mb", "a\u202eb", "-x", "ffff"])
def test_a_file_that_a_person_named_is_a_draft_like_any_other(made: Project, name: str) -> None:
    default = made.folder / BASE / "nuance.md"
    path = default.with_name(f"nuance.{name}.md")
    path.write_text(default.read_text("utf-8").replace("a memory coach", "a coach \x1b[31m\u202e"), "utf-8")
    reference = f"nuance.{name}"
    for command in (["list"], ["show", reference], ["diff", "nuance", reference], ["promote", reference, "--yes"]):
        result = made.kedro("prompts", *command)
        assert result.code == 0, result.err
        assert not {"\x1b", "\u202e"} & {*result.out, *result.err}
    assert reference in {row["reference"] for row in json.loads(made.kedro("prompts", "list", "--json").out)}
    assert default.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is missing or empty"), (b"\xff\xfe\x00", "is not UTF-8 text"), (b"You are\xe9", "is not UTF-8 text"),
        (b"<!-- request format 9 -->\nX", "request format 9"), (b"<!-- only for Scene -->\nX", "is not closed"),
        (b"X\n<!-- end -->", "ends, but no section has begun"), (b"<!-- only for Sceen -->\nX\n<!-- end -->", "Sceen"),
        (None, "it is a folder"),
    ],
)  # fmt: skip
def test_a_draft_that_cannot_be_used_is_named_and_changes_nothing(
    made: Project, content: bytes | None, problem: str
) -> None:
    path = made.folder / BASE / "flashcards.bad.md"
    if content is None:
        path.with_name("nuance.md").unlink()
        path = path.with_name("nuance.md")
        path.mkdir()
    else:
        path.write_bytes(content)
    default = (made.folder / BASE / "flashcards.md").read_bytes()
    listed = made.kedro("prompts", "list")
    assert listed.code == 0 and "flashcards *" in listed.out and problem in " ".join(listed.err.split())
    reference = "flashcards.bad" if content is not None else "nuance"
    for command in (
        ["show", reference], ["diff", "flashcards", reference], ["new", "copy", "--from", reference],
        ["promote", reference, "--yes"], ["compare", "flashcards", reference, "--words", "남성"], ["test", reference],
    ):  # fmt: skip
        result = made.kedro("prompts", *command)
        assert result.code == 1 and problem in result.err and "Traceback" not in result.err, (command, result.err)
        assert path.name in result.err
    assert (made.folder / BASE / "flashcards.md").read_bytes() == default
    assert not (made.folder / "data/experiments").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no read-only folders")
def test_prompts_of_a_project_that_may_only_be_read_are_not_changed(finished: Project) -> None:
    with tempfile.TemporaryDirectory() as outer:
        Path(outer).chmod(0o755)
        project = finished.copied_to(Path(outer) / "project")
        default = project.folder / BASE / "nuance.md"
        default.with_name("nuance.short.md").write_text(default.read_text("utf-8") + "More.\n", "utf-8")
        before = default.read_bytes()
        commands = (
            "prompts new other --from nuance",
            "prompts promote nuance.short",
            "prompts diff nuance nuance.short",
        )
        try:
            # The first pass, as the owner, creates a draft.
            change = f"rm {BASE}/nuance.other.md && chmod -R a+rX,a-w ."
            lines = look(project, change, *commands)
        finally:
            subprocess.run(["chmod", "-R", "u+w", str(project.folder)], check=True)
        assert lines[commands[2]][0] == "0"
        for line in commands[:2]:
            code, raised, message = lines[line][:3]
            assert code == "1" and not raised and ("read-only" in message or "permission" in message.lower()), lines[
                line
            ]
        assert default.read_bytes() == before and not default.with_name("nuance.other.md").exists()


def test_a_draft_that_cannot_be_written_is_not_recorded(made: Project) -> None:
    (made.folder / "conf/local/prompts").write_text("in the way", "utf-8")
    result = made.kedro("prompts", "new", "short", "--from", "nuance", "--env", "local")
    assert result.code == 1 and "cannot be written" in result.err and "Nothing was changed." in result.err
    assert made.ledger("SELECT * FROM prompt_drafts") == []


def test_a_ledger_without_the_history_is_upgraded(made: Project) -> None:
    versions = made.ledger("SELECT stage, version, number, text FROM prompt_versions ORDER BY 1, 2")
    assert made.kedro("db", "downgrade", "0014", "--yes").code == 0
    rows = {row["reference"]: row for row in json.loads(made.kedro("prompts", "list", "--json").out)}
    assert rows["nuance"]["words"] == 129 and rows["nuance"]["number"] == 1
    assert made.ledger("SELECT stage, version, number, text FROM prompt_versions ORDER BY 1, 2") == versions
    assert made.ledger("SELECT DISTINCT source FROM prompt_versions") == [(None,)]
    default = made.folder / BASE / "nuance.md"
    original = default.read_bytes()
    default.with_name("nuance.short.md").write_text(default.read_text("utf-8") + "More.\n", "utf-8")
    assert made.kedro("prompts", "promote", "nuance.short", "--yes").code == 0
    assert made.kedro("prompts", "promote", str(rows["nuance"]["version"]), "--yes").code == 0
    assert default.read_bytes() == original
