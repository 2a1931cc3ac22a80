"""The run report, rendered from the real template and parsed like a browser would."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import scored as support_scored

from korean_flashcards.confusables import CONFUSABLE_SCHEMA
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.records import CARD_TYPES, FailureCode, RejectCode
from korean_flashcards.pipelines.flashcards.nodes import CARD_SCHEMA
from korean_flashcards.pipelines.reporting.nodes import render_report
from korean_flashcards.quality.agreement import AGREEMENT_SCHEMA, measure_agreement
from korean_flashcards.quality.quality_summary import QualitySummary, summarise_quality
from korean_flashcards.review.edits import CONFLICT_SCHEMA
from korean_flashcards.stages.stage import FAILURE_SCHEMA
from korean_flashcards.summary.run_costs import OtherRun, StageCosts
from korean_flashcards.summary.run_summary import RunSummary
from korean_flashcards.summary.summary_text import duration

SCORED, UNSCORED = support_scored.scored(), QualitySummary()
FAULT = support_scored.FAULT
JUDGED, RELEASED, HELD = support_scored.judged(), support_scored.released(), support_scored.held()
TEMPLATE = Path(__file__).parents[1] / "conf" / "base" / "report.html.j2"
REJECT_SCHEMA = {"file": pl.String, "row": pl.Int64, "code": pl.String, "reason": pl.String, "text": pl.String}
HELD_SCHEMA = CARD_SCHEMA | dict.fromkeys(("held_as", "held_because"), pl.String)
DUPLICATE_SCHEMA = {"file": pl.String, "row": pl.Int64, "term": pl.String, "definition": pl.String,
                    "item_id": pl.String, "first_file": pl.String, "first_row": pl.Int64}  # fmt: skip
CODES: list[str] = [*FailureCode, *RejectCode]
VOID = {"meta", "br", "hr", "img", "input", "link"}
Row = dict[str, Any]

ANALYSIS = StageCosts(
    stage="nuance", model="some/model", replies=9_791, cached=2_001, asked=7_790, attempts=8_102, tokens_in=12_345_678,
    tokens_out=2_345_679, cost_usd=1_072.2222, saved_usd=18.5, unpriced=12,
)  # fmt: skip
CARDS = StageCosts(
    stage="flashcards", model="offline/dictionary@1", replies=9_000, cached=8_003, asked=997, attempts=998, tokens_in=0,
    tokens_out=0, cost_usd=0, saved_usd=0, unpriced=0,
)  # fmt: skip
MEANINGS: list[Row] = [{"item_id": "배#1", "definition": "ship"}]
STARTED = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
DONE = RunSummary(
    reached="flashcards", narrowed_by=None, known=3,
    files=[{"file": "a.csv", "rows": 3, "imported": 3, "duplicates": 0, "rejected": 0}],
    rows=3, imported=3, duplicates=0, rejected=0, words=3, analysed=3, with_cards=3, cards=5,
    cards_by_type={"Scene": 3, "Hanja": 2}, costs=[CARDS], started=STARTED, seconds=8.3,
)  # fmt: skip
HALF_DONE = RunSummary(
    reached="flashcards", narrowed_by="limit 9700", known=9_791,
    files=[{"file": "unit1.csv", "rows": 6_120, "imported": 5_891, "duplicates": 209, "rejected": 20},
           {"file": "unit2.csv", "rows": 4_103, "imported": 3_900, "duplicates": 202, "rejected": 1}],
    rows=10_223, imported=9_791, duplicates=411, rejected=21, words=9_700, analysed=9_005, with_cards=8_450, failed=250,
    pending=1_000, cards=21_034, cards_by_type={"Scene": 8_450, "Usage-Comparison": 8_320, "Hanja": 4_264},
    failures_by_code={"rate_limit": 180, "malformed": 70}, costs=[ANALYSIS, CARDS], started=STARTED, seconds=3_725,
)  # fmt: skip


class Page(HTMLParser):
    """Parse a page into its elements, and its texts with the elements that contain them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.headings: list[tuple[int, str]] = []
        self.tables: list[list[list[str]]] = []
        self.korean: list[str] = []
        self.style = ""
        self.feed(html)
        self.close()
        assert not self.open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in {"td", "th"}:
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        inside = tuple(tag for tag, _ in self.open)
        if "style" in inside:
            self.style += data
            return
        self.texts.append((inside, data))
        if any(re.fullmatch(r"h[1-6]", tag) for tag in inside):
            self.headings[-1] = (self.headings[-1][0], self.headings[-1][1] + data)
        if {"td", "th"} & set(inside):
            self.tables[-1][-1][-1] += data
        if any(attributes.get("lang") == "ko" for _, attributes in self.open):
            self.korean.append(data)

    @property
    def text(self) -> str:
        return "".join(data for inside, data in self.texts if "title" not in inside)

    def row(self, first: str) -> list[str]:
        """Return the other cells of the table row that begins with ``first``."""
        rows = [row for table in self.tables for row in table if row[0] == first]
        assert len(rows) == 1, f"one row {first!r} in {rows}"
        return rows[0][1:]

    def value(self, label: str) -> str:
        """Return the text of the ``dd`` after the ``dt`` with the text ``label``."""
        terms_and_values = [data for inside, data in self.texts if inside[-1:] in {("dt",), ("dd",)}]
        return terms_and_values[terms_and_values.index(label) + 1]


