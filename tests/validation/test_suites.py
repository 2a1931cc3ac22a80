"""The suites in conf/base/expectations: valid layers pass, and an error names the broken rule and the rows."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
import yaml
from offline.sample import CARDS, NUANCE, VOCABULARY
from validation.layers import COUNTS, LAYERS, SUITES, a_folder, validator, with_row

from korean_flashcards.domain.errors import SuiteError
from korean_flashcards.pipelines.flashcards.nodes import CARD_SCHEMA
from korean_flashcards.pipelines.nuance.nodes import NUANCE_SCHEMA
from korean_flashcards.validation.results import KeptResults
from korean_flashcards.validation.suite import read_suite


def validate(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return validator(SUITES / f"{name}.yml", a_folder()).validate(frame)


def warned(name: str, frame: pl.DataFrame) -> list[str]:
    """Return the broken rules of severity warning. The frame passes."""
    assert validate(name, frame).equals(frame)
    last = KeptResults(a_folder(), 5).last(name)
    assert last is not None
    return [f"{rule.rule}: {rule.found}" for rule in last.broken("warning")]


def broken(name: str, frame: pl.DataFrame) -> str:
    with pytest.raises(SuiteError) as caught:
        validate(name, frame)
    return str(caught.value)


def test_every_suite_has_a_layer_and_rules_with_different_names():
    assert sorted(path.stem for path in SUITES.iterdir()) == sorted(LAYERS)
    for name, frame in LAYERS.items():
        suite = yaml.safe_load((SUITES / f"{name}.yml").read_text(encoding="utf-8"))
        rules = [expectation["rule"] for expectation in suite["expectations"]]
        assert len(set(rules)) == len(rules) >= 3
        assert suite.get("id_column", frame.columns[0]) in frame.columns


@pytest.mark.parametrize("name", LAYERS)
def test_valid_layers_pass_unchanged_and_without_warnings(name):
    assert warned(name, LAYERS[name]) == []


def test_the_empty_layers_have_the_columns_of_the_nodes():
    assert dict(LAYERS["nuance"].schema) == NUANCE_SCHEMA and dict(LAYERS["flashcards"].schema) == CARD_SCHEMA


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"vocabulary", "layer_counts"}))
def test_an_empty_layer_passes(name):
    assert warned(name, LAYERS[name].clear()) == []


def test_an_empty_vocabulary_is_an_error():
    assert "there is at least one word: found 0" in broken("vocabulary", VOCABULARY.clear())


BREAKS = [
    ("vocabulary", {"item_id": VOCABULARY["item_id"][0]}, "every word has a unique id", VOCABULARY["item_id"][0]),
    ("vocabulary", {"term": "abc"}, "at least one Hangul syllable", "abc"),
    ("vocabulary", {"term": "\u1100\u1161가"}, "no conjoining jamo", VOCABULARY["item_id"][5]),
    ("vocabulary", {"term": "가" * 101}, "1 to 100 characters", VOCABULARY["item_id"][5]),
    ("vocabulary", {"definition": "x" * 501}, "1 to 500 characters", VOCABULARY["item_id"][5]),
    ("vocabulary", {"topik_level": 7}, "TOPIK level is 1 to 6", "7"),
    ("vocabulary", {"term_number": 0}, "number of a word is 1 or more", VOCABULARY["item_id"][5]),
    ("vocabulary", {"row": VOCABULARY["row"][4]}, "every row of a file is imported once", VOCABULARY["item_id"][5]),
    ("nuance", {"item_id": NUANCE["item_id"][0]}, "at most one analysis", NUANCE["item_id"][0]),
    ("nuance", {"term": "남성"}, "term ends with its IPA", "남성"),
    ("nuance", {"ipa": "nam"}, "square brackets", "nam"),
    ("nuance", {"pos": "thing"}, "part of speech", "thing"),
    ("nuance", {"primary_meaning": ""}, "primary meaning has 1 to 200", f"{NUANCE['item_id'][5]}: empty"),
    ("nuance", {"primary_meaning": None}, "has a primary meaning", f"{NUANCE['item_id'][5]}: missing"),
    ("nuance", {"metaphor": "x" * 301}, "metaphor has 1 to 300", NUANCE["item_id"][5]),
    ("nuance", {"explanation": ""}, "explanation has 1 to 500", NUANCE["item_id"][5]),
    ("nuance", {"prompt_version": "1"}, "prompt", NUANCE["item_id"][5]),
    ("nuance", {"key": "short"}, "cache key", NUANCE["item_id"][5]),
    ("flashcards", {"position": 1}, "every position is unique", "1"),
    ("flashcards", {"item_id": CARDS["item_id"][4], "tab_name": CARDS["tab_name"][4]}, "one card of each type", "6"),
    ("flashcards", {"front": CARDS["front"][4], "back": CARDS["back"][4]}, "have the same front and back", "6"),
    ("flashcards", {"tab_name": "Story"}, "card type", "Story"),
    ("flashcards", {"front": ""}, "front has 1 to 1,000", "6"),
    ("flashcards", {"back": "x" * 4001}, "back has 1 to 4,000", "6"),
    ("flashcards", {"primer": "x"}, "memory room", "6"),
    ("flashcards", {"honorific_level": "royal"}, "honorific level", "royal"),
    ("flashcards", {"position": 0}, "every position is 1 or more", "0"),
    ("calls", {"number": 1}, "has a unique number", "1"),
    ("calls", {"stage": "export"}, "stage is nuance, flashcards or judge", "5: export"),
    ("calls", {"kind": "guess"}, "a repair or a probe", "5: guess"),
    ("calls", {"key": "?"}, "cache key", "5: ?"),
    ("calls", {"at": "yesterday"}, "time in ISO 8601", "5: yesterday"),
    ("calls", {"usd": -0.5}, "is not negative", "5: -0.5"),
    ("findings", {"item_id": None}, "belongs to a word", "missing"),
    ("findings", {"code": "Bad code"}, "only lowercase letters", "배#5: Bad code"),
    ("findings", {"severity": "fatal"}, "severity is error, warning or note", "배#5: fatal"),
    ("findings", {"message": ""}, "1 to 1,000 characters", "배#5: empty"),
    ("quality", {"item_id": "배#1", "tab_name": None}, "scored once", "배#1"),
    ("quality", {"score": 101}, "0 to 100", "배#2: 101"),
    ("quality", {"verdict": "maybe"}, "publish, review or reject", "배#2: maybe"),
    ("quality", {"errors": -1}, "number of errors is not negative", "배#2: -1"),
]


def changed(name: str, **changes: object) -> pl.DataFrame:
    """Return the suite's valid layer with columns replaced, each by a value or an expression."""
    frame = LAYERS[name]
    return frame.with_columns(
        value.alias(column) if isinstance(value, pl.Expr) else pl.lit(value, frame.schema[column]).alias(column)
        for column, value in changes.items()
    )


