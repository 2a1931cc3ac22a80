"""Blind preferences: the pairs, the figures, the person's answers, and the judge's, with a real server."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.commands import ProjectHere, kedro_here
from support.filled_ledger import store
from support.model_server import ModelServer
from support.project import Project

from korean_flashcards.cli import cli
from korean_flashcards.domain.line_wrap import width
from korean_flashcards.domain.records import ReplyError
from korean_flashcards.formats.pair_reply import read_pair_choice
from korean_flashcards.lab.blind_rating import rate_pairs
from korean_flashcards.lab.card_pairs import CardPair, card_pairs, questions, swapped
from korean_flashcards.lab.pair_text import pair_text
from korean_flashcards.lab.preference_figures import agreements, cohens_kappa, preference_lines, rater_figures, wilson
from korean_flashcards.lab.word_results import RESULT_SCHEMA, TEXT_SCHEMA
from korean_flashcards.ledger.prompts.preferences import LedgerPreferences, Preference
from korean_flashcards.notebook import open_project
from korean_flashcards.notebook.pair_display import pair_page
from korean_flashcards.notebook.plain_errors import NotebookError

CHOICE = st.sampled_from(["A", "B", "same"])


def pair(number: int) -> CardPair:
    return CardPair(f"말#{number}", "말", "A", ((("Scene front", f"a{number}"),), (("Scene front", f"b{number}"),)))


def answer(item_id: str, choice: Any, first: Any = "A", rater: str = "kim", kind: Any = "person") -> Preference:
    return Preference(item_id, rater, kind, first, choice, "cards")


def frames(texts: dict[tuple[str, str], str], states: dict[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the results and texts of words. ``texts`` has the front of each (variant, word)."""
    results = [
        {
            "variant": variant,
            "repeat": 1,
            "item_id": word,
            "term": word[0],
            "state": states.get(f"{variant} {word}", "done"),
        }
        for variant, word in texts
    ]
    rows = [
        {"variant": variant, "repeat": 1, "item_id": word, "field": field, "text": text}
        for (variant, word), text in texts.items()
        for field in ("Scene back", "Scene front", "explanation")
    ]
    return pl.DataFrame(results, RESULT_SCHEMA), pl.DataFrame(rows, TEXT_SCHEMA)


def test_only_words_with_different_cards_in_both_variants_are_compared() -> None:
    texts = {(variant, word): f"{variant}{word}" for word in ("말#1", "눈#1", "배#1") for variant in "AB"}
    texts["A", "눈#1"] = texts["B", "눈#1"] = "the same"
    found = card_pairs(*frames(texts, {"B 배#1": "failed"}))
    assert [one.item_id for one in found] == ["말#1"]
    assert found[0].cards == (
        (("Scene front", "A말#1"), ("Scene back", "A말#1")), (("Scene front", "B말#1"), ("Scene back", "B말#1")),
    )  # fmt: skip


def test_neither_the_text_nor_the_page_says_whose_cards_they_are() -> None:
    hidden = CardPair("말#1", "말", "B", ((("Scene front", "<b>x</b>"),), (("Scene front", "y"),)))
    for shown in (pair_text(hidden, 1, 2), pair_page(hidden, 1, 2)):
        assert shown.replace("kf-pair", "").count("A") == shown.count("B") == 0
    assert "&lt;b&gt;" in pair_page(hidden, 1, 2)


def test_the_text_fits_80_columns() -> None:
    long = CardPair(
        "말#1", "말", "A", ((("Scene back", "가나 다라 " * 40),), (("Scene back", "a word\n" + "b c " * 60),))
    )
    assert max(map(width, pair_text(long, 1, 2).splitlines())) <= 80


