"""Test that a run checks what it needs before it replaces the deck, says so if it fails later, and that advice works."""

import hashlib
from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.damage import flip_bits
from support.project import Project, unwrapped

from korean_flashcards.recording.run_recorder import REPLACED

EXPORT = ("run", "--pipeline=export", "--params")
SELECTED = "words=사과,export.only_selected=true"
# Layers that only the closing lines of an export read, and the first results of validations.
CLOSING = ["nuance", "nuance_requests", "nuance_failures", "flashcard_replies", "import_counts", "edit_conflicts"]


@pytest.fixture
def copy(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectHere:
    """Return a copy of the finished project."""
    return ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)


def exported(project: Project) -> dict[str, str]:
    """Return the hashes of the exported files."""
    folder = project.folder / "data" / "07_model_output"
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def layer(project: Project, name: str) -> Path:
    (path,) = (project.folder / "data").glob(f"0*/{name}.parquet")
    return path


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("nuance", "export.deck_name=Neu"),
        *(pytest.param(name, "export.deck_name=Neu", marks=pytest.mark.slow) for name in CLOSING[1:]),
        *(pytest.param(name, SELECTED, marks=pytest.mark.slow) for name in CLOSING),
    ],
)
def test_an_export_that_would_fail_at_its_end_leaves_the_deck_unchanged(copy, name, params):
    flip_bits(layer(copy, name), seed=1)
    before = exported(copy)
    result = copy.kedro(*EXPORT, params)
    assert result.code == 1 and f"The layer {name} " in result.err, result.err
    assert exported(copy) == before
    assert REPLACED not in result.err


@pytest.mark.slow
def test_a_missing_layer_of_the_report_stops_the_run_before_the_deck_is_replaced(copy):
    layer(copy, "vocabulary_rejects").unlink()
    before = exported(copy)
    result = copy.kedro("run", "--pipelines=export,reporting", "--params", "export.deck_name=Neu")
    assert result.code == 1 and "vocabulary_rejects" in result.err
    assert exported(copy) == before


@pytest.mark.slow
def test_a_run_of_export_nodes_does_not_need_the_layers_of_the_closing_lines(copy):
    flip_bits(layer(copy, "nuance"), seed=1)
    before = exported(copy)
    result = copy.kedro("run", "--pipelines=export", "--namespaces=export", "--params", "export.deck_name=Neu")
    assert result.code == 0, result.err
    assert exported(copy) != before


@pytest.mark.parametrize(
    ("template", "text", "problem"),
    [
        ("report.html.j2", "{% for %}", "(line 1). Nothing was run. Correct the template"),
        pytest.param("report.html.j2", "{{ 3 | eur }}", "No filter named 'eur'", marks=pytest.mark.slow),
        pytest.param("data_docs/index.html.j2", "\n{{ runs", "(line 2). Nothing was run.", marks=pytest.mark.slow),
        pytest.param("anki/style.css", None, "conf/base/anki/style.css", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_templates_are_read_before_anything_is_spent_or_replaced(here, template, text, problem):
    file = here.folder / "conf" / "base" / template
    file.unlink() if text is None else file.write_text(text, encoding="utf-8")
    # A run of some words leaves the deck alone, so it does not need the note type.
    result = here.kedro("run", *(() if template.startswith("anki") else ("--params", "limit=1")))
    assert result.code == 1 and problem in result.err, result.err
    assert not [name for name in here.outputs() if name.startswith("0")]


def test_a_run_that_fails_after_the_deck_was_replaced_says_so(copy):
    # Only filling in the template shows that the value does not exist.
    (copy.folder / "conf/base/report.html.j2").write_text("{{ summary.a.b }}", encoding="utf-8")
    before = exported(copy)
    result = copy.kedro("run", "--pipelines=export,reporting", "--params", "export.deck_name=Neu")
    assert result.code == 1 and REPLACED in result.err, result.err
    assert exported(copy) != before
    assert REPLACED in unwrapped(copy.kedro("runs", "show").out)


@pytest.mark.slow
@pytest.mark.parametrize("expression", ["{{ 1 / 0 }}", "{{ summary.words + 'a' }}", "{{ summary.files[99].rows }}"])
def test_an_expression_that_fails_in_a_template_is_one_sentence(copy, expression):
    (copy.folder / "conf/base/report.html.j2").write_text(expression, encoding="utf-8")
    result = copy.kedro("run", "--pipeline=reporting")
    assert result.code == 1 and "The template conf/base/report.html.j2 is not valid: " in result.err, result.err


@pytest.mark.slow
def test_the_advice_of_status_works_after_a_rollback_of_the_only_list(copy):
    assert copy.kedro("ingress", "rollback", "sample_words", "--yes").code == 0
    (copy.folder / "data/01_raw/sample_words.csv").unlink()
    status = copy.kedro("status")
    assert "No words are left. Put a word list into data/01_raw." in status.out, status.out
    copy.only_list("term,definition\n사과,apple\n")
    result = copy.kedro("run")
    assert result.code == 0, result.err
    assert copy.frame("linked_flashcards")["item_id"].n_unique() == 1
