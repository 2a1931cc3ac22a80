"""Test that a run lets its models be loaded as soon as it is clear that it will request replies."""

from types import SimpleNamespace

import polars as pl
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline

from korean_flashcards.lifecycle import active_run
from korean_flashcards.lifecycle.active_run import ActiveRun
from korean_flashcards.pipelines import flashcards, nuance


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return the list of stages whose models are prepared, with the numbers of words. Great Expectations is not loaded."""
    parameters = SimpleNamespace(llm=SimpleNamespace(of=lambda stage: stage))
    monkeypatch.setattr(active_run, "Parameters", SimpleNamespace(model_validate=lambda _: parameters))
    monkeypatch.setattr(active_run.check_process, "prepare", lambda: None)
    return []


def run_of(pipeline: Pipeline, prepared: list[tuple[str, int]]) -> ActiveRun:
    run = ActiveRun({}, pipeline, DataCatalog({"parameters": MemoryDataset({})}), None)
    run._llm = SimpleNamespace(prepare=lambda stage, words: prepared.append((stage, words)))
    return run


def imported(*lists: tuple[str | None, int]) -> pl.DataFrame:
    return pl.DataFrame(lists, {"already": pl.String, "imported": pl.Int64}, orient="row")


def test_the_words_of_new_lists_will_be_analyzed(prepared: list[tuple[str, int]]) -> None:
    run = run_of(nuance.create_pipeline(), prepared)
    run.saved("imported_lists", imported((None, 700), ("2026-01-01", 500), (None, 20)))
    run.facts.narrowing = SimpleNamespace()
    run.saved("imported_lists", imported((None, 700)))
    run.saved("imported_lists", imported(("2026-01-01", 500)))
    # It is not clear how many of the new words are in a narrowed run.
    assert prepared == [("nuance", 720), ("nuance", 1), ("nuance", 0)]


def test_new_and_stale_words_of_a_plan_will_be_requested(prepared: list[tuple[str, int]]) -> None:
    run = run_of(nuance.create_pipeline() + flashcards.create_pipeline(), prepared)
    run.saved("flashcard_requests", pl.DataFrame({"state": ["new", "cached", "stale", "retry"]}))
    run.saved("nuance_requests", pl.DataFrame({"state": ["cached", "kept"]}))
    assert prepared == [("flashcards", 2)]


def test_a_run_without_the_node_that_sends_requests_prepares_no_model(prepared: list[tuple[str, int]]) -> None:
    run = run_of(Pipeline([]), prepared)
    run.saved("imported_lists", imported((None, 700)))
    assert prepared == []
