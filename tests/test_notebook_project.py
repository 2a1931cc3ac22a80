"""`open_project`: layers, cards, tables, charts, plans, and runs, on the layers of a real run and with a real server."""

import asyncio
import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import altair as alt
import polars as pl
import pytest
from support.commands import kedro_here
from support.model_server import ModelServer
from support.notebook_pages import frames
from support.project import Project

from korean_flashcards.notebook import NotebookError, NotebookProject, open_project
from korean_flashcards.notebook import data_table as notebook_tables
from korean_flashcards.notebook.card_frames import card_frames
from korean_flashcards.notebook.data_table import data_table

LIST = "term,definition\n남성,man\n여성,woman\n"


@pytest.fixture(scope="module")
def opened(finished: Project) -> Iterator[NotebookProject]:
    """Return the finished project. Tests must not change it."""
    with pytest.MonkeyPatch.context() as patch:
        kedro_here(finished, patch)
        yield open_project(finished.folder)


@pytest.fixture
def fresh(here: Project) -> NotebookProject:
    """Return a project without the sample list in which nothing has been run."""
    here.monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")  # type: ignore[attr-defined]
    here.only_list(LIST)
    kedro_here(here, here.monkeypatch)  # type: ignore[attr-defined]
    return open_project()


def test_the_import_does_not_change_the_commands_that_a_notebook_starts(finished: Project, tmp_path: Path) -> None:
    logging = str(finished.folder / "conf/logging.yml")
    shown = "import os, korean_flashcards.notebook; print(os.environ.get('KEDRO_LOGGING_CONFIG'))"
    for given in ({}, {"KEDRO_LOGGING_CONFIG": logging}):
        variables = {name: text for name, text in os.environ.items() if name != "KEDRO_LOGGING_CONFIG"} | given
        run = subprocess.run(
            [sys.executable, "-c", shown], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
        )
        assert run.stdout.strip() == (logging if given else "None"), run.stderr


def test_a_project_is_found_from_its_folders_and_only_there(
    finished: Project, opened: NotebookProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(finished.folder / "notebooks")
    assert open_project().folder == opened.folder == finished.folder
    with pytest.raises(NotebookError, match=r'is not part of a project\. Pass the project\'s folder: open_project\("'):
        open_project(tmp_path)
    with pytest.raises(NotebookError, match="There is no environment named tset: the folder conf/tset does not exist"):
        open_project(env="tset")


def test_a_new_project_opens_and_says_what_to_do_next(fresh: NotebookProject) -> None:
    assert {"nuance", "ledger_tasks"} <= set(fresh.layers["name"])
    with pytest.raises(NotebookError, match=r"^nuance\.parquet does not exist yet\. Run `kedro run` first"):
        fresh.layer("nuance")
    with pytest.raises(NotebookError, match=r"^There is no ledger at .*: `kedro run` creates one"):
        fresh.layer("ledger_tasks")
    plan = fresh.plan()
    assert "This run would send about 4 requests to the offline model, which is free." in repr(plan)
    assert plan.requests == 4 and plan.usd == 0


def test_layers_are_lazy_frames(opened: NotebookProject) -> None:
    words = opened.layer("vocabulary").filter(pl.col("term") == "배").select("item_id").collect()
    assert words["item_id"].to_list() == ["배#1", "배#2", "배#3", "배#4"]
    tasks = opened.layer("ledger_tasks").group_by("state").agg(pl.len()).collect()
    assert tasks.rows() == [("done", 2 * opened.layer("vocabulary").collect().height)]
    with pytest.raises(NotebookError, match=r"There is no layer named nuanc\. Did you mean nuance"):
        opened.layer("nuanc")


def test_cards_are_those_of_the_deck_in_both_colors(opened: NotebookProject) -> None:
    cards = opened.cards("남성", "배#2")
    notes = opened.layer("anki_notes").filter(pl.col("item_id").is_in(["남성#1", "배#2"])).collect()
    assert cards.notes.equals(notes.select(cards.notes.columns)) and len(cards) == notes.height > 1
    assert len(frames(cards.html)) == 2 * len(cards) and len(frames(opened.cards("배#2", colors="night").html)) == 1
    assert {frame["sandbox"] for frame in frames(cards.html)} == {"allow-scripts"}
    with pytest.raises(NotebookError, match=r"There is no word named 남섬\. Did you mean 남성\?"):
        opened.cards("남섬")


def test_text_in_cards_runs_no_script(opened: NotebookProject) -> None:
    note = opened.cards("남성").notes.row(0, named=True) | {
        "Back": "<script>alert(1)</script><img src=x onerror=alert(1)>"
    }
    (frame,) = frames(card_frames([note], opened.catalog.load("anki_templates"), {}, [False]))
    page = html.unescape(str(frame["srcdoc"]))
    # The policy allows one script by its hash. tests/test_jupyter_lab.py shows such a card in Chromium.
    policy = re.search(r'content="([^"]*script-src[^"]*)"', page)
    assert (
        policy and "unsafe" not in policy[1].partition("script-src")[2] and policy[1].startswith("default-src 'none'")
    )


def test_a_table_says_how_many_rows_it_has_and_shows_html_as_text() -> None:
    frame = pl.DataFrame({"word": ["<script>alert(1)</script>", *["남성"] * 1999], "tags": [["a", "b"]] * 2000})
    table = data_table(frame, 1000).html
    assert "The table has the first 1,000 of 2,000 rows." in table
    assert "<script>alert(1)" not in table and "a, b" in table
    assert "The table has" not in data_table(frame, 2000).html


def test_a_notebook_has_the_scripts_of_tables_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_tables, "_scripts_in", {})
    at: dict[str, tuple[str, int]] = {"cell": ("first", 1)}
    monkeypatch.setattr(notebook_tables, "cell_of", lambda: at["cell"][0])
    monkeypatch.setattr(notebook_tables, "cell_number", lambda: at["cell"][1])
    table = data_table(pl.DataFrame({"word": ["남성"]}), 10)
    assert len(table.html) < 20_000 and "남성" in repr(table)
    sizes = []
    for cell in (("first", 1), ("first", 1), ("second", 2), ("first", 3), ("second", 4)):
        at["cell"] = cell
        sizes.append(len(table._repr_html_()) > 500_000)
    # Two tables of one cell need them once. A new execution of the cell that has them replaces its output.
    assert sizes == [True, False, False, True, False]


