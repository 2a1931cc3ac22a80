"""A new word changes no other word, unless the run also requests words that are now compared with other words."""

import json
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.anki import AnkiProfile
from support.commands import ProjectHere
from support.model_server import ModelServer
from support.project import Project, unwrapped

QUICK = {"KEDRO_DATASET_VALIDATION": "off"}
NEW = "term,definition,pos\n돌연,suddenly,adverb\n"
CHANGED = "its comparison candidates changed"


@pytest.fixture
def done(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project that a test may change. Its commands run in this process."""
    return ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)


def planned(project: Project, *args: str) -> list[dict[str, Any]]:
    result = project.kedro("plan", *args, "--json", **QUICK)
    assert result.code == 0, result.err
    stages: list[dict[str, Any]] = json.loads(result.out)["stages"]
    return stages


def requested(project: Project, layer: str) -> set[str]:
    return {row["item_id"] for row in project.frame(layer).iter_rows(named=True) if not row["cached"]}


@pytest.mark.slow
def test_a_new_word_sends_requests_for_itself_and_the_words_compared_with_it(done: Project) -> None:
    path = done.folder / "data/01_raw/more.csv"
    path.write_text(NEW, encoding="utf-8")
    (kept, _), (nuance, cards) = planned(done), planned(done, "--params", "stale=all")
    assert kept["states"] == {"cached": {"": 127}, "kept": {CHANGED: 2}, "new": {"": 1}}
    assert nuance["states"] == {"cached": {"": 127}, "stale": {CHANGED: 2}, "new": {"": 1}}
    assert nuance["stale"] == {CHANGED: ["갑자기#1", "문득#1"]}
    text = unwrapped(done.kedro("plan", "--params", "stale=all", **QUICK).out)
    assert f"2 words stale and requested again: {CHANGED} (갑자기#1, 문득#1)" in text
    assert done.kedro("run", "--params", "stale=all", **QUICK).code == 0
    assert requested(done, "nuance_replies") == {"돌연#1", "갑자기#1", "문득#1"} and nuance["requests"] == 3
    # Two analyses did not change, so their cards are not requested again.
    assert requested(done, "flashcard_replies") == {"돌연#1"} and cards["requests"] == cards["later"] == 3
    comparison = {row["item_id"]: row["comparison"] for row in done.frame("nuance").iter_rows(named=True)}
    assert comparison["돌연#1"] == {
        "vs": "문득", "nuance": "돌연 is “suddenly”, 문득 is “suddenly (of a thought or feeling)”."
    }  # fmt: skip
    assert [stage["requests"] for stage in planned(done, "--params", "stale=all")] == [0, 0]


@pytest.mark.slow
def test_a_new_word_does_not_change_the_words_compared_with_it(done: Project) -> None:
    before = done.frame("nuance")
    (done.folder / "data/01_raw/more.csv").write_text(NEW, encoding="utf-8")
    assert done.kedro("run", **QUICK).code == 0
    assert requested(done, "nuance_replies") == {"돌연#1"}
    assert done.frame("nuance").filter(pl.col("item_id") != "돌연#1").equals(before)


@pytest.mark.slow
def test_a_new_word_among_a_thousand_sends_requests_only_for_the_planned_words(here: Project) -> None:
    """Run the sample list with 871 invented words, then add a word that means the same as two in the list."""
    (here.folder / "data/01_raw/many.csv").write_text(
        "term,definition,pos\n" + "".join(f"{term},{meaning},noun\n" for term, meaning in islice(made_up(), 871)),
        encoding="utf-8",
    )
    with ModelServer() as server:
        model = f"llm.model=openai/test,llm.price=unknown_ok,llm.api_base={server.url},llm.concurrency=50"
        command = ("run", "--params", model)
        first = here.kedro(*command, OPENAI_API_KEY="sk-test", **QUICK)
        assert first.code == 0 and "Words      1,000: 1,000 with cards" in first.out, first.out + first.err
        before = len(server.requests())
        (here.folder / "data/01_raw/more.csv").write_text(NEW, encoding="utf-8")
        nuance, cards = planned(here, "--params", f"{model},stale=all")
        assert here.kedro("run", "--params", f"{model},stale=all", OPENAI_API_KEY="sk-test", **QUICK).code == 0
        later = server.requests()[before:]
    named = {"돌연", *(item_id.partition("#")[0] for item_id in nuance["stale"][CHANGED])}
    assert {request["term"] for request in later} == named == {"돌연", "갑자기", "문득"}
    assert len(later) == nuance["requests"] + cards["requests"] == 6


def made_up() -> Iterator[tuple[str, str]]:
    """Yield invented words with invented meanings."""
    firsts, seconds = (
        "강돌밀봉잔촌칼팔편풍학향혈호홍효훈휘흑희담광낙량숙댁략촉츠픽",
        "각단람목본산엄점척탑팽헌균릉벌설암장착탈편함겁늑돈룡막벽삭업",
    )
    for first, second in product(firsts, seconds):
        signs = map(ord, first + second)
        yield first + second, "".join("bdfgklmnprstvz"[sign % 14] + "aeiou"[sign % 5] for sign in signs) + "x"


@pytest.mark.slow
def test_a_run_of_one_list_sends_the_same_requests_as_a_run_of_all(done: Project) -> None:
    path = done.word_list(NEW)
    result = done.kedro("run", "--params", f"word_lists={path}", **QUICK)
    assert result.code == 0 and "Nuance     0 from the cache, 1 requested" in result.out
    assert planned(done)[0]["states"] == {"cached": {"": 128}, "kept": {CHANGED: 2}}
    explained = json.loads(done.kedro("cache", "explain", "갑자기", "--json", **QUICK).out)
    differences = next(one["differences"] for one in explained if one["stage"] == "nuance")
    assert list(differences) == ["user.comparison_candidates"]


def test_the_order_and_the_size_of_a_run_do_not_change_requests(done: Project) -> None:
    assert planned(done, "--params", "limit=3")[0]["states"] == {"cached": {"": 3}}
    assert planned(done, "--params", "words=갑자기")[0]["states"] == {"cached": {"": 1}}


def test_without_candidates_the_words_that_had_some_are_kept(done: Project) -> None:
    with_some = done.frame("confusables").filter(pl.col("candidate").is_not_null())
    none = planned(done, "--params", "confusables.candidates=0")[0]["states"]
    assert none["kept"] == {CHANGED: with_some["item_id"].n_unique()}


def test_the_command_shows_confusable_words_and_the_reason(finished_here: Project) -> None:
    table = finished_here.kedro("confusables", "가르치다")
    assert table.code == 0 and "가리키다#1" in table.out and "가르치다 means" in table.out
    (row,) = json.loads(finished_here.kedro("confusables", "가르치다", "--json").out)
    assert row == finished_here.frame("confusables").filter(item_id="가르치다#1").row(0, named=True)
    assert "is easily confused with this one" in finished_here.kedro("confusables", "여보세요").out
    assert "The word 없다 is not in the ledger" in finished_here.kedro("confusables", "없다").err


def test_decks_link_confusable_words_by_text_and_tags(finished: Project, tmp_path: Path) -> None:
    with AnkiProfile(tmp_path / "anki") as profile:
        profile.import_package(finished.folder / "data/07_model_output/korean.apkg")
        (note_id,) = profile.collection.find_notes("tag:confusable::가리키다 CardType:Scene")
        note = profile.collection.get_note(note_id)
        assert note["Term"] == "가르치다"
        assert note["Back"].endswith("<br><br>Easily confused: 가리키다 “to point at, to indicate”")
        # The offline model's card already says how to choose. The deck does not say it again.
        assert note["Back"].count("가르치다 means ") == note["Back"].count("가리키다 means ") == 1
