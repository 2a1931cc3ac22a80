"""The suites in conf/base/expectations: valid layers pass, and an error names the broken rule and the rows."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
import yaml
from offline.sample import CARDS, NUANCE, VOCABULARY
from validation.layers import COUNTS, LAYERS, SUITES, a_folder, call, validator, with_row

from korean_flashcards.domain.errors import SuiteError
from korean_flashcards.ledger.spending.past_calls import CALL_SCHEMA
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
    return [str(rule.problem) for rule in last.broken("warning")]


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
def test_every_shipped_rule_says_what_the_problem_is_and_every_warning_what_to_do(name):
    for rule in read_suite(SUITES / f"{name}.yml").expectations:
        assert rule.problem and rule.problem != rule.rule
        assert rule.severity == "error" or rule.advice


@pytest.mark.parametrize(
    ("share", "shown"), [(0.637681, "64%"), (0.2004, "20.04%"), (0.2, None), (0.205, "20.5%"), (1.0, "100%")]
)
def test_a_value_is_rounded_but_never_to_its_limit(share, shown):
    failed = round(share * 10_000)
    outcome = pl.when(pl.int_range(pl.len()) < failed).then(pl.lit("timeout")).otherwise(pl.lit("ok"))
    calls = pl.DataFrame([call(number) for number in range(10_000)], schema=CALL_SCHEMA).with_columns(outcome=outcome)
    problems = [problem for problem in warned("calls", calls) if "failed" in problem]
    assert [problem.split()[0] for problem in problems] == ([shown] if shown else [])


MEAN = CARDS["position"].mean()


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("{rule: r, type: expect_column_mean_to_be_between, kwargs: {column: position, max_value: 9}}",
         f"the rule “r” for the flashcards layer is broken: the mean of position is {MEAN:.0f} (limit: at most 9)"),
        ("{rule: r, type: expect_column_max_to_be_between, kwargs: {column: position, min_value: 1, max_value: 2}}",
         f"the maximum of position is {CARDS.height} (limit: 1 to 2)"),
        ("{rule: r, type: expect_column_values_to_be_in_set, kwargs: {column: position, value_set: [1]}}",
         f"the rule “r” for the flashcards layer is broken in {CARDS.height - 1} rows (position 2; "),
        ("{rule: r, type: expect_column_proportion_of_unique_values_to_be_between, "
         "kwargs: {column: tab_name, min_value: 0.5}}",
         "(limit: at least 50 percent)"),
    ],
)  # fmt: skip
def test_a_rule_without_a_problem_is_quoted_with_the_value_and_the_limit(tmp_path: Path, rule: str, problem: str):
    (tmp_path / "flashcards.yml").write_text(f"id_column: position\nexpectations: [{rule}]", encoding="utf-8")
    with pytest.raises(SuiteError) as caught:
        validator(tmp_path / "flashcards.yml", tmp_path).validate(CARDS)
    assert problem in str(caught.value) and "found" not in str(caught.value)


@pytest.mark.parametrize("name", LAYERS)
def test_valid_layers_pass_unchanged_and_without_warnings(name):
    assert warned(name, LAYERS[name]) == []


def test_the_empty_layers_have_the_columns_of_the_nodes():
    assert dict(LAYERS["nuance"].schema) == NUANCE_SCHEMA and dict(LAYERS["flashcards"].schema) == CARD_SCHEMA


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"vocabulary", "layer_counts"}))
def test_an_empty_layer_passes(name):
    assert warned(name, LAYERS[name].clear()) == []


def test_an_empty_vocabulary_is_an_error():
    assert "the vocabulary is empty: there are no words. Import a word list with" in broken(
        "vocabulary", VOCABULARY.clear()
    )


BREAKS = [
    ("vocabulary", {"item_id": VOCABULARY["item_id"][0]}, "several words have the same id", VOCABULARY["item_id"][0]),
    ("vocabulary", {"term": "abc"}, "the term contains no Hangul syllables", "abc"),
    ("vocabulary", {"term": "\u1100\u1161가"}, "the term has conjoining jamo", VOCABULARY["item_id"][5]),
    ("vocabulary", {"term": "가" * 101}, "does not have 1 to 100 characters", VOCABULARY["item_id"][5]),
    ("vocabulary", {"definition": "x" * 501}, "does not have 1 to 500 characters", VOCABULARY["item_id"][5]),
    ("vocabulary", {"topik_level": 7}, "TOPIK level is not 1 to 6", "7"),
    ("vocabulary", {"term_number": 0}, "number of a word is less than 1", VOCABULARY["item_id"][5]),
    (
        "vocabulary",
        {"row": VOCABULARY["row"][4]},
        "a row of a batch adds several words",
        VOCABULARY["item_id"][5],
    ),
    ("nuance", {"item_id": NUANCE["item_id"][0]}, "a word has several analyses", NUANCE["item_id"][0]),
    ("nuance", {"term": "남성"}, "term does not end with its IPA", "남성"),
    ("nuance", {"ipa": "nam"}, "the IPA is not in square brackets", "nam"),
    ("nuance", {"pos": "thing"}, "the part of speech is not one of", "thing"),
    (
        "nuance",
        {"primary_meaning": ""},
        "primary meaning does not have 1 to 200",
        f"{NUANCE['item_id'][5]}: empty",
    ),
    ("nuance", {"primary_meaning": None}, "has no primary meaning", f"{NUANCE['item_id'][5]}: missing"),
    ("nuance", {"metaphor": "x" * 301}, "metaphor does not have 1 to 300", NUANCE["item_id"][5]),
    ("nuance", {"explanation": ""}, "explanation does not have 1 to 500", NUANCE["item_id"][5]),
    ("nuance", {"prompt_version": "1"}, "the version of the prompt is missing or invalid", NUANCE["item_id"][5]),
    ("nuance", {"key": "short"}, "the cache key is missing or invalid", NUANCE["item_id"][5]),
    ("flashcards", {"position": 1}, "several cards have the same position", "1"),
    (
        "flashcards",
        {"item_id": CARDS["item_id"][4], "tab_name": CARDS["tab_name"][4]},
        "several cards of the same type",
        "6",
    ),
    (
        "flashcards",
        {"front": CARDS["front"][4], "back": CARDS["back"][4]},
        "several cards have the same front and back",
        "6",
    ),
    ("flashcards", {"tab_name": "Story"}, "the card type is not one of", "Story"),
    ("flashcards", {"front": ""}, "front does not have 1 to 1,000", "6"),
    ("flashcards", {"back": "x" * 4001}, "back does not have 1 to 4,000", "6"),
    ("flashcards", {"primer": "x"}, "the primer does not begin with the sentence about the memory room", "6"),
    ("flashcards", {"honorific_level": "royal"}, "the honorific level is not one of", "royal"),
    ("flashcards", {"position": 0}, "the position is less than 1", "0"),
    ("calls", {"number": 1}, "a number belongs to several calls", "1"),
    ("calls", {"stage": "export"}, "stage is not nuance, flashcards or judge", "5: export"),
    ("calls", {"kind": "guess"}, "the kind of call is not ask (a request), repair or probe", "5: guess"),
    ("calls", {"key": "?"}, "the cache key of the request is missing or invalid", "5: ?"),
    ("calls", {"at": "yesterday"}, "the time is not in ISO 8601", "5: yesterday"),
    ("calls", {"usd": -0.5}, "the cost is negative", "5: -0.5"),
    ("findings", {"item_id": None}, "does not belong to a word", "missing"),
    ("findings", {"code": "Bad code"}, "other than lowercase letters", "배#5: Bad code"),
    ("findings", {"severity": "fatal"}, "severity is not error, warning or note", "배#5: fatal"),
    ("findings", {"message": ""}, "the message does not have 1 to 1,000 characters", "배#5: empty"),
    ("quality", {"item_id": "배#1", "tab_name": None}, "a card or a word is scored several times", "배#1"),
    ("quality", {"score": 101}, "the score is not 0 to 100", "배#2: 101"),
    ("quality", {"verdict": "maybe"}, "not publish, review or reject", "배#2: maybe"),
    ("quality", {"errors": -1}, "number of errors is negative", "배#2: -1"),
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
    ("flashcards", changed("flashcards", front=NUMBERED), "the median number of words on a front is 1 (limit: 10 to 40). "),
    ("flashcards", changed("flashcards", back=NUMBERED + " a" * 300),
     "the median number of words on a back is 301 (limit: 20 to 200). "),
    ("flashcards", CARDS.filter(pl.col("tab_name") != "Scene"), "only 0% of the cards are Scene cards (minimum: 10%)."),
    ("nuance", changed("nuance", explanation="the same"), "only 1% of the explanations are different (minimum: 90%)."),
    ("vocabulary", changed("vocabulary", definition=None), "only 0% of the words have a definition (minimum: 90%)."),
    ("calls", changed("calls", outcome="timeout"), "100% of this run's calls failed (limit: 20%). `kedro errors` shows"),
    ("calls", changed("calls", latency_s=90.0),
     "half of this run's calls took 90 seconds or longer (limit: 60 seconds). "),
    ("calls", changed("calls", usd=None), "the price is known for only 0% of this run's calls (minimum: 50%). "),
    ("calls", changed("calls", tokens_cached=101),
     "more tokens came from the provider's cache than were sent in 8 rows (number 0: tokens_in = 100, "),
    ("import_counts", changed("import_counts", rejected=8, imported=0),
     "80% of the rows of a.csv were rejected (limit: 20%); 80% of the rows of b.csv were rejected (limit: 20%). "),
    ("quality", changed("quality", verdict="reject"),
     "100% of the cards and words have the verdict reject (limit: 20%). "),
    ("quality", changed("quality", score=40), "the median score is only 40 (minimum: 60). "),
    ("layer_counts", changed("layer_counts", cards_without_nuance=3),
     "the number of cards whose word has no analysis is 3. Run `kedro run`."),
    ("layer_counts", changed("layer_counts", decided=19), "only 19 of 20 cards are released or held back. Run "),
    ("layer_counts", changed("layer_counts", scored_cards=0), "only 0 of 20 cards have a score. Run "),
    ("layer_counts", changed("layer_counts", failure_share=0.25),
     "25% of the words failed (limit: 5%). `kedro errors` shows why."),
    ("export_manifest", changed("export_manifest", cards=0, layer_cards=0),
     "the file has no cards in 4 rows (deck: 0; "),
]  # fmt: skip
COUNTED = [
    ("layer_counts", {"nuance_settled": 8}, "(replies: 9; analyses, failures and pending words: 8). Run `kedro run`."),
    ("layer_counts", {"flashcards_settled": 9}, "(replies: 8; words that have cards, failed or are pending: 9)"),
    ("layer_counts", {"nuance": 11}, "there are more analyses than words (analyses: 11, words: 10)"),
    (
        "export_manifest",
        {"cards": 2},
        "the file does not have as many cards as the layer in 4 rows (deck: cards = 2, layer_cards = 3; ",
    ),
    (
        "import_counts",
        {"rejected": 0},
        "a.csv do not add up: 10 rows, but 9 imported, duplicate or rejected; the counts of b.csv ",
    ),
    ("export_manifest", {"cards_by_type": "Scene 3"}, "does not have as many cards of each type"),
    ("export_manifest", {"export": "deck"}, "a file is listed several times in 4 rows (deck; deck; deck; deck)"),
]


@pytest.mark.slow
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
    line = next(line for line in message.splitlines() if "the part of speech" in line)
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
    ("[]", "the file must be a group of settings"),
    ("expectations: []", "expectations must have at least one rule"),
    ("expectations: [{rule: r, type: expect_x, sevrity: warning}]", "rule “r”.sevrity is not a known key"),
    (
        "expectations: [{rule: r, type: expect_x, problem: '{size} is wrong'}]",
        "the problem text for the rule “r” names size,",
    ),
    (
        "expectations: [{rule: r, type: expect_x, problem: '{value'}]",
        "the problem text for the rule “r” has unmatched braces",
    ),
    ("expectations: [{rule: r, type: unique}]", "rule “r”.type must be a Great Expectations expectation"),
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
        ("{rule: r, type: expect_nothing}", "Great Expectations has no expectation named expect_nothing"),
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
