"""A word whose new request is pending or failed keeps its last good analysis and cards, and nothing is paid twice."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from support.commands import ProjectHere, prepare
from support.model_server import ModelServer
from support.project import Project, Result, unwrapped
from test_ingress_commands import on_terminal

pytestmark = pytest.mark.slow

QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test-0123456789"}
LIST = "term,definition\n학교,school\n친구,friend\n남자,man\n"
WORDS = 3
TSV = "data/07_model_output/cards.tsv"


def run(project: Project, server: ModelServer, *more: str, model: str = "second", command: str = "run") -> Result:
    params = [
        f"llm.model=openai/{model}", f"llm.api_base={server.url}", "llm.price=unknown_ok", "llm.backoff=0.01",
        "llm.max_attempts=1", "llm.max_pause=1", "llm.breaker.give_up=1", "llm.timeout=5", "llm.repair=false", *more,
    ]  # fmt: skip
    agreed = ("--yes",) if command == "run" else ()
    return project.kedro(command, *agreed, "--params", ",".join(params), **QUICK)


@pytest.fixture(scope="module")
def good_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project after a complete run with the model openai/first."""

    def first(project: ProjectHere) -> None:
        (project.folder / "data/01_raw/sample_words.csv").write_text(LIST, encoding="utf-8")
        with ModelServer() as server:
            result = run(project, server, model="first")
        assert result.code == 0, result.out + result.err

    return prepare(tmp_path_factory.mktemp("kept") / "project", first)


