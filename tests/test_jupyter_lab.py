"""JupyterLab in headless Chromium: a notebook runs, cards turn over, a table is sorted, and nothing needs a network."""

import time
from pathlib import Path

import pytest
from support.browser import browse
from support.devtools import Tab
from support.executed_notebooks import of_cells, write
from support.jupyter import cell_outputs, in_jupyter_lab, use_theme
from support.project import ROOT, Project

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
_LOOPBACK = ("http://127.0.0.1:", "data:", "blob:", "about:")
# The contrast between the text of an element and the nearest background behind it (WCAG).
_CONTRAST = """((selector) => {
  const rgba = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return {rgb: [r, g, b], a}; };
  const light = (rgb) => rgb.map((part) => part / 255)
    .map((part) => part <= .03928 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0);
  const behind = (element) => {
    const color = rgba(getComputedStyle(element).backgroundColor);
    return color.a > .5 ? color.rgb : element.parentElement ? behind(element.parentElement) : [255, 255, 255];
  };
  return [...document.querySelectorAll(selector)].map((element) => {
    const both = [light(rgba(getComputedStyle(element).color).rgb), light(behind(element))];
    return (Math.max(...both) + .05) / (Math.min(...both) + .05);
  });
})"""
_TABLE_TEXTS = ".kf-table :is(th, td, label, input, select, .dt-info, .dt-paging-button.current)"
# Outputs that are wider than the notebook. JupyterLab scrolls those of polars, and ours scroll in themselves.
_TOO_WIDE = """[...document.querySelectorAll('.jp-OutputArea-output')]
  .filter((each) => each.scrollWidth > each.clientWidth + 2 && !each.querySelector('table.dataframe'))
  .map((each) => each.innerHTML.slice(0, 100))"""


def test_every_notebook_runs_offline_without_warnings_in_light_and_dark(tmp_path: Path) -> None:
    project = Project.copy_to(tmp_path / "project").folder
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert len(notebooks) == 6
    for path in notebooks:
        folder = tmp_path / path.stem
        folder.mkdir()
        with in_jupyter_lab(project, f"notebooks/{path.name}", folder) as tab:
            outputs = cell_outputs(tab)
            assert outputs and not [each for each in outputs if each["output_type"] == "error"], path.name
            assert not [each for each in outputs if each.get("name") == "stderr"], path.name
            # A notebook has the scripts of its tables once, whatever the number of tables.
            assert len([each for each in outputs if len(str(each)) > 500_000]) <= 1, path.name
            for dark in (False, True):
                use_theme(tab, dark=dark)
                for width in (1100, 390):
                    tab.show(width, 6000, dark=dark)
                    tab.value(
                        "document.querySelectorAll('.jp-WindowedPanel-outer').forEach((each) => each.scrollTo(0, 0))"
                    )
                    tab.picture(folder / f"{width}-{'dark' if dark else 'light'}.png")
                    contrasts = tab.value(f"{_CONTRAST}('{_TABLE_TEXTS}')")
                    assert all(each >= 4.5 for each in contrasts), (path.name, dark, width, contrasts)
                    assert tab.value(_TOO_WIDE) == [], (path.name, width)
            assert not [each for each in tab.requests if not each.startswith(_LOOPBACK)], path.name
            assert not [each for each in tab.console if '"level": "error"' in each or '"type": "error"' in each], (
                path.name
            )


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
