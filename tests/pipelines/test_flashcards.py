"""Stage 2: which cards are requested, how they are numbered, and that every analyzed word gets cards or a failure."""

import json
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipelines.stages import (
    LIST,
    PROMPT,
    REPAIR,
    SETTINGS,
    TASKS,
    Answers,
    cards_text,
    ingress,
    nuance_text,
    replies,
    reply,
)
from support.ledger import fresh_ledger

from korean_flashcards.domain.parameters import FlashcardParameters
from korean_flashcards.domain.records import CARD_TYPES, Flashcard
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.formats import card_rows
from korean_flashcards.pipelines.flashcards.nodes import (
    CARD_SCHEMA,
    generate_flashcards,
    parse_flashcards,
    plan_flashcards,
)
from korean_flashcards.pipelines.nuance.nodes import parse_nuance
from korean_flashcards.stages.stage import FAILURE_SCHEMA

LEDGER = fresh_ledger()
WORDS = ingress({"list.csv": LIST.encode()}, LEDGER)["vocabulary"]
HOMONYM = {"hanja": "男性", "reading": "남성", "meaning": "male", "differentiator": "男 man"}
NUANCE, _ = parse_nuance(
    replies(
        reply("남성#1", "남성", nuance_text("남성", homonyms=[HOMONYM])),
        reply("배#1", "배", nuance_text("배", ipa="[pɛ]", primary_meaning="ship")),
        reply("배#2", "배", nuance_text("배", ipa="[pɛ]", primary_meaning="pear", usage_context=None, comparison=None)),
    ),
    WORDS,
)
DEFAULT = ("Scene", "Usage-Comparison", "Hanja")
TYPES = FlashcardParameters(card_types=list(DEFAULT))
NEW_FORMAT = replace(PROMPT, request_format=2)


def planned(*types: str, nuance: pl.DataFrame = NUANCE) -> pl.DataFrame:
    parameters = FlashcardParameters(card_types=list(types or DEFAULT))
    return plan_flashcards(nuance, WORDS, NEW_FORMAT, Answers(lambda _: ""), LEDGER, SETTINGS, "redo", parameters)


def made(*answers: dict[str, object], types: tuple[str, ...] = DEFAULT) -> tuple[pl.DataFrame, pl.DataFrame]:
    return parse_flashcards(planned(*types), replies(*answers), NUANCE, WORDS)


def good(item_id: str, *types: str, mark: str = "", **changes: object) -> dict[str, object]:
    term = item_id.split("#")[0]
    return reply(item_id, term, cards_text(f"{item_id}{mark}", types), **changes)


ALL = (
    good("남성#1", *DEFAULT), good("배#1", "Scene", "Usage-Comparison"), good("배#2", "Scene", "Usage-Comparison"),
)  # fmt: skip


def test_only_supported_types_are_requested():
    assert [json.loads(user)["card_types"] for user in planned()["user"]] == [
        [*DEFAULT], ["Scene", "Usage-Comparison"], ["Scene", "Usage-Comparison"],
    ]  # fmt: skip
    assert planned("Hanja")["item_id"].to_list() == ["남성#1"]
    assert planned("Grammar").is_empty()


def test_a_request_has_the_analysis_but_not_the_position_in_the_list():
    request = json.loads(planned()["user"][0])
    assert list(request) == ["term", "nuance", "topik_level", "card_types"] and request["term"] == "남성"
    assert len(request["nuance"]) == 14 and not {"term_number", "term", "ipa"} & request["nuance"].keys()
    elsewhere = NUANCE.with_columns(term_number=pl.lit(99), ipa=pl.lit("[x]"), term=pl.col("term").str.head(2) + "[x]")
    assert planned(nuance=elsewhere)["key"].to_list()[0] == planned()["key"][0]


def test_a_request_has_the_example_and_the_level_of_the_list():
    words = WORDS.with_columns(example=pl.lit("남성이 왔어요."), example_translation=pl.lit("A man came."))
    requests = plan_flashcards(
        NUANCE,
        words,
        NEW_FORMAT,
        Answers(lambda _: ""),
        LEDGER,
        SETTINGS,
        "redo",
        FlashcardParameters(card_types=["Scene"]),
    )
    request = json.loads(requests["user"][0])
    assert list(request) == ["term", "nuance", "topik_level", "example", "example_translation", "card_types"]
    assert (request["topik_level"], request["example"], request["example_translation"]) == (
        3, "남성이 왔어요.", "A man came.",
    )  # fmt: skip


