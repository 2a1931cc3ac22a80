"""`kedro quality …` as a person types it, on layers of three words."""

import json

import pytest
from support.commands import Kedro, kedro_here
from support.project import Project
from support.scored import held, judged, released, scored

from korean_flashcards.checks import CHECKS
from korean_flashcards.quality.agreement import measure_agreement


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    """A project with the layers that a run leaves."""
    layers = scored()
    folder = project.folder / "data" / "04_feature"
    layers.quality.write_parquet(folder / "quality.parquet")
    layers.findings.write_parquet(folder / "findings.parquet")
    judged().write_parquet(folder / "judgements.parquet")
    compared = measure_agreement(layers.quality, judged(), released(), held())
    compared.write_parquet(project.folder / "data" / "08_reporting" / "agreement.parquet")
    return kedro_here(project, monkeypatch)


def test_the_list_begins_with_the_worst_card_and_says_why(kedro: Kedro) -> None:
    lines = kedro("quality", "list").stdout.splitlines()
    assert lines[0] == "4 cards: 2 publish, 1 review, 1 reject"
    assert [line.split()[:4] for line in lines[2:4]] == [
        ["배#1", "Scene", "20", "reject"], ["남성#1", "Hanja", "58", "review"],
    ]  # fmt: skip
    assert "the same sentence is on 40 cards (error, −40)" in lines[2]
    assert "… and 3 more (--limit)" in kedro("quality", "list", "--limit", "1").stdout


def test_filters_narrow_the_list_and_an_analysis_s_finding_is_its_cards_too(kedro: Kedro) -> None:
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
        == "There are no such cards.\n"
    )


def test_a_code_that_is_none_is_said(kedro: Kedro) -> None:
    result = kedro("quality", "list", "--code", "nonsense")
    assert result.exit_code == 1 and "There is no check nonsense. `kedro quality checks` lists them." in result.stderr


def test_a_word_is_shown_with_all_that_was_found(kedro: Kedro) -> None:
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
        "    image 2 of 5: why 2",
    ]
    pear, ship = json.loads(kedro("word", "show", "배", "--json").stdout)["words"]
    assert [(word["quality"]["verdict"], len(word["quality"]["cards"])) for word in (pear, ship)] == [
        ("reject", 1), ("publish", 1),
    ]  # fmt: skip
    assert pear["quality"]["analysis"][0]["message"] == "배 is [pɛ], not [bɛ]"


def test_every_check_is_explained_with_its_points(kedro: Kedro, project: Project) -> None:
    code, check = next(iter(CHECKS.items()))
    (project.folder / "conf/local/parameters_quality.yml").write_text(
        f"quality: {{points: {{error: 10, warning: 10, note: 10}}, weights: {{{code}: 1.5}}}}\n", encoding="utf-8"
    )
    told = kedro("quality", "checks").stdout
    assert f"{code} ({check.severity}, −15): " in told and all(f"\n{code} (" in f"\n{told}" for code in CHECKS)
    assert [each["code"] for each in json.loads(kedro("quality", "checks", "--json").stdout)] == list(CHECKS)


def test_the_agreement_is_shown_with_its_interval_and_what_it_rests_on(kedro: Kedro, project: Project) -> None:
    lines = kedro("quality", "agreement").stdout.splitlines()
    assert lines[1].split() == ["score", "and", "judge", "3", "words", "67%", "0.50", "-0.11", "to", "1.00"]
    assert lines[-1] == "Below 30 the interval is rough." and len(lines) == 5
    assert json.loads(kedro("quality", "agreement", "--json").stdout)[1]["things"] == "cards"

    nothing = measure_agreement(scored().quality, judged().clear(), released().clear(), held().clear())
    nothing.write_parquet(project.folder / "data" / "08_reporting" / "agreement.parquet")
    told = kedro("quality", "agreement").stdout
    assert "No word is judged yet: quality.judge" in told and "No card is approved or rejected yet" in told


def test_before_the_first_run_a_command_says_what_to_do(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    result = kedro_here(project, monkeypatch)("quality", "list")
    assert result.exit_code == 1 and "does not exist yet. Run `kedro run` first" in result.stderr
