"""Test the queue for runs: the order of words, and which words are requested, kept or given up, and why."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.model_server import ModelServer
from support.requests_to_send import PROMPT, REPAIR, NuanceRuns, rows_of, settings

from korean_flashcards.domain.errors import (
    CacheDamagedError,
    FlashcardsError,
    LayersOutOfStepError,
    LedgerError,
    ModelUnavailableError,
    NoWordsError,
    WordsRemovedError,
)
from korean_flashcards.domain.parameters import FlashcardParameters, Stale
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.llm.cache.cache_repair import repair
from korean_flashcards.pipelines.flashcards.nodes import generate_flashcards, parse_flashcards, plan_flashcards
from korean_flashcards.pipelines.nuance.nodes import parse_nuance
from korean_flashcards.stages.stage import REPLY_SCHEMA
from korean_flashcards.stages.task import REQUESTED, Task, TaskRequest, changed_fields, decide_state

OTHER = Prompt("nuance", "Analyze the word well.")
ONCE = {"max_attempts": 1}


@pytest.fixture
def runs(tmp_path: Path) -> NuanceRuns:
    """Return runs with an empty cache. The ledger is created when the first words are imported."""
    return NuanceRuns(tmp_path)


def test_words_are_ordered_by_priority_then_frequency_then_position(runs: NuanceRuns) -> None:
    runs.take("가#1", "나#1", "다#1", "라#1", "마#1")
    runs.sql("UPDATE tasks SET frequency = 9 WHERE item_id = '라#1'")
    runs.sql("UPDATE tasks SET priority = 8 WHERE item_id = '다#1'")
    runs.sql("UPDATE tasks SET state = 'dropped' WHERE item_id = '가#1' AND stage = 'flashcards'")
    queue = runs.ledger.queue
    assert queue.select(None, None, None, None) == ["다#1", "라#1", "나#1", "마#1"]
    assert queue.select(None, None, None, 2) == ["다#1", "라#1"]
    assert queue.select(None, None, 6, None) == ["다#1"]
    assert queue.select(["words"], ["마", "나#1", "가"], None, None) == ["나#1", "마#1"]


def test_a_headword_selects_all_its_homographs_and_an_item_id_one_of_them(runs: NuanceRuns) -> None:
    runs.take("배#1", "배#2", "말#1")
    queue = runs.ledger.queue
    assert queue.select(None, ["배"], None, None) == ["배#1", "배#2"]
    assert queue.select(None, ["배#2"], None, None) == ["배#2"]
    decomposed = "\u1107\u1162"
    assert queue.select(None, [decomposed], None, None) == ["배#1", "배#2"]


@pytest.mark.parametrize(("batches", "words", "named"), [(["unit9"], None, "unit9"), (None, ["없다"], "없다")])
def test_the_error_names_an_unknown_batch_or_word(
    runs: NuanceRuns, batches: list[str] | None, words: list[str] | None, named: str
) -> None:
    runs.take("배#1")
    with pytest.raises(LedgerError, match=named):
        runs.ledger.queue.select(batches, words, None, None)


@pytest.mark.slow
def test_high_priority_words_are_requested_first_and_replies_keep_the_order_of_the_words(runs: NuanceRuns) -> None:
    words = runs.take("가#1", "나#1", "다#1")
    runs.sql("UPDATE tasks SET priority = 9 WHERE item_id = '다#1'")
    with ModelServer() as server:
        replies = runs.run(words, server.url, concurrency=1)
        assert [request["term"] for request in server.requests()] == ["다", "가", "나"]
    assert replies["item_id"].to_list() == ["가#1", "나#1", "다#1"]
    assert dict(replies.schema) == REPLY_SCHEMA


@pytest.mark.slow
def test_a_word_that_fails_in_three_runs_is_a_dead_letter_and_not_requested_again(runs: NuanceRuns) -> None:
    words = runs.take("배#1", "말#1")
    with ModelServer(by_term={"배": ["refusal"] * 9}) as server:
        for attempts, state in ((1, "failed"), (2, "failed"), (3, "dead")):
            assert runs.run(words, server.url, **ONCE)["code"].to_list() == ["refused", None]
            assert runs.task("배#1") == (state, attempts, "refused")
            (reason,) = runs.plan(words, server.url)["reason"].to_list()[:1]
            assert reason.startswith("refused: ") and f"({attempts} attempt" in reason
        before = len(server.requests())
        assert runs.plan(words, server.url)["state"].to_list() == ["dead", "cached"]
        reply = runs.run(words, server.url, **ONCE).row(0, named=True)
        assert len(server.requests()) == before
    assert (reply["code"], reply["attempts"], reply["cached"]) == ("refused", 3, None)
    assert "I'm sorry" in reply["text"] and reply["message"] and runs.ledger.queue.dead(["배#1", "말#1"]) == {"배#1"}


@pytest.mark.slow
def test_a_changed_prompt_makes_a_dead_letter_new_and_resets_its_attempts(runs: NuanceRuns) -> None:
    words = runs.take("배#1")
    with ModelServer(always="refusal") as server:
        for _ in range(3):
            runs.run(words, server.url, **ONCE)
        runs.prompt = OTHER
        assert runs.plan(words, server.url)["state"].to_list() == ["new"]
        runs.run(words, server.url, **ONCE)
    assert runs.task("배#1") == ("failed", 1, "refused")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prompt", "model", "reason"),
    [
        (OTHER, "openai/test", "prompt v1→v2; model unchanged"),
        (PROMPT, "openai/other", "prompt unchanged (v1); model openai/test→openai/other"),
        (OTHER, "openai/other", "prompt v1→v2; model openai/test→openai/other"),
    ],
)
def test_a_stale_reply_is_requested_again_or_kept_and_the_reason_is_shown(
    runs: NuanceRuns, prompt: Prompt, model: str, reason: str
) -> None:
    words = runs.take("배#1")
    with ModelServer() as server:
        (first,) = runs.run(words, server.url).to_dicts()
        runs.prompt = prompt
        for stale, state in (("keep", "kept"), ("redo", "stale")):
            planned = runs.plan(words, server.url, stale, model=model)
            assert planned.select("state", "reason").rows() == [(state, reason)]
        (kept,) = runs.run(words, server.url, "keep", model=model).to_dicts()
        assert len(server.requests()) == 1 and runs.task("배#1", "state, stale") == ("done", reason)
        assert kept | {"latency_s": 0} == first | {"cached": True, "latency_s": 0}, (
            "kept under its own key, model and prompt version"
        )
        (redone,) = runs.run(words, server.url, "redo", model=model).to_dicts()
        assert len(server.requests()) == 2 and runs.task("배#1", "state, stale") == ("done", None)
    assert (redone["model"], redone["prompt_version"]) == (model, prompt.version)


def test_a_word_whose_data_changed_is_stale(runs: NuanceRuns) -> None:
    words = runs.take("배#1")
    with ModelServer() as server:
        runs.run(words, server.url)
        changed = words.with_columns(definition=pl.lit("element"))
        assert runs.plan(changed, server.url)["reason"].to_list() == ["the word's data changed"]


@pytest.mark.slow
def test_old_replies_can_still_be_kept_after_a_stopped_run_with_a_new_prompt(runs: NuanceRuns) -> None:
    words = runs.take("배#1", "말#1")
    with ModelServer() as server:
        runs.run(words, server.url)
    with ModelServer(always="401") as refusing, pytest.raises(ModelUnavailableError):
        runs.prompt = OTHER
        runs.run(words, refusing.url)
    assert runs.task("배#1") == ("pending", 0, None)
    with ModelServer() as server:
        assert runs.run(words, server.url, "keep")["code"].to_list() == [None, None]
        assert server.requests() == []
    assert runs.task("배#1") == ("done", 0, None)


@pytest.mark.parametrize(
    ("behavior", "changes", "outcome"),
    [("ok", {"cache_only": True}, "cache_only"), ("empty", ONCE, "empty"), ("refusal", ONCE, "refused")],
)
def test_a_pending_or_failed_word_keeps_its_last_good_reply(
    runs: NuanceRuns, behavior: str, changes: dict[str, object], outcome: str
) -> None:
    words = runs.take("배#1", "말#1").with_columns(term_number=pl.int_range(1, 3))
    with ModelServer() as server:
        first = runs.run(words.head(1), server.url)
        good, _ = parse_nuance(first, words)
    runs.prompt = OTHER
    with ModelServer(always=behavior) as server:
        for _ in range(2):
            replies = runs.run(words, server.url, **changes)
            kept, failures = parse_nuance(replies, words.with_columns(term_number=pl.col("term_number") + 6))
            assert {outcome} == {*replies["pending"].drop_nulls(), *replies["code"].drop_nulls()}
            assert failures.height == replies["code"].count()
            assert kept["kept"].to_list() == [True] and kept["term_number"][0] == good["term_number"][0] + 6
            assert kept.drop("kept", "term_number").equals(good.drop("kept", "term_number"))
    with ModelServer() as server:
        records, _ = parse_nuance(runs.run(words, server.url), words)
        assert records["kept"].to_list() == [False, False] and set(records["prompt_version"]) == {OTHER.version}
        assert runs.task("배#1", "key = good_key, good_prompt_version") == (1, OTHER.version)


def test_a_kept_reply_that_the_current_parser_rejects_is_not_kept(runs: NuanceRuns) -> None:
    words = runs.take("배#1").with_columns(term_number=pl.lit(1))
    with ModelServer() as server:
        runs.run(words, server.url)
        runs.prompt = OTHER
        replies = runs.run(words, server.url, cache_only=True)
    wrong = replies.with_columns(kept_text=pl.lit("I cannot help with that."))
    assert parse_nuance(replies, words)[0].height == 1 and parse_nuance(wrong, words)[0].is_empty()
    none = replies.drop("kept_key", "kept_model", "kept_prompt_version", "kept_text")
    assert parse_nuance(none, words)[0].is_empty(), "a layer that an earlier release wrote"


def test_a_damaged_reply_is_requested_again_only_after_a_repair(runs: NuanceRuns) -> None:
    words = runs.take("배#1")
    with ModelServer() as server:
        runs.run(words, server.url)
        runs.sql("UPDATE tasks SET pinned = 1, model = 'legacy'")
        runs.prompt = OTHER
        assert runs.run(words, server.url)["model"].to_list() == ["legacy"], "records of an earlier system are kept"
        assert len(server.requests()) == 1
        (old,) = runs.task("배#1", "key")
        folder = runs.client._cache.folder
        with runs.client._cache.store._store as store:
            store.set(old, "damaged")
        runs.client.close()
        with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as connection:
            connection.execute("VACUUM")  # otherwise, the repair finds the overwritten reply
        with pytest.raises(CacheDamagedError, match="kedro cache repair"):
            runs.run(words, server.url)
        assert len(server.requests()) == 1
        repair(folder)
        runs.client.close()
        (reply,) = runs.run(words, server.url).to_dicts()
        assert len(server.requests()) == 2
        assert reply["key"] == runs.plan(words, server.url)["key"][0] != old
    assert runs.task("배#1", "state, pinned, key") == ("done", 0, reply["key"])


def test_a_rejected_api_key_does_not_count_as_an_attempt(runs: NuanceRuns) -> None:
    words = runs.take("배#1", "말#1")
    with ModelServer(always="401") as server, pytest.raises(ModelUnavailableError):
        runs.run(words, server.url)
    assert runs.task("배#1", "state, attempts, code, run_id") == ("pending", 0, None, None)


def test_a_task_with_a_cached_reply_becomes_done(runs: NuanceRuns) -> None:
    """After a crash between caching a reply and recording it, the next run finds the reply."""
    words = runs.take("배#1")
    with ModelServer() as server:
        runs.run(words, server.url)
        runs.sql("UPDATE tasks SET state = 'pending', key = NULL, model = NULL")
        assert runs.plan(words, server.url)["state"].to_list() == ["cached"]
        runs.run(words, server.url)
        assert len(server.requests()) == 1
    assert runs.task("배#1", "state, model, stale") == ("done", "openai/test", None)


def test_a_word_dropped_since_the_plan_is_not_requested(runs: NuanceRuns) -> None:
    words = runs.take("배#1", "말#1")
    with ModelServer() as server:
        runs.sql("UPDATE tasks SET state = 'dropped' WHERE item_id = '배#1'")
        assert runs.plan(words, server.url)["state"].to_list() == ["dropped", "new"]
        assert runs.run(words, server.url)["item_id"].to_list() == ["말#1"]
    assert runs.task("배#1") == ("dropped", 0, None)


@pytest.mark.slow
def test_the_error_for_a_rolled_back_word_names_kedro_run(runs: NuanceRuns) -> None:
    runs.take("배#1")
    with pytest.raises(LayersOutOfStepError, match=r"말#1.*This stage sent nothing.*kedro run"):
        runs.plan(rows_of(["배#1", "말#1"]), "http://127.0.0.1:9/v1")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ("DELETE FROM tasks", WordsRemovedError, "All words of this run were removed.*kedro run"),
        ("UPDATE tasks SET state = 'dropped'", NoWordsError, "All words of this run were dropped.*--state dropped"),
        (
            "DELETE FROM tasks WHERE item_id = '말#1'",
            WordsRemovedError,
            r"^1 word \(말#1\) of this run was removed.*deck was not changed",
        ),
    ],
)
def test_words_that_are_removed_before_they_have_a_reply_stop_the_run(
    runs: NuanceRuns, change: str, error: type[FlashcardsError], message: str
) -> None:
    words = runs.take("배#1", "말#1")
    with ModelServer() as server, pytest.raises(error, match=message):
        runs.run(words, server.url, consent=lambda stage: runs.sql(change))


def test_a_word_that_is_dropped_while_others_are_requested_has_no_reply(runs: NuanceRuns) -> None:
    words = runs.take("배#1", "말#1")
    with ModelServer() as server:
        replies = runs.run(
            words,
            server.url,
            consent=lambda stage: runs.sql("UPDATE tasks SET state = 'dropped' WHERE item_id = '말#1'"),
        )
    assert replies["item_id"].to_list() == ["배#1"]


def test_homographs_with_the_same_request_share_one_reply(runs: NuanceRuns) -> None:
    words = runs.take("배#1", "배#2").with_columns(definition=pl.lit("ship"))
    with ModelServer() as server:
        assert runs.run(words, server.url)["code"].to_list() == [None, None]
        assert len(server.requests()) == 1
    assert {runs.task(item_id)[0] for item_id in ("배#1", "배#2")} == {"done"}


def test_a_task_that_changed_since_it_was_read_stays_unchanged(runs: NuanceRuns) -> None:
    words = runs.take("배#1")
    with ModelServer() as server:
        runs.run(words, server.url)
    queue, request = runs.ledger.queue, TaskRequest("nuance", "key2", "m", OTHER.version)
    known = queue.tasks("nuance", ["배#1"])["배#1"]
    runs.sql("UPDATE tasks SET state = 'dropped'")
    queue.note("nuance", OTHER, [decide_state(known, request, {str(known.key)}, {}, "redo", lambda: None)])
    assert runs.task("배#1")[0] == "dropped"
    assert queue.prompt_numbers("nuance") == {PROMPT.version: 1, OTHER.version: 2}


@pytest.mark.slow
def test_a_failed_second_stage_reuses_the_analyses_and_a_kept_reply_keeps_its_card_types(runs: NuanceRuns) -> None:
    words = runs.take("배#1", "말#1")

    def cards(url: str, prompt: Prompt, stale: Stale, *types: str) -> tuple[list[str | None], list[str]]:
        nuance, _ = parse_nuance(runs.run(words, url), words)
        inputs = (prompt, runs.client, runs.ledger, settings(url, **ONCE))
        parameters = FlashcardParameters(card_types=types)
        requests = plan_flashcards(nuance, words, *inputs, stale, parameters)
        replies = generate_flashcards(requests, *inputs, runs.tasks, stale, REPAIR, parameters)
        made, failures = parse_flashcards(requests, replies, nuance, words)
        assert failures.height == replies["code"].count()
        return replies["code"].to_list(), made["tab_name"].to_list()

    words = words.with_columns(term_number=pl.lit(1), topik_level=None, tags=pl.lit([], pl.List(pl.String)))
    with ModelServer() as server:
        runs.run(words, server.url)
    with ModelServer(always="refusal") as server:
        assert cards(server.url, PROMPT, "redo", "Scene") == (["refused"] * 2, [])
        assert {request["stage"] for request in server.requests()} == {"flashcards"}
    with ModelServer() as server:
        assert cards(server.url, PROMPT, "redo", "Scene") == ([None] * 2, ["Scene"] * 2)
        assert len(server.requests()) == 2
        assert cards(server.url, OTHER, "keep", "Scene", "Usage-Comparison") == ([None] * 2, ["Scene"] * 2)
        assert len(server.requests()) == 2
        redone = cards(server.url, OTHER, "redo", "Scene", "Usage-Comparison")
        assert redone == ([None] * 2, ["Scene", "Usage-Comparison"] * 2)
    assert runs.sql("SELECT DISTINCT stage, state, attempts FROM tasks ORDER BY stage") == [
        ("flashcards", "done", 0), ("nuance", "done", 0),
    ]  # fmt: skip


TASKS = st.builds(
    Task,
    item_id=st.just("배#1"), priority=st.just(5), frequency=st.just(0), position=st.just(1), attempts=st.integers(0, 4),
    state=st.sampled_from(["pending", "running", "done", "failed", "dead", "dropped"]),
    key=st.sampled_from([None, "old", "today"]), model=st.just("m"), prompt_version=st.sampled_from(["p1", "p2", None]),
    code=st.just("refused"), message=st.just("no"), stale=st.none(), pinned=st.integers(0, 1),
)  # fmt: skip


@given(TASKS, st.sets(st.sampled_from(["old", "today"])), st.sampled_from(["redo", "keep"]))
def test_cached_replies_are_never_requested_and_missing_ones_never_kept(task, cached, stale):
    decision = decide_state(
        task, TaskRequest("nuance", "today", "m", "p2"), cached, {"p1": 1, "p2": 2}, stale, lambda: None
    )
    assert decision.state not in REQUESTED or "today" not in cached
    assert decision.state != "cached" or "today" in cached
    assert decision.state != "kept" or ("old" in cached and task.key == "old")
    assert decision.state != "dead" or (task.state == "dead" and task.key == "today")
    assert (decision.reason is None) == (decision.state in ("cached", "new", "dropped"))
    assert stale == "keep" or decision.state != "kept" or task.pinned


@pytest.mark.parametrize(
    ("before", "user", "fields"),
    [
        ({"term": "배", "definition": "sh\u200bip"}, {"term": "배", "definition": "ship"}, set()),
        ({"term": "배", "definition": "sh\x1fip"}, {"term": "배", "definition": "pear"}, {"definition"}),
        ({"term": "배"}, {"term": "배"}, None),
        (None, {"term": "배"}, None),
    ],
)
def test_a_reply_is_kept_if_only_invisible_characters_were_removed_from_its_request(before, user, fields):
    texts = {"old": before and json.dumps(before, ensure_ascii=False)}
    found = changed_fields(texts.get, "old", json.dumps(user, ensure_ascii=False))
    assert found == fields
    task = Task("배#1", "done", 5, 0, 1, 0, "old", "m", "p1", None, None, None, 0)
    decision = decide_state(task, TaskRequest("nuance", "today", "m", "p1"), {"old"}, {}, "redo", lambda: found)
    assert decision.state == ("kept" if fields == set() else "stale")


@pytest.mark.parametrize(
    ("stage", "fields", "stale", "state", "reason"),
    [
        ("judge", {"findings"}, "redo", "kept", "only the findings of the checks changed"),
        ("judge", {"findings"}, "all", "stale", "only the findings of the checks changed"),
        ("judge", {"findings", "cards"}, "redo", "stale", "its row in the list, its analysis, or its cards changed"),
        ("nuance", {"comparison_candidates"}, "redo", "kept", "its comparison candidates changed"),
    ],
)
def test_a_paid_reply_is_kept_if_only_a_hint_in_its_request_changed(stage, fields, stale, state, reason):
    task = Task("배#1", "done", 5, 0, 1, 0, "old", "m", "p1", None, None, None, 0)
    decision = decide_state(task, TaskRequest(stage, "today", "m", "p1"), {"old"}, {}, stale, lambda: fields)
    assert (decision.state, decision.reason) == (state, reason)
