"""`kedro ingress …` as a person types it: what is said, what is changed, and the exit code."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from support.commands import Kedro, kedro_here
from support.ledger import ledger_at
from support.project import Project

UNIT1 = "term,definition\n배,pear\n배,ship\n문,door\nabc,no Korean\n배,pear\n"
UNIT2 = "term,definition\n문,door\n문을,door (object)\n강,river\n"


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    return kedro_here(project, monkeypatch)


def export(project: Project, term: str) -> None:
    """Note in the ledger that cards of the word are in a deck, as an export does."""
    with ledger_at(project.folder / "data" / "ledger.db") as ledger:
        item_ids = project.ledger("SELECT item_id FROM vocabulary_items WHERE term = ?", term)
        ledger.exports.record([str(item_id) for (item_id,) in item_ids])


def on_terminal(project: Project, typed: str, *args: str) -> str:
    """Run ``kedro ARGS`` on a terminal of its own, type an answer, return all that it showed."""
    import pty

    here, there = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kedro", *args], cwd=project.folder, stdin=there, stdout=there, stderr=there,
        env={**os.environ, "COLUMNS": "200", "TERM": "dumb" if typed else "xterm"},
    )  # fmt: skip
    os.close(there)
    os.write(here, f"{typed}\n".encode())
    shown = b""
    with contextlib.suppress(OSError):  # how Linux says that the other side is closed
        while part := os.read(here, 65536):
            shown += part
    process.wait()
    os.close(here)
    return shown.decode()


def test_an_import_says_what_became_of_each_list_and_how_to_see_the_rejects(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")
    project.word_list(UNIT2, "unit2.csv")

    result = kedro("ingress", "import", "unit1.csv", "unit2.csv", "--tag", "course", "--priority", "8")

    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        "unit1.csv: 5 rows, 3 imported, 1 duplicate, 1 rejected, 0 warnings; batch unit1",
        "unit2.csv: 3 rows, 2 imported, 1 duplicate, 0 rejected, 1 warning; batch unit2",
        "Rejected rows and why: kedro ingress status unit1",
    ]
    assert project.ledger("SELECT batch_id, tag, priority, source FROM import_batches ORDER BY number") == [
        ("unit1", "course", 8, "unit1.csv"), ("unit2", "course", 8, "unit2.csv")
    ]  # fmt: skip


def test_importing_the_same_file_again_changes_nothing_and_is_no_error(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")
    kedro("ingress", "import", "unit1.csv")
    before = project.ledger("SELECT * FROM import_batches")

    result = kedro("ingress", "import", "unit1.csv")

    assert result.exit_code == 0
    assert "unit1.csv: already imported as unit1 on 20" in result.stdout
    assert "nothing changed" in result.stdout
    assert project.ledger("SELECT * FROM import_batches") == before


def test_a_folder_stands_for_its_lists_and_no_list_is_taken_twice(project: Project, kedro: Kedro) -> None:
    (project.folder / "lists").mkdir()
    project.word_list(UNIT2, "lists/b.csv")
    project.word_list("term\n산\n", "lists/a.tsv")
    project.word_list("x", "lists/notes.md")

    result = kedro("ingress", "import", "lists", "lists/b.csv")

    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["a.tsv", "b.csv"]


def test_a_dry_run_says_the_same_and_leaves_the_ledger_empty(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")

    result = kedro("ingress", "import", "unit1.csv", "--dry-run")

    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        "Dry run, nothing was changed. It would be:",
        "unit1.csv: 5 rows, 3 imported, 1 duplicate, 1 rejected, 0 warnings; batch unit1",
    ]
    assert project.ledger("SELECT * FROM import_batches") == []


def test_a_list_that_cannot_be_read_fails_alone(project: Project, kedro: Kedro) -> None:
    project.word_list("Nr,Bedeutung\n1,Tür\n", "broken.csv")
    project.word_list(UNIT2, "unit2.csv")

    result = kedro("ingress", "import", "broken.csv", "unit2.csv")

    assert result.exit_code == 1
    assert "Error: broken.csv has no term column" in result.stderr
    assert "unit2.csv: 3 rows" in result.stdout
    status = kedro("ingress", "status", "broken")
    assert status.exit_code == 0
    assert "broken.csv has no term column" in status.stdout
    assert "then `kedro ingress import` it again" in status.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["unit1.csv", "nowhere.csv"], "There is no word list nowhere.csv"),
        (["unit1.csv", "unit2.csv", "--batch-id", "both"], "The batch id both cannot be used for 2 lists"),
        (["unit1.csv", "empty"], "There is no word list (.csv, .tsv, .txt) in empty"),
        (["unit1.csv", "--priority", "11"], "11 is not in the range 1<=x<=10"),
        (["unit1.csv", "--batch-id", "../x"], "is not a valid batch id"),
    ],
)
def test_a_command_that_cannot_be_meant_imports_nothing(
    project: Project, kedro: Kedro, args: list[str], said: str
) -> None:
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

    assert [line.split()[0] for line in kedro("ingress", "list").stdout.splitlines()] == ["batch", "second", "unit1"]
    assert "… and 1 more" in kedro("ingress", "list", "--limit", "1").stdout
    for filters in (["--status", "partial"], ["--tag", "old"]):
        found = json.loads(kedro("ingress", "list", *filters, "--json").stdout)
        assert ([row["batch_id"] for row in found["rows"]], found["more"]) == (["unit1"], 0)
    today = project.ledger("SELECT date(min(created), 'localtime') FROM import_batches")[0][0]
    assert "unit1" in kedro("ingress", "list", "--since", str(today), "--until", str(today)).stdout
    assert "There are no such batches" in kedro("ingress", "list", "--until", "2001-01-01").stdout


def test_status_tells_of_rejects_warnings_duplicates_and_progress(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")
    project.word_list(UNIT2, "unit2.csv")
    kedro("ingress", "import", "unit1.csv", "unit2.csv")

    first, second = kedro("ingress", "status", "unit1").stdout, kedro("ingress", "status", "unit2").stdout

    assert "Rows       5: 3 imported, 1 duplicate, 1 rejected" in first
    assert "nuance     3 pending" in first
    assert "Duplicates 1 of words that this list has twice" in first
    assert "5  no_hangul  the term 'abc' has no Hangul syllable  abc,no Korean" in first
    assert "Duplicates 1 of unit1" in second
    assert "Warnings: 1" in second
    assert "near_duplicate" in second


def test_status_shows_so_many_rejects_and_json_has_all(project: Project, kedro: Kedro) -> None:
    project.word_list("term\n" + "강\n" + "".join(f"abc{n}\n" for n in range(60)), "bad.csv")
    kedro("ingress", "import", "bad.csv")

    assert "Rejected rows: 60" in (text := kedro("ingress", "status", "bad").stdout)
    assert text.count("no_hangul") == 50
    assert "… and 10 more" in text
    assert len(json.loads(kedro("ingress", "status", "bad", "--json").stdout)["rejects"]) == 60


def test_a_rollback_takes_back_what_only_this_batch_brought_and_says_how_to_undo_it(
    project: Project, kedro: Kedro
) -> None:
    project.word_list(UNIT1, "unit1.csv")
    project.word_list(UNIT2, "unit2.csv")
    kedro("ingress", "import", "unit1.csv", "unit2.csv")

    result = kedro("ingress", "rollback", "unit1")

    assert result.exit_code == 0, result.stderr
    assert "Rolled back unit1: 2 words removed with 5 rows." in result.stdout
    assert "Kept, as other batches have them too: 1 word." in result.stdout
    assert project.ledger("SELECT term FROM vocabulary_items ORDER BY term") == [("강",), ("문",), ("문을",)]

    undo = result.stdout.split("To undo: kedro ")[1].split()
    assert kedro(*undo, "--yes").exit_code == 0
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(5,)]


@pytest.mark.slow
def test_exported_cards_are_rolled_back_only_with_yes(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT1, "unit1.csv")
    kedro("ingress", "import", "unit1.csv")
    export(project, "배")

    refused = kedro("ingress", "rollback", "unit1")
    assert refused.exit_code == 1
    assert "2 words that only unit1 contains have cards in a deck. Nothing was changed." in refused.stderr
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(3,)]

    confirmed = kedro("ingress", "rollback", "unit1", "--yes")
    assert confirmed.exit_code == 0
    assert "Cards of 2 removed words stay in your decks" in confirmed.stdout
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(0,)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
@pytest.mark.parametrize(("answer", "left"), [("n", 3), ("y", 0)])
@pytest.mark.slow
def test_on_a_terminal_a_rollback_says_what_goes_and_asks(
    project: Project, kedro: Kedro, answer: str, left: int
) -> None:
    project.word_list(UNIT1, "unit1.csv")
    kedro("ingress", "import", "unit1.csv")
    export(project, "문")

    said = on_terminal(project, answer, "ingress", "rollback", "unit1")

    assert "unit1 goes, and with it 3 words that no other batch has" in said
    assert "Cards of 1 word are in a deck." in said
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(left,)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
@pytest.mark.slow
def test_on_a_terminal_an_import_shows_its_rows(project: Project) -> None:
    project.word_list("term\n" + "".join(f"낱말{n}\n" for n in range(3000)), "many.csv")

    said = on_terminal(project, "", "ingress", "import", "many.csv")

    assert "3,000 rows" in said
    assert "many.csv: 3,000 rows, 3,000 imported" in said


def test_cleanup_counts_and_removes_what_holds_nothing(project: Project, kedro: Kedro) -> None:
    project.word_list("Nr,Bedeutung\n1,Tür\n", "broken.csv")
    project.word_list(UNIT1, "unit1.csv")
    kedro("ingress", "import", "broken.csv", "unit1.csv")
    with closing(sqlite3.connect(project.folder / "data" / "ledger.db")) as connection:
        connection.execute("UPDATE import_batches SET finished = '2020-01-01T00:00:00Z'")
        connection.commit()

    would = kedro("ingress", "cleanup", "--older-than", "4w", "--dry-run")
    assert "Dry run, nothing was removed. It would be: 1 batch that held no word" in would.stdout
    assert project.ledger("SELECT count(*) FROM import_batches") == [(2,)]

    done = kedro("ingress", "cleanup", "--older-than", "4w")
    assert done.stdout.startswith("Removed: 1 batch that held no word")
    assert project.ledger("SELECT batch_id FROM import_batches") == [("unit1",)]
    assert project.ledger("SELECT count(*) FROM vocabulary_items") == [(3,)]


@pytest.mark.parametrize("age", ["30", "d30", "-3d", "30 days", ""])
def test_an_age_that_is_none_is_refused(kedro: Kedro, age: str) -> None:
    result = kedro("ingress", "cleanup", f"--older-than={age}")

    assert result.exit_code == 1
    assert "12h, 30d, 4w" in result.stderr


def test_what_a_list_writes_cannot_steer_the_terminal(project: Project, kedro: Kedro) -> None:
    project.word_list("term,definition\nabc\u202e,\u2066=cmd|x\u2069\n강,river\n", "evil\x1b[31m.csv")

    outputs = [
        kedro("ingress", "import", "evil\x1b[31m.csv"), kedro("ingress", "list"),
        kedro("ingress", "status", "evil-31m"),
    ]  # fmt: skip

    assert outputs[2].exit_code == 0
    for result in outputs:
        assert not set("\x1b\u202e\u2066\u2069") & set(result.stdout + result.stderr)


@pytest.mark.slow
def test_nothing_is_said_to_a_pipe_but_the_answer(project: Project) -> None:
    project.word_list(UNIT2, "unit2.csv")

    result = project.kedro("ingress", "import", "unit2.csv", "--json")

    assert (result.code, result.err) == (0, "")
    (imported,) = json.loads(result.out)
    assert (imported["batch_id"], imported["state"], imported["imported"]) == ("unit2", "completed", 3)


def test_the_environment_chooses_the_ledger(project: Project, kedro: Kedro) -> None:
    project.word_list(UNIT2, "unit2.csv")

    assert kedro("ingress", "import", "unit2.csv", "--env", "test").exit_code == 0

    assert "unit2" in kedro("ingress", "list", "--env", "test").stdout
    assert "There are no such batches" in kedro("ingress", "list").stdout
    assert Path(project.folder / "data" / "test" / "ledger.db").exists()