@cache
def template() -> str:
    return TEMPLATE.read_text(encoding="utf-8")


def render(
    summary: RunSummary,
    rejects: list[Row] | None = None,
    duplicates: list[Row] | None = None,
    warnings: list[Row] | None = None,
    failures: list[Row] | None = None,
    cards: list[Row] | None = None,
    held: list[Row] | None = None,
    conflicts: list[Row] | None = None,
    quality: QualitySummary = UNSCORED,
    confused: list[Row] | None = None,
) -> Page:
    def frame(rows: list[Row] | None, schema: Any) -> pl.DataFrame:
        return pl.DataFrame(rows, schema=schema)

    return Page(
        render_report(
            summary.model_dump_json(), quality.model_dump_json(), frame(rejects, REJECT_SCHEMA),
            frame(duplicates, DUPLICATE_SCHEMA),
            frame(warnings, REJECT_SCHEMA), frame(failures, FAILURE_SCHEMA), frame(None, FAILURE_SCHEMA),
            frame(cards, CARD_SCHEMA), frame(held, HELD_SCHEMA), frame(conflicts, CONFLICT_SCHEMA),
            frame(MEANINGS, None), frame(confused, CONFUSABLE_SCHEMA), template(),
        )
    )  # fmt: skip


def pair(other: str, meaning: str, why: str) -> Row:
    """Return an easily confused word for the first word of MEANINGS."""
    return {"item_id": "배#1", "term": "배", "other_id": f"{other}#1", "other_term": other, "other_meaning": meaning,
            "kinds": ["meaning"], "score": 80, "rank": 1, "candidate": None, "why": why}  # fmt: skip


def problem(text: str, code: str = "invalid") -> Row:
    return {"file": text, "row": 1_002, "code": code, "reason": text, "text": text}


def duplicate(text: str | None) -> Row:
    return {"file": "a.csv", "row": 7, "term": "배", "definition": text, "first_file": "b.csv", "first_row": 2}


def failed(text: str, code: str = "refused") -> Row:
    return {"term": text, "code": code, "message": text, "attempts": 3, "model": text, "text": text}


def card(term: str, front: str = "front", back: str = "back") -> Row:
    return {"term": term, "tab_name": "Scene", "front": front, "back": back}


def held(text: str) -> Row:
    return card(text, text, text) | {"held_as": "rejected", "held_because": text}


def conflict(text: str) -> Row:
    return {"term": text, "tab_name": "Scene", "field": "front", "replaced": text, "edited": text, "generated": text}


def full_of(text: str) -> Page:
    """Return a page with ``text`` everywhere that a list, a file name or a model can put text."""
    file: dict[str, str | int] = {"file": text, "rows": 3, "imported": 3, "duplicates": 0, "rejected": 0}
    summary = HALF_DONE.model_copy(
        update={"files": [file], "failures_by_code": {text: 9}, "cards_by_type": {text: 9}, "warnings": [text],
                "costs": [ANALYSIS.model_copy(update={"model": "m" + text})]}
    )  # fmt: skip
    row = {**duplicate(text), "file": text, "term": text, "first_file": text}
    return render(
        summary, [problem(text)], [row], [problem(text)], [failed(text)], [{**card(text, text, text), "tab_name": text}],
        [held(text)], [conflict(text)], scored(text), [pair(text, text, text) | {"term": text}],
    )  # fmt: skip


def scored(text: str) -> QualitySummary:
    """Return a summary of findings with ``text`` everywhere that a model can put text."""
    layers = SCORED.quality, SCORED.findings.with_columns(term=pl.lit(text), message=pl.lit(text))
    fault = dict(FAULT, **dict.fromkeys(("quote", "reason"), text))
    judged = JUDGED.with_columns(term=pl.lit(text), faults=pl.lit([fault], JUDGED.schema["faults"]))
    return summarise_quality(*layers, measure_agreement(SCORED.quality, JUDGED, RELEASED, HELD), judged)