def test_a_prompt_of_an_earlier_release_gets_the_requests_that_it_describes():
    words = WORDS.with_columns(example=pl.lit("남성이 왔어요."))
    requests = plan_flashcards(NUANCE, words, PROMPT, Answers(lambda _: ""), LEDGER, SETTINGS, "redo", TYPES)
    request = json.loads(requests["user"][0])
    assert list(request) == ["term", "nuance", "card_types"] and len(request["nuance"]) == 16
    assert (request["nuance"]["term"], request["nuance"]["ipa"]) == ("남성[nam.sʌŋ]", "[nam.sʌŋ]")


def test_all_words_of_a_run_share_one_prompt():
    text = "Write.\n<!-- only for Hanja -->\nHanja.\n<!-- end -->\n<!-- only for Grammar -->\nForm.\n<!-- end -->"
    prompt = Prompt("flashcards", text, 2)
    requests = plan_flashcards(NUANCE, WORDS, prompt, Answers(lambda _: ""), LEDGER, SETTINGS, "redo", TYPES)
    sent: list[str] = []

    class Recorded(Answers):
        def complete(self, template, requests, *args, **kwargs):
            sent.extend(template.system for _ in requests)
            return super().complete(template, requests, *args, **kwargs)

    model = Recorded(lambda request: cards_text(request["term"], request["card_types"]))
    generate_flashcards(requests, prompt, model, LEDGER, SETTINGS, TASKS, "redo", REPAIR, TYPES)
    assert sent == ["Write.\nHanja."] * 3
    assert set(requests["prompt_version"]) == {Prompt("", "Write.\nHanja.").version}


def test_replies_are_requested_and_checked_by_the_parser():
    def answer(request):
        is_ship = request["nuance"]["primary_meaning"] == "ship"
        return cards_text(request["term"], ["Scene"] if is_ship else request["card_types"])

    result = generate_flashcards(planned(), NEW_FORMAT, Answers(answer), LEDGER, SETTINGS, TASKS, "redo", REPAIR, TYPES)
    assert result["code"].to_list() == [None, "missing_card", None]


def once(user: dict[str, dict[str, str]]) -> str:
    """Return cards that no other reply has."""
    return cards_text(f"{user['term']}, {user['nuance']['primary_meaning']}, once", user["card_types"])


def test_each_reply_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []
    find_json = card_rows.find_json
    monkeypatch.setattr(card_rows, "find_json", lambda text, shape: parsed.append(text) or find_json(text, shape))
    ledger = fresh_ledger()
    words, model = ingress({"list.csv": LIST.encode()}, ledger)["vocabulary"], Answers(once)
    requests = plan_flashcards(NUANCE, words, NEW_FORMAT, model, ledger, SETTINGS, "redo", TYPES)
    asked = generate_flashcards(requests, NEW_FORMAT, model, ledger, SETTINGS, TASKS, "redo", REPAIR, TYPES)
    cards, failures = parse_flashcards(requests, asked, NUANCE, WORDS)
    assert (cards.height, failures.height, len(parsed)) == (7, 0, 3)
    assert parse_flashcards(requests, asked, NUANCE, WORDS)[0].equals(cards)
    assert len(parsed) == 6


def test_a_reply_to_a_request_for_other_types_has_only_those_types():
    asked = generate_flashcards(planned(), NEW_FORMAT, Answers(once), LEDGER, SETTINGS, TASKS, "redo", REPAIR, TYPES)
    cards, _ = parse_flashcards(planned("Scene", "Hanja"), asked, NUANCE, WORDS)
    assert set(cards["tab_name"]) == {"Scene", "Hanja"}


def test_cards_are_numbered_and_get_their_primers_and_tags():
    cards, failures = made(*ALL)
    assert failures.is_empty() and cards.schema == pl.Schema(CARD_SCHEMA)
    assert cards.select("position", "item_id", "term", "term_number", "tab_name").rows() == [
        (1, "남성#1", "남성[nam.sʌŋ]", 1, "Scene"), (2, "남성#1", "남성[nam.sʌŋ]", 1, "Usage-Comparison"),
        (3, "남성#1", "남성[nam.sʌŋ]", 1, "Hanja"), (4, "배#1", "배[pɛ]", 2, "Scene"),
        (5, "배#1", "배[pɛ]", 2, "Usage-Comparison"), (6, "배#2", "배[pɛ]", 3, "Scene"),
        (7, "배#2", "배[pɛ]", 3, "Usage-Comparison"),
    ]  # fmt: skip
    assert cards["primer"][0].endswith("'Term #1: 남성[nam.sʌŋ]' and prepare to step through the portal.")
    assert cards["tags"][2].to_list()[:6] == [
        "term:남성",
        "pos:noun",
        "card:Hanja",
        "hanja",
        "character:男",
        "character:性",
    ]
    assert {"level:TOPIK3", "people", "source:some/model"} <= set(cards["tags"][0])
    for card in cards.select(*Flashcard.model_fields).iter_rows(named=True):
        assert Flashcard.model_validate(card)