@given(st.integers(0, 40), st.text(min_size=1, max_size=5))
def test_each_pair_is_asked_once_and_some_a_second_time_exchanged(count: int, rater: str) -> None:
    pairs = [pair(number) for number in range(count)]
    asked = questions(pairs, "e", rater, [])
    assert asked == questions(list(reversed(pairs)), "e", rater, [])
    once, again = asked[:count], asked[count:]
    assert {one.item_id for one in once} == {one.item_id for one in pairs}
    assert len(again) == (-(-count // 5) if count >= 5 else 0)
    assert all(swapped(one) in once for one in again)
    known = [answer(one.item_id, "A", one.first, rater) for one in asked[: count // 2]]
    assert questions(pairs, "e", rater, known) == asked[count // 2 :]


def test_the_order_of_the_cards_is_random() -> None:
    asked = questions([pair(number) for number in range(400)], "e", "kim", [])[:400]
    assert 160 < sum(one.first == "A" for one in asked) < 240
    assert [one.item_id for one in asked] != [
        one.item_id for one in questions([pair(n) for n in range(400)], "e", "lee", [])
    ]


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_interval_agrees_with_scipy(successes: int, more: int) -> None:
    trials = successes + more
    low, high = wilson(successes, trials)
    if trials:
        expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
        assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-6)
    else:
        assert (low, high) == (0, 1)


def test_kappa_of_a_textbook_table() -> None:
    table = [("A", "A")] * 20 + [("A", "B")] * 5 + [("B", "A")] * 10 + [("B", "B")] * 15
    assert cohens_kappa(table) == pytest.approx(0.4)  # type: ignore[arg-type]
    assert cohens_kappa([("A", "A")] * 3) is None and cohens_kappa([]) is None


@given(st.lists(st.tuples(CHOICE, CHOICE), min_size=1))
def test_kappa_is_1_for_equal_choices_and_symmetric(pairs: list[Any]) -> None:
    assert cohens_kappa([(one, one) for one, _ in pairs]) in (None, pytest.approx(1))
    assert cohens_kappa(pairs) == pytest.approx(cohens_kappa([(b, a) for a, b in pairs]), nan_ok=True)


def test_answers_that_change_with_the_order_count_as_the_same() -> None:
    answers = [
        answer("말#1", "B", "A"), answer("말#1", "B", "B"), answer("눈#1", "A", "A"), answer("눈#1", "B", "B"),
        answer("배#1", "same"),
        answer("말#1", "B", "A", "m", "judge"), answer("말#1", "B", "B", "m", "judge"),
        answer("눈#1", "A", "A", "m", "judge"), answer("눈#1", "A", "B", "m", "judge"),
        answer("배#1", "A", "A", "m", "judge"),
    ]  # fmt: skip
    kim, judge = rater_figures(answers)
    assert (kim.a, kim.b, kim.same, kim.twice, kim.consistent) == (0, 1, 2, 2, 1)
    assert (kim.first, kim.decided) == (3, 4)
    assert judge.kind == "judge" and (judge.a, judge.b, judge.same) == (1, 1, 0)  # 배#1 was shown in one order only
    (both,) = agreements(answers)
    assert (both.words, both.agreed, both.raters) == (2, 1, ("kim", "m (judge)"))
    text = "\n".join(preference_lines(answers))
    assert "kim: 3 words, A better in 0, B better in 1, same in 2." in text
    assert "Shown in both orders: 2 words, 1 with the same answer." in text
    assert "kim and m (judge) agree on 1 of 2 words (50%" in text


def test_each_answer_is_recorded_at_once_and_a_later_session_continues(tmp_path: Path) -> None:
    ledger = store(tmp_path / "ledger.db")
    try:
        known, pairs = LedgerPreferences(ledger), [pair(number) for number in range(6)]
        asked = questions(pairs, "e", "kim", [])
        keys = iter(["1", "x", "2", "0", "s", "q"])
        assert rate_pairs(asked, "e", "kim", known, lambda *_: next(keys)) == 3
        expected = [asked[0].first, asked[1].second, "same"]
        assert [one.choice for one in known.of("e")] == expected
        rest = questions(pairs, "e", "kim", known.of("e"))
        assert rest == asked[3:] and questions(pairs, "e", "lee", known.of("e")) != rest
        known.add("e", [answer(asked[0].item_id, "same", asked[0].first)])
        assert [
            one.choice for one in known.of("e") if one.item_id == asked[0].item_id and one.first == asked[0].first
        ] == ["same"]
        assert known.of("other") == []
    finally:
        ledger.close()


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ('{"term":"말","reason":"r","choice":"first"}', "first"),
        ('Sure:\n```json\n{"term": "말[mal]", "reason": "r", "choice": " Second "}\n```', "second"),
        ('{"answer": {"term":"말","reason":"r","choice":"same"', "same"),
    ],
)
def test_choices_are_read_as_models_write_them(text: str, choice: str) -> None:
    assert read_pair_choice(text, "말").choice == choice


@pytest.mark.parametrize(
    ("text", "code"),
    [('{"term":"눈","reason":"r","choice":"first"}', "wrong_word"), ('{"term":"말","reason":"r","choice":"A"}', "contract"),
     ("I cannot choose.", "malformed"), ("", "empty")],
)  # fmt: skip
def test_other_replies_are_refused(text: str, code: str) -> None:
    with pytest.raises(ReplyError) as refused:
        read_pair_choice(text, "말")
    assert refused.value.code in (code, "refused")


# --- on the commands, with a real server ------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def compared(
    finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ModelServer
) -> tuple[ProjectHere, str]:
    """Return a project with a comparison of eight words, and the ID of the experiment."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    project = ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)
    lab = open_project(project.folder).lab
    a, b = (
        lab.variant(model=f"openai/{name}", params={"llm.api_base": server.url}) for name in ("gpt-4o-mini", "gpt-4o")
    )
    return project, lab.compare(a, b, lab.sample(8), budget=3).name


def typed(keys: str, name: str) -> Result:
    """Run the command in this process, and type the keys."""
    return CliRunner().invoke(cli, ["prompts", "prefer", name, "--rater", "kim"], input=keys)


@pytest.mark.slow
def test_people_and_the_judge_prefer_cards_on_the_command_line(
    compared: tuple[ProjectHere, str], server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, name = compared
    params = f"llm.api_base={server.url}"
    sent = len(server.requests())
    kedro_here(project, monkeypatch)
    first = typed("1\n2\nx\n0\nq\n", name)
    assert first.exit_code == 2 and "7 pairs left" in first.stderr and "1 = the first is better" in first.stdout
    rest = typed("1\n" * 7, name)
    assert rest.exit_code == 0 and "kim: 8 words" in rest.stdout
    assert len(server.requests()) == sent

    judged = project.kedro(
        "prompts", "prefer", name, "--judge", "--model", "openai/gpt-4o", "--params", params, "--budget", "1", "--json"
    )
    values = json.loads(judged.out)
    assert judged.code == 0 and values["requests"] == 16 and values["usd"] > 0 and len(server.requests()) == sent + 16
    again = project.kedro(
        "prompts", "prefer", name, "--judge", "--model", "openai/gpt-4o", "--params", params, "--json"
    )
    assert again.code == 0 and json.loads(again.out)["requests"] == 0 and len(server.requests()) == sent + 16
    assert json.loads(again.out)["answers"] == values["answers"]
    with closing(sqlite3.connect(project.folder / "data/ledger.db")) as ledger:
        assert ledger.execute("SELECT count(*) FROM preferences WHERE kind = 'judge'").fetchone() == (16,)
        assert ledger.execute("SELECT count(*) FROM llm_calls WHERE stage = 'judge'").fetchone() == (16,)
    report = project.kedro("prompts", "prefer", name, "--report")
    assert report.code == 0 and "openai/gpt-4o (judge): 8 words" in report.out and "agree on" in report.out


@pytest.mark.slow
def test_the_judge_respects_a_budget_and_mistakes_are_one_message(
    compared: tuple[ProjectHere, str], server: ModelServer
) -> None:
    project, name = compared
    lab = open_project(project.folder).lab
    with pytest.raises(NotebookError, match="offline model cannot judge"):
        lab.judge(name)
    with pytest.raises(NotebookError, match="There is no experiment named nothing"):
        lab.prefer("nothing")
    with pytest.raises(NotebookError, match="no pair of different cards for 없는말"):
        lab.prefer(name, "kim", ["없는말"])
    sent, base = len(server.requests()), {"llm.api_base": server.url}
    with pytest.raises(NotebookError, match="The list of words is empty"):
        lab.compare("nuance", lab.variant(model="openai/gpt-4o", params=base), [], budget=1)
    small = lab.judge(name, model="openai/gpt-4o", params=base, budget=0.004)
    assert 0 < small.remaining <= 8 and small.paid.usd is not None and small.paid.usd <= 0.004
    complete = lab.judge(name, model="openai/gpt-4o", params=base, budget=1)
    assert complete.remaining == 0 and len(server.requests()) == sent + 16
    assert "Blind preferences" in str(lab.open(name)) and "Blind preferences" in lab.open(name)._repr_html_()
    same = lab.compare("nuance", "nuance", lab.sample(3))
    nothing = lab.judge(same, model="openai/gpt-4o", params=base, budget=1)
    assert nothing.pairs == nothing.remaining == 0 and "no word has different cards" in str(nothing)
    assert len(server.requests()) == sent + 16
    unknown = project.kedro("prompts", "prefer", "nothing")
    assert unknown.code == 1 and "There is no experiment named nothing" in unknown.err
    mixed = project.kedro("prompts", "prefer", name, "--model", "openai/gpt-4o")
    assert mixed.code == 1 and "Add --judge" in mixed.err