def test_charts_are_pictures_without_scripts_in_the_colors_of_the_page(opened: NotebookProject) -> None:
    for name in opened.charts["name"]:
        picture = opened.chart(name).svg
        assert picture.startswith("<svg") and "<script" not in picture and "#010203" not in picture, name
    own = alt.Chart({"values": [{"x": "</text><script>alert(1)</script>", "y": 1}]}).mark_bar().encode(x="x:N", y="y:Q")
    picture = opened.chart(own).svg
    assert "currentColor" in picture and "&lt;script&gt;" in picture and "<script" not in picture
    assert "남" in opened.chart("confusables").svg or "가" in opened.chart("confusables").svg
    with pytest.raises(NotebookError, match=r"There is no chart named score\. Did you mean scores"):
        opened.chart("score")


@pytest.mark.slow
def test_a_run_in_a_running_event_loop_pays_once_and_reports_it(
    fresh: NotebookProject, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with ModelServer() as server:
        params = {"llm.api_base": server.url, "llm.confirm_above_usd": 0.00001}

        async def in_a_cell() -> None:
            with pytest.raises(NotebookError, match=r"Standard input is not a terminal.*Nothing was sent or paid for"):
                fresh.run("남성", model="openai/gpt-4o-mini", params=params)
            assert not server.requests()
            report = fresh.run("남성", model="openai/gpt-4o-mini", params=params, budget=0.5)
            assert report.complete and report.usd > 0 and report.summary.words == 1
            assert "The deck was not changed" in repr(report) or "There is no deck yet" in repr(report)
            assert [request["stage"] for request in server.requests()] == ["nuance", "flashcards"]
            again = fresh.run("남성", model="openai/gpt-4o-mini", params=params)
            assert again.complete and again.usd == 0 and len(server.requests()) == 2

        asyncio.run(in_a_cell())
    assert fresh.cards("남성").notes.height
    assert fresh.layer("ledger_calls").select(pl.col("usd").sum()).collect().item() > 0
    assert "Complete." in capsys.readouterr().out


def test_mistakes_are_messages_and_not_tracebacks(fresh: NotebookProject) -> None:
    with pytest.raises(NotebookError) as mistake:
        fresh.run(params={"llm.modell": "x"})
    assert mistake.value._render_traceback_() == [f"Error: {mistake.value}"]
    assert "there is no parameter named 'llm.modell' (did you mean llm.model" in str(mistake.value)
    with pytest.raises(NotebookError, match=r"There is no pipeline named nuanc\. Did you mean nuance"):
        fresh.plan(pipelines=["nuanc"])
    assert not (fresh.folder / "data/ledger.db").exists()
    (fresh.folder / "conf/local/parameters.yml").write_text("limit: [", encoding="utf-8")
    with pytest.raises(
        NotebookError, match=r"parameters\.yml cannot be read: expected .* \(line 1, .*\)\. Correct .*again"
    ):
        open_project()
    (fresh.folder / "conf/local/parameters.yml").write_text("llm: ${nope}", encoding="utf-8")
    with pytest.raises(
        NotebookError, match=r"llm: it refers to nope, which does not exist\. .*parameters\.yml, line 1"
    ):
        open_project()
