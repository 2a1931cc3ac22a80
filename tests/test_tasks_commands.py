"""`kedro tasks …` as a person types it: what is said, what is changed, and the exit code."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from support.commands import Kedro, kedro_here, prepare
from support.ledger import ledger_at
from support.project import Project

from korean_flashcards.domain.failures import advice
from korean_flashcards.ledger.db.tables import tasks

UNIT1 = "term,definition,frequency\n배,pear,10\n배,ship,30\n문,door,20\n"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the words 배#1, 배#2 and 문#1, all tasks pending."""

    def take(project: Project) -> None:
        project.word_list(UNIT1, "unit1.csv")
        assert project.kedro("ingress", "import", "unit1.csv").code == 0

    return Project(prepare(tmp_path_factory.mktemp("tasks") / "project", take))


@pytest.fixture
def project(imported: Project, tmp_path: Path) -> Project:
    """A copy of it that a test may change."""
    return imported.copied_to(tmp_path / "project")


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    return kedro_here(project, monkeypatch)


def set_task(project: Project, item_id: str, stage: str, **values: Any) -> None:
    with ledger_at(project.folder / "data" / "ledger.db") as ledger, ledger.store.write() as connection:
        connection.execute(update(tasks).where(tasks.c.item_id == item_id, tasks.c.stage == stage).values(values))


def kill_task(project: Project, item_id: str, code: str) -> None:
    set_task(project, item_id, "nuance", state="dead", attempts=3, code=code, message="no luck")


def states(project: Project) -> dict[str, int]:
    return dict(project.ledger("SELECT state, count(*) FROM tasks GROUP BY state"))  # type: ignore[arg-type]


def test_the_list_is_in_the_order_of_the_queue(project: Project, kedro: Kedro) -> None:
    kedro("tasks", "prioritize", "9", "문")

    result = kedro("tasks", "list", "--stage", "nuance")

    lines = result.stdout.splitlines()
    assert lines[0] == "3 tasks: 3 pending"
    assert [line.split()[0] for line in lines[2:]] == ["문#1", "배#2", "배#1"]
    assert "… and 2 more" in kedro("tasks", "list", "--stage", "nuance", "--limit", "1").stdout


def test_dead_letters_come_with_what_to_do(project: Project, kedro: Kedro) -> None:
    kill_task(project, "배#1", "refused")
    kill_task(project, "문#1", "timeout")

    result = kedro("tasks", "list", "--state", "dead")

    assert "2 tasks: 2 dead" in result.stdout
    assert f"refused: {advice('refused')}" in result.stdout
    assert f"timeout: {advice('timeout')}" in result.stdout
    assert "`kedro tasks retry --code CODE`" in result.stdout
    assert "Dead letters" not in kedro("tasks", "list", "--state", "pending").stdout


def test_stale_replies_are_listed_with_the_reason(project: Project, kedro: Kedro) -> None:
    set_task(project, "배#2", "nuance", stale="prompt v3→v4; model unchanged")

    result = kedro("tasks", "list", "--stale")

    assert "1 task: 1 pending" in result.stdout
    assert "stale: prompt v3→v4; model unchanged" in result.stdout


def test_json_has_what_the_text_has(project: Project, kedro: Kedro) -> None:
    kill_task(project, "배#1", "refused")

    listed = json.loads(kedro("tasks", "list", "--code", "refused", "--json").stdout)
    (shown,) = json.loads(kedro("word", "show", "배#1", "--json").stdout)["words"]

    assert [(row["item_id"], row["attempts"]) for row in listed["rows"]] == [("배#1", 3)]
    assert (listed["more"], listed["states"]) == (0, {"dead": 1})
    assert shown["item"]["definition"] == "pear"
    assert [task["state"] for task in shown["tasks"]] == ["dead", "pending"]


def test_show_tells_all_about_each_homograph(project: Project, kedro: Kedro) -> None:
    kill_task(project, "배#2", "refused")

    result = kedro("word", "show", "배")

    pear, _, ship = result.stdout.partition("\n배#2")
    assert "definition           pear" in pear
    assert "nuance: pending" in pear
    assert "nuance: dead" in ship
    assert "code                 refused" in ship
    assert "unit1.csv, row 3: imported (batch unit1, " in ship
    assert "Exported\n  not yet" in ship


def test_a_word_that_is_not_there_is_named_with_those_like_it(kedro: Kedro) -> None:
    result = kedro("word", "show", "문을")

    assert result.exit_code == 1
    assert "There is no word 문을 in the ledger. Did you mean 문#1?" in result.stderr


