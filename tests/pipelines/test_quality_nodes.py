"""Quality: findings of the checks, and a score for each card and each word."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import polars as pl
import pytest
from pipelines.stages import vocabulary_of
from support.parameters import quality_parameters
from support.scored import analyses, flashcards, scored

from korean_flashcards import checks
from korean_flashcards.domain.errors import LayersOutOfStepError
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.pipelines.quality.nodes import (
    FINDING_SCHEMA,
    QUALITY_SCHEMA,
    check_cards,
    score_cards,
)
from korean_flashcards.quality.findings_cache import MapChecks, Row, WordToCheck

WORDS = vocabulary_of("term,definition\n남성,man\n배,ship\n배,pear\n")


def checked(
    before: pl.DataFrame | None = None, rules: str = "1", map_checks: MapChecks = map, **layers: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    inputs = {"nuance": analyses(), "flashcards": flashcards(), "words": WORDS, "vocabulary": WORDS} | layers
    known = pl.DataFrame() if before is None else before
    return check_cards(**inputs, before=known, rules=rules, map_checks=map_checks)


def test_every_word_and_every_card_has_one_score() -> None:
    quality = scored().quality
    assert dict(quality.schema) == QUALITY_SCHEMA
    assert quality.select("item_id", "term", "tab_name", "score", "verdict", "errors").rows() == [
        ("남성#1", "남성", None, 58, "review", 1), ("남성#1", "남성", "Scene", 100, "publish", 0),
        ("남성#1", "남성", "Hanja", 58, "review", 1), ("배#1", "배", None, 20, "reject", 2),
        ("배#1", "배", "Scene", 20, "reject", 2), ("배#2", "배", None, 100, "publish", 0),
        ("배#2", "배", "Scene", 100, "publish", 0),
    ]  # fmt: skip


def test_findings_in_the_analysis_lower_the_score_of_its_cards() -> None:
    reasons = scored().quality.filter(item_id="배#1", tab_name="Scene")["reasons"][0].to_list()
    assert reasons == ["the same sentence is on 40 cards (error, −40)", "배 is [pɛ], not [bɛ] (error, −40)"]


def test_scores_do_not_depend_on_the_order_of_the_findings() -> None:
    layers = scored()
    assert scored(_rows(layers.findings)[::-1]).quality.equals(layers.quality)


def test_a_word_without_cards_is_scored_by_its_analysis() -> None:
    layers = scored([("배#2", None, "ipa_other_word", "warning", "no such sound")])
    alone = score_cards(layers.findings, layers.nuance, layers.flashcards.clear(), quality_parameters())
    assert alone["tab_name"].null_count() == alone.height == 3
    assert alone.filter(item_id="배#2")["score"].item() == 85


def test_findings_come_from_analyses_cards_and_the_whole_deck(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks are replaced, because they have separate tests. This test is about where their findings end up."""

    def found(code: str) -> Finding:
        return Finding(code, Severity.NOTE, "back", "why")

    def check_word(record: Row, cards: Iterable[Row], word: Row) -> tuple[list[Finding], list[list[Finding]]]:
        of_cards = [[found("card")] * (card["tab_name"] == "Hanja") for card in cards]
        return [found(f"{word['definition']}")], of_cards

    monkeypatch.setattr(checks, "check_word", check_word)
    monkeypatch.setattr(checks, "check_deck", lambda nuance, cards: iter([("배#2", "Scene", found("deck"))]))
    findings, _ = checked()
    assert dict(findings.schema) == FINDING_SCHEMA
    assert findings.select("item_id", "term", "tab_name", "code").rows() == [
        ("남성#1", "남성", None, "man"), ("남성#1", "남성", "Hanja", "card"), ("배#1", "배", None, "ship"),
        ("배#2", "배", None, "pear"), ("배#2", "배", "Scene", "deck"),
    ]  # fmt: skip


