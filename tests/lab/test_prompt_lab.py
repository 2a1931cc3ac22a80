"""An experiment pays exactly for what changed, respects budgets, and leaves the deck and the tasks alone."""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.commands import ProjectHere
from support.model_server import ModelServer
from support.project import Project

from korean_flashcards.lab import experiment_run
from korean_flashcards.lab.variant_layers import variant_layers
from korean_flashcards.ledger.reviews.recorded import By
from korean_flashcards.notebook import open_project
from korean_flashcards.notebook.notebook_lab import NotebookLab
from korean_flashcards.notebook.plain_errors import NotebookError
from korean_flashcards.review.parts import Action

pytestmark = pytest.mark.slow


@pytest.fixture
def lab(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NotebookLab:
    """Return the lab of a project after one run with the offline model."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    project = ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)
    return open_project(project.folder).lab


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def shorter(lab: NotebookLab) -> Any:
    """Return the prompt for analyses with one sentence more."""
    text = lab.prompt("nuance").prompt.text
    line = next(line for line in text.splitlines() if text.count(line) == 1 and len(line) > 40)
    return lab.changed("nuance", line, f"{line} Write short sentences.")


def stages(server: ModelServer) -> Counter[tuple[str, str]]:
    return Counter((request["stage"], request["model"]) for request in server.requests())


def state(folder: Path) -> dict[str, str]:
    """Return hashes of the layers, the deck, and the tasks."""
    found = {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("data/0*/**/*")
        if path.is_file()
    }
    with closing(sqlite3.connect(folder / "data/ledger.db")) as ledger:
        for table in ("tasks", "prompt_versions"):
            found[table] = str(ledger.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall())
    return found


def test_a_new_users_experiment_pays_exactly_for_what_changed(lab: NotebookLab, server: ModelServer) -> None:
    folder, words = lab.folder.parents[1], lab.sample(20, seed=1, by="pos,level")
    before = state(folder)
    small, large = (
        lab.variant(model=f"openai/{name}", params={"llm.api_base": server.url}) for name in ("gpt-4o-mini", "gpt-4o")
    )
    lab.compare(small, large, words, budget=3)
    assert stages(server) == {
        (stage, model): 20 for stage in ("nuance", "flashcards") for model in ("gpt-4o-mini", "gpt-4o")
    }

    changed = shorter(lab)
    for model in ("openai/gpt-4o-mini", "openai/gpt-4o"):
        as_before = lab.variant(model=model, params={"llm.api_base": server.url})
        found = lab.compare(
            as_before, lab.variant(changed, model=model, params={"llm.api_base": server.url}), words, budget=3
        )
        assert found.paid.requests == 40 and found.paid.usd and found.verdict.outcome == "inconclusive"
    assert stages(server) == {
        (stage, model): 40 for stage in ("nuance", "flashcards") for model in ("gpt-4o-mini", "gpt-4o")
    }
    hashes = Counter(request["sha256"] for request in server.requests())
    assert set(hashes.values()) == {1}
    assert state(folder) == before

    again = lab.compare(small, large, words)
    assert again.paid.requests == 0 and "Nothing was paid." in str(again)
    assert len(server.requests()) == 160
    records = lab.experiments()
    assert records.height == 6 and set(records["requests"]) == {80, 40}
    assert lab.open(again.name).verdict == again.verdict
    prompts = {row["name"]: row["text"] for row in records.filter(variant="B")["prompts"][0]}
    assert set(prompts) == {"nuance", "flashcards", "judge", "repair"} and "word" in prompts["nuance"]
    assert records["words"][0].to_list() == list(words) and records["seed"][0] == 1


def test_an_experiment_and_a_run_never_pay_twice(lab: NotebookLab, server: ModelServer) -> None:
    project, words = open_project(lab.folder.parents[1]), list(lab.sample(5))
    params = {"llm.api_base": server.url, "stale": "all"}
    own = lab.variant(model="openai/gpt-4o-mini", params={"llm.api_base": server.url})
    project.run(words[:3], model="openai/gpt-4o-mini", params=params, yes=True)
    assert len(server.requests()) == 6
    lab.compare("nuance", own, words, yes=True)
    assert len(server.requests()) == 10
    project.run(words, model="openai/gpt-4o-mini", params=params, yes=True)
    assert len(server.requests()) == 10


def test_repeats_are_separate_replies_that_are_paid_once(lab: NotebookLab, server: ModelServer) -> None:
    own = lab.variant(model="openai/gpt-4o-mini", params={"llm.api_base": server.url})
    words = list(lab.sample(4))
    lab.compare(own, own, words, yes=True)
    assert len(server.requests()) == 8
    found = lab.compare(own, own, words, repeats=3, yes=True)
    # Both variants are the same, so they share the replies.
    assert len(server.requests()) == 24 and found.paid.requests == 16
    assert found.verdict.outcome == "identical" and set(found.spread) == {"A", "B"}
    assert {str(request["options"]) for request in server.requests()} and "repeat" not in str(
        server.requests()[-1]["options"]
    )


def test_a_budget_ends_an_experiment_that_the_same_call_continues(lab: NotebookLab, server: ModelServer) -> None:
    own = lab.variant(model="openai/gpt-4o-mini", params={"llm.api_base": server.url, "llm.concurrency": 1})
    words = list(lab.sample(6))
    found = lab.compare("nuance", own, words, budget=0.011)
    assert 0 < found.incomplete <= 6 and found.paid.usd is not None and found.paid.usd <= 0.011
    assert "make the same call again to continue" in str(found)
    sent = len(server.requests())
    done = lab.compare("nuance", own, words, budget=3)
    assert done.incomplete == 0 and len(server.requests()) == 12 and done.paid.requests == 12 - sent
    assert done.name == found.name and lab.experiments()["requests"][0] == 12


def test_a_stopped_experiment_keeps_its_replies(
    lab: NotebookLab, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = lab.variant(model="openai/gpt-4o-mini", params={"llm.api_base": server.url})
    words, calls = list(lab.sample(3)), []

    def stopping(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return variant_layers(*args)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(experiment_run, "variant_layers", stopping)
        lab.compare(
            own,
            lab.variant(shorter(lab), model="openai/gpt-4o-mini", params={"llm.api_base": server.url}),
            words,
            yes=True,
        )
    assert len(server.requests()) == 6 and lab.experiments().is_empty()
    lab.compare(own, "nuance", words, yes=True)
    assert len(server.requests()) == 6
    ledger = lab.folder.parent / "ledger.db"
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("SELECT error_code FROM run_records WHERE exit_code = 1").fetchone() == (
            "interrupted",
        )


def test_an_expensive_experiment_needs_consent(
    lab: NotebookLab, server: ModelServer, capsys: pytest.CaptureFixture[str]
) -> None:
    dear = {"llm.api_base": server.url, "llm.confirm_above_usd": 0.0001}
    with pytest.raises(NotebookError, match="Nothing was sent or paid for"):
        lab.compare(lab.variant(params=dear, model="openai/gpt-4o"), "nuance", list(lab.sample(2)))
    assert not server.requests()
    said = capsys.readouterr().err
    assert "Together   about 4 requests, USD" in said and "Budget     This run" in said


def test_the_regression_set_fails_if_words_get_worse(lab: NotebookLab) -> None:
    words = list(lab.sample(12))
    assert lab.test(words=words).passed
    worse = lab.test(params={"quality.points": {"error": 40, "warning": 60, "note": 20}})
    assert worse.comparison.results["item_id"].n_unique() == 12
    fewer = lab.test(params={"flashcards.card_types": ["Grammar"]})
    assert not fewer.passed and "failed that did not fail before" in str(fewer)
    with pytest.raises(NotebookError, match="renew=True"):
        lab.test(words=words)
    assert lab.test(params={"flashcards.card_types": ["Grammar"]}, renew=True).passed


def test_a_variant_in_german_has_its_own_requests(lab: NotebookLab, server: ModelServer) -> None:
    params = {"llm.api_base": server.url}
    words = list(lab.sample(2))
    german = lab.variant(
        model="openai/gpt-4o-mini", params={**params, "language": "de", "flashcards.card_types": ["Scene"]}
    )
    found = lab.compare(lab.variant(model="openai/gpt-4o-mini", params=params), german, words, yes=True)
    assert len(server.requests()) == 8 and found.labels["B"].endswith("language=de, flashcards.card_types=['Scene']")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"a": "nuance.none"}, "no prompt named nuance.none"), ({"a": "abcdef"}, "no prompt named abcdef"),
        ({"a": "nuance", "words": ["없는말"]}, "없는말"), ({"a": ("nuance", "nuance")}, "one prompt for each stage"),
        ({"a": "nuance", "repeats": 0}, "1 or more"),
    ],
)  # fmt: skip
def test_mistakes_are_one_message(lab: NotebookLab, given: dict[str, Any], message: str) -> None:
    with pytest.raises(NotebookError, match=message):
        lab.compare(**({"b": "nuance"} | given))


def test_a_draft_in_a_file_is_found_by_its_name(lab: NotebookLab) -> None:
    default = lab.folder.parents[1] / "conf/base/prompts/nuance.md"
    default.with_name("nuance.short.md").write_text(default.read_text("utf-8") + "\nWrite short sentences.\n", "utf-8")
    found = lab.compare("nuance", "nuance.short", list(lab.sample(2)))
    assert found.labels == {"A": "nuance", "B": "nuance.short"}
    version = lab.prompt("nuance").prompt.version
    assert lab.prompt(version[:8]).prompt.version == version
    assert isinstance(found.results, pl.DataFrame)


def test_examples_are_your_approved_cards_and_leave_out_the_compared_words(lab: NotebookLab) -> None:
    project = open_project(lab.folder.parents[1])
    cards = project.catalog.load("edited_flashcards")
    approved = cards.row(-1, named=True)
    project.catalog.load("ledger").reviews.decide(Action.APPROVE, [approved], By("Kim"))
    found = lab.with_examples(count=2)
    assert found.stage == "flashcards" and found.prompt.text.startswith(lab.prompt("flashcards").prompt.text.rstrip())
    chosen = [
        json.loads(line)
        for line in found.prompt.text.split("## Examples of good cards")[1].splitlines()
        if line[:1] == "{"
    ]
    assert len(chosen) == 2 and chosen[0]["front"] == approved["front"]
    best = cards.filter(pl.col("front") == chosen[0]["front"])["item_id"].to_list()
    left_out = lab.with_examples(count=2, leave_out=best).prompt.text
    assert json.dumps(chosen[0]["front"], ensure_ascii=False) not in left_out
    with pytest.raises(NotebookError, match="flashcards"):
        lab.with_examples("nuance")


def test_candidates_follow_the_feedback_with_requests_of_their_own(lab: NotebookLab, server: ModelServer) -> None:
    word, params = lab.sample(1)[0], {"llm.api_base": server.url}
    plain = lab.candidates(word, 1, model="openai/gpt-4o-mini", params=params, yes=True)
    found = lab.candidates(
        word, 3, "shorter, <b>with</b> a food image", model="openai/gpt-4o-mini", params=params, yes=True
    )
    assert len(server.requests()) == 8 and plain.results.height == 1 and found.results.height == 3
    again = lab.candidates(word, 3, "shorter, <b>with</b> a food image", model="openai/gpt-4o-mini", params=params)
    assert len(server.requests()) == 8 and str(again) == str(found)
    assert "Candidate 3" in str(found) and "Candidate 3" in found._repr_html_() and "<script" not in found._repr_html_()


def test_the_price_is_shown_without_sending_anything(lab: NotebookLab, server: ModelServer) -> None:
    words = list(lab.sample(3))
    own = lab.variant(model="openai/gpt-4o-mini", params={"llm.api_base": server.url})
    assert "about 6 requests, USD" in lab.price("nuance", own, words)
    # Both variants share all requests. Other cards share only the analyses.
    assert "Together   about 6 requests" in lab.price(
        own, lab.variant(model=own.model, params={**own.params, "llm.timeout": 60}), words
    )
    other = lab.variant(model=own.model, params={**own.params, "flashcards.card_types": ["Scene"]})
    assert "Together   about 9 requests" in lab.price(own, other, words)
    assert not server.requests() and not lab.folder.exists()


def test_a_new_project_says_what_to_do_and_stays_new(here: Project) -> None:
    lab = open_project(here.folder).lab
    for call in (lambda: lab.sample(5), lambda: lab.compare("nuance", "nuance", ["남성"]), lab.test):
        with pytest.raises(NotebookError, match="kedro run"):
            call()
    with pytest.raises(NotebookError, match="no prompt named abcdef"):
        lab.prompt("abcdef")
    assert lab.experiments().is_empty() and not (here.folder / "data/ledger.db").exists()


def test_damaged_files_of_an_experiment_do_not_stop_it(lab: NotebookLab) -> None:
    words = list(lab.sample(2))
    found = lab.compare("nuance", "nuance", words)
    for file in (lab.folder / found.name).iterdir():
        file.write_bytes(b"damaged")
    with pytest.raises(NotebookError, match="cannot be read"):
        lab.open(found.name)
    other = lab.compare("nuance", "flashcards", words)
    assert set(lab.experiments()["experiment"]) == {other.name}
    assert str(lab.compare("nuance", "nuance", words)) == str(found)
    assert str(lab.open(found.name)) == str(found)


def test_an_experiment_that_cannot_be_written_is_one_message(lab: NotebookLab) -> None:
    lab.folder.write_text("in the way", "utf-8")
    with pytest.raises(NotebookError, match="cannot be written"):
        lab.compare("nuance", "nuance", list(lab.sample(2)))