def test_the_quality_section_shows_cards_by_verdict_and_score_and_the_findings() -> None:
    page = render(
        DONE,
        quality=summarise_quality(
            SCORED.quality, SCORED.findings, pl.DataFrame(schema=AGREEMENT_SCHEMA), JUDGED.clear()
        ),
    )
    assert (3, "Cards by verdict 4") in page.headings and (3, "Cards by score") in page.headings
    assert [page.value(label) for label in ("Publish", "Review: please check", "Reject: held back")] == [
        "2",
        "1",
        "1",
    ]
    assert [page.row(band)[-1] for band in ("90–100", "50–59", "20–29", "0–9")] == ["2", "1", "1", "0"]
    wrong = page.row("The IPA is for a different word. ipa_other_word")
    assert wrong == ["error", "1", "배: 배 is [pɛ], not [bɛ]"]
    codes = [row[1] for table in page.tables for row in table if row[0] == "Finding" or len(row) == 4]
    assert codes[1:4] == ["error", "error", "error"] and codes[4] == "note"
    assert "Cohen" not in page.text


def test_the_agreement_of_the_raters_is_shown_with_its_interval() -> None:
    page = render(DONE, quality=scored("배"))
    assert page.row("Score and judge (a model)") == ["3 words", "67%", "0.50", "-0.11 to 1.00"]
    assert page.row("Score and reviewers")[0] == "2 cards"
    assert "Quality of the cards" in page.text and "Quality of the cards" not in render(DONE).text


def test_the_faults_that_the_judge_named_are_shown_with_those_that_the_checks_missed() -> None:
    kind = "A translation belongs to a different sentence wrong_translation"
    assert render(DONE, quality=scored("배")).row(kind) == ["3", "2", "; ".join(["배 (Scene): 배 (배)"] * 3)]
    assert "the judge, a model, named in 3 words" in render(DONE, quality=scored("배")).text


def test_a_complete_run_says_so_and_lists_nothing_as_missing() -> None:
    page = render(DONE, cards=[card("배[pɛ]")])
    assert page.headings[0] == (1, "Complete 5 cards for 3 words")
    assert "INCOMPLETE" not in page.text
    assert (2, "What is missing") not in page.headings


def test_easily_confused_pairs_are_shown_with_both_meanings_and_the_reason() -> None:
    page = render(DONE, confused=[pair("선박", "vessel", "Both mean “ship”.")])
    assert (2, "Easily confused (1)") in page.headings
    assert {"배", "ship", "선박", "vessel", "Both mean “ship”."} <= {text for _, text in page.texts}
    assert page.tables[-1][0] == ["Word", "Meaning", "Confused with", "Its meaning", "Why"]


def test_an_incomplete_run_begins_with_what_is_missing() -> None:
    page = render(HALF_DONE)
    assert page.headings[:2] == [(1, "INCOMPLETE 21,034 cards for 8,450 of 9,700 words"), (2, "What is missing")]
    places = [page.text.index(sentence) for sentence in HALF_DONE.missing]
    assert places == sorted(places) and len(places) == 4
    assert places[-1] < page.text.index("Duration") < page.text.index("At a glance")


def test_the_page_shows_the_numbers_of_the_summary() -> None:
    page = render(HALF_DONE)
    assert {"Rows in your word lists 10,223", "Words in this run 9,700", "Cards by type 21,034"} <= {
        text for _, text in page.headings
    }
    numbers = {"Imported as words": "9,791", "Duplicates": "411", "Rejected": "21", "With cards": "8,450",
               "Failed": "250", "Pending": "1,000", "Started": local_time(STARTED),
               "Duration": duration(HALF_DONE.seconds)}  # fmt: skip
    assert {label: page.value(label) for label in numbers} == numbers
    assert "9,005 of them have an analysis." in page.text
    assert "limited to 9,700 of your 9,791 words (limit 9700)" in page.text
    for kind, count in HALF_DONE.cards_by_type.items():
        assert page.row(kind) == ["", f"{count:,}"]


def test_the_bars_are_proportional_to_the_number_of_cards() -> None:
    widths = [dict(attrs).get("style") for tag, attrs in render(HALF_DONE).elements if tag == "i"]
    assert [width for width in widths if width and width.startswith("width")] == [
        "width:100.00%", "width:98.46%", "width:50.46%",
    ]  # fmt: skip


def test_each_list_has_its_counts_and_several_lists_a_total() -> None:
    page = render(HALF_DONE)
    assert page.row("unit1.csv") == ["6,120", "5,891", "209", "20"]
    assert page.row("unit2.csv") == ["4,103", "3,900", "202", "1"]
    assert page.row("All lists") == ["10,223", "9,791", "411", "21"]
    assert "All lists" not in render(DONE).text