@pytest.fixture
def good(good_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectHere:
    return ProjectHere(Project(good_folder).copied_to(tmp_path / "project").folder, monkeypatch)


def deck(project: Project) -> str:
    return (project.folder / TSV).read_text(encoding="utf-8")


def stages(server: ModelServer) -> Counter[str]:
    return Counter(request["stage"] for request in server.requests())


@pytest.mark.parametrize(
    ("behavior", "params", "state"),
    [
        ("ok", "llm.cache_only=true", "pending"),
        ("ok", "budget", "pending"),
        ("empty", "llm.repair=false", "failed"),
        ("malformed", "llm.repair=false", "failed"),
        ("500", "llm.repair=false", "pending"),
    ],
)
def test_the_deck_stays_as_it_was_if_a_new_model_gives_no_usable_reply(
    good: Project, behavior: str, params: str, state: str
) -> None:
    before = deck(good)
    with ModelServer(always=behavior, retry_after=None) as server:
        if params == "budget":
            text = "llm: {budget: {parts: [{per: day, requests: 0}]}}\n"
            (good.folder / "conf/local/parameters_llm.yml").write_text(text, encoding="utf-8")
        ended = run(good, server, params if "=" in params else "llm.cache_only=false")
        assert stages(server)["flashcards"] == 0, "cards for a kept analysis are not paid"
    out = unwrapped(ended.out)
    assert ended.code == 2 and deck(good) == before, ended.out + ended.err
    assert f"Words {WORDS}: 0 with cards, " in out and f"{WORDS} {state}" in out, out
    assert f"{WORDS} words keep their last good cards: " in out
    for layer in ("nuance", "flashcards", "released_flashcards"):
        assert good.frame(layer)["kept"].all() and good.frame(layer).height, layer
    assert set(good.frame("flashcards")["model"]) == {"openai/first"}
    exported = good.kedro("run", "--pipeline=export", **QUICK)
    assert exported.code == 2 and deck(good) == before, exported.err
    status = good.kedro("status", **QUICK)
    assert status.code == 2 and f"{WORDS} with their last good cards, 0 without" in unwrapped(status.out), status.out


def test_new_replies_replace_the_kept_cards_and_nothing_is_paid_twice(good: Project) -> None:
    before = deck(good)
    with ModelServer() as server:
        run(good, server, "llm.cache_only=true")
        planned = run(good, server, command="plan").out
        assert f"{WORDS} requests to openai/second" in unwrapped(planned), planned
        ended = run(good, server)
        assert ended.code == 0 and "last good" not in ended.out, ended.out + ended.err
        assert stages(server) == {"nuance": WORDS, "flashcards": WORDS}
        assert not good.frame("nuance")["kept"].any() and not good.frame("flashcards")["kept"].any()
        assert set(good.frame("flashcards")["model"]) == {"openai/second"} and deck(good) != before
        back = run(good, server, model="first")
        assert back.code == 0 and deck(good) == before
        assert stages(server) == {"nuance": WORDS, "flashcards": WORDS}


def test_a_word_whose_data_changed_keeps_its_cards_until_the_new_reply_arrives(good: Project) -> None:
    before = deck(good)
    changed = LIST.replace("friend", "buddy")
    (good.folder / "data/01_raw/sample_words.csv").write_text(changed, encoding="utf-8")
    with ModelServer() as server:
        ended = run(good, server, "llm.cache_only=true", model="first")
    kept = good.frame("flashcards").filter("kept")
    out = unwrapped(ended.out)
    assert ended.code == 2 and "1 word keeps its last good cards" in out and "2 with cards" in out, ended.out
    assert set(kept["item_id"]) == {"친구#1"} and deck(good) == before


def test_one_word_that_fails_keeps_its_cards_and_stays_failed_until_it_is_a_dead_letter(good: Project) -> None:
    before = {line.split("\t")[1]: line for line in deck(good).splitlines() if "\tScene\t" in line}
    with ModelServer(by_term={"친구": ["ok", *["empty"] * 20]}) as server:
        ends = [run(good, server) for _ in range(4)]
    for ended in ends:
        out = unwrapped(ended.out)
        assert ended.code == 2 and f"{WORDS - 1} with cards, 1 failed" in out, ended.out + ended.err
        assert "1 word keeps its last good cards" in out
    assert "1 of these words is a dead letter" in unwrapped(ends[-1].out)
    shown = unwrapped(good.kedro("word", "show", "친구").out)
    assert "from openai/first, in use until there is a new reply" in shown, shown
    cards = good.frame("flashcards")
    assert dict(cards.group_by("term_number").agg(cards["kept"].any()).iter_rows()).keys() == {1, 2, 3}
    (failure,) = good.frame("flashcard_failures").to_dicts()
    assert failure["term"] == "친구" and cards.filter("kept")["item_id"].unique().to_list() == ["친구#1"]
    after = {line.split("\t")[1]: line for line in deck(good).splitlines() if "\tScene\t" in line}
    (heading,) = (name for name in before if name.startswith("친구"))
    front = before[heading].split("\t")[5]
    assert any(front == line.split("\t")[5] for line in after.values()), "the old card is still in the deck"


def test_an_edited_back_under_a_new_front_is_held_until_it_is_approved(good: Project) -> None:
    card = ("친구", "--card", "Scene")
    assert good.kedro("review", "edit", *card, "--field", "back", "--value", "친구: a friend.").code == 0
    assert good.kedro("run", "--pipelines=quality,export", **QUICK).code == 0, "the front has not changed"
    with ModelServer() as server:
        ended = run(good, server)
    held = good.frame("held_flashcards")
    assert held.select("item_id", "tab_name", "held_as").rows() == [("친구#1", "Scene", "mixed")], ended.out
    assert ended.code == 2 and "1 card held back: edited by a reviewer, then partly generated" in unwrapped(ended.out)
    assert "친구: a friend." not in deck(good)
    shown = unwrapped(good.kedro("word", "show", *card).out)
    assert "the front has been generated again" in shown, shown
    assert good.kedro("review", "approve", *card).code == 0
    released = good.kedro("run", "--pipelines=quality,export", **QUICK)
    assert released.code == 0 and "친구: a friend." in deck(good), released.out


def test_the_replies_of_kept_cards_are_in_use_and_not_pruned(good: Project) -> None:
    with ModelServer(always="empty") as server:
        run(good, server)
    before = deck(good)
    good.kedro("cache", "prune", "--max-mb", "0", "--yes")
    with ModelServer(always="empty") as server:
        again = run(good, server)
    assert again.code == 2 and deck(good) == before


def test_a_run_whose_words_were_rolled_back_is_incomplete_and_leaves_the_cards(good: Project) -> None:
    before = deck(good)
    roll_back(good)
    ended = good.kedro("run", "--pipelines=quality,export", **QUICK)
    assert ended.code == 2 and "Complete" not in ended.out and deck(good) == before, ended.out + ended.err
    assert f"{WORDS} words of this run were removed from the ledger" in unwrapped(ended.out)


def roll_back(project: Project) -> None:
    (batch,) = project.ledger("SELECT batch_id FROM import_batches")[0]
    rolled = project.kedro("ingress", "rollback", str(batch), "--yes")
    assert rolled.code == 0, rolled.out + rolled.err


def test_words_that_are_rolled_back_and_imported_again_keep_their_last_good_cards(good: Project) -> None:
    before = deck(good)
    with ModelServer() as server:
        ended = run(good, server, "limit=1")
        assert ended.code == 0, ended.out + ended.err
        roll_back(good)
        planned = run(good, server, "llm.cache_only=true", command="plan")
        assert f"{WORDS - 1} stale" in unwrapped(planned.out), planned.out
        ended = run(good, server, "llm.cache_only=true")
        assert stages(server) == {"nuance": 1, "flashcards": 1}
    assert f"{WORDS - 1} words keep their last good cards: " in unwrapped(ended.out), ended.out + ended.err
    assert ended.code == 2 and deck(good).count("\n") == before.count("\n")


def test_with_stale_keep_nothing_is_paid_for_words_that_are_rolled_back_and_imported_again(good: Project) -> None:
    before = deck(good)
    roll_back(good)
    with ModelServer() as server:
        ended = run(good, server, "stale=keep")
        assert not server.requests(), ended.out
    assert ended.code == 0 and deck(good) == before, ended.out + ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX pseudo-terminal")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("ingress", "rollback", "sample_words", "--yes"),
            "Incomplete: All words of this run were removed from the ledger",
        ),
        (("tasks", "drop", "--batch", "sample_words"), "Error: All words of this run were dropped from the queue"),
    ],
)
def test_words_that_are_removed_while_the_run_asks_for_consent_leave_the_deck(
    good: ProjectHere, change: tuple[str, ...], said: str
) -> None:
    kept = {name: good.frame(name) for name in ("nuance", "flashcards", "released_flashcards")}
    before = (good.folder / "data/07_model_output/korean.apkg").read_bytes()
    for name, value in QUICK.items():
        good.monkeypatch.setenv(name, value)
    settings = "llm: {confirm_above_usd: 0, prices: {openai/second: {input: 1, output: 10}}}\n"
    (good.folder / "conf/local/parameters_llm.yml").write_text(settings, encoding="utf-8")

    def remove() -> None:
        done = good.kedro(*change)
        assert done.code == 0, done.err

    with ModelServer() as server:
        params = f"llm.model=openai/second,llm.api_base={server.url}"
        shown = on_terminal(good, "y", "run", "--params", params, meanwhile=remove)
        assert not server.requests()
    assert said in unwrapped(shown) and "Cards " not in shown, shown
    assert (good.folder / "data/07_model_output/korean.apkg").read_bytes() == before
    for name, frame in kept.items():
        assert good.frame(name).equals(frame)


@pytest.mark.parametrize("reason", ["dropped", "narrowed", "removed"])
def test_a_run_without_words_leaves_the_deck(good: Project, reason: str) -> None:
    before, more = deck(good), []
    if reason == "dropped":
        with ModelServer(always="empty") as server:
            run(good, server)
        assert good.kedro("tasks", "drop", "--stage", "nuance").code == 0
    elif reason == "narrowed":
        more = ["priority_min=10"]
    else:
        (good.folder / "data/01_raw/sample_words.csv").unlink()
        roll_back(good)
    with ModelServer() as server:
        ended = run(good, server, *more, model="first")
        assert not server.requests()
    assert ended.code == 1 and "Traceback" not in ended.err and deck(good) == before, ended.out
    expected = {
        "dropped": "All words were dropped",
        "narrowed": "No word matches priority_min 10",
        "removed": "no words",
    }
    assert expected[reason] in unwrapped(ended.err), ended.err