def test_a_missing_card_affects_neither_the_other_cards_nor_other_words():
    cards, failures = made(good("남성#1", "Scene"), ALL[1], reply("배#2", "배", None, code="rate_limit"))
    assert cards.select("position", "item_id", "tab_name").rows() == [
        (1, "남성#1", "Scene"), (2, "배#1", "Scene"), (3, "배#1", "Usage-Comparison"),
    ]  # fmt: skip
    assert failures.schema == pl.Schema(FAILURE_SCHEMA)
    assert failures.select("item_id", "code").rows() == [("남성#1", "missing_card"), ("배#2", "rate_limit")]


def kept(item_id: str, *types: str, mark: str = "", **changes: object) -> dict[str, object]:
    """Return the row of a failed word with its last good reply."""
    text = cards_text(f"{item_id}{mark}", types)
    last = {"kept_key": "a" * 64, "kept_model": "old/model", "kept_prompt_version": "1" * 12, "kept_text": text}
    return reply(item_id, item_id.split("#")[0], None, **{"code": "rate_limit", **changes}) | last


def test_a_failed_word_keeps_the_cards_of_its_last_good_reply_in_its_place():
    cards, failures = made(kept("남성#1", "Scene", "Hanja"), kept("배#1", "Scene", code=None, pending="budget"), ALL[2])
    assert cards.select("position", "item_id", "tab_name", "kept", "model").rows() == [
        (1, "남성#1", "Scene", True, "old/model"), (2, "남성#1", "Hanja", True, "old/model"),
        (3, "배#1", "Scene", True, "old/model"), (4, "배#2", "Scene", False, "some/model"),
        (5, "배#2", "Usage-Comparison", False, "some/model"),
    ]  # fmt: skip
    assert failures["item_id"].to_list() == ["남성#1"] and cards["key"][0] == "a" * 64
    assert cards["primer"][2].endswith("'Term #2: 배[pɛ]' and prepare to step through the portal.")


def test_kept_cards_fill_only_the_types_that_the_new_reply_lacks():
    partial = kept("남성#1", *DEFAULT, code=None, key="b" * 64) | {"text": cards_text("new", ["Scene"])}
    cards, failures = made(partial, ALL[1], ALL[2])
    own = cards.filter(item_id="남성#1").select("tab_name", "kept", "key")
    assert own.rows() == [
        ("Scene", False, "b" * 64), ("Usage-Comparison", True, "a" * 64), ("Hanja", True, "a" * 64),
    ]  # fmt: skip
    assert failures.select("item_id", "code").rows() == [("남성#1", "missing_card")]


def test_a_kept_card_never_replaces_a_new_card_of_a_different_word():
    same = cards_text("x", ["Scene"])
    cards, failures = made(
        kept("남성#1", "Scene") | {"kept_text": same}, reply("배#1", "배", same), ALL[2], types=("Scene",)
    )
    assert cards["item_id"].to_list() == ["배#1", "배#2"] and failures["item_id"].to_list() == ["남성#1"]


def test_cards_for_a_kept_analysis_come_from_the_cache_or_wait():
    analyses = NUANCE.with_columns(kept=pl.col("item_id") != "배#2")
    parameters = FlashcardParameters(card_types=list(DEFAULT))
    known = planned()["key"].to_list()[:1]
    requests = plan_flashcards(analyses, WORDS, NEW_FORMAT, Answers(str, known), LEDGER, SETTINGS, "redo", parameters)
    assert requests["state"].to_list() == ["cached", "waiting", "new"]
    model = Answers(lambda request: cards_text(request["term"], request["card_types"]), known)
    answered = generate_flashcards(requests, NEW_FORMAT, model, LEDGER, SETTINGS, TASKS, "redo", REPAIR, parameters)
    assert len(model.requested) == 2 and answered["pending"].to_list() == [None, "analysis", None]
    cards, failures = parse_flashcards(requests, answered, analyses, WORDS)
    assert failures.is_empty() and dict(cards.select("item_id", "kept").iter_rows()) == {"남성#1": True, "배#2": False}


