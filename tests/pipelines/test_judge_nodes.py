"""The judge: which words it rates, what its requests contain, and how its ratings become a verdict."""

import json
from typing import Any

import polars as pl
import pytest
from formats.test_judge_reply import FAULT, GOOD
from pipelines.stages import PROMPT, SETTINGS, TASKS, Answers, replies, reply
from support.ledger import fill_ledger, fresh_ledger
from support.parameters import quality_parameters
from support.scored import ITEMS, Scored, scored

from korean_flashcards.domain.requests import Prompt
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.pipelines.quality.judge_nodes import generate_judgements, parse_judgements, plan_judgements
from korean_flashcards.quality.judge import judged_words

LAYERS = scored()
JUDGE = Prompt("judge", "You judge cards.", 2)


def judgement(term: str, lowest: int = 4, **changes: Any) -> str:
    return json.dumps(
        {**GOOD, "term": term, "faults": [], "image": {"reason": "vague", "rating": lowest}, **changes},
        ensure_ascii=False,
    )


def planned(
    ledger: Ledger, judge: str = "all", layers: Scored = LAYERS, llm: Answers | None = None, prompt: Prompt = JUDGE
) -> pl.DataFrame:
    return plan_judgements(
        layers.nuance, layers.flashcards, layers.quality, layers.words, layers.checked, prompt,
        llm or Answers(lambda _: ""), ledger, SETTINGS, "redo", quality_parameters(judge=judge),
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Any) -> Any:
    with fresh_ledger(tmp_path) as ledger:
        fill_ledger(ledger, list(ITEMS))
        yield ledger


@pytest.mark.parametrize(
    ("judge", "words"), [("off", []), ("review", ["남성#1"]), ("all", list(ITEMS)), (False, [])]
)  # fmt: skip
def test_the_parameter_selects_the_words_to_judge(judge: Any, words: list[str]) -> None:
    assert judged_words(LAYERS.quality, quality_parameters(judge=judge)) == words


def test_the_sample_is_the_same_in_every_run_even_if_the_list_grows() -> None:
    names = [f"낱말#{n}" for n in range(400)]
    quality = pl.DataFrame({"item_id": names * 2, "tab_name": [None] * 400 + ["Scene"] * 400, "verdict": "publish"})
    parameters = quality_parameters(judge="sample", judge_sample=20)
    sample = judged_words(quality, parameters)
    assert len(sample) == len(set(sample)) == 20 and judged_words(quality.reverse(), parameters)[::-1] == sample
    half = judged_words(quality.filter(pl.col("item_id").is_in(names[:200])), parameters)
    assert set(half) >= set(sample) & set(names[:200])


def test_a_word_without_cards_is_not_judged() -> None:
    only = LAYERS.quality.filter((pl.col("item_id") != "배#1") | pl.col("tab_name").is_null())
    assert judged_words(only, quality_parameters(judge="all")) == ["남성#1", "배#2"]


CARDS = [
    {"tab_name": "Scene", "front": "front 1", "back": "back 1"},
    {"tab_name": "Hanja", "front": "front 2", "back": "back 2"},
]


@pytest.mark.parametrize(
    ("score", "margin", "doubtful"),
    [(90, 10, True), (91, 10, False), (70, 10, True), (69, 10, False), (40, 10, True), (39, 10, False), (80, 0, True),
     (81, 0, False), (50, 0, True), (100, 20, True)],
)  # fmt: skip
def test_a_word_is_doubtful_if_one_of_its_cards_is_near_a_threshold(score: int, margin: int, doubtful: bool) -> None:
    rows = [
        ("배#1", None, 30),
        ("배#1", "Scene", 100 if margin < 20 else 30),
        ("배#1", "Hanja", score),
        ("문#1", None, score),
    ]
    quality = pl.DataFrame(rows, ["item_id", "tab_name", "score"], orient="row").with_columns(verdict=pl.lit("review"))
    parameters = quality_parameters(judge="doubtful", judge_margin=margin)
    assert judged_words(quality, parameters) == (["배#1"] if doubtful else [])


