"""Stage 1: what is requested, and which replies become analyses or failures."""

import json

import polars as pl
import pytest
from pipelines.stages import LIST, PROMPT, REPAIR, SETTINGS, TASKS, Answers, ingress, nuance_text, replies, reply
from support.ledger import fresh_ledger

from korean_flashcards.confusables import CONFUSABLE_SCHEMA
from korean_flashcards.domain.errors import NoWordsError, WordsRemovedError
from korean_flashcards.domain.records import Nuance
from korean_flashcards.formats import nuance_reply
from korean_flashcards.ledger.tasks.task_changes import drop
from korean_flashcards.ledger.tasks.task_list import Filters
from korean_flashcards.pipelines.nuance.nodes import (
    NUANCE_SCHEMA,
    generate_nuance,
    parse_nuance,
    plan_nuance,
    select_words,
)
from korean_flashcards.stages.stage import FAILURE_SCHEMA, REPLY_SCHEMA, REQUEST_SCHEMA

LEDGER = fresh_ledger()
ALIKE = pl.DataFrame(schema=CONFUSABLE_SCHEMA)
WORDS = ingress({"list.csv": LIST.encode()}, LEDGER)["vocabulary"]


def planned(known: tuple[str, ...] = (), **changes: object) -> pl.DataFrame:
    return plan_nuance(
        WORDS, ALIKE, PROMPT, Answers(lambda _: "", known), LEDGER, SETTINGS.model_copy(update=changes), "redo"
    )


def test_a_request_has_the_known_columns_but_not_the_position_in_the_list():
    requests = planned()
    assert requests.schema == pl.Schema(REQUEST_SCHEMA)
    assert [json.loads(user) for user in requests["user"]] == [
        {"term": "남성", "definition": "man", "hanja": "男性", "topik_level": 3},
        {"term": "배", "definition": "ship", "topik_level": 1},
        {"term": "배", "definition": "pear", "topik_level": 1},
    ]


def test_the_same_word_in_a_different_list_has_the_same_key():
    ledger, text = fresh_ledger(), "no,word,meaning,level,freq,ipa,tags\n9,물,water,,,,\n70,배,pear,1,12,x,mine\n"
    words = ingress({"other.csv": text.encode()}, ledger)["vocabulary"]
    other = plan_nuance(words, ALIKE, PROMPT, Answers(lambda _: ""), ledger, SETTINGS, "redo")
    assert other["key"][1] == planned()["key"][2]


@pytest.mark.parametrize("changes", [{"model": "other/model"}, {"temperature": 0.5}, {"max_tokens": 100}])
def test_settings_that_affect_the_reply_change_the_key(changes):
    assert set(planned(**changes)["key"]).isdisjoint(planned()["key"])


@pytest.mark.parametrize(
    "changes", [{"timeout": 9}, {"concurrency": 9}, {"max_attempts": 9}, {"backoff": 9}, {"api_base": "http://other"}]
)
def test_settings_that_do_not_affect_the_reply_do_not_change_the_key(changes):
    assert planned(**changes)["key"].equals(planned()["key"])


def test_the_plan_shows_which_replies_are_cached():
    keys = planned()["key"]
    assert planned(known=(keys[1],))["state"].to_list() == ["new", "cached", "new"]


def test_planning_writes_nothing():
    with LEDGER.store.read() as connection:
        before = connection.exec_driver_sql("SELECT * FROM tasks").all()
    planned(known=(planned()["key"][1],))
    with LEDGER.store.read() as connection:
        assert connection.exec_driver_sql("SELECT * FROM tasks").all() == before


@pytest.mark.parametrize(("limit", "count"), [(None, 3), (1, 1), (2, 2), (99, 3)])
def test_limit_selects_the_first_words(limit, count):
    assert select_words(WORDS, pl.DataFrame(), LEDGER, None, limit, None, None, None).equals(WORDS.head(count))


