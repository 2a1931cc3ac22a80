"""The suites of conf/base/expectations: good layers pass, a broken one stops with the rule and the rows."""

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
    """The rules that only warn; the frame passes."""
    assert validate(name, frame).equals(frame)
    last = KeptResults(a_folder(), 5).last(name)
    assert last is not None
    return [f"{rule.rule}: {rule.found}" for rule in last.broken("warning")]


def broken(name: str, frame: pl.DataFrame) -> str:
    with pytest.raises(SuiteError) as caught:
        validate(name, frame)
    return str(caught.value)


def test_every_suite_has_its_layer_and_rules_of_their_own_names():
    assert sorted(path.stem for path in SUITES.iterdir()) == sorted(LAYERS)
    for name, frame in LAYERS.items():
        suite = yaml.safe_load((SUITES / f"{name}.yml").read_text(encoding="utf-8"))
        rules = [expectation["rule"] for expectation in suite["expectations"]]
        assert len(set(rules)) == len(rules) >= 3
        assert suite.get("id_column", frame.columns[0]) in frame.columns


@pytest.mark.parametrize("name", LAYERS)
def test_good_layers_pass_unchanged_and_without_a_warning(name):
    assert warned(name, LAYERS[name]) == []


def test_the_empty_layers_have_the_columns_of_the_nodes():
    assert dict(LAYERS["nuance"].schema) == NUANCE_SCHEMA and dict(LAYERS["flashcards"].schema) == CARD_SCHEMA


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"vocabulary", "layer_counts"}))
def test_a_layer_without_rows_passes_where_that_can_be(name):
    assert warned(name, LAYERS[name].clear()) == []


def test_a_vocabulary_without_words_is_broken():
    assert "there is at least one word: found 0" in broken("vocabulary", VOCABULARY.clear())


BREAKS = [
    ("vocabulary", {"item_id": VOCABULARY["item_id"][0]}, "an identity of its own", VOCABULARY["item_id"][0]),
    ("vocabulary", {"term": "abc"}, "at least one Hangul syllable", "abc"),
    ("vocabulary", {"term": "\u1100\u1161가"}, "normal form", VOCABULARY["item_id"][5]),
    ("vocabulary", {"term": "가" * 101}, "1 to 100 characters", VOCABULARY["item_id"][5]),
    ("vocabulary", {"definition": "x" * 501}, "at most 500 characters", VOCABULARY["item_id"][5]),
    ("vocabulary", {"topik_level": 7}, "TOPIK level is 1 to 6", "7"),
    ("vocabulary", {"term_number": 0}, "number is positive", VOCABULARY["item_id"][5]),
    ("vocabulary", {"row": VOCABULARY["row"][4]}, "a row of a file is imported once", VOCABULARY["item_id"][5]),
    ("nuance", {"item_id": NUANCE["item_id"][0]}, "one record", NUANCE["item_id"][0]),
    ("nuance", {"term": "남성"}, "term carries its IPA", "남성"),
    ("nuance", {"ipa": "nam"}, "square brackets", "nam"),
    ("nuance", {"pos": "thing"}, "part of speech", "thing"),
    ("nuance", {"primary_meaning": ""}, "primary meaning has 1 to 200", NUANCE["item_id"][5]),
    ("nuance", {"primary_meaning": None}, "has a primary meaning", NUANCE["item_id"][5]),
    ("nuance", {"metaphor": "x" * 301}, "metaphor has 1 to 300", NUANCE["item_id"][5]),
    ("nuance", {"explanation": ""}, "explanation has 1 to 500", NUANCE["item_id"][5]),
    ("nuance", {"prompt_version": "1"}, "prompt", NUANCE["item_id"][5]),
    ("nuance", {"key": "short"}, "cache key", NUANCE["item_id"][5]),
    ("flashcards", {"position": 1}, "positions are unique", "1"),
    ("flashcards", {"item_id": CARDS["item_id"][4], "tab_name": CARDS["tab_name"][4]}, "one card of a type", "6"),
    ("flashcards", {"front": CARDS["front"][4], "back": CARDS["back"][4]}, "share front and back", "6"),
    ("flashcards", {"tab_name": "Story"}, "card type", "Story"),
    ("flashcards", {"front": ""}, "front has 1 to 1,000", "6"),
    ("flashcards", {"back": "x" * 4001}, "back has 1 to 4,000", "6"),
    ("flashcards", {"primer": "x"}, "memory room", "6"),
    ("flashcards", {"honorific_level": "royal"}, "honorific level", "royal"),
    ("flashcards", {"position": 0}, "count from 1", "0"),
    ("calls", {"number": 1}, "a number of its own", "1"),
    ("calls", {"stage": "export"}, "one that asks a model", "5 (export)"),
    ("calls", {"kind": "guess"}, "asks, repairs or probes", "5 (guess)"),
    ("calls", {"key": "?"}, "cache key", "5 (?)"),
    ("calls", {"at": "yesterday"}, "time in UTC", "5 (yesterday)"),
    ("calls", {"usd": -0.5}, "less than nothing", "5 (-0.5)"),
    ("findings", {"item_id": None}, "belongs to a word", "null"),
    ("findings", {"code": "Bad code"}, "names its check", "배#5 (Bad code)"),
    ("findings", {"severity": "fatal"}, "an error, a warning or a note", "배#5 (fatal)"),
    ("findings", {"message": ""}, "1 to 1,000 characters", "배#5"),
    ("quality", {"item_id": "배#1", "tab_name": None}, "scored once", "배#1"),
    ("quality", {"score": 101}, "0 to 100", "배#2 (101)"),
    ("quality", {"verdict": "maybe"}, "publish, review or reject", "배#2 (maybe)"),
    ("quality", {"errors": -1}, "errors are counted", "배#2 (-1)"),
]