def test_costs_are_shown_for_each_stage_and_in_total() -> None:
    page = render(HALF_DONE)
    assert page.row("Replies") == ["9,791", "9,000", "18,791"]
    assert page.row("From the cache") == ["2,001", "8,003", "10,004"]
    assert page.row("Requested") == ["7,790", "997", "8,787"]
    assert page.row("Calls") == ["8,102", "998", "9,100"]
    assert page.row("Tokens sent") == ["12,345,678", "0", "12,345,678"]
    assert page.row("Tokens received") == ["2,345,679", "0", "2,345,679"]
    assert page.row("Calls of unknown price") == ["12", "0", "12"]
    assert page.row("Paid (USD)") == ["1,072.2222", "free", "1,072.2222"]
    assert page.row("Saved (USD)") == ["18.5000", "free", "18.5000"]
    assert "Analysis: some/model · Cards: offline/dictionary@1" in page.text
    assert "12 calls have an unknown price. The totals do not include the cost of such calls." in page.text


def test_a_sum_without_all_prices_is_shown_as_a_minimum() -> None:
    assert render(HALF_DONE).value("Paid") == "at least USD 1,072.2222"
    priced = HALF_DONE.model_copy(update={"costs": [ANALYSIS.model_copy(update={"unpriced": 0})]})
    assert render(priced).value("Paid") == "USD 1,072.2222"
    assert render(DONE).value("Paid") == "nothing"


def test_a_sum_with_calls_booked_at_their_maximum_is_shown_as_a_maximum() -> None:
    costs = [ANALYSIS.model_copy(update={"unpriced": 0, "reserved": 4, "reserved_usd": 0.028})]
    page = render(HALF_DONE.model_copy(update={"costs": costs}))
    assert page.value("Paid") == "at most USD 1,072.2222"
    assert (
        "4 calls are booked at their maximum cost, USD 0.0280 in total, because the provider may bill them."
        in page.text
    )


def test_small_amounts_are_not_rounded_to_zero() -> None:
    costs = [ANALYSIS.model_copy(update={"cost_usd": 0.0000123, "saved_usd": 0.000004, "unpriced": 0})]
    other = OtherRun(run_id="second", calls=1, cost_usd=0.0000021, unpriced=0)
    page = render(HALF_DONE.model_copy(update={"costs": costs, "other_runs": [other]}))
    assert page.value("Paid") == "USD 0.000012" and page.row("Saved (USD)")[0] == "0.000004"
    assert "paid USD 0.000002 for 1 call." in page.text and "including this run, is USD 0.000014." in page.text


def test_failures_are_counted_by_reason_with_the_code() -> None:
    page = render(HALF_DONE)
    assert page.row("The provider received too many requests rate_limit") == ["180"]
    assert page.row("The reply could not be read malformed") == ["70"]


@pytest.mark.slow
@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_reason_in_plain_words(code: str) -> None:
    shown = render(DONE, failures=[failed("배", code)]).row("배")[0]
    assert shown[0].isupper() and " " in shown and "_" not in shown


def test_a_table_without_rows_is_left_out() -> None:
    titles = {"Failed words", "Rejected rows", "Duplicates", "Warnings"}

    def shown(page: Page) -> set[str]:
        return {text for level, text in page.headings if level == 2 and text.split(" (")[0] in titles}

    assert shown(render(DONE)) == set()
    assert shown(render(DONE, duplicates=[duplicate(None)])) == {"Duplicates (1)"}
    assert shown(full_of("배")) == {f"{title} (1)" for title in titles}


def test_a_missing_value_is_shown_as_a_dash() -> None:
    assert render(DONE, duplicates=[duplicate(None)]).tables[-1][-1] == ["a.csv", "7", "배", "–", "b.csv", "2"]


@pytest.mark.parametrize(("rows", "notice"), [(200, False), (1_201, True)])
def test_a_long_table_says_how_many_rows_it_shows_and_where_the_rest_is(rows: int, notice: bool) -> None:
    page = render(DONE, duplicates=[duplicate("pear")] * rows)
    assert ("Showing the first 200 of 1,201. For more, see vocabulary_duplicates.parquet." in page.text) == notice
    assert ("Showing" in page.text) == notice
    assert len(page.tables[-1]) == 1 + 200


def test_sample_cards_show_the_word_and_hide_the_back() -> None:
    page = render(DONE, cards=[card("배[pɛ]", "What is it?", "A pear.")])
    assert (3, "배 [pɛ]") in page.headings
    assert "배" in page.korean
    folded = "".join(text for inside, text in page.texts if "details" in inside)
    assert "A pear." in folded and "What is it?" not in folded


