"""The committed notebooks run in a fresh copy of the project and do not change the user's own data."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import executed_notebooks
from support.once import once
from support.project import ROOT, Project

from korean_flashcards.formats.anki_note import FIELDS, NoteTemplates
from korean_flashcards.notebook import show_card

pytestmark = pytest.mark.slow

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PROGRESS = re.compile(r"(nuance|flashcards): |Imported |  ")  # progress, and how the lists were read


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose notebooks were run from top to bottom with Jupyter's kernel. An error in a cell raises."""

    def make(folder: Path) -> None:
        copy = Project.copy_to(folder / "project")
        copy.only_list("term\n없음\n")  # The notebooks bring their own list.
        notebooks = copy.folder / "notebooks"
        for path in NOTEBOOKS:
            notebook = executed_notebooks.read(notebooks / path.name)
            executed_notebooks.execute(notebook, notebooks, folder / path.name)

    return Project(once(tmp_path_factory, "notebooks", make) / "project")


@pytest.fixture(scope="module")
def executed(project: Project) -> dict[str, Any]:
    """Return every notebook after its run."""
    return {path.stem: executed_notebooks.read(project.folder.parent / path.name) for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path: Path) -> None:
    notebook = executed_notebooks.read(path)
    executed_notebooks.validate(notebook)
    assert notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source.startswith("# ")
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None and not cell.metadata


def test_notebooks_run_without_errors_and_warnings(executed: dict[str, Any]) -> None:
    assert executed
    for notebook in executed.values():
        assert not [output for output in _outputs(notebook) if output.output_type == "error"]
        said = [output.text for output in _outputs(notebook) if output.get("name") == "stderr"]
        assert not [line for text in said for line in text.splitlines() if not PROGRESS.match(line)]


def test_the_first_deck_shows_a_card_in_day_and_night_colors(executed: dict[str, Any]) -> None:
    shown = [output.data.get("text/html", "") for output in _outputs(executed["01_first_deck"]) if "data" in output]
    front, back, front_at_night, back_at_night = (page for html in shown for page in _pages(html))
    for side in (front, back, front_at_night, back_at_night):
        assert '<h1 class="kf-term" lang="ko">독립</h1>' in side and "{{" not in side
    assert "獨立" in back and "獨立" not in front
    assert 'class="card"' in front and 'class="card nightMode"' in front_at_night and "nightMode" in back_at_night


def test_the_first_deck_changes_only_its_own_data_and_ends_with_the_usual_cards(
    executed: dict[str, Any], project: Project
) -> None:
    assert executed["01_first_deck"].cells
    assert {Path(made).parts[0] for made in project.outputs()} == {"test"}
    cards = pl.read_parquet(project.folder / "data/test/04_feature/flashcards.parquet")
    assert set(cards["tab_name"]) == {"Scene", "Usage-Comparison", "Hanja"}
    printed = "".join(o.text for o in _outputs(executed["01_first_deck"]) if o.get("name") == "stdout")
    assert printed.count("Complete.") == 2 and printed.count("nothing requested") == 2


# Without a deadline, because showing the first card imports IPython.
@given(st.fixed_dictionaries({name: st.text(st.characters(exclude_categories=["Cs"])) for name in FIELDS}))
def test_a_card_shows_its_fields_unchanged_and_inside_its_frame(fields: dict[str, str]) -> None:
    templates = NoteTemplates(front="<p>{{Front}}</p>", back="{{FrontSide}}<hr>{{#IPA}}<i>{{IPA}}</i>{{/IPA}}", css="")
    front, back = _pages(show_card(fields, templates).data)
    assert front.endswith(f'<body class="card"><p>{fields["Front"]}</p></body></html>')
    folded = f"<i>{fields['IPA']}</i>" if fields["IPA"] else ""
    assert back.endswith(f'<body class="card"><p>{fields["Front"]}</p><hr>{folded}</body></html>')


def test_conditional_sections_depend_on_whether_a_field_is_empty() -> None:
    templates = NoteTemplates(front="{{^Hanja}}native{{/Hanja}}{{#Hanja}}{{Hanja}}{{/Hanja}}", back="", css="")
    note = dict.fromkeys(FIELDS, "")
    assert "native" in _pages(show_card(note, templates).data)[0]
    assert "native" not in _pages(show_card({**note, "Hanja": "獨立"}, templates).data)[0]


def test_a_template_with_an_unknown_field_is_an_error() -> None:
    templates = NoteTemplates(front="{{Front}}", back="{{#Recording}}{{Back}}{{/Recording}}", css="")
    with pytest.raises(ValueError, match=r"no field named Recording\. Its fields are Front, Back"):
        show_card(dict.fromkeys(FIELDS, "x"), templates)


def _outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def _pages(html: str) -> list[str]:
    """Return the pages inside the frames, decoded as a browser does. Content outside of the frames fails the test."""
    pages: list[str] = []

    class Frames(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in {"div", "iframe"}
            if tag == "iframe":
                values = dict(attrs)
                assert values["sandbox"] is None and values["srcdoc"] is not None
                pages.append(values["srcdoc"])

        def handle_data(self, data: str) -> None:
            raise AssertionError(data)

    if "<iframe" in html:
        Frames().feed(html)
    return pages
