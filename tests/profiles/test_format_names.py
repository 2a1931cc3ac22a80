"""The names of all formats are in the docs and in the help texts, and exports in all formats can be compared."""

import re
from pathlib import Path

import yaml
from support.project import ROOT

from korean_flashcards.commands.export.filter_options import FORMATS
from korean_flashcards.datasets import exported_formats
from korean_flashcards.exports import shown_columns

CATALOG = yaml.safe_load((ROOT / "conf/base/catalog_exports.yml").read_text(encoding="utf-8"))
ENDINGS = {
    re.sub("(?<!^)(?=[A-Z])", "_", entry["type"].rpartition(".")[2].removesuffix("Dataset")).lower():
    name.removeprefix("{profile}/{file}")
    for name, entry in CATALOG.items() if name.startswith("{profile}")
}  # fmt: skip


def test_the_docs_and_the_help_name_every_format() -> None:
    page = Path(ROOT / "docs/exports.md").read_text(encoding="utf-8")
    rows = [re.findall("`([^`]+)`", row) for row in re.findall(r"^\| `.*\[.*\]\(#.*\|$", page, re.MULTILINE)]
    listed = {row[at]: row[at + len(row) // 2] for row in rows for at in range(len(row) // 2)}
    assert listed == ENDINGS and len(ENDINGS) == 14
    assert set(re.findall(r"\w+", FORMATS.replace(" or ", " "))) == {*ENDINGS, "jsonl"} - {"json_lines"}
    assert all(hasattr(exported_formats, name) for name in ("ApkgDataset", "JsonLinesDataset"))


def test_what_a_format_shows_is_known_by_its_name() -> None:
    named = (*shown_columns._NOTES, *shown_columns._TABLES, *shown_columns._ONLY_SIDES, *shown_columns._WITH_TAGS)
    assert {*named, "markdown", "obsidian", "pdf"} == set(ENDINGS)