NUMBERED = pl.format("{}", pl.int_range(pl.len()))
WARNINGS = [
    ("flashcards", changed("flashcards", front=NUMBERED), "the median front has 10 to 40 words: found 1"),
    ("flashcards", changed("flashcards", back=NUMBERED + " a" * 300), "the median back has 20 to 200 words: found 301"),
    ("flashcards", CARDS.filter(pl.col("tab_name") != "Scene"), "at least 10 percent of the cards are Scene cards: found 0"),
    ("nuance", changed("nuance", explanation="the same"), "of the explanations are different: found 0.775 percent"),
    ("vocabulary", changed("vocabulary", definition=None), "at least 90 percent of the words have a definition: found 0"),
    ("calls", changed("calls", outcome="timeout"), "at most 20 percent of the calls failed: found 100"),
    ("calls", changed("calls", latency_s=90.0), "take at most 60 seconds: found 90"),
    ("calls", changed("calls", usd=None), "price of at least 50 percent of the calls is known: found 0"),
    ("calls", changed("calls", tokens_cached=101),
     "from the provider's cache: broken in 8 rows (number 0: tokens_in = 100, tokens_cached = 101; "),
    ("import_counts", changed("import_counts", rejected=8, imported=0),
     "20 percent of a list's rows are rejected: broken in 2 rows (a.csv: 80; b.csv: 80)"),
    ("quality", changed("quality", verdict="reject"),
     "at most 20 percent of the cards and words have the verdict reject: found 100"),
    ("quality", changed("quality", score=40), "the median score is at least 60: found 40"),
    ("layer_counts", changed("layer_counts", cards_without_nuance=3), "every card's word has an analysis (if not, run "
     "`kedro run`): found cards_without_nuance = 3"),
    ("layer_counts", changed("layer_counts", decided=19), "every card is released or held back"),
    ("layer_counts", changed("layer_counts", scored_cards=0), "every card has a score"),
    ("layer_counts", changed("layer_counts", failure_share=0.25),
     "5 percent of the words failed: found failure_percent = 25"),
    ("export_manifest", changed("export_manifest", cards=0, layer_cards=0),
     "every file has at least one card: broken in 4 rows (deck: 0; "),
]  # fmt: skip
COUNTED = [
    ("layer_counts", {"nuance_settled": 8}, "(if not, run `kedro run`): found nuance_replies = 9, nuance_settled = 8"),
    ("layer_counts", {"flashcards_settled": 9}, "every reply of stage 2 became cards, failed or is pending"),
    ("layer_counts", {"nuance": 11}, "no more analyses than words: found words = 10, nuance = 11"),
    (
        "export_manifest",
        {"cards": 2},
        "`kedro run --pipeline=export`): broken in 4 rows (deck: cards = 2, layer_cards = 3; ",
    ),
    (
        "import_counts",
        {"rejected": 0},
        "is imported, a duplicate or rejected: broken in 2 rows (a.csv: rows = 10, accounted = 9; ",
    ),
    ("export_manifest", {"cards_by_type": "Scene 3"}, "as many cards of each type"),
    ("export_manifest", {"export": "deck"}, "every file is listed once: broken in 4 rows (deck; deck; deck; deck)"),
]


