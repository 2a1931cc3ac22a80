"""Analyses and cards are parsed again whenever they could be different, and otherwise taken from an earlier run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pipelines.stages import cards_text, nuance_text, replies, reply
from pipelines.test_flashcards import NUANCE, WORDS, planned

from korean_flashcards.datasets.earlier_layers import EarlierResultDataset
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.pipelines.flashcards import nodes as cards
from korean_flashcards.pipelines.nuance import nodes as nuance

REQUESTS = planned()
TYPES = ("Scene", "Usage-Comparison")
OLD = {"kept_key": "old", "kept_model": "old/model", "kept_prompt_version": "1" * 12}
ANALYSES = replies(
    reply("남성#1", "남성", nuance_text("남성")),
    reply("배#1", "배", nuance_text("배", ipa="[pɛ]"), "timeout", kept_text=nuance_text("배", ipa="[pɛ]"), **OLD),
    reply("배#2", "배", None, pending="budget"),
)
CARDS = replies(
    reply("남성#1", "남성", cards_text("남성", (*TYPES, "Hanja")), key=REQUESTS["key"][0]),
    reply("배#1", "배", cards_text("배", TYPES), key=REQUESTS["key"][1], cached=True),
    reply(
        "배#2",
        "배",
        "no",
        "refused",
        key=REQUESTS["key"][2],
        kept_text=cards_text("배", ["Scene"], front="An older card?"),
        **OLD,
    ),
)


class Parser:
    """Parse the replies of a stage as a run does, save the result, and count how often the replies are parsed."""

    def __init__(self, stage: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        module: Any = nuance if stage == "nuance" else cards
        self.stage, self.calls, self.parse = stage, 0, getattr(module, f"parse_{stage}")
        self._changed = getattr(module, f"parse_changed_{stage}")
        self.inputs: dict[str, pl.DataFrame] = {"replies": ANALYSES, "words": WORDS}
        if stage == "flashcards":
            self.inputs = {"requests": REQUESTS, "replies": CARDS, "nuance": NUANCE, "words": WORDS}
        self.layer = FrameDataset(filepath=str(folder / "layer.parquet"))
        self.before = EarlierResultDataset(filepath=str(folder / "layer.key"), layers=["layer"])
        monkeypatch.setattr(module, f"parse_{stage}", self._counted)

    def run(self, **changes: pl.DataFrame) -> int:
        """Run the node, compare its result with a new one, and return how often the replies were parsed so far."""
        inputs = {**self.inputs, **changes}
        *found, key = self._changed(*inputs.values(), self.before.load())
        for one, other in zip(found, self.parse(*inputs.values()), strict=True):
            assert one.equals(other)
        self.layer.save(found[0])
        self.before.save(key)
        return self.calls

    def _counted(self, *inputs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        self.calls += 1
        found: tuple[pl.DataFrame, pl.DataFrame] = self.parse(*inputs)
        return found


@pytest.fixture(params=["nuance", "flashcards"])
def parser(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Parser:
    return Parser(request.param, tmp_path, monkeypatch)


def with_value(frame: pl.DataFrame, row: int, **values: object) -> pl.DataFrame:
    """Return the frame with other values in one row."""
    return frame.with_columns(
        pl.when(pl.int_range(pl.len()) == row).then(pl.lit(value, frame.schema[name])).otherwise(name).alias(name)
        for name, value in values.items()
    )


def test_unchanged_replies_are_parsed_once(parser: Parser) -> None:
    assert parser.run() == parser.run() == parser.run() == 1


@pytest.mark.parametrize(
    "values",
    [{"cached": True}, {"tokens_in": 99, "tokens_out": 99}, {"cost_usd": 9.0}, {"latency_s": 9.0}, {"attempts": 7}],
)
def test_what_does_not_decide_the_records_is_ignored(parser: Parser, values: dict[str, object]) -> None:
    parser.run()
    for row in range(3):
        assert parser.run(replies=with_value(parser.inputs["replies"], row, **values)) == 1


def test_another_message_of_a_failed_request_is_in_the_failures(parser: Parser) -> None:
    parser.run()
    failed = 1 if parser.stage == "nuance" else 2
    assert parser.run(replies=with_value(parser.inputs["replies"], failed, message="other", attempts=2)) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: with_value(frame, 0, text=None, pending="budget"),
        lambda frame: with_value(frame, 0, key="other"),
        lambda frame: with_value(frame, 0, model="other/model"),
        lambda frame: with_value(frame, 0, prompt_version="2" * 12),
        lambda frame: with_value(frame, 0, code="timeout", message="no reply"),
        lambda frame: frame.reverse(),
        lambda frame: frame.head(2),
        lambda frame: frame.with_columns(kept_text=None, kept_key=None),
        lambda frame: frame.with_columns(pl.col("kept_text").str.replace("oak", "elm").str.replace("older", "old")),
        lambda frame: frame.with_columns(kept_key=pl.col("kept_key").str.to_uppercase()),
        lambda frame: frame.with_columns(kept_model=pl.col("kept_model").str.to_uppercase()),
        lambda frame: frame.with_columns(
            pl.col("text").str.replace("oak", "elm").str.replace("Scene of", "Scene about")
        ),
    ],
)
def test_changed_replies_are_parsed_again(parser: Parser, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    parser.run()
    changed = change(parser.inputs["replies"])
    assert not changed.equals(parser.inputs["replies"])
    assert parser.run(replies=changed) == 2


def test_other_numbers_levels_and_tags_of_the_words_count(parser: Parser) -> None:
    parser.run()
    assert parser.run(words=WORDS.with_columns(term_number=pl.col("term_number") + 1)) == (
        2 if parser.stage == "nuance" else 1
    )
    calls = parser.run()
    for changed in (WORDS.with_columns(topik_level=pl.lit(6, pl.Int64)), WORDS.with_columns(tags=pl.lit(["new"]))):
        assert parser.run(words=changed) == (calls := calls + (parser.stage == "flashcards"))


@pytest.mark.parametrize(
    "other",
    [
        {"nuance": NUANCE.with_columns(pos=pl.lit("verb"))},
        {"requests": planned("Scene")},
        {"requests": REQUESTS.with_columns(pl.col("user").str.replace(', "Usage-Comparison"', "", literal=True))},
    ],
)
def test_cards_of_other_requests_and_analyses_are_parsed_again(
    other: dict[str, pl.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = Parser("flashcards", tmp_path, monkeypatch)
    parser.run()
    assert parser.run(**other) == 2


def test_an_earlier_reply_in_the_cache_is_not_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parser = Parser("flashcards", tmp_path, monkeypatch)
    other = with_value(CARDS, 0, key="earlier")
    parser.run(replies=other)
    assert parser.run(replies=with_value(other, 0, cached=True)) == 2


def test_a_reply_that_cannot_be_parsed_is_parsed_in_each_run(parser: Parser) -> None:
    wrong = with_value(parser.inputs["replies"], 0, text="no JSON")
    assert [parser.run(replies=wrong), parser.run(replies=wrong)] == [1, 2]


def test_a_run_of_some_words_keeps_the_earlier_result_of_all_words(parser: Parser, tmp_path: Path) -> None:
    parser.run()
    key = (tmp_path / "layer.key").read_text()
    used, parser.before = parser.before, EarlierResultDataset(filepath=str(tmp_path / "layer.key"), layers=["layer"])
    parser.before.leave_unused()
    layer = parser.layer.load()
    assert parser.run(replies=parser.inputs["replies"].head(2)) == 2
    assert (tmp_path / "layer.key").read_text() == key
    parser.layer.save(layer)
    parser.before = used
    assert parser.run() == 2
