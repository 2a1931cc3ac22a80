"""Stored results of validation: how many are kept, when data are checked again, and safe pages."""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from offline.sample import CARDS
from validation.layers import SUITES, validator

from korean_flashcards.domain.errors import SettingsError, SuiteError
from korean_flashcards.pipelines.reporting.data_docs import render_data_docs
from korean_flashcards.validation import validator as validator_module
from korean_flashcards.validation.attach import attach_suites
from korean_flashcards.validation.results import (
    RESULT_SCHEMA,
    KeptResults,
    Outcome,
    SuiteResult,
    ValidationResultsDataset,
)

FLASHCARDS = SUITES / "flashcards.yml"
HOSTILE = "</td><script>alert(1)</script><b onclick='x'>&lt;"


def checked(folder: Path, run: str, frame: pl.DataFrame = CARDS, keep: int = 5) -> bool:
    """Return whether the frame passes."""
    try:
        validator(FLASHCARDS, folder, run, keep).validate(frame)
    except SuiteError:
        return False
    return True


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "flashcards").iterdir())


def test_unchanged_data_are_not_checked_again_but_the_run_gets_a_result(tmp_path):
    bad = CARDS.with_columns(tab_name=pl.lit("Story"))
    assert checked(tmp_path, "1") and checked(tmp_path, "2", CARDS.clone())
    assert not checked(tmp_path, "3", bad) and not checked(tmp_path, "4", pl.concat([bad.head(5), bad.tail(-5)]))
    assert [(kept.run, kept.page) for kept in KeptResults(tmp_path, 5).of("flashcards")] == [
        ("1", "1"), ("2", "1"), ("3", "3"), ("4", "3"),
    ]  # fmt: skip


def test_data_are_checked_again_after_a_change_of_values_or_rules_but_not_of_columns_without_rules(tmp_path):
    assert checked(tmp_path, "1") and checked(tmp_path, "2", CARDS.with_columns(model=pl.lit("another/model")))
    last = KeptResults(tmp_path, 5).last("flashcards")
    assert last is not None and last.page == "1"
    assert checked(tmp_path, "3", CARDS.head(-1))
    suite = tmp_path / "flashcards.yml"
    suite.write_text(FLASHCARDS.read_text(encoding="utf-8") + "# a note\n", encoding="utf-8")
    validator(suite, tmp_path, "4").validate(CARDS.head(-1))
    assert [kept.page for kept in KeptResults(tmp_path, 5).of("flashcards")] == ["1", "1", "3", "4"]


def test_runs_that_alternate_between_two_selections_check_each_of_them_once(tmp_path):
    for run in "1234":
        checked(tmp_path, run, CARDS if run in "13" else CARDS.head(10))
    assert [kept.page for kept in KeptResults(tmp_path, 5).of("flashcards")] == ["1", "2", "1", "2"]


def test_data_are_checked_again_after_a_change_of_the_code_or_of_great_expectations(tmp_path, monkeypatch):
    assert checked(tmp_path, "1") and checked(tmp_path, "2")
    monkeypatch.setattr(validator_module, "version", lambda name: f"{name} 99")
    assert checked(tmp_path, "3") and checked(tmp_path, "4")
    monkeypatch.setattr(validator_module, "_code", lambda: b"a different release")
    assert checked(tmp_path, "5")
    assert [kept.page for kept in KeptResults(tmp_path, 5).of("flashcards")] == ["1", "1", "3", "3", "5"]


def test_the_process_of_the_run_does_not_import_great_expectations(tmp_path):
    bad = f"{CARDS.head(3).with_columns(tab_name=pl.lit('Story')).to_dict(as_series=False)!r}"
    program = (
        "import sys, polars as pl; from pathlib import Path; from validation.layers import SUITES, validator\n"
        "from offline.sample import CARDS\n"
        f"bad = pl.DataFrame({bad}, CARDS.schema)\n"
        f"checker = validator(SUITES / 'flashcards.yml', Path({str(tmp_path)!r}))\n"
        "checker.validate(CARDS)\n"
        "try: checker.validate(bad)\n"
        "except Exception as error: print(type(error).__name__)\n"
        "print({'great_expectations', 'pandas'} & set(sys.modules))"
    )
    command, environment = [sys.executable, "-P", "-c", program], os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.stdout == "SuiteError\nset()\n", done.stderr


def test_only_the_newest_results_and_their_pages_are_kept(tmp_path):
    for run in "12345":
        checked(tmp_path, run, CARDS if run < "4" else CARDS.head(10), keep=2)
        if run == "3":
            assert names(tmp_path) == ["1.html", "2.json", "3.json"]
    assert names(tmp_path) == ["4.html", "4.json", "5.json"]


@pytest.mark.parametrize("name", [".1.html.1a2b3c4d.html", "1.html", ".1.json.1a2b3c4d.json"])
def test_a_run_leaves_what_a_simultaneous_run_has_begun_to_store(tmp_path, name):
    begun = tmp_path / "flashcards" / name
    begun.parent.mkdir()
    begun.write_text("from a different process", encoding="utf-8")
    assert checked(tmp_path, "2") and checked(tmp_path, "3", CARDS.head(10))
    assert begun.read_text(encoding="utf-8") == "from a different process"


def test_simultaneous_runs_store_their_results_without_an_error(tmp_path):
    results = [SuiteResult(suite="cards", run=f"{run}-{number}", at=number, page=f"{run}-{number}", fingerprint="", rows=1,
                           rules=[]) for number in range(100) for run in "ab"]  # fmt: skip
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda result: KeptResults(tmp_path, 300).put(result, "<p>page</p>"), results))
    stored = KeptResults(tmp_path, 300).of("cards")
    assert len(stored) == 200
    assert [result.page for result in stored if not (tmp_path / "cards" / f"{result.page}.html").exists()] == []


