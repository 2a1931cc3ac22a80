"""JupyterLab in headless Chromium: a notebook runs, cards turn over, a table is sorted, and nothing needs a network."""

import time
from pathlib import Path

import pytest
from support.browser import browse
from support.devtools import Tab
from support.executed_notebooks import of_cells, write
from support.jupyter import in_jupyter_lab
from support.project import Project

from korean_flashcards.formats.anki_note import FIELDS, NoteTemplates
from korean_flashcards.notebook.card_frames import card_frames

pytestmark = pytest.mark.slow

_CELLS = (
    'from korean_flashcards.notebook import open_project\n\nproject = open_project()\nproject.cards("남성", colors="day")',
    'project.table(project.layer("vocabulary"))',
    'project.chart("scores")',
    "project.plan()",
    'project.cards("남섬")',
)
_TEXT = "document.body.innerText"
_SCROLLS = "document.documentElement.scrollHeight > document.documentElement.clientHeight + 2"


def test_a_notebook_runs_in_jupyter_lab(finished: Project, tmp_path: Path) -> None:
    copy = finished.copied_to(tmp_path / "project").folder
    write(of_cells(*_CELLS), copy / "notebooks" / "own.ipynb")
    with in_jupyter_lab(copy, "notebooks/own.ipynb", tmp_path) as tab:
        tab.wait(
            "document.querySelectorAll('.kf-table td').length > 20 && !!document.querySelector('.jp-OutputArea svg')"
        )
        fronts = tab.in_frames()
        assert len(fronts) >= 2
        _wait_until_nothing_scrolls(tab)
        # A click turns the first card over, and Space turns it back.
        box = "document.querySelector('iframe[srcdoc]').getBoundingClientRect()"
        at = {"x": tab.value(f"{box}.x + 100"), "y": tab.value(f"{box}.y + 150"), "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            tab.call("Input.dispatchMouseEvent", type=kind, **at)
        turned = _changed(fronts, tab.in_frames())
        assert len(turned) == 1 and len(turned[0]) > 50
        _wait_until_nothing_scrolls(tab)
        tab.press(" ")
        assert not _changed(fronts, tab.in_frames())
        # A search in the table keeps the rows that match.
        tab.value("document.querySelector('.kf-table input[type=search]').focus()")
        tab.write("남성")
        tab.wait("document.querySelector('.kf-table .dt-info').innerText.includes('filtered from')")
        shown = tab.value(_TEXT)
        assert "There is no word named 남섬. Did you mean 남성?" in shown and "Traceback" not in shown
        assert "so it would be free" in shown
        assert not [address for address in tab.requests if address.startswith("http") and "//127.0.0.1:" not in address]


def test_the_review_page_in_jupyter_lab_writes_to_the_ledger_by_keyboard(finished: Project, tmp_path: Path) -> None:
    copy = finished.copied_to(tmp_path / "project")
    cell = 'from korean_flashcards.notebook import open_project\n\nopen_project().review(reviewer="lee")'
    write(of_cells(cell), copy.folder / "notebooks" / "own.ipynb")
    with in_jupyter_lab(copy.folder, "notebooks/own.ipynb", tmp_path) as tab:
        tab.wait("!!document.querySelector('iframe[title=Review]')")
        deadline = time.monotonic() + 30
        while not any("TOPIK" in text for text in tab.in_frames()):  # the card is shown
            assert time.monotonic() < deadline
        tab.value("document.querySelector('iframe[title=Review]').focus()")
        tab.press("a")
        while not (said := copy.ledger("SELECT action, reviewer FROM reviews")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert said == [("approve", "lee")]


def test_scripts_in_a_card_do_not_run(tmp_path: Path) -> None:
    attack = "<script>parent.postMessage({hacked: 1}, '*')</script>"
    attack += "<img src=x onerror=\"parent.postMessage({hacked: 2}, '*')\">"
    note = dict.fromkeys(FIELDS, "") | {"Key": "남성", "Front": attack, "Back": attack}
    frames = card_frames([note], NoteTemplates("{{Front}}", "{{Back}}", ""), {}, [False, True])
    page = f"""<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script>
        const received = [];
        addEventListener("message", (event) => received.push(Object.keys(event.data)[0]));
        setTimeout(() => fetch("/result", {{method: "POST", body: JSON.stringify(received)}}), 1500);
        </script>{frames}"""
    shown = browse({"/": page.encode()}, tmp_path)
    # The frames report their heights, so their own script runs.
    assert shown.result.count("cardHeight") >= 2 and "hacked" not in shown.result
    assert not shown.requests


def _wait_until_nothing_scrolls(tab: Tab) -> None:
    """Wait until each frame is as high as the side that it shows. It reports its height, which takes time."""
    deadline = time.monotonic() + 10
    while any(tab.in_frames(_SCROLLS)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _changed(before: list[str], after: list[str]) -> list[str]:
    """Return the texts of the frames that show a different side."""
    return [text for text in after if text not in before]