def test_a_word_that_fits_no_card_type_fails_with_advice():
    cards, failures = made(good("남성#1", "Hanja"), types=("Hanja",))
    assert set(cards["item_id"]) == {"남성#1"}
    assert failures.select("item_id", "term", "code", "attempts").rows() == [
        ("배#1", "배", "no_card_type", 0), ("배#2", "배", "no_card_type", 0),
    ]  # fmt: skip
    assert "add Scene" in failures["message"][0]


def test_the_later_of_two_words_with_the_same_card_fails_and_names_the_earlier_one():
    same = cards_text("x", ["Scene"])
    cards, failures = made(reply("남성#1", "남성", same), reply("배#1", "배", same), ALL[2], types=("Scene",))
    assert cards["item_id"].to_list() == ["남성#1", "배#2"]
    assert failures.select("item_id", "code").rows() == [("배#1", "duplicate_card")]
    assert "남성[nam.sʌŋ]" in failures["message"][0]


def test_the_cards_of_a_failed_duplicate_do_not_block_later_words():
    def answer(item_id: str, **fronts: str) -> dict[str, object]:
        cards = [{"tab_name": name, "front": front, "back": "b"} for name, front in fronts.items()]
        return reply(item_id, item_id.split("#")[0], json.dumps({"cards": cards}))

    cards, failures = made(
        answer("남성#1", Scene="one", Hanja="two"), answer("배#1", Scene="three"), answer("배#2", Scene="three"),
        types=("Scene", "Hanja"),
    )  # fmt: skip
    assert failures["item_id"].to_list() == ["배#2"]
    cards, failures = made(
        answer("배#1", Scene="one"), answer("남성#1", Scene="two", Hanja="one"), answer("배#2", Scene="two"),
        types=("Scene", "Hanja"),
    )  # fmt: skip
    assert failures["item_id"].to_list() == ["남성#1"] and cards["front"].to_list() == ["one", "two"]


def test_a_kept_reply_has_the_card_types_of_its_own_request():
    text = cards_text("배#2", ["Scene", "Cultural"])
    cards, failures = made(reply("배#2", "배", text, cached=True, key="of an earlier request", model="older/model"))
    assert failures.is_empty()
    assert cards.select("tab_name", "model", "key").rows() == [
        (name, "older/model", "of an earlier request") for name in ("Scene", "Cultural")
    ]


def test_a_word_dropped_from_the_queue_is_not_a_failure():
    _, failures = made(good("남성#1", *DEFAULT), good("배#1", "Scene", "Usage-Comparison"))
    assert failures.is_empty()


OUTCOMES = st.sampled_from(["good", "same", "cut", "refused", "wrong", "provider"])


@given(
    st.tuples(OUTCOMES, OUTCOMES, OUTCOMES), st.lists(st.sampled_from(CARD_TYPES), min_size=1, max_size=4, unique=True)
)
@settings(max_examples=80)
def test_every_analyzed_word_has_cards_or_a_failure(outcomes, types):
    requests = planned(*types)
    texts = {
        "good": lambda item, cards: cards_text(item, cards), "same": lambda item, cards: cards_text("x", cards),
        "cut": lambda item, cards: cards_text(item, cards)[:-2], "refused": lambda item, cards: "I’m sorry, I can’t.",
        "wrong": lambda item, cards: cards_text(item, cards, tab_name="Story"), "provider": lambda item, cards: None,
    }  # fmt: skip
    answers = [
        reply(item, item.split("#")[0], texts[outcome](item, json.loads(user)["card_types"]),
              code="timeout" if outcome == "provider" else None)
        for outcome, (item, user) in zip(outcomes, requests.select("item_id", "user").iter_rows(), strict=False)
    ]  # fmt: skip
    cards, failures = made(*answers, types=tuple(types))
    assert sorted([*set(cards["item_id"]), *failures["item_id"]]) == sorted(NUANCE["item_id"])
    assert cards["position"].to_list() == list(range(1, cards.height + 1))
    assert cards.select("front", "back").is_unique().all()


@pytest.mark.parametrize("types", [[], ["Story"]])
def test_empty_or_unknown_card_types_are_refused(types):
    with pytest.raises(ValueError):
        FlashcardParameters(card_types=types)