def test_a_damaged_result_is_ignored(tmp_path):
    checked(tmp_path, "1")
    (tmp_path / "flashcards" / "2.json").write_text('{"suite": "flashc', encoding="utf-8")
    assert [kept.run for kept in KeptResults(tmp_path, 5).all()] == ["1"]
    assert checked(tmp_path, "3")


def test_results_load_as_a_frame_newest_last(tmp_path):
    dataset = ValidationResultsDataset(path=str(tmp_path / "none"), keep=5, page="")
    assert dataset.load().is_empty() and dict(dataset.load().schema) == RESULT_SCHEMA
    started = time.time()
    checked(tmp_path, "1"), checked(tmp_path, "2", CARDS.with_columns(honorific_level=pl.lit("royal")))
    frame = ValidationResultsDataset(path=str(tmp_path), keep=5, page="").load()
    assert frame["run"].unique(maintain_order=True).to_list() == ["1", "2"] and frame["at"].min() >= started
    rows, more = "; ".join(f"position {number}: royal" for number in range(1, 6)), CARDS.height - 5
    problem = f"the honorific level is not one of the six levels in {CARDS.height} rows ({rows}; and {more} more)"
    broken = frame.filter(~pl.col("success"))
    assert broken.select("run", "rows", "severity", "problem").rows() == [("2", CARDS.height, "error", problem)]


def test_a_result_of_an_older_release_is_read():
    old = '{"rule": "few failures", "type": "expect_x", "severity": "warning", "success": false, "found": "found 63.7"}'
    assert Outcome.model_validate_json(old).problem == "few failures: found 63.7"


class Page(HTMLParser):
    """Parse a page into its tags, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_loads_nothing_from_the_network_and_escapes_all_text(tmp_path):
    checked(
        tmp_path, "1", CARDS.with_columns(tab_name=pl.lit(HOSTILE), honorific_level=pl.lit(HOSTILE), front=pl.lit(""))
    )
    html = (tmp_path / "flashcards" / "1.html").read_text(encoding="utf-8")
    page = Page(html)
    assert not {"script", "link", "img", "iframe", "b"} & page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not re.search(r"https?://", html) and "default-src 'none'" in html
    assert (
        "the card type is one of the seven types" in page.text
        and "the card type is not one of" in page.text
        and HOSTILE[5:34] in page.text
    )
    assert "must belong to this set" in page.text, "Great Expectations' wording"
    assert (
        "details" in page.tags
        and f"{CARDS.height} rows, checked 20" in page.text
        and "of 16 rules are broken." in page.text
    )
    places = [value for name, value in page.attributes if name == "href" and not (value or "").startswith("#")]
    assert set(places) == {"../index.html"}


def test_the_index_shows_every_run_and_links_to_its_pages(tmp_path):
    checked(tmp_path, "2026-11-25T03.10.04.797282Z")
    checked(tmp_path, "2026-11-25T04.00.00.000000Z", CARDS.with_columns(honorific_level=pl.lit("royal")))
    template = (SUITES.parent / "data_docs" / "index.html.j2").read_text(encoding="utf-8")
    page = Page(render_data_docs(ValidationResultsDataset(path=str(tmp_path), keep=5, page="").load(), template))
    assert page.text.index("✘ 1 rule broken") < page.text.index("✔ 16 rules hold"), "newest first"
    assert page.text.count(f"{time.strftime('%Y-%m-%d')}") == 2
    links = [str(value) for name, value in page.attributes if name == "href" and value != "../report.html"]
    assert links == sorted(links, reverse=True) and len(set(links)) == 2
    assert all((tmp_path / link).is_file() for link in links)
    nothing = render_data_docs(pl.DataFrame(schema=RESULT_SCHEMA), template)
    assert "Nothing has been validated yet." in nothing


CATALOG = {
    "words": {"type": "x"}, "calls": {"type": "y", "validator": "own.Validator"},
    "validation_results": {"path": "data/docs", "keep": 3, "page": "page.html"},
}  # fmt: skip


def suite(folder: Path, name: str, when: str = "save") -> None:
    folder.mkdir(exist_ok=True)
    text = f"when: {when}\nexpectations: [{{rule: r, type: expect_table_row_count_to_be_between}}]\n"
    (folder / f"{name}.yml").write_text(text, encoding="utf-8")


def test_a_file_attaches_a_suite_and_the_file_of_an_environment_replaces_it(tmp_path):
    base, local = tmp_path / "base", tmp_path / "local"
    suite(base, "words"), suite(base, "calls")
    attached = attach_suites(CATALOG, [base, local], tmp_path)
    assert attached["words"]["validator"]["on"] == ["save"] and attached["calls"] == CATALOG["calls"]
    options = attached["words"]["validator"]["options"]
    assert (options["filepath"], options["results"]) == (str(base / "words.yml"), str(tmp_path / "data/docs"))
    suite(local, "words", "load")
    attached = attach_suites(CATALOG, [base, local], tmp_path)
    assert attached["words"]["validator"]["on"] == ["load"]
    assert attached["words"]["validator"]["options"]["filepath"] == str(local / "words.yml")


def test_a_suite_without_a_dataset_is_an_error_that_names_it(tmp_path):
    suite(tmp_path, "wrods")
    with pytest.raises(SettingsError, match=r"No dataset in the catalog matches expectations/wrods\.yml\."):
        attach_suites(CATALOG, [tmp_path], tmp_path)