@pytest.mark.parametrize("command", [["retry"], ["drop"], ["prioritize", "9"]])
def test_without_a_word_or_a_filter_nothing_is_changed(project: Project, kedro: Kedro, command: list[str]) -> None:
    kill_task(project, "배#1", "refused")
    before = project.ledger("SELECT * FROM tasks")

    result = kedro("tasks", *command)

    assert result.exit_code == 1
    assert "Say which" in result.stderr
    assert project.ledger("SELECT * FROM tasks") == before


def test_retry_puts_dead_letters_back_and_says_what_it_left(project: Project, kedro: Kedro) -> None:
    kill_task(project, "배#1", "refused")
    kill_task(project, "문#1", "timeout")
    set_task(project, "배#1", "flashcards", state="done", key="key")

    by_code = kedro("tasks", "retry", "--code", "refused")
    assert by_code.stdout.splitlines() == ["1 task of 1 word back in the queue (1 dead)."]
    assert kedro("tasks", "retry", "--all-dead").stdout.startswith("1 task of 1 word back in the queue (1 dead)")

    again = kedro("tasks", "retry", "배#1")
    assert (again.exit_code, again.stdout.splitlines()) == (0, [
        "Nothing to change.",
        "1 task pending, left alone: it waits in the queue already.",
        "1 task done, left alone: its reply is in the cache; change the prompt or the model to get another.",
    ])  # fmt: skip
    assert states(project) == {"pending": 5, "done": 1}


def test_records_of_an_earlier_system_are_requested_again_only_when_that_is_meant(
    project: Project, kedro: Kedro
) -> None:
    set_task(project, "배#1", "nuance", state="done", key="old", model="legacy", pinned=1)

    unmeant = kedro("tasks", "retry", "배#1")
    assert unmeant.exit_code == 1
    assert "1 task with a record of an earlier system: the next run pays for a new one" in unmeant.stderr
    assert project.ledger("SELECT count(*) FROM tasks WHERE pinned") == [(1,)]

    meant = kedro("tasks", "retry", "배#1", "--yes")
    assert meant.exit_code == 0
    assert "1 task of 1 word back in the queue (1 done)." in meant.stdout
    assert project.ledger("SELECT count(*) FROM tasks WHERE pinned") == [(0,)]


def test_a_dropped_word_is_brought_back_by_retry(project: Project, kedro: Kedro) -> None:
    assert "4 tasks of 2 words dropped (4 pending)." in kedro("tasks", "drop", "배").stdout
    assert states(project) == {"dropped": 4, "pending": 2}

    assert "4 tasks of 2 words back in the queue (4 dropped)." in kedro("tasks", "retry", "--state", "dropped").stdout
    assert states(project) == {"pending": 6}


def test_a_dry_run_changes_nothing(project: Project, kedro: Kedro) -> None:
    kill_task(project, "배#1", "refused")
    before = project.ledger("SELECT * FROM tasks")

    for command in (["retry", "--all-dead"], ["drop", "배"], ["prioritize", "9", "--batch", "unit1"]):
        assert kedro("tasks", *command, "--dry-run").stdout.startswith("Dry run, nothing was changed. It would be: ")

    assert project.ledger("SELECT * FROM tasks") == before


def test_a_priority_is_said_back(project: Project, kedro: Kedro) -> None:
    assert (
        kedro("tasks", "prioritize", "9", "--batch", "unit1").stdout
        == "6 tasks of 3 words at priority 9 (6 pending).\n"
    )
    assert kedro("tasks", "prioritize", "9", "배#1").stdout == "Nothing to change.\n2 tasks had it already.\n"
    assert kedro("tasks", "prioritize", "11", "배#1").exit_code == 1


def test_a_priority_is_given_by_state_stage_and_code_too(project: Project, kedro: Kedro) -> None:
    set_task(project, "배#1", "nuance", state="dead", code="malformed", message="no JSON")

    assert "1 task of 1 word at priority 8 (1 dead)" in kedro("tasks", "prioritize", "8", "--code", "malformed").stdout
    assert "5 pending" in kedro("tasks", "prioritize", "2", "--state", "pending").stdout
    assert "3 tasks" in kedro("tasks", "prioritize", "4", "--stage", "flashcards").stdout
    refused = kedro("tasks", "prioritize", "4")
    assert refused.exit_code == 1 and "--state, --code, --batch or --stage" in refused.stderr


def test_what_a_model_writes_cannot_steer_the_terminal(project: Project, kedro: Kedro) -> None:
    set_task(project, "배#1", "nuance", state="dead", code="malformed", message="\x1b[2Jgone\u202e", model="x\x07")

    for result in (kedro("tasks", "list"), kedro("word", "show", "배")):
        assert result.exit_code == 0
        assert not set("\x1b\u202e\x07") & set(result.stdout)
