"""The generated reference pages follow from the code, and the layers page from a real run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.project import ROOT, Result

sys.path.insert(0, str(ROOT / "tools"))
import build_reference

PYTHON_PATH = os.environ | {
    "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tools")]),
    "PYTHONIOENCODING": "utf-8",
}
OUTDATED = "is out of date: run `python tools/build_reference.py`"


def _page(name: str) -> str:
    return _file(f"{name}.md")


def _file(name: str) -> str:
    return (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("commands", build_reference.commands_page),
        ("parameters", build_reference.parameters_page),
        ("ledger-tables", build_reference.ledger_page),
        ("export-columns", build_reference.exports_page),
    ],
)
def test_a_page_is_up_to_date(name: str, build: object) -> None:
    assert callable(build)
    assert _page(name) == build(), f"docs/reference/{name}.md {OUTDATED}"


def test_the_schema_of_exported_documents_is_up_to_date() -> None:
    assert _file("cards.schema.json") == build_reference.schema_file(), f"docs/reference/cards.schema.json {OUTDATED}"


def test_the_layers_page_is_up_to_date(first_run: tuple[Path, Result]) -> None:
    built = build_reference.layers_page(first_run[0] / "data", build_reference.catalog_entries())
    missing = [line for line in built.splitlines() if line not in _page("layers")]
    assert missing == [], f"docs/reference/layers.md {OUTDATED}"


def test_every_parameter_has_a_description() -> None:
    page = _page("parameters")
    assert page.count("| `llm.") > 20 and "|  |" not in page


def test_every_table_and_column_of_the_ledger_has_a_description() -> None:
    without = [
        f"{table.name}.{column.name}"
        for table in build_reference.ledger_tables().values()
        for column in table.columns
        if not (table.comment and column.comment)
    ]
    assert without == []


@pytest.mark.slow
def test_the_documented_command_builds_all_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_reference, "PAGES", tmp_path)
    build_reference.main()
    for name in ("commands", "parameters", "layers", "ledger-tables", "export-columns"):
        assert (tmp_path / f"{name}.md").read_text(encoding="utf-8") == _page(name), (
            f"docs/reference/{name}.md {OUTDATED}"
        )


def test_the_ledger_page_lists_all_tables_also_if_no_command_was_loaded() -> None:
    code = "import build_reference; print(build_reference.ledger_page(), end='')"
    built = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=PYTHON_PATH, capture_output=True, check=True)
    assert built.stdout.decode() == _page("ledger-tables")