def test_a_run_without_cards_says_so() -> None:
    nothing = {"with_cards": 0, "cards": 0, "cards_by_type": {}, "failed": 3, "failures_by_code": {"authentication": 3}}
    page = render(DONE.model_copy(update=nothing))
    assert page.headings[0][1] == "INCOMPLETE 0 cards for 0 of 3 words"
    assert "No cards were generated." in page.text and "There are no cards to show yet." in page.text


@pytest.mark.slow
@settings(max_examples=15)
@given(st.text(st.characters(codec="utf-8", exclude_characters="["), min_size=1).filter(lambda text: text not in CODES))
@example("<script>alert(1)</script>")
@example('" onmouseover="alert(1)" x=\'')
@example("</td></table></style><img src=x onerror=alert(1)>")
@example("{{ 7 * 7 }}{% raw %}&lt;&#60;")
@example("\u202eevil\u2066 שלום \u202a")
def test_every_text_is_escaped_and_shown_unchanged(text: str) -> None:
    page, harmless = full_of(text), full_of("배")
    assert page.elements == harmless.elements
    assert page.texts == [(inside, data.replace("배", text)) for inside, data in harmless.texts]


def test_foreign_text_is_isolated_so_that_bidi_controls_do_not_affect_the_page() -> None:
    places = [inside[-1] for inside, data in full_of("배").texts if "배" in data]
    assert set(places) == {"bdi"} and len(places) == 51, "every place that full_of fills"


def test_the_page_has_no_scripts_and_loads_no_files() -> None:
    page = full_of("배")
    for tag, attributes in page.elements:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
        for name, value in attributes:
            assert not name.startswith("on")
            inside = (value or "").startswith("#") or value == "data_docs/index.html"
            assert name not in {"href", "src", "srcset"} or inside
    assert not re.search(r"url\(|@import|https?:", page.style)
    assert "default-src 'none'" in template() and not re.search(r"\|\s*safe", template())


def test_links_have_targets_on_the_page_and_ids_are_unique() -> None:
    attributes = [pair for _, pairs in full_of("배").elements for pair in pairs]
    ids = [value for name, value in attributes if name == "id"]
    assert len(ids) == len(set(ids))
    labels = {value for name, value in attributes if name == "aria-labelledby"}
    places = {value for name, value in attributes if name == "href"} - {"data_docs/index.html"}
    assert labels | {(value or "")[1:] for value in places} <= set(ids)


def test_warnings_are_listed_with_a_link_to_the_data_docs() -> None:
    page = render(DONE.model_copy(update={"warnings": ["64% of this run's calls failed (limit: 20%)"]}))
    assert "1 rule is broken. Warnings do not stop a run." in page.text
    assert "Rules (1 warning)" in page.text and "64% of this run's calls failed (limit: 20%)" in page.text
    assert ("a", (("href", "data_docs/index.html"),)) in page.elements
    assert "warning" not in render(DONE).text


@pytest.mark.parametrize("build", [partial(render, DONE), partial(render, HALF_DONE), partial(full_of, "배")])
def test_headings_are_nested_and_tables_have_captions_and_scopes(build: Callable[[], Page]) -> None:
    page = build()
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(dict(attributes).get("scope") in {"row", "col"} for tag, attributes in page.elements if tag == "th")
    tables = [dict(attributes) for tag, attributes in page.elements if tag == "table"]
    captions = sum(tag == "caption" for tag, _ in page.elements)
    assert captions + sum("aria-labelledby" in attributes for attributes in tables) == len(tables)
    assert ("html", (("lang", "en"),)) in page.elements


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_aa_requires(scheme: int) -> None:
    # WCAG 2.2, success criterion 1.4.3: at least 4.5 : 1.
    block = re.findall(r":root \{([^}]*--ink[^}]*)\}", template())[scheme]
    color = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6})", block))

    def luminance(name: str) -> float:
        parts = [int(color[name][at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    pairs = [(text, ground) for text in ("ink", "soft", "good", "bad") for ground in ("paper", "sheet")]
    for text, ground in [*pairs, ("good", "wash"), ("ink", "bad-wash"), ("bad", "bad-wash")]:
        light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def test_every_card_type_fits_into_the_chart() -> None:
    page = render(DONE.model_copy(update={"cards_by_type": dict.fromkeys(CARD_TYPES, 1_000_000)}))
    assert [page.row(kind)[-1] for kind in CARD_TYPES] == ["1,000,000"] * len(CARD_TYPES)