def test_only_changed_words_are_checked_again_and_the_findings_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    requested: list[str] = []

    def note(record: Row, cards: Iterable[Row], word: Row) -> tuple[list[Finding], list[list[Finding]]]:
        requested.append(record["item_id"])
        found = Finding("meaning_differs", Severity.WARNING, "primary_meaning", record["primary_meaning"])
        return [found], [[] for _ in cards]

    monkeypatch.setattr(checks, "check_word", note)
    first, before = checked()
    everything, requested[:] = list(requested), []
    again, same = checked(before)
    assert again.equals(first) and same.equals(before) and requested == [] and len(everything) == 3

    moved = flashcards().with_columns(position=pl.col("position") + 7, prompt_version=pl.lit("f" * 12))
    assert checked(before, flashcards=moved)[1].equals(before) and requested == []
    changes: list[tuple[list[str], dict[str, pl.DataFrame]]] = [
        (["배#1"], {"flashcards": flashcards().with_columns(front=pl.col("front").replace("front 3", "another"))}),
        (["배#2"], {"words": WORDS.with_columns(definition=pl.col("definition").replace("pear", "belly"))}),
        (["남성#1"], {"flashcards": flashcards().filter(pl.col("tab_name") != "Hanja")}),
        (everything, {"nuance": analyses().with_columns(primary_meaning=pl.lit("another"))}),
    ]
    for words, layers in changes:
        assert checked(before, **layers)[0].equals(checked(**layers)[0])
        assert requested == [*words, *everything]
        requested.clear()
    with monkeypatch.context() as other:
        other.setattr(pl, "__version__", "0.1")
        checked(before)
    assert [*requested] == everything, "a different version of polars may hash rows in a different way"
    requested.clear()
    few = {"words": WORDS[:1], "nuance": analyses()[:1], "flashcards": flashcards().filter(item_id=WORDS["item_id"][0])}
    assert checked(checked(before, **few)[1])[0].equals(first) and requested == [], (
        "a run of one word keeps the findings of the others"
    )
    kept = checked(checked(before, **few, vocabulary=WORDS[:2])[1], **few)[1]
    assert set(kept["item_id"]) == {"남성#1", "배#1"}, "a word that is not in the vocabulary anymore is forgotten"
    checked(before, rules="2")
    assert requested == everything, "different rules"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"language": "de"}, ["남성#1", "배#1", "배#2"]),
        (
            {"confusables": pl.DataFrame({"item_id": ["배#1"], "other_term": ["말"], "other_meaning": ["horse"]})},
            ["배#1"],
        ),
        ({"flashcards": flashcards().reverse()}, ["남성#1"]),
    ],
)
def test_what_requests_name_and_the_order_of_the_cards_count(
    change: dict[str, Any], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    requested: list[str] = []

    def note(record: Row, cards: Iterable[Row], word: Row) -> tuple[list[Finding], list[list[Finding]]]:
        requested.append(record["item_id"])
        return [], [[] for _ in cards]

    monkeypatch.setattr(checks, "check_word", note)
    monkeypatch.setattr(
        "korean_flashcards.pipelines.quality.nodes.candidates_of",
        lambda frame: {item_id: [term] for item_id, term in frame.select("item_id", "other_term").iter_rows()},
    )
    _, before = checked()
    requested.clear()
    checked(before, **change)
    assert requested == words


def test_only_changed_words_are_passed_to_the_process_that_checks_them() -> None:
    passed: list[str] = []

    def map_checks(
        check: Callable[[WordToCheck], list[dict[str, Any]]], words: Iterable[WordToCheck]
    ) -> Iterator[list[dict[str, Any]]]:
        for each in words:
            passed.append(each.record["item_id"])
            yield check(each)

    first, before = checked(map_checks=map_checks)
    assert first.equals(checked()[0]) and passed == WORDS["item_id"].to_list()
    renamed = WORDS.with_columns(definition=pl.col("definition").replace("pear", "belly"))
    assert checked(before, words=renamed, map_checks=map_checks)[0].equals(checked(words=renamed)[0])
    assert passed[3:] == ["배#2"]


def test_layers_of_different_runs_are_refused() -> None:
    with pytest.raises(
        LayersOutOfStepError, match=r"1 word \(배#2\) has cards but no analysis: the layers come from different"
    ):
        checked(nuance=analyses().filter(pl.col("item_id") != "배#2"))
    with pytest.raises(
        LayersOutOfStepError, match=r"1 word \(남성#1\) has an analysis but is not in this run: the layers come"
    ):
        checked(words=WORDS.filter(pl.col("item_id") != "남성#1"))


def _rows(findings: pl.DataFrame) -> list[tuple[str, str | None, str, str, str]]:
    return list(findings.select("item_id", "tab_name", "code", "severity", "message").iter_rows())