def test_a_run_whose_words_are_rolled_back_meanwhile_has_an_error_instead_of_empty_layers():
    ledger = fresh_ledger()
    lists = {"a.csv": "term,definition\n물,water\n".encode(), "b.csv": "term,definition\n불,fire\n".encode()}
    frames = ingress(lists, ledger)
    words, (first, second) = frames["vocabulary"], frames["imported"]["batch_id"]
    with ledger:
        ledger.rollback(first)
        assert select_words(words, frames["imported"], ledger, None, None, None, None, None)["term"].to_list() == ["불"]
        ledger.rollback(second)
        with pytest.raises(
            WordsRemovedError, match=r"All words of this run were removed from the ledger.*deck was not changed"
        ):
            select_words(words, frames["imported"], ledger, None, None, None, None, None)


@pytest.mark.parametrize(
    ("narrowing", "problem"),
    [((None, None, 10, None), "No word matches priority_min 10"), ((None, None, None, None), "All words were dropped")],
)
def test_a_run_without_words_has_an_error(narrowing, problem):
    ledger = fresh_ledger()
    words = ingress({"a.csv": "term,definition\n물,water\n".encode()}, ledger)["vocabulary"]
    with ledger:
        if narrowing[2] is None:
            drop(ledger.store, Filters(words=("물",)))
        with pytest.raises(NoWordsError, match=f"{problem}.*deck was not changed"):
            select_words(words, pl.DataFrame(), ledger, None, *narrowing)


def test_each_word_is_requested_once_and_the_parser_checks_its_reply():
    client = Answers(lambda request: nuance_text("배"))
    result = generate_nuance(planned(), PROMPT, client, LEDGER, SETTINGS, TASKS, "redo", REPAIR)
    assert result.schema == pl.Schema(REPLY_SCHEMA)
    assert result.select("item_id", "code").rows() == [("남성#1", "wrong_word"), ("배#1", None), ("배#2", None)]
    assert client.requested == planned()["user"].to_list()
    assert result["key"].equals(planned()["key"])


def test_every_reply_becomes_an_analysis_or_a_failure():
    answers = replies(
        reply("남성#1", "남성", nuance_text("남성[x]")),
        reply("배#1", "배", None, code="timeout", attempts=5),
        reply("배#2", "배", nuance_text("배")[:-20]),
    )
    nuance, failures = parse_nuance(answers, WORDS)
    assert nuance.schema == pl.Schema(NUANCE_SCHEMA) and failures.schema == pl.Schema(FAILURE_SCHEMA)
    assert nuance.select("item_id", "term", "term_number", "key").rows() == [
        ("남성#1", "남성[nam.sʌŋ]", 1, "남성#1-key")
    ]
    assert failures.select("item_id", "code", "attempts").rows() == [("배#1", "timeout", 5), ("배#2", "cut_short", 1)]
    assert failures["text"][1] == nuance_text("배")[:-20], "the model's last text helps to find out why"


def test_the_17_fields_are_unchanged():
    text = nuance_text("남성", homonyms=[{"hanja": "男性", "reading": "남성", "meaning": "m", "differentiator": "d"}])
    nuance, _ = parse_nuance(replies(reply("남성#1", "남성", text)), WORDS)
    record = nuance.select(*Nuance.model_fields).row(0, named=True)
    assert Nuance.model_validate(record).model_dump(exclude={"term", "term_number"}) == {
        name: value for name, value in json.loads(text).items() if name != "term"
    }


def test_without_replies_there_are_no_analyses_and_no_failures():
    nuance, failures = parse_nuance(replies(), WORDS)
    assert nuance.is_empty() and failures.is_empty() and nuance.schema == pl.Schema(NUANCE_SCHEMA)


def test_each_reply_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []
    find_json = nuance_reply.find_json
    monkeypatch.setattr(nuance_reply, "find_json", lambda text, shape: parsed.append(text) or find_json(text, shape))
    model = Answers(lambda user: nuance_text(user["term"], primary_meaning=f"{user['definition']} (once)"))
    asked = generate_nuance(planned(), PROMPT, model, LEDGER, SETTINGS, TASKS, "redo", REPAIR)
    records, failures = parse_nuance(asked, WORDS)
    assert (records.height, failures.height, len(parsed)) == (3, 0, 3)
    assert records.select("term_number", "primary_meaning").rows() == [
        (number, f"{definition} (once)") for number, definition in WORDS.select("term_number", "definition").iter_rows()
    ]
    assert parse_nuance(asked, WORDS)[0].equals(records)
    assert len(parsed) == 6