@pytest.mark.parametrize(("name", "frame", "warning"), WARNINGS, ids=[warning[:40] for *_, warning in WARNINGS])
def test_a_broken_warning_rule_reports_what_was_found_and_the_layer_passes(name, frame, warning):
    assert any(warning in line for line in warned(name, frame)), warned(name, frame)


@pytest.mark.parametrize(("name", "changes", "rule"), COUNTED, ids=[rule[:40] for *_, rule in COUNTED])
def test_counts_that_do_not_add_up_stop_the_run(name, changes, rule):
    assert rule in broken(name, changed(name, **changes))


@pytest.mark.parametrize(
    ("name", "changes", "rule", "row"), BREAKS, ids=[f"{name}: {rule}" for name, _, rule, _ in BREAKS]
)
def test_a_broken_row_is_named_with_its_rule(name, changes, rule, row):
    message = broken(name, with_row(LAYERS[name], 5, **changes))
    line = next(line for line in message.splitlines() if rule in line)
    assert str(row) in line
    assert f"{name}.yml" in message and "replies that you paid for are kept" in message


def test_at_most_five_rows_are_listed_and_the_rest_counted():
    message = broken("nuance", NUANCE.with_columns(pos=pl.lit("thing")))
    line = next(line for line in message.splitlines() if "part of speech" in line)
    assert f"{NUANCE.height} rows" in line and line.endswith(f"and {NUANCE.height - 5} more)")
    assert line.count(": thing") == 5


def test_every_broken_rule_is_listed_at_once():
    message = broken("flashcards", with_row(CARDS, 2, front="", back="", tab_name="Story"))
    assert "The flashcards layer breaks 3 rules in flashcards.yml:" in message and message.count("\n  - ") == 3


def test_a_rule_for_an_unknown_column_is_an_error_that_names_the_column(tmp_path: Path):
    suite = (SUITES / "vocabulary.yml").read_text(encoding="utf-8").replace("column: topik_level", "column: topik_levl")
    (tmp_path / "vocabulary.yml").write_text(suite, encoding="utf-8")
    with pytest.raises(
        SuiteError, match=r"vocabulary\.yml does not fit the vocabulary layer: the layer has no column topik_levl\."
    ):
        validator(tmp_path / "vocabulary.yml", tmp_path).validate(VOCABULARY)


WRONG = [
    ("expectations: [", "cannot be read as YAML"),
    ("[]", "the file: Input should be a valid dictionary"),
    ("expectations: []", "expectations: List should have at least 1 item"),
    ("expectations: [{rule: r, type: expect_x, sevrity: warning}]", "rule “r”.sevrity: Extra inputs are not permitted"),
    ("expectations: [{rule: r, type: unique}]", "rule “r”.type: String should match pattern"),
]


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message for _, message in WRONG])
def test_an_invalid_suite_is_an_error_that_says_what_is_wrong(tmp_path: Path, text: str, message: str):
    (tmp_path / "words.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError) as caught:
        read_suite(tmp_path / "words.yml")
    assert "words.yml" in str(caught.value) and message in str(caught.value)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{rule: r, type: expect_nothing}", "Great Expectations has no expectation expect_nothing"),
        ("{rule: r, type: expect_column_values_to_be_unique, kwargs: {colum: term}}", "rule “r” cannot be checked"),
    ],
)
def test_a_rule_that_great_expectations_does_not_know_is_an_error_that_names_it(
    tmp_path: Path, rule: str, message: str
):
    (tmp_path / "words.yml").write_text(f"id_column: term\nexpectations: [{rule}]", encoding="utf-8")
    with pytest.raises(SuiteError, match=message):
        validator(tmp_path / "words.yml", tmp_path).validate(VOCABULARY)


def test_frames_checked_at_the_same_time_are_not_mixed_up(tmp_path: Path):
    """ThreadRunner saves several frames at once. Each must be checked against its own suite."""
    names = ["calls", "quality", "findings", "export_manifest"] * 2
    with ThreadPoolExecutor(8) as pool:
        validators = [validator(SUITES / f"{name}.yml", tmp_path / str(number)) for number, name in enumerate(names)]
        passed = list(pool.map(lambda one, name: one.validate(LAYERS[name]), validators, names))
    assert all(frame.equals(LAYERS[name]) for frame, name in zip(passed, names, strict=True))


def test_the_sample_layers_agree_with_each_other():
    assert sum(COUNTS[name] for name in ("nuance", "nuance_failures", "nuance_waiting")) == COUNTS["nuance_settled"]
    assert CARDS["position"].to_list() == list(range(1, CARDS.height + 1)) and NUANCE.height == VOCABULARY.height
