"""A card that the model never delivers does not affect the word's other cards."""

import json
from typing import Any

import pytest
from support.project import Project
from support.raw_server import RawResponse, RawServer, completion, json_response
from support.server_faults import content

LIST = "term,definition\n학교,school\n친구,friend\n"


def without_last_card(body: dict[str, Any], number: int) -> RawResponse:
    """Respond with a good reply, but leave out the last card for 학교, also in repairs."""
    about = json.loads(body["messages"][-1]["content"])
    text, _ = content("ok", about, f"{number}")
    if about["term"] == "학교" and "cards" in (record := json.loads(text)):
        record["cards"] = record["cards"][:-1] or [{"tab_name": "Grammar", "front": "f", "back": "b"}]
        text = json.dumps(record, ensure_ascii=False)
    return json_response(completion(text, {"prompt_tokens": 20, "completion_tokens": 30, "total_tokens": 50}))


@pytest.mark.slow
def test_the_other_cards_of_a_word_are_exported_and_the_run_is_incomplete(here: Project) -> None:
    (here.folder / "data/01_raw/sample_words.csv").write_text(LIST, encoding="utf-8")
    with RawServer(without_last_card) as server:
        model = f"llm.model=openai/test,llm.api_base={server.url},llm.price=unknown_ok"
        options = f"{model},llm.backoff=0,llm.max_attempts=2"
        ends = [here.kedro("run", "--yes", "--params", options, OPENAI_API_KEY="sk-test") for _ in range(4)]
        asked = len(server.requests)
        last = here.kedro("run", "--yes", "--params", options, OPENAI_API_KEY="sk-test")
        assert len(server.requests) == asked, "a dead letter is not requested again"
    for end in (*ends, last):
        assert end.code == 2 and "1 with cards, 1 failed" in end.out, end.out + end.err
    cards = here.frame("flashcards").group_by("term").len()
    assert cards.height == 2 and cards["len"].min() >= 1
    (failure,) = here.frame("flashcard_failures").to_dicts()
    assert (failure["term"], failure["code"]) == ("학교", "missing_card")
    assert "학교" in json.dumps(here.frame("released_flashcards").to_dicts(), ensure_ascii=False)
    status = here.kedro("status")
    assert "1 with cards, 1 without" in status.out
