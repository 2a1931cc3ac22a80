"""`kedro ingress …` from the command line: its output, its effects and its exit codes."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support.commands import Kedro, kedro_here
from support.ledger import export_words, ledger_at
from support.project import Project

from korean_flashcards.domain.line_wrap import width

UNIT1 = "term,definition\n배,pear\n배,ship\n문,door\nabc,no Korean\n배,pear\n"
REASON = "the term 'abc' contains no Hangul syllables"
UNIT2 = "term,definition\n문,door\n문을,door (object)\n강,river\n"


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    return kedro_here(project, monkeypatch)


def export(project: Project, term: str) -> None:
    """Record in the ledger that cards of the word are in a deck, as an export does."""
    with ledger_at(project.folder / "data" / "ledger.db") as ledger:
        item_ids = project.ledger("SELECT item_id FROM vocabulary_items WHERE term = ?", term)
        export_words(ledger, [str(item_id) for (item_id,) in item_ids])


def on_terminal(project: Project, typed: str, *args: str, meanwhile: Callable[[], object] | None = None) -> str:
    """Run ``kedro ARGS`` on a separate terminal, type a reply, and return everything that was shown.

    ``meanwhile``: a function to call while the command asks for the reply.
    """
    import pty

    here, there = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kedro", *args], cwd=project.folder, stdin=there, stdout=there, stderr=there,
        env={**os.environ, "COLUMNS": "200", "TERM": "dumb" if typed else "xterm"},
    )  # fmt: skip
    os.close(there)
    shown = b""
    if meanwhile is not None:
        while b"[y/N]" not in shown:
            shown += os.read(here, 65536)
        meanwhile()
    os.write(here, f"{typed}\n".encode())
    with contextlib.suppress(OSError):  # Linux raises this when the other side is closed.
        while part := os.read(here, 65536):
            shown += part
    process.wait()
    os.close(here)
    return shown.decode()


def test_an_import_reports_each_list_and_how_to_see_the_rejected_rows(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")
    project.word_list(UNIT2, "unit2.csv")

    result = kedro("ingress", "import", "unit1.csv", "unit2.csv", "--tag", "course", "--priority", "8")

    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        "unit1.csv: 5 rows, 3 imported, 1 duplicate, 1 rejected, 0 warnings; batch unit1",
        "  Columns: term, definition.",
        "unit2.csv: 3 rows, 2 imported, 1 duplicate, 0 rejected, 1 warning; batch unit2",
        "  Columns: term, definition.",
        "  Row 3: 문을 looks like 문 (unit1); both are kept.",
        "To see the rejected rows: kedro ingress status unit1",
    ]
    assert project.ledger("SELECT batch_id, tag, priority, source FROM import_batches ORDER BY number") == [
        ("unit1", "course", 8, "unit1.csv"), ("unit2", "course", 8, "unit2.csv")
    ]  # fmt: skip


def test_importing_the_same_file_again_changes_nothing_and_succeeds(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")
    kedro("ingress", "import", "unit1.csv")
    before = project.ledger("SELECT * FROM import_batches")

    result = kedro("ingress", "import", "unit1.csv")

    assert result.exit_code == 0
    assert "unit1.csv: already imported as unit1 on 20" in result.stdout
    assert "Nothing was changed." in result.stdout
    assert project.ledger("SELECT * FROM import_batches") == before


def test_a_folder_imports_all_its_lists_and_each_list_once(project: Project, kedro: Kedro) -> None:
    (project.folder / "lists").mkdir()
    project.word_list(UNIT2, "lists/b.csv")
    project.word_list("term\n산\n", "lists/a.tsv")
    project.word_list("x", "lists/notes.md")

    result = kedro("ingress", "import", "lists", "lists/b.csv")

    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines() if line[0] != " "] == ["a.tsv", "b.csv"]


def test_a_dry_run_reports_the_same_and_leaves_the_ledger_empty(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")

    result = kedro("ingress", "import", "unit1.csv", "--dry-run")

    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        "Dry run: nothing was changed. The result would be:",
        "unit1.csv: 5 rows, 3 imported, 1 duplicate, 1 rejected, 0 warnings; batch unit1",
        "  Columns: term, definition.",
        "Rejected rows in unit1.csv: 1",
        "row  code       reason and text",
        "  5  no_hangul  the term 'abc' contains no Hangul syllables",
        "                abc,no Korean",
    ]
    assert project.ledger("SELECT * FROM import_batches") == []
    (result,) = json.loads(kedro("ingress", "import", "unit1.csv", "--dry-run", "--json").stdout)
    assert [row["code"] for row in result["rejects"]] == ["no_hangul"]


def test_an_unreadable_list_does_not_stop_the_others(project: Project, kedro: Kedro) -> None:
    project.word_list("Nr,Bedeutung\n1,Tür\n", "broken.csv")
    project.word_list(UNIT2, "unit2.csv")

    result = kedro("ingress", "import", "broken.csv", "unit2.csv")

    assert result.exit_code == 1
    assert "Error: broken.csv has no column for words" in result.stderr
    assert "unit2.csv: 3 rows" in result.stdout
    status = kedro("ingress", "status", "broken")
    assert status.exit_code == 0
    assert "broken.csv has no column for words" in status.stdout
    assert "Correct the file, then run `kedro ingress import broken.csv`." in " ".join(status.stdout.split())
    assert "(batch" not in result.stderr


@pytest.mark.parametrize("path", ["", "  "])
def test_an_empty_path_is_an_error_and_not_the_current_folder(project: Project, kedro: Kedro, path: str) -> None:
    project.word_list(UNIT2, "unit2.csv")
    result = kedro("ingress", "import", path)
    assert (result.exit_code, project.ledger("SELECT * FROM sqlite_master")) == (1, []) and "is empty" in result.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["unit1.csv", "nowhere.csv"], "There is no word list at nowhere.csv"),
        (["unit1.csv", "unit2.csv", "--batch-id", "both"], "The batch ID both cannot be used for 2 lists"),
        (["unit1.csv", "empty"], "There is no word list (.csv, .tsv, .txt, .xlsx) in empty"),
        (["unit1.csv", "--priority", "11"], "'11' is not a whole number from 1 to 10"),
        (["unit1.csv", "--batch-id", "../x"], "is not a valid batch ID"),
    ],
)
def test_an_invalid_command_imports_nothing(project: Project, kedro: Kedro, args: list[str], said: str) -> None:
    project.word_list(UNIT1, "unit1.csv")
    project.word_list(UNIT2, "unit2.csv")
    (project.folder / "empty").mkdir()

    result = kedro("ingress", "import", *args)

    assert result.exit_code == 1
    assert said in result.stderr
    ledger = project.folder / "data" / "ledger.db"
    assert not ledger.exists() or project.ledger("SELECT * FROM import_batches") == []


@pytest.mark.slow
def test_batches_are_listed_newest_first_and_filtered(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")
    project.word_list(UNIT2, "unit2.csv")
    kedro("ingress", "import", "unit1.csv", "--tag", "old")
    kedro("ingress", "import", "unit2.csv", "--batch-id", "second")

    lines = kedro("ingress", "list").stdout.splitlines()
    assert lines[0].split() == ["batch", "state", "imported", "at"]
    assert [line.split()[:2] for line in lines[1::2]] == [["second", "completed"], ["unit1", "partial"]]
    assert lines[2::2] == [
        "    unit2.csv: 3 rows, 2 imported, 1 duplicate, 0 rejected; priority 5",
        "    unit1.csv: 5 rows, 3 imported, 1 duplicate, 1 rejected; priority 5, tag old",
    ]
    assert "… and 1 more" in kedro("ingress", "list", "--limit", "1").stdout
    for filters in (["--status", "partial"], ["--tag", "old"]):
        found = json.loads(kedro("ingress", "list", *filters, "--json").stdout)
        assert ([row["batch_id"] for row in found["rows"]], found["more"]) == (["unit1"], 0)
    today = project.ledger("SELECT date(min(created), 'localtime') FROM import_batches")[0][0]
    assert "unit1" in kedro("ingress", "list", "--since", str(today), "--until", str(today)).stdout
    assert "No batches match." in kedro("ingress", "list", "--until", "2001-01-01").stdout


def test_status_shows_rejects_warnings_duplicates_and_progress(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")
    project.word_list(UNIT2, "unit2.csv")
    kedro("ingress", "import", "unit1.csv", "unit2.csv")

    first, second = kedro("ingress", "status", "unit1").stdout, kedro("ingress", "status", "unit2").stdout

    assert "Rows       5: 3 imported, 1 duplicate, 1 rejected" in first
    assert "nuance     3 pending" in first
    assert "Duplicates 1 within this list" in first
    section = first[first.index("Rejected rows") :].splitlines()
    assert section[:2] == ["Rejected rows in unit1.csv: 1", "row  code       reason and text"]
    assert section[2:] == [f"  5  no_hangul  {REASON}", f"{' ' * 16}abc,no Korean"]
    assert "Duplicates 1 of unit1" in second
    assert "Warnings: 1" in second
    assert "near_duplicate" in second


def test_status_shows_the_first_50_rejects_and_json_has_all(project: Project, kedro: Kedro) -> None:
    project.word_list("term\n" + "강\n" + "".join(f"abc{n}\n" for n in range(60)), "bad.csv")
    kedro("ingress", "import", "bad.csv")

    assert "Rejected rows in bad.csv: 60" in (text := kedro("ingress", "status", "bad").stdout)
    assert text.count("no_hangul") == 50
    assert "… and 10 more" in text
    assert len(json.loads(kedro("ingress", "status", "bad", "--json").stdout)["rejects"]) == 60


@pytest.mark.slow
def test_status_without_a_batch_lists_the_rejected_rows_of_the_newest_lists(project: Project, kedro: Kedro) -> None:
    assert kedro("ingress", "status").stdout == "No rows in the imported lists were rejected.\n"
    project.word_list("term\nxyz\nabc\n", "unit1.csv")
    kedro("ingress", "import", "unit1.csv")
    project.word_list(UNIT1, "unit1.csv")
    project.word_list("term\n강\ndef\n", "unit2.csv")
    kedro("ingress", "import", "unit1.csv", "unit2.csv")

    text = kedro("ingress", "status").stdout
    rows = json.loads(kedro("ingress", "status", "--json").stdout)

    assert "Rejected rows in unit1.csv (batch unit1-2): 1\n" in text and "xyz" not in text
    assert [(row["file"], row["row"], row["code"], row["text"]) for row in rows] == [
        ("unit1.csv", 5, "no_hangul", "abc,no Korean"), ("unit2.csv", 3, "no_hangul", "def"),
    ]  # fmt: skip
    assert rows[0]["reason"] == REASON


@pytest.mark.slow
def test_long_names_fit_into_80_columns(project: Project, kedro: Kedro) -> None:
    name = "한국어 단어 목록 " + "very-long-name-" * 5
    project.word_list(f"term,definition\n강,river\nabc,{'long text ' * 30}\n강,river\n강,river\n", f"{name}.csv")
    kedro("ingress", "import", f"{name}.csv", "--tag", "tag-" * 20)
    ((batch,),) = project.ledger("SELECT batch_id FROM import_batches")

    for args in (["list"], ["status"], ["status", str(batch)]):
        lines = kedro("ingress", *args).stdout.splitlines()
        assert len(lines) > 2 and max(map(width, lines)) <= 80, args


def test_a_rollback_removes_words_of_this_batch_only_and_can_be_undone(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")
    project.word_list(UNIT2, "unit2.csv")
    kedro("ingress", "import", "unit1.csv", "unit2.csv")

    result = kedro("ingress", "rollback", "unit1")

    assert result.exit_code == 0, result.stderr
    assert "Rolled back unit1: removed 2 words and 5 rows." in result.stdout
    assert "Kept 1 word that other batches also contain." in result.stdout
    assert project.ledger("SELECT term FROM vocabulary_items ORDER BY term") == [("강",), ("문",), ("문을",)]

    undo = result.stdout.split("To undo: kedro ")[1].split()
    assert kedro(*undo, "--yes").exit_code == 0
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(5,)]


@pytest.mark.slow
def test_words_with_exported_cards_are_rolled_back_only_with_yes(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")
    kedro("ingress", "import", "unit1.csv")
    export(project, "배")

    refused = kedro("ingress", "rollback", "unit1")
    assert refused.exit_code == 1
    assert "2 words found only in unit1 have cards in a deck. Nothing was changed." in refused.stderr
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(3,)]

    confirmed = kedro("ingress", "rollback", "unit1", "--yes")
    assert confirmed.exit_code == 0
    assert "Cards for 2 removed words that you have already imported into Anki remain there." in confirmed.stdout
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(0,)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
@pytest.mark.parametrize(("reply", "left"), [("n", 3), ("y", 0)])
@pytest.mark.slow
def test_on_a_terminal_a_rollback_asks_for_confirmation(project: Project, kedro: Kedro, reply: str, left: int) -> None:
    project.word_list(UNIT1, "unit1.csv")
    kedro("ingress", "import", "unit1.csv")
    export(project, "문")

    said = on_terminal(project, reply, "ingress", "rollback", "unit1")

    assert "This will remove unit1 and 3 words that no other batch contains" in said
    assert "Cards for 1 word are in a deck." in said
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(left,)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
@pytest.mark.slow
def test_on_a_terminal_an_import_shows_its_progress(project: Project) -> None:
    project.word_list("term\n" + "".join(f"낱말{n}\n" for n in range(3000)), "many.csv")

    said = on_terminal(project, "", "ingress", "import", "many.csv")

    assert "3,000 rows" in said
    assert "many.csv: 3,000 rows, 3,000 imported" in said


@pytest.mark.slow
def test_cleanup_removes_batches_without_words(project: Project, kedro: Kedro) -> None:
    project.word_list("Nr,Bedeutung\n1,Tür\n", "broken.csv")
    project.word_list(UNIT1, "unit1.csv")
    kedro("ingress", "import", "broken.csv", "unit1.csv")
    with closing(sqlite3.connect(project.folder / "data" / "ledger.db")) as connection:
        connection.execute("UPDATE import_batches SET finished = '2020-01-01T00:00:00Z'")
        connection.commit()

    would = kedro("ingress", "cleanup", "--older-than", "4w", "--dry-run")
    assert "Dry run: nothing was changed. This would remove 1 batch without words" in would.stdout
    assert project.ledger("SELECT count(*) FROM import_batches") == [(2,)]

    done = kedro("ingress", "cleanup", "--older-than", "4w")
    assert done.stdout.startswith("Removed 1 batch without words and ")
    assert project.ledger("SELECT batch_id FROM import_batches") == [("unit1",)]
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(3,)]


@pytest.mark.parametrize("age", ["30", "d30", "-3d", "30 days", ""])
def test_an_invalid_age_is_an_error(kedro: Kedro, age: str) -> None:
    result = kedro("ingress", "cleanup", f"--older-than={age}")

    assert result.exit_code == 1
    assert "12h, 30d, or 4w" in result.stderr


@pytest.mark.slow
def test_text_of_a_list_cannot_control_the_terminal(project: Project, kedro: Kedro) -> None:
    project.word_list("term,definition\nabc\u202e,\u2066=cmd|x\u2069\n강,river\n", "evil\x1b[31m.csv")

    outputs = [
        kedro("ingress", "import", "evil\x1b[31m.csv"), kedro("ingress", "list"), kedro("ingress", "status"),
        kedro("ingress", "status", "evil"),
    ]  # fmt: skip

    assert outputs[-1].exit_code == 0
    for result in outputs:
        assert not set("\x1b\u202e\u2066\u2069") & set(result.stdout + result.stderr)


@pytest.mark.slow
def test_json_output_has_nothing_else_on_either_stream(project: Project) -> None:
    project.word_list(UNIT2, "unit2.csv")

    result = project.kedro("ingress", "import", "unit2.csv", "--json")

    assert (result.code, result.err) == (0, "")
    (imported,) = json.loads(result.out)
    assert (imported["batch_id"], imported["state"], imported["imported"]) == ("unit2", "completed", 3)


def test_each_environment_has_its_own_ledger(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT2, "unit2.csv")

    assert kedro("ingress", "import", "unit2.csv", "--env", "test").exit_code == 0

    assert "unit2" in kedro("ingress", "list", "--env", "test").stdout
    assert "There are no batches yet." in kedro("ingress", "list").stdout
    assert Path(project.folder / "data" / "test" / "ledger.db").exists()
