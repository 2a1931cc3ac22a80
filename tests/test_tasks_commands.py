"""`kedro tasks …` from the command line: its output, its effects and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from support.commands import Kedro, kedro_here, prepare
from support.ledger import ledger_at
from support.project import Project

from korean_flashcards.domain.failures import advice
from korean_flashcards.domain.line_wrap import width
from korean_flashcards.ledger.db.tables import tasks

pytestmark = pytest.mark.slow

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
    """A copy of that project, which a test may change."""
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


def test_the_list_is_in_queue_order(project: Project, kedro: Kedro) -> None:
    kedro("tasks", "prioritize", "9", "문")

    result = kedro("tasks", "list", "--stage", "nuance")

    lines = result.stdout.splitlines()
    assert lines[0] == "3 tasks: 3 pending"
    assert [line.split()[0] for line in lines[2:]] == ["문#1", "배#2", "배#1"]
    assert "… and 2 more" in kedro("tasks", "list", "--stage", "nuance", "--limit", "1").stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("prioritize", "배"), "'배' is not a whole number from 1 to 10."),
        (("prioritize", "11", "배"), "'11' is not a whole number from 1 to 10."),
        (("list", "--limit", "x"), "'x' is not a whole number of 1 or more."),
        (("list", "--limit", str(2**63)), f"{2**63} is too large. The largest number is {2**63 - 1}."),
    ],
)
def test_an_invalid_number_is_explained_in_plain_words(kedro: Kedro, args: tuple[str, ...], said: str) -> None:
    result = kedro("tasks", *args)
    assert result.exit_code == 1 and said in result.stderr


def test_dead_letters_are_listed_with_advice(project: Project, kedro: Kedro) -> None:
    kill_task(project, "배#1", "refused")
    kill_task(project, "문#1", "timeout")

    result = kedro("tasks", "list", "--state", "dead")

    assert "2 tasks: 2 dead" in result.stdout
    assert f"refused: {advice('refused')}" in " ".join(result.stdout.split())
    assert f"timeout: {advice('timeout')}" in " ".join(result.stdout.split())
    assert max(map(width, result.stdout.splitlines())) <= 80
    assert "`kedro tasks retry --code CODE`" in result.stdout
    assert "Dead letters" not in kedro("tasks", "list", "--state", "pending").stdout


def test_stale_tasks_are_those_of_the_next_run(
    finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = finished.copied_to(tmp_path / "project")
    kedro = kedro_here(project, monkeypatch)
    set_task(project, "남자#1", "nuance", stale="prompt v3→v4; model unchanged")
    before = project.ledger("SELECT * FROM tasks ORDER BY stage, item_id")
    assert kedro("tasks", "list", "--stale").stdout == "No tasks match.\n", "the last run's reason no longer applies"
    prompt = project.folder / "conf/base/prompts/flashcards.md"
    prompt.write_text(prompt.read_text(encoding="utf-8") + "\nBe brief.\n", encoding="utf-8")
    (project.folder / "data/01_raw/sample_words.csv").unlink()

    listed = json.loads(kedro("tasks", "list", "--stale", "--limit", "500", "--json").stdout)

    planned = json.loads(kedro("plan", "--json").stdout)["stages"]
    stale = {(stage["stage"], item_id) for stage in planned for ids in stage["stale"].values() for item_id in ids}
    assert {(row["stage"], row["item_id"]) for row in listed["rows"]} == stale and len(stale) == 129
    assert {row["stale"] for row in listed["rows"]} == {"prompt v1→v2; model unchanged"}
    assert project.ledger("SELECT * FROM tasks ORDER BY stage, item_id") == before, "nothing is written"


def test_json_has_the_same_data_as_the_text(project: Project, kedro: Kedro) -> None:
    kill_task(project, "배#1", "refused")

    listed = json.loads(kedro("tasks", "list", "--code", "refused", "--json").stdout)
    (shown,) = json.loads(kedro("word", "show", "배#1", "--json").stdout)["words"]

    assert [(row["item_id"], row["attempts"]) for row in listed["rows"]] == [("배#1", 3)]
    assert (listed["more"], listed["states"]) == (0, {"dead": 1})
    assert shown["item"]["definition"] == "pear"
    assert [task["state"] for task in shown["tasks"]] == ["dead", "pending"]


def test_word_show_lists_each_homograph(project: Project, kedro: Kedro) -> None:
    kill_task(project, "배#2", "refused")

    result = kedro("word", "show", "배")

    pear, _, ship = result.stdout.partition("\n배#2")
    assert "definition           pear" in pear
    assert "nuance: pending" in pear
    assert "nuance: dead" in ship
    assert "code                 refused" in ship
    assert "unit1.csv, row 3: imported (batch unit1, " in ship
    assert "Exported\n  not yet" in ship


def test_an_unknown_word_is_an_error_with_similar_words(kedro: Kedro) -> None:
    result = kedro("word", "show", "문을")

    assert result.exit_code == 1
    assert "The word 문을 is not in the ledger. Did you mean 문#1?" in result.stderr


@pytest.mark.parametrize("command", [["retry"], ["drop"], ["prioritize", "9"]])
def test_a_command_without_a_word_or_a_filter_changes_nothing(
    project: Project, kedro: Kedro, command: list[str]
) -> None:
    kill_task(project, "배#1", "refused")
    before = project.ledger("SELECT * FROM tasks")

    result = kedro("tasks", *command)

    assert result.exit_code == 1
    assert "Give a WORD" in result.stderr
    assert project.ledger("SELECT * FROM tasks") == before


def test_retry_queues_dead_letters_again_and_lists_unchanged_tasks(project: Project, kedro: Kedro) -> None:
    kill_task(project, "배#1", "refused")
    kill_task(project, "문#1", "timeout")
    set_task(project, "배#1", "flashcards", state="done", key="key")

    by_code = kedro("tasks", "retry", "--code", "refused")
    assert by_code.stdout.splitlines() == ["Queued 1 task of 1 word again (before: 1 dead)."]
    assert kedro("tasks", "retry", "--all-dead").stdout.startswith("Queued 1 task of 1 word again (before: 1 dead)")

    again = kedro("tasks", "retry", "배#1")
    assert (again.exit_code, again.stdout.splitlines()) == (0, [
        "Nothing to change.",
        "Unchanged: 1 pending task (already in the queue).",
        "Unchanged: 1 done task (the reply is in the cache; change the prompt or the",
        "model to get a different reply).",
    ])  # fmt: skip
    assert states(project) == {"pending": 5, "done": 1}


def test_records_from_an_earlier_system_are_requested_again_only_after_confirmation(
    project: Project, kedro: Kedro
) -> None:
    set_task(project, "배#1", "nuance", state="done", key="old", model="legacy", pinned=1)

    unconfirmed = kedro("tasks", "retry", "배#1")
    assert unconfirmed.exit_code == 1
    assert (
        "Pass --yes to request 1 record from an earlier system again in the next run, at a cost." in unconfirmed.stderr
    )
    assert project.ledger("SELECT count(*) FROM tasks WHERE pinned") == [(1,)]

    confirmed = kedro("tasks", "retry", "배#1", "--yes")
    assert confirmed.exit_code == 0
    assert "Queued 1 task of 1 word again (before: 1 done)." in confirmed.stdout
    assert project.ledger("SELECT count(*) FROM tasks WHERE pinned") == [(0,)]


def test_retry_restores_a_dropped_word(project: Project, kedro: Kedro) -> None:
    assert "Dropped 4 tasks of 2 words (before: 4 pending)." in kedro("tasks", "drop", "배").stdout
    assert states(project) == {"dropped": 4, "pending": 2}

    assert (
        "Queued 4 tasks of 2 words again (before: 4 dropped)." in kedro("tasks", "retry", "--state", "dropped").stdout
    )
    assert states(project) == {"pending": 6}


def test_a_dry_run_changes_nothing(project: Project, kedro: Kedro) -> None:
    kill_task(project, "배#1", "refused")
    before = project.ledger("SELECT * FROM tasks")

    for command in (["retry", "--all-dead"], ["drop", "배"], ["prioritize", "9", "--batch", "unit1"]):
        assert kedro("tasks", *command, "--dry-run").stdout.startswith(
            "Dry run: nothing was changed. This would affect "
        )

    assert project.ledger("SELECT * FROM tasks") == before


def test_prioritize_reports_the_number_of_tasks(project: Project, kedro: Kedro) -> None:
    assert (
        kedro("tasks", "prioritize", "9", "--batch", "unit1").stdout
        == "Set priority 9 for 6 tasks of 3 words (before: 6 pending).\n"
    )
    assert (
        kedro("tasks", "prioritize", "9", "배#1").stdout == "Nothing to change.\n2 tasks already had this priority.\n"
    )
    assert kedro("tasks", "prioritize", "11", "배#1").exit_code == 1


def test_prioritize_accepts_state_stage_and_code(project: Project, kedro: Kedro) -> None:
    set_task(project, "배#1", "nuance", state="dead", code="malformed", message="no JSON")

    assert (
        "Set priority 8 for 1 task of 1 word (before: 1 dead)"
        in kedro("tasks", "prioritize", "8", "--code", "malformed").stdout
    )
    assert "5 pending" in kedro("tasks", "prioritize", "2", "--state", "pending").stdout
    assert "3 tasks" in kedro("tasks", "prioritize", "4", "--stage", "flashcards").stdout
    refused = kedro("tasks", "prioritize", "4")
    assert refused.exit_code == 1 and "--state, --code, --batch, or --stage" in refused.stderr


def test_text_of_a_model_cannot_control_the_terminal(project: Project, kedro: Kedro) -> None:
    set_task(project, "배#1", "nuance", state="dead", code="malformed", message="\x1b[2Jgone\u202e", model="x\x07")

    for result in (kedro("tasks", "list"), kedro("word", "show", "배")):
        assert result.exit_code == 0
        assert not set("\x1b\u202e\x07") & set(result.stdout)
