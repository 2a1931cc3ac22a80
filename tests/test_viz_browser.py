"""Kedro-Viz in headless Chromium, offline: six boxes open, and tables, cards, charts, and code are shown.

``kedro viz run`` and the static site of ``kedro viz build`` show the same.
"""

import shutil
from pathlib import Path

import pytest
from support.devtools import Tab, chromium
from support.project import Project
from support.viz import boxes, click_box, open_details, open_pipeline, running_viz, served_site

pytestmark = pytest.mark.slow

# Each pipeline is a box. These are some of the nodes in it.
NODES = {
    "ingress": {"import_lists", "find_confusables"},
    "nuance": {"plan_nuance", "generate_nuance", "parse_nuance"},
    "flashcards": {"generate_flashcards"},
    "quality": {"check_cards", "apply_edits"},
    "export": {"build_deck", "deck"},
    "reporting": {"render_report"},
}
# The only address that Kedro-Viz requests from the network. Without it, the page has a different typeface.
FONT = "https://fonts.googleapis.com/"


def test_boxes_and_previews_open_in_a_browser(finished: Project, tmp_path: Path) -> None:
    project = finished.copied_to(tmp_path / "project")
    drawn = project.kedro("run", "--pipeline=charts")
    assert drawn.code == 0 and "Warning" not in drawn.err, drawn.err
    built = project.kedro("viz", "build", "--include-previews")
    assert built.code == 0, built.err
    shutil.move(project.folder / "build", tmp_path / "site")
    with chromium(tmp_path) as tab:
        with running_viz(project.folder, tmp_path) as address:
            _check(tab, address, tmp_path / "run")
        with served_site(tmp_path / "site") as address:
            _check(tab, address, tmp_path / "site")
    assert not [each for each in tab.requests if not each.startswith(("http://127.0.0.1:", "data:", "blob:", FONT))]


def _check(tab: Tab, address: str, pictures: Path) -> None:
    """Open the six boxes, and then one preview of each kind."""
    pictures.mkdir(exist_ok=True)
    tab.show(1400, 900)
    open_pipeline(tab, address, "__default__")
    assert set(NODES) <= boxes(tab) and not set.union(*NODES.values()) & boxes(tab)
    for name, nodes in NODES.items():
        click_box(tab, name)
        tab.wait(f"document.body.innerText.includes('{min(nodes)}')")
        assert nodes <= boxes(tab), name
    tab.picture(pictures / "boxes.png")
    for pipeline, name, expected in (
        ("ingress", "vocabulary", "저 남자가 제 동생이에요."),
        ("charts", "ledger_tasks", "item_id"),
        ("export", "deck", "Usage-Comparison"),
        ("nuance", "generate_nuance", "Spends Money"),
    ):
        open_details(tab, address, pipeline, name, expected)
        tab.picture(pictures / f"{name}.png")
    open_details(tab, address, "charts", "words_by_level_chart", "Type:")
    tab.wait("document.querySelector('.pipeline-metadata img').naturalWidth > 200")
    tab.picture(pictures / "words_by_level_chart.png")
    for pipeline, name, code in (("nuance", "generate_nuance", "def "), ("charts", "draw_scores", "def draw_picture")):
        open_details(tab, address, pipeline, name, "Show Code")
        tab.value("document.querySelector('.pipeline-metadata .pipeline-toggle-input').click()")
        tab.wait(f"document.querySelector('.pipeline-metadata-code').innerText.includes('{code}')")
        tab.picture(pictures / f"{name}_code.png")
