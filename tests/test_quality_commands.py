"""`kedro quality` with the layers of three words."""

import json

import polars as pl
import pytest
from support.commands import Kedro, kedro_here
from support.project import Project
from support.scored import held, judged, released, scored

from korean_flashcards.checks import CHECKS
from korean_flashcards.domain.line_wrap import width
from korean_flashcards.layers.known_layers import known_layers


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    """Run commands in a project that has the layers of a run."""
    layers = scored()
    folder = project.folder / "data" / "04_feature"
    layers.quality.write_parquet(folder / "quality.parquet")
    layers.findings.write_parquet(folder / "findings.parquet")
    judged().write_parquet(folder / "judgements.parquet")
    decide(project, released(), held())
    return kedro_here(project, monkeypatch)


def decide(project: Project, released: pl.DataFrame, held: pl.DataFrame) -> None:
    """Write the layers with the reviewers' decisions. Columns that the frames do not have are empty."""
    columns = {layer.name: layer.columns for layer in known_layers()}
    for name, frame in {"released_flashcards": released, "held_flashcards": held}.items():
        empty = {name: pl.lit(None, kind) for name, kind in columns[name].items() if name not in frame.columns}
        layer = frame.with_columns(**empty).select(list(columns[name]))
        layer.write_parquet(project.folder / "data" / "04_feature" / f"{name}.parquet")


def test_the_list_begins_with_the_worst_card_and_shows_its_reason(kedro: Kedro) -> None:
    lines = kedro("quality", "list").stdout.splitlines()
    assert lines[0] == "4 cards: 2 publish, 1 review, 1 reject"
    assert lines[2].split()[:4] == ["배#1", "Scene", "20", "reject"]
    assert lines[3] == "    the same sentence is on 40 cards (error, −40)"
    assert lines[4].split()[:4] == ["남성#1", "Hanja", "58", "review"]
    assert max(map(width, lines)) <= 80
    assert "… and 3 more (--limit)" in kedro("quality", "list", "--limit", "1").stdout


@pytest.mark.slow
def test_filters_narrow_the_list_and_findings_of_an_analysis_count_for_its_cards(kedro: Kedro) -> None:
    for options, cards in {
        ("--verdict", "review"): [("남성#1", "Hanja")],
        ("--verdict", "publish", "--verdict", "reject"): [("배#1", "Scene"), ("남성#1", "Scene"), ("배#2", "Scene")],
        ("--code", "ipa_other_word"): [("배#1", "Scene")],
        ("--code", "hanja_reading", "--code", "ipa_other_word"): [("배#1", "Scene"), ("남성#1", "Hanja")],
    }.items():
        found = json.loads(kedro("quality", "list", "--json", *options).stdout)
        assert [(row["item_id"], row["tab_name"]) for row in found["rows"]] == cards, options
    assert found["verdicts"] == {"review": 1, "reject": 1} and found["more"] == 0
    assert (
        kedro("quality", "list", "--code", "ipa_other_word", "--verdict", "publish").stdout
        == "No cards match --verdict and --code.\n"
    )


def test_an_unknown_code_is_an_error(kedro: Kedro) -> None:
    result = kedro("quality", "list", "--code", "nonsense")
    assert (
        result.exit_code == 1
        and "There is no check named nonsense. `kedro quality checks` lists the checks." in result.stderr
    )


@pytest.mark.slow
def test_word_show_includes_scores_findings_and_the_judge(kedro: Kedro) -> None:
    section = kedro("word", "show", "남성").stdout.partition("\nFindings and score\n")[2].partition("\n\n")[0]
    assert section.splitlines() == [
        "  word: 58 of 100, review",
        "  analysis",
        "    no findings",
        "  Scene: 100 of 100, publish",
        "    no findings",
        "  Hanja: 58 of 100, review",
        "    error hanja_reading in back: 男性 reads 남성, not 여성",
        "    note back_length in back: the back has 20 words; 80 to 150 teach more",
        "  judge (some/model): review",
        "    wrong_translation in Scene, back: it says something else (back 1)",
        "    image 2 of 5: why 2",
    ]
    pear, ship = json.loads(kedro("word", "show", "배", "--json").stdout)["words"]
    assert [(word["quality"]["verdict"], len(word["quality"]["cards"])) for word in (pear, ship)] == [
        ("reject", 1), ("publish", 1),
    ]  # fmt: skip
    assert pear["quality"]["analysis"][0]["message"] == "배 is [pɛ], not [bɛ]"


def test_faults_lists_the_faults_that_the_judge_named(kedro: Kedro, project: Project) -> None:
    assert kedro("quality", "faults").stdout.splitlines() == [
        "1 fault in 3 judged words",
        "남성#1 Scene, back: wrong_translation",
        "    it says something else (back 1)",
    ]
    assert kedro("quality", "faults", "--kind", "wrong_sense").stdout == "0 faults in 3 judged words\n"
    (fault,) = json.loads(kedro("quality", "faults", "--json").stdout)
    assert (fault["item_id"], fault["card"], fault["quote"]) == ("남성#1", "Scene", "back 1")
    judged().clear().write_parquet(project.folder / "data" / "04_feature" / "judgements.parquet")
    assert kedro("quality", "faults").stdout.startswith("The judge has not rated any word yet.")


def test_checks_lists_every_check_with_its_points_in_80_columns(kedro: Kedro, project: Project) -> None:
    code, check = next(iter(CHECKS.items()))
    (project.folder / "conf/local/parameters_quality.yml").write_text(
        f"quality: {{points: {{error: 10, warning: 10, note: 10}}, weights: {{{code}: 1.5}}}}\n", encoding="utf-8"
    )
    text = kedro("quality", "checks").stdout
    assert f"{code} ({check.severity}, −15): " in text and all(f"\n{code} (" in f"\n{text}" for code in CHECKS)
    assert max(map(width, text.splitlines())) <= 80
    assert [each["code"] for each in json.loads(kedro("quality", "checks", "--json").stdout)] == list(CHECKS)


def test_agreement_shows_kappa_its_interval_and_its_limits_in_80_columns(kedro: Kedro, project: Project) -> None:
    lines = kedro("quality", "agreement").stdout.splitlines()
    assert lines[1].split() == ["score", "and", "judge", "3", "words", "67%", "0.50", "-0.11", "to", "1.00"]
    assert lines[-1] == "With fewer than 30 items, the confidence interval is only approximate." and len(lines) == 5
    assert max(map(width, lines)) <= 80
    assert json.loads(kedro("quality", "agreement", "--json").stdout)[1]["things"] == "cards"

    judged().clear().write_parquet(project.folder / "data" / "04_feature" / "judgements.parquet")
    decide(project, released().clear(), held().clear())
    text = kedro("quality", "agreement").stdout
    assert "The judge has not rated any word yet." in text and "Nobody has approved or rejected a card yet." in text


def test_before_the_first_run_the_message_says_what_to_do(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    result = kedro_here(project, monkeypatch)("quality", "list")
    assert result.exit_code == 1 and "does not exist yet. Run `kedro run` first" in result.stderr
