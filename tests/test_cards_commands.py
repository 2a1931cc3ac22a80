"""`kedro cards list` and `kedro cards show` from the command line: no model is called, and 80 columns are enough."""

import json
from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.project import Project, unwrapped

from korean_flashcards.domain.line_wrap import width
from korean_flashcards.exports.card_columns import CARD_COLUMNS

pytestmark = pytest.mark.slow


@pytest.fixture
def changed(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of the finished project, which tests may change. Its commands run in this process."""
    return ProjectHere(finished.copied_to(tmp_path / "copy").folder, monkeypatch)


def _listed(project: Project, *given: str) -> dict:
    result = project.kedro("cards", "list", "--json", *given)
    assert result.code == 0, result.err
    return json.loads(result.out)


def _shown(project: Project, *given: str) -> list[dict]:
    result = project.kedro("cards", "show", "--json", *given)
    assert result.code == 0, result.err
    return json.loads(result.out)


def test_the_list_has_the_cards_of_the_deck_in_80_columns(finished_here: Project) -> None:
    deck = finished_here.frame("anki_notes").height
    lines = finished_here.kedro("cards", "list", "--limit", "500").out.splitlines()
    assert lines[0].split() == ["word", "card", "level", "score", "review", "front"]
    assert len(lines) == deck + 2 and max(map(width, lines)) <= 80
    assert lines[-1] == f"{deck} of the {deck} cards in the deck."
    assert lines[1].split()[:4] == ["남자#1", "Scene", "1", "100"]


def test_the_filters_are_those_of_exports(finished_here: Project) -> None:
    found = _listed(finished_here, "--card-type", "Hanja", "--level", "3", "--words", "남성,배")
    assert [(row["item_id"], row["card_type"]) for row in found["rows"]] == [("남성#1", "Hanja")]
    assert set(found["rows"][0]) == set(CARD_COLUMNS) and found["cards"] == 1
    scenes = _listed(finished_here, "--card-type", "scene", "--limit", "2")
    assert len(scenes["rows"]) == 2 < scenes["cards"] < scenes["deck"]
    assert _listed(finished_here, "--where", "score < 1")["rows"] == []
    assert "No card matches. The deck has" in finished_here.kedro("cards", "list", "--score-max", "0").out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--words", "남섬"), "남성"),
        (("--level", "9"), "level"),
        (("--card-type", "Song"), "Song"),
        (("--list", "none.csv"), "none.csv"),
        (("--limit", "0"), "'0' is not a whole number of 1 or more."),
    ],
)
def test_an_impossible_filter_is_an_error(finished_here: Project, given: tuple[str, ...], said: str) -> None:
    result = finished_here.kedro("cards", "list", *given)
    assert result.code == 1 and said in result.err and "Traceback" not in result.err


def test_each_homograph_is_shown_with_its_cards(finished_here: Project) -> None:
    every = _shown(finished_here, "배")
    assert [word["item_id"] for word in every] == ["배#1", "배#2", "배#3", "배#4"]
    cards = finished_here.frame("flashcards").filter(item_id="배#2").to_dicts()
    (one,) = _shown(finished_here, "배#2")
    assert [(card["card"], card["content"]["front"]) for card in one["cards"]] == [
        (card["tab_name"], card["front"]) for card in cards
    ]
    lines = finished_here.kedro("cards", "show", "배").out.splitlines()
    assert max(map(width, lines)) <= 80 and [line for line in lines if line.startswith("배#")] == [
        f"{word['item_id']}  {word['definition']}" for word in every
    ]
    assert "  score     100 of 100, publish" in lines and "  deck      released" in lines
    assert any(line.startswith("  text      from offline/dictionary@") for line in lines)


def test_one_card_is_shown_alone(finished_here: Project) -> None:
    (word,) = _shown(finished_here, "남성", "--card", "hanja")
    assert [card["card"] for card in word["cards"]] == ["Hanja"]
    (analysis,) = _shown(finished_here, "남성", "--card", "analysis")
    assert analysis["cards"] == []


def test_edits_and_held_cards_are_named(changed: Project) -> None:
    front = "아주 긴 한국어 문장" * 20 + " \x1b[31m"
    changed.kedro("review", "edit", "남성", "--card", "Scene", "--field", "front", "--value", front)
    changed.kedro("review", "reject", "남성", "--card", "Hanja", "--reason", "wrong hanja")
    assert "2 reviews are newer than these cards." in unwrapped(changed.kedro("cards", "list").out)
    assert changed.kedro("run", "--pipelines=quality,export").code in (0, 2)

    result = changed.kedro("cards", "show", "남성")
    assert max(map(width, result.out.splitlines())) <= 80 and "\x1b" not in result.out
    assert "edited: front; the rest from offline/dictionary@" in unwrapped(result.out)
    assert "wrong hanja" in result.out
    (word,) = _shown(changed, "남성")
    state = {card["card"]: (card["released"], card["state"], list(card["edited"])) for card in word["cards"]}
    assert state["Scene"] == (True, "edited", ["front"]) and state["Hanja"][:2] == (False, "rejected")
    assert "Held back, so not in the deck: 1 card (`kedro review next`)." in changed.kedro("cards", "list").out
    assert _listed(changed, "--words", "남성", "--card-type-not", "Scene")["held"] == 1


def test_extra_cards_are_shown(changed: Project) -> None:
    changed.kedro("run", "--pipelines=export", "--params", "export.extra_cards=[reverse]")
    (word,) = _shown(changed, "남성")
    (extra,) = word["extra_cards"]
    assert extra["card"] == "Reverse" and "<" not in extra["front"] + extra["back"]
    assert "made from the word list, without a model" in changed.kedro("cards", "show", "남성").out
    assert _listed(changed, "--card-type", "Reverse", "--words", "남성")["cards"] == 1


def test_an_unknown_word_is_an_error_and_one_without_cards_names_the_next_step(changed: Project) -> None:
    result = changed.kedro("cards", "show", "없는말")
    assert result.code == 1 and "없는말" in result.err
    assert changed.kedro("cards", "show", " ").err.startswith('Error: " " is not a word.')
    changed.word_list("term,definition\n나무,tree\n", "more.csv")
    changed.kedro("ingress", "import", "more.csv")
    result = changed.kedro("cards", "show", "나무")
    assert result.code == 0 and "There are no cards." in result.out and "    kedro run" in result.out
    assert _shown(changed, "나무")[0]["cards"] == []


@pytest.mark.parametrize("environment", [(), ("--env", "test")])
@pytest.mark.parametrize("command", [("list",), ("show", "남성")])
def test_without_a_run_the_command_that_makes_cards_is_named(
    here: Project, command: tuple[str, ...], environment: tuple[str, ...]
) -> None:
    result = here.kedro("cards", *command, *environment)
    assert result.code == 1 and "`kedro run" in result.err and "Traceback" not in result.err


def test_a_damaged_layer_is_named(changed: Project) -> None:
    (layer,) = (changed.folder / "data").glob("0*/anki_notes.parquet")
    layer.write_bytes(b"not a layer")
    result = changed.kedro("cards", "list")
    assert result.code == 1 and "anki_notes" in result.err and "kedro run" in result.err