def test_a_request_has_the_row_the_analysis_the_cards_and_the_findings(ledger: Ledger) -> None:
    requests = planned(ledger)
    requested = json.loads(requests.filter(item_id="남성#1")["user"][0])
    assert list(requested) == ["term", "row", "nuance", "cards", "findings"] and requested["term"] == "남성"
    assert requested["row"] == {
        "pos": "noun", "definition": "man, male", "hanja": "男性", "topik_level": 2, "example": "남성이 왔어요.",
    }  # fmt: skip
    assert len(requested["nuance"]) == 14 and not {"term_number", "term", "ipa"} & requested["nuance"].keys()
    assert requested["cards"] == CARDS
    assert [(each["card"], each["field"], each["severity"]) for each in requested["findings"]] == [
        ("Hanja", "back", "error"), ("Hanja", "back", "note"),
    ]  # fmt: skip
    assert requested["findings"][0]["message"] == "男性 reads 남성, not 여성"
    # The finding about the IPA is left out with the IPA, and deck-wide findings depend on other words.
    pear = json.loads(requests.filter(item_id="배#1")["user"][0])
    assert pear["row"] == {"pos": "noun"} and pear["findings"] == []


def test_a_prompt_of_an_earlier_release_gets_the_requests_that_it_describes(ledger: Ledger) -> None:
    requested = json.loads(planned(ledger, prompt=PROMPT).filter(item_id="남성#1")["user"][0])
    assert list(requested) == ["term", "nuance", "cards"] and requested["cards"] == CARDS
    assert len(requested["nuance"]) == 16 and "term_number" not in requested["nuance"]


def test_only_judged_words_get_a_task_and_they_keep_their_priority(ledger: Ledger) -> None:
    def tasks() -> dict[str, Any]:
        with ledger.store.read() as connection:
            query = "SELECT item_id, state, priority FROM tasks WHERE stage = 'judge'"
            return {row[0]: tuple(row[1:]) for row in connection.exec_driver_sql(query)}

    with ledger.store.write() as connection:
        connection.exec_driver_sql("UPDATE tasks SET priority = 9 WHERE item_id = '남성#1'")
    requests, llm = planned(ledger, "review"), Answers(lambda requested: judgement(requested["term"]))
    assert requests["state"].to_list() == ["new"] and tasks() == {}
    found = generate_judgements(requests, JUDGE, llm, ledger, SETTINGS, TASKS, "redo")
    assert found["code"].to_list() == [None] and tasks() == {"남성#1": ("done", 9)}
    assert ledger.queue.left() == {"nuance": 3, "flashcards": 3}, "the judge does not count as remaining work"
    with ledger.store.write() as connection:
        connection.exec_driver_sql("UPDATE tasks SET state = 'done', key = 'k' WHERE stage = 'flashcards'")
    assert ledger.queue.left() == {"nuance": 3, "flashcards": 3}, "a new analysis needs new cards"
    again = ledger.queue.tasks("judge", ITEMS)
    assert [again[item].state for item in ITEMS] == ["done", "pending", "pending"]


def test_an_empty_plan_sends_no_requests(ledger: Ledger) -> None:
    llm = Answers(lambda _: "")
    found = generate_judgements(planned(ledger, "off"), JUDGE, llm, ledger, SETTINGS, TASKS, "redo")
    assert found.is_empty() and llm.requested == []


def test_the_lowest_rating_decides_and_every_word_has_a_judgment_or_a_failure() -> None:
    answered = replies(
        reply("남성#1", "남성", judgement("남성", 4, examples=None)), reply("배#1", "배", judgement("배", 2)),
        reply("배#2", "배", judgement("배", 1)),
        reply("말#1", "말", judgement("말", 5, faults=[FAULT])),
        reply("문#1", "문", judgement("창", 5)),
        reply("물#1", "물", None, code="refused"), reply("불#1", "불", None, pending="budget"),
    )  # fmt: skip
    judged, failed = parse_judgements(answered, quality_parameters())
    assert judged.select("item_id", "verdict", "lowest").rows() == [
        ("남성#1", "publish", 4), ("배#1", "review", 2), ("배#2", "reject", 1), ("말#1", "review", 4),
    ]  # fmt: skip
    assert judged["faults"].to_list() == [[], [], [], [FAULT]], "a fault lowers the verdict"
    ratings = judged["ratings"][0].to_list()
    assert [rating["criterion"] for rating in ratings] == ["meaning", "naturalness", "comparison", "image"]
    assert failed.select("item_id", "code").rows() == [("문#1", "wrong_word"), ("물#1", "refused")]
    strict, _ = parse_judgements(answered, quality_parameters(judge_publish_from=5, judge_review_from=4))
    assert strict["verdict"].to_list() == ["review", "reject", "reject", "review"]
