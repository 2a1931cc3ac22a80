"""The suites of conf/base/expectations: good layers pass, a broken one stops with the rule and the rows."""

from pathlib import Path

import polars as pl
import pytest
import yaml
from offline.sample import CARDS, NUANCE, VOCABULARY

from korean_flashcards.pipelines.flashcards.nodes import CARD_SCHEMA
from korean_flashcards.pipelines.nuance.nodes import NUANCE_SCHEMA
from korean_flashcards.validation.suite import SuiteError, SuiteValidator

SUITES = Path(__file__).parents[2] / "conf" / "base" / "expectations"
LAYERS = {"vocabulary": VOCABULARY, "nuance": NUANCE, "flashcards": CARDS}


def validate(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return SuiteValidator(str(SUITES / f"{name}.yml")).validate(frame)


def broken(name: str, frame: pl.DataFrame) -> str:
    with pytest.raises(SuiteError) as caught:
        validate(name, frame)
    return str(caught.value)


def with_row(frame: pl.DataFrame, index: int, /, **changes: object) -> pl.DataFrame:
    """The frame with some values of one row replaced."""
    here = pl.int_range(pl.len()) == index
    return frame.with_columns(
        pl.when(here).then(pl.lit(value, frame.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in changes.items()
    )


def test_every_suite_has_its_layer_and_rules_of_their_own_names():
    assert sorted(path.stem for path in SUITES.iterdir()) == sorted(LAYERS)
    for name, frame in LAYERS.items():
        suite = yaml.safe_load((SUITES / f"{name}.yml").read_text(encoding="utf-8"))
        rules = [expectation["rule"] for expectation in suite["expectations"]]
        assert len(set(rules)) == len(rules) >= 9
        assert suite["id_column"] in frame.columns


@pytest.mark.parametrize("name", LAYERS)
def test_the_sample_list_s_layers_pass_unchanged(name):
    assert validate(name, LAYERS[name]).equals(LAYERS[name])


@pytest.mark.parametrize(("name", "schema"), [("nuance", NUANCE_SCHEMA), ("flashcards", CARD_SCHEMA)])
def test_a_layer_without_rows_passes_where_that_can_be(name, schema):
    assert validate(name, pl.DataFrame(schema=schema)).is_empty()


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
]


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


def test_a_rule_for_a_column_that_is_not_there_names_the_column(tmp_path):
    suite = (SUITES / "vocabulary.yml").read_text(encoding="utf-8").replace("column: topik_level", "column: topik_levl")
    (tmp_path / "vocabulary.yml").write_text(suite, encoding="utf-8")
    with pytest.raises(SuiteError, match=r"vocabulary\.yml has rules for columns .* does not have: topik_levl\."):
        SuiteValidator(str(tmp_path / "vocabulary.yml")).validate(VOCABULARY)
