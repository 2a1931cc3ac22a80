"""Test what the commands say about how a list was read: columns, warnings, and files, from the command line."""

import json
from pathlib import Path

import pytest
from support.commands import Kedro, kedro_here
from support.project import Project, unwrapped
from support.workbook import workbook

pytestmark = pytest.mark.slow

RANKS = (
    "frequency\tkorean\tpos\tlevel\tsource\n"
    "3\t있다\t동사\t초급\tx\n38120\t갯벌\t명사\t고급\ty\n57\t사람\t명사\t중급\tz\n"
)


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    return kedro_here(project, monkeypatch)


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_an_import_summarizes_the_columns(project: Project, kedro: Kedro, options: list[str]) -> None:
    project.word_list(RANKS, "ranks.tsv")
    result = kedro("ingress", "import", "ranks.tsv", *options)
    shown = unwrapped(result.stdout)
    assert result.exit_code == 0
    assert "Columns: frequency, korean → term, pos, level → topik_level." in shown
    assert "Not used: source." in shown and "No column of meanings found." in shown
    assert '"frequency" looks like a rank' in shown
    assert (
        "Rows 2, 3, 4: the TOPIK level '초급', '고급', '중급' was ignored because it is not between 1 and 6." in shown
    )


def test_json_has_the_same_facts(project: Project, kedro: Kedro) -> None:
    project.word_list(RANKS, "ranks.tsv")
    (result,) = json.loads(kedro("ingress", "import", "ranks.tsv", "--json").stdout)
    assert result["summary"]["columns"] == {
        "frequency": "frequency", "korean": "term", "pos": "pos", "level": "topik_level"
    }  # fmt: skip
    assert result["summary"]["unused"] == ["source"] and len(result["summary"]["notes"]) == 2
    (group,) = result["warned"]
    assert (group["code"], group["count"], group["rows"]) == ("topik_level", 3, [2, 3, 4])
    (again,) = json.loads(kedro("ingress", "import", "ranks.tsv", "--json").stdout)
    assert again["already"] and again["summary"] is None


def test_the_words_with_the_lowest_ranks_come_first(project: Project, kedro: Kedro) -> None:
    project.word_list(RANKS, "ranks.tsv")
    kedro("ingress", "import", "ranks.tsv")
    rows = project.ledger("SELECT term FROM vocabulary_items ORDER BY frequency DESC")
    assert [term for (term,) in rows] == ["있다", "사람", "갯벌"]


def test_equal_warnings_are_one_line(project: Project, kedro: Kedro) -> None:
    long = "; ".join(f"sense {number}" for number in range(90))
    text = "word,meaning,level\n" + "".join(f'나무{sign},"{long}",초급\n' for sign in "가나다라마바사")
    project.word_list(text, "long.csv")
    shown = kedro("ingress", "import", "long.csv").stdout
    assert unwrapped(shown).count("the definition was shortened") == 1
    assert "Rows 2, 3, 4, … (7 in total): the definition was shortened" in unwrapped(shown)
    status = unwrapped(kedro("ingress", "status", "long").stdout)
    assert "Warnings: " in status and "(--json lists all)" in status
    assert status.count("the definition was shortened") == 1 and status.count("'초급'") == 1
    everything = json.loads(kedro("ingress", "status", "long", "--json").stdout)
    assert sum(one["code"] == "topik_level" for one in everything["warnings"]) == 7


def test_a_workbook_and_a_damaged_list_in_subfolders_are_imported(project: Project, kedro: Kedro) -> None:
    folder = project.folder / "lists" / "more"
    folder.mkdir(parents=True)
    (folder / "unit3.xlsx").write_bytes(
        workbook({"Unit 3": [["Korean", "English"], ["우산", "umbrella"], ["#NAME?", "x"]]})
    )
    (folder / "old.csv").write_bytes("term,definition\n감히,how dare\n걱정,one".encode() + b"\x92s worry\n")
    result = kedro("ingress", "import", "lists")
    shown = unwrapped(result.stdout)
    assert result.exit_code == 2, "the spreadsheet's error is a rejected row"
    assert (
        "more/unit3.xlsx: 2 rows, 1 imported, 0 duplicates, 1 rejected" in shown and 'The sheet is "Unit 3".' in shown
    )
    assert "more/old.csv: 2 rows, 2 imported" in shown
    assert "Row 3: the row has bytes that are not UTF-8; they were read as ’." in shown
    assert ("감히", "one’s worry") in {
        (term, "one’s worry") for (term,) in project.ledger("SELECT term FROM vocabulary_items")
    }
    assert kedro("ingress", "import", "lists").stdout.count("already imported") == 2


@pytest.mark.parametrize("name", ["mine.csv", "lists/mine.csv"])
def test_paths_are_relative_to_the_working_directory(
    project: Project, kedro: Kedro, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    here = project.folder / "notebooks"
    for folder, word in ((here, "우산"), (project.folder, "나무")):
        (folder / "lists").mkdir(exist_ok=True)
        (folder / name).write_text(f"word,meaning\n{word},x\n", encoding="utf-8")
    monkeypatch.chdir(here)
    assert kedro("ingress", "import", name).exit_code == 0
    assert project.ledger("SELECT term FROM vocabulary_items") == [("우산",)]
    plan = json.loads(kedro("plan", "--json", "--params", f"word_lists={name}").stdout)
    assert (plan["words"], plan["new_lists"]) == (1, [])


def test_a_path_relative_to_the_project_works_from_every_folder(
    project: Project, kedro: Kedro, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.word_list("word,meaning\n나무,tree\n", "mine.csv")
    monkeypatch.chdir(project.folder / "notebooks")
    assert kedro("ingress", "import", "mine.csv").exit_code == 0
    assert project.ledger("SELECT source FROM import_batches") == [("mine.csv",)]
    assert json.loads(kedro("plan", "--json", "--params", "word_lists=mine.csv").stdout)["words"] == 1
    assert kedro("plan", "--params", "word_lists=nowhere.csv").exit_code == 1


def test_a_run_logs_how_a_new_list_was_read_only_once(project: Project) -> None:
    path = project.word_list(RANKS, "ranks.tsv")
    options = ["--pipelines=ingress", "--params", f"word_lists={path}"]
    first, second = project.kedro("run", *options), project.kedro("run", *options)
    assert first.code == second.code == 0
    assert "Imported ranks.tsv." in first.err and '"frequency" looks like a rank' in first.err
    assert "looks like a rank" not in second.err
    assert Path(path).read_text(encoding="utf-8") == RANKS