def changed(name: str, **changes: object) -> pl.DataFrame:
    """The suite's good layer with columns replaced, by one value or an expression."""
    frame = LAYERS[name]
    return frame.with_columns(
        value.alias(column) if isinstance(value, pl.Expr) else pl.lit(value, frame.schema[column]).alias(column)
        for column, value in changes.items()
    )


NUMBERED = pl.format("{}", pl.int_range(pl.len()))
WARNINGS = [
    ("flashcards", changed("flashcards", front=NUMBERED), "half of the fronts have 10 to 40 words: found 1"),
    ("flashcards", changed("flashcards", back=NUMBERED + " a" * 300), "half of the backs have 20 to 200 words: found 301"),
    ("flashcards", CARDS.filter(pl.col("tab_name") != "Scene"), "at least one card in ten is a Scene: found 0"),
    ("nuance", changed("nuance", explanation="the same"), "an explanation of their own: found 0.00775194"),
    ("vocabulary", changed("vocabulary", definition=None), "nine of ten words have a definition: found 0"),
    ("calls", changed("calls", outcome="timeout"), "at most 20 percent of the calls failed: found 1"),
    ("calls", changed("calls", latency_s=90.0), "answered within a minute: found 90"),
    ("calls", changed("calls", usd=None), "price of at least half of the calls is known: found 1"),
    ("calls", changed("calls", tokens_cached=101), "part of those sent: 8 rows, 0 (100, 101)"),
    ("import_counts", changed("import_counts", rejected=8, imported=0), "20 percent of a list's rows are rejected: 2 rows"),
    ("quality", changed("quality", verdict="reject"), "at most 20 percent are rejected: found 1"),
    ("quality", changed("quality", score=40), "half of the scores are 60 or more: found 40"),
    ("layer_counts", changed("layer_counts", cards_without_nuance=3), "that is analysed (else the layers are of different "
     "runs): 1 row, such as 3"),
    ("layer_counts", changed("layer_counts", decided=19), "every card goes into the deck or is held back"),
    ("layer_counts", changed("layer_counts", scored_cards=0), "every card has a score"),
    ("layer_counts", changed("layer_counts", failure_share=0.25), "5 percent of the words failed: 1 row, such as 25"),
    ("export_manifest", changed("export_manifest", cards=0, layer_cards=0), "at least one card in a file: 4 rows, deck (0)"),
]  # fmt: skip
COUNTED = [
    ("layer_counts", {"nuance_settled": 8}, "(else `kedro run` makes the layers anew): 1 row, such as (9, 8)"),
    ("layer_counts", {"flashcards_settled": 9}, "every reply of stage 2 became cards or a failure, or waits"),
    ("layer_counts", {"nuance": 11}, "no more analyses than words: 1 row, such as (10, 11)"),
    ("export_manifest", {"cards": 2}, "`kedro run --pipeline=export` writes it anew): 4 rows, deck (2, 3)"),
    ("import_counts", {"rejected": 0}, "is imported, a duplicate, or rejected: 2 rows, a.csv (10, 9), b.csv (10, 9)"),
    ("export_manifest", {"cards_by_type": "Scene 3"}, "as many cards of each type"),
    ("export_manifest", {"export": "deck"}, "every file is listed once: 4 rows, deck"),
]


