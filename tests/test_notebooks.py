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
from support.notebook_pages import claims, frames, outputs, shown
from support.once import once
from support.project import ROOT, Project

from korean_flashcards.formats.anki_note import FIELDS, NoteTemplates
from korean_flashcards.notebook import show_card

pytestmark = pytest.mark.slow

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# An address that a browser would load from a different computer. Addresses that a reader may click are links.
_LOADED = re.compile(
    r"""(?:src|data|xlink:href)=["']?(?:https?:)?//(?!127\.0\.0\.1:)|<link[^>]+href=|url\(["']?(?:https?:)?//"""
)
# Takes the place of the network: a connection to anything but this machine is an error.
_OFFLINE = """
import socket as _socket
_connect = _socket.socket.connect
def _local(self, address):
    assert self.family == _socket.AF_UNIX or address[0] in ("127.0.0.1", "localhost", "::1"), address
    return _connect(self, address)
_socket.socket.connect = _local
"""
# Its price is above the limit, and nobody can confirm it, because the test cannot answer questions.
_UNCONFIRMED = """
import os
os.environ["OPENAI_API_KEY"] = "sk-test"
project = open_project(env="test")
project.run(model="openai/gpt-4o-mini", params={"llm.confirm_above_usd": 0.001})
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose notebooks were run from top to bottom with Jupyter's kernel. An error in a cell raises."""

    def make(folder: Path) -> None:
        copy = Project.copy_to(folder / "project")
        copy.only_list("term\n없음\n")  # The notebooks bring their own list.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KEDRO_DATASET_VALIDATION", "off")
            executed_notebooks.execute_together(NOTEBOOKS, copy.folder / "notebooks", folder, _OFFLINE, _UNCONFIRMED)

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
        assert not [output for output in outputs(notebook) if output.output_type == "error"]
        assert not [output.text for output in outputs(notebook) if output.get("name") == "stderr"]


def test_the_numbers_in_the_prose_are_those_in_the_output_above(executed: dict[str, Any]) -> None:
    found = [(name, *claim) for name, notebook in executed.items() for claim in claims(notebook)]
    assert len(found) >= 3
    for name, number, output in found:
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", output), (name, number, output)


def test_nothing_that_a_notebook_shows_is_loaded_from_a_network(executed: dict[str, Any]) -> None:
    for notebook in executed.values():
        for output in outputs(notebook):
            for page in [str(output.get("data", {}).get("text/html", ""))]:
                inner = [str(frame.get("srcdoc")) for frame in frames(page)]
                assert not [place[0] for text in [page, *inner] for place in _LOADED.finditer(text)]


def test_cards_turn_over_and_are_shown_in_day_and_night_colors(executed: dict[str, Any]) -> None:
    cards = frames(shown(executed["01_first_deck"], "cards-of-a-word"))
    assert len(cards) == 4 and {frame["sandbox"] for frame in cards} == {"allow-scripts"}
    pages = [str(frame["srcdoc"]) for frame in cards]
    assert ['<body class="card nightMode"' in page for page in pages] == [False, True] * 2
    assert all(">독립</h1>" in page and "{{" not in page for page in pages)
    assert any("獨立" in page for page in pages)


def test_a_run_shows_its_result_and_the_price_before_it(executed: dict[str, Any]) -> None:
    first = executed["01_first_deck"]
    assert "This run would send" in shown(first, "plan-offline") and "free" in shown(first, "plan-offline")
    assert "Complete: 24 words" in shown(first, "run-all") and "nothing paid" in shown(first, "run-all")
    assert "USD" in shown(first, "plan-real-model")
    assert "The deck was not changed" not in shown(first, "run-all")
    assert "Incomplete:" in shown(executed["02_explore"], "faulty-list")


def test_a_run_that_nobody_confirms_sends_nothing_and_says_so_without_a_traceback(project: Project) -> None:
    last = executed_notebooks.read(project.folder.parent / "last.ipynb")
    (error,) = (output for output in outputs(last) if output.output_type == "error")
    (message,) = error.traceback
    assert message.startswith("Error: This run will send about 48 requests for about USD")
    assert (
        message.endswith("The words stay pending. To confirm in advance, pass yes=True.")
        and "Nothing was sent" in message
    )
    assert "The run ended with an error" in shown(last, last.cells[0].id) and "tokens in" in shown(
        last, last.cells[0].id
    )


def test_the_notebooks_change_only_their_own_data_and_end_with_the_usual_cards(
    executed: dict[str, Any], project: Project
) -> None:
    assert {Path(made).parts[0] for made in project.outputs()} == {"test"}
    cards = pl.read_parquet(project.folder / "data/test/04_feature/flashcards.parquet")
    assert set(cards["tab_name"]) == {"Scene", "Usage-Comparison", "Hanja"}


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