@pytest.mark.parametrize(("name", "frame", "warning"), WARNINGS, ids=[warning[:40] for *_, warning in WARNINGS])
def test_a_rule_that_warns_lets_the_layer_pass_and_says_what_it_found(name, frame, warning):
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
    assert f"{name}.yml" in message and "paid replies are safe" in message


def test_at_most_five_rows_are_listed_and_the_rest_counted():
    message = broken("nuance", NUANCE.with_columns(pos=pl.lit("thing")))
    line = next(line for line in message.splitlines() if "part of speech" in line)
    assert f"{NUANCE.height} rows" in line and line.endswith(f"and {NUANCE.height - 5} more")
    assert line.count("(thing)") == 5


def test_every_broken_rule_is_listed_at_once():
    message = broken("flashcards", with_row(CARDS, 2, front="", back="", tab_name="Story"))
    assert "breaks 3 of its rules" in message and message.count("\n  - ") == 3


def test_a_rule_for_a_column_that_is_not_there_names_the_column(tmp_path: Path):
    suite = (SUITES / "vocabulary.yml").read_text(encoding="utf-8").replace("column: topik_level", "column: topik_levl")
    (tmp_path / "vocabulary.yml").write_text(suite, encoding="utf-8")
    with pytest.raises(
        SuiteError, match=r"vocabulary\.yml does not fit the vocabulary layer: .* not have: topik_levl\."
    ):
        validator(tmp_path / "vocabulary.yml", tmp_path).validate(VOCABULARY)


WRONG = [
    ("expectations: [", "cannot be read as YAML"),
    ("[]", "the file: Input should be a valid dictionary"),
    ("expectations: []", "expectations: List should have at least 1 item"),
    ("expectations: [{rule: r, type: expect_x, sevrity: warning}]", "rule 'r'.sevrity: Extra inputs are not permitted"),
    ("expectations: [{rule: r, type: unique}]", "rule 'r'.type: String should match pattern"),
]


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_file_that_is_no_suite_is_named_with_what_is_wrong_in_it(tmp_path: Path, text: str, message: str):
    (tmp_path / "words.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError) as caught:
        read_suite(tmp_path / "words.yml")
    assert "words.yml" in str(caught.value) and message in str(caught.value)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{rule: r, type: expect_nothing}", "Great Expectations has no expect_nothing"),
        ("{rule: r, type: expect_column_values_to_be_unique, kwargs: {colum: term}}", "rule 'r' cannot be checked"),
    ],
)
def test_a_rule_that_great_expectations_does_not_know_is_named(tmp_path: Path, rule: str, message: str):
    (tmp_path / "words.yml").write_text(f"id_column: term\nexpectations: [{rule}]", encoding="utf-8")
    with pytest.raises(SuiteError, match=message):
        validator(tmp_path / "words.yml", tmp_path).validate(VOCABULARY)


def test_threads_do_not_see_each_other_s_frames(tmp_path: Path):
    """As under ThreadRunner: each frame is checked by its own suite, also where several are saved at once."""
    names = ["calls", "quality", "findings", "export_manifest"] * 2
    with ThreadPoolExecutor(8) as pool:
        validators = [validator(SUITES / f"{name}.yml", tmp_path / str(number)) for number, name in enumerate(names)]
        passed = list(pool.map(lambda one, name: one.validate(LAYERS[name]), validators, names))
    assert all(frame.equals(LAYERS[name]) for frame, name in zip(passed, names, strict=True))


def test_counts_of_the_sample_are_those_of_the_columns():
    assert sum(COUNTS[name] for name in ("nuance", "nuance_failures", "nuance_waiting")) == COUNTS["nuance_settled"]
    assert CARDS["position"].to_list() == list(range(1, CARDS.height + 1)) and NUANCE.height == VOCABULARY.height
