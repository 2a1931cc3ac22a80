"""A run that selects words replaces only the rows of these words and leaves the deck alone."""

import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from support.commands import ProjectHere
from support.project import Project, Result, unwrapped

from korean_flashcards.datasets.narrowing import PER_LIST, PER_WORD

QUICK = {"KEDRO_DATASET_VALIDATION": "off"}
DECK = ("korean.apkg", "anki_notes.txt", "cards.tsv", "cards.json", "manifest.json")
# Columns that describe the run in which a word took part.
OF_THE_RUN = ("cached", "state", "reason", "latency_s")
KEPT = "The deck was not changed. `kedro run --pipeline=export` writes the whole deck."


@pytest.fixture
def done(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project. Its commands run in this process."""
    return ProjectHere(finished.copied_to(tmp_path / "done").folder, monkeypatch)


def layers(project: Project) -> dict[str, pl.DataFrame]:
    """Return the layers with rows for each word or list."""
    names = (*PER_WORD, *PER_LIST, "vocabulary", "confusables")
    return {name: project.frame(name).drop(OF_THE_RUN, strict=False) for name in names}


def deck(project: Project) -> dict[str, bytes]:
    return {name: (project.folder / "data/07_model_output" / name).read_bytes() for name in DECK}


def contents(cards: bytes) -> dict[tuple[str, str], tuple[str, str, list[str]]]:
    rows = json.loads(cards)
    return {(row["item_id"], row["tab_name"]): (row["front"], row["back"], sorted(row["tags"])) for row in rows}


def narrowed(project: Project, params: str, *options: str) -> Result:
    return project.kedro("run", *options, "--params", params, **QUICK)


def definition(project: Project, old: str, new: str) -> None:
    """Correct a definition in the sample list."""
    path = project.folder / "data/01_raw/sample_words.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


SLOW = pytest.mark.slow
SELECTIONS = [
    "limit=20",
    pytest.param("words=남성", marks=SLOW),
    pytest.param("batch=sample_words", marks=SLOW),
    pytest.param("priority_min=5", marks=SLOW),
    pytest.param("word_lists=data/01_raw", marks=SLOW),
    pytest.param("limit=3,words=배,남성", marks=SLOW),
]


@pytest.mark.slow
@pytest.mark.parametrize("params", SELECTIONS)
def test_a_run_of_some_words_leaves_all_other_rows_and_the_deck(done: Project, params: str) -> None:
    before, files = layers(done), deck(done)
    result = narrowed(done, params)
    assert result.code == 0, result.err
    for name, frame in layers(done).items():
        assert_frame_equal(frame, before[name])
    assert deck(done) == files
    assert KEPT in unwrapped(result.out)


@pytest.mark.slow
def test_only_the_changed_word_changes_in_the_layers_and_the_deck_is_outdated(done: Project) -> None:
    before, files = layers(done), deck(done)
    definition(done, "man, male (formal)", "man, male adult")
    definition(done, ",independence,", ",self-rule,")
    assert narrowed(done, "words=남성").code == 0
    after = layers(done)
    for name in ("nuance", "flashcards", "edited_flashcards", "quality", "released_flashcards", "words"):
        rest = pl.col("item_id") != "남성#1"
        assert_frame_equal(after[name].filter(rest), before[name].filter(rest))
    cards = after["flashcards"]
    assert cards["position"].to_list() == list(range(1, cards.height + 1))
    assert "male adult" in after["nuance"].filter(item_id="남성#1")["primary_meaning"].item()
    assert deck(done) == files
    found = json.loads(done.kedro("status", "--json").out)
    assert found["words"]["with_cards"] == 129
    assert done.kedro("run", "--pipeline=export", **QUICK).code == 0
    old, new = (contents(file) for file in (files["cards.json"], deck(done)["cards.json"]))
    # The words that are easily confused with the changed word depend on its meaning.
    assert found["outdated"] == sum(old[card] != new[card] for card in old) >= 3
    exported = done.frame("linked_flashcards")
    assert exported["item_id"].n_unique() == 129 and exported["back"].str.contains("male adult").any()
    assert json.loads(done.kedro("status", "--json").out)["outdated"] == 0


@pytest.mark.slow
def test_a_partial_pipeline_processes_only_the_selected_words(done: Project) -> None:
    before = layers(done)
    other = "flashcards.card_types=[Scene]"
    result = narrowed(done, f"words=남성,{other}", "--pipeline=flashcards")
    assert result.code == 0 and "Words      1 of 129 (words 남성): 1 with cards" in result.out, result.err
    cards = done.frame("flashcards")
    assert cards.filter(item_id="남성#1")["tab_name"].to_list() == ["Scene"]
    assert cards.height == before["flashcards"].height - 2 and cards["item_id"].n_unique() == 129
    plan = json.loads(done.kedro("plan", "--pipeline=flashcards", "--params", f"words=남자,{other}", "--json").out)
    assert plan["requests"] == 1


@pytest.mark.slow
def test_a_new_list_is_added_to_the_layers(done: Project) -> None:
    before = layers(done)
    done.word_list("term,definition\n돌연,suddenly\ndoor,문\n", "mine.csv")
    result = narrowed(done, "word_lists=mine.csv")
    assert result.code == 2 and "Rows       2 in mine.csv: 1 imported" in result.out
    assert "Words      1: 1 with cards" in result.out and "1 row rejected in your word lists" in result.out
    assert done.frame("vocabulary")["item_id"].to_list() == [*before["vocabulary"]["item_id"], "돌연#1"]
    for name in ("words", "nuance", "flashcards", "released_flashcards"):
        assert set(done.frame(name)["item_id"]) == {*before[name]["item_id"], "돌연#1"}
    assert done.frame("vocabulary_rejects").height == before["vocabulary_rejects"].height + 1
    again = narrowed(done, "word_lists=mine.csv", "--pipelines=nuance,flashcards")
    assert "Words      1: 1 with cards" in again.out
    done.word_list("term,definition\n홀연,suddenly\n", "other.csv")
    unknown = narrowed(done, "word_lists=other.csv", "--pipelines=nuance,flashcards")
    assert unknown.code == 1 and "other.csv has not been imported yet" in unknown.err


@pytest.mark.slow
def test_a_first_run_of_some_words_has_a_report_and_names_the_command_for_a_deck(here: Project) -> None:
    result = narrowed(here, "limit=2")
    assert result.code == 0 and (here.folder / "data/08_reporting/report.html").exists()
    said = "There is no deck yet. `kedro run --pipeline=export` writes one from all words that have cards."
    assert said in unwrapped(result.out) and not list(here.folder.glob("data/07_model_output/*.apkg"))
    assert narrowed(here, "limit=1", "--pipelines=ingress,nuance,flashcards,quality,reporting").code == 0
    assert done_words(here) == 2
    assert here.kedro("run", "--pipeline=export", **QUICK).code == 2
    assert here.frame("linked_flashcards")["item_id"].n_unique() == 2


def done_words(project: Project) -> int:
    return project.frame("released_flashcards")["item_id"].n_unique()


DAMAGE = {"truncated": lambda data: data[:200], "empty": lambda data: b"", "text": lambda data: b"term\n"}


@pytest.mark.parametrize(
    ("layer", "damage"),
    [
        ("nuance", "truncated"),
        pytest.param("released_flashcards", "empty", marks=SLOW),
        pytest.param("words", "text", marks=SLOW),
    ],
)
def test_a_damaged_layer_stops_the_run_before_it_sends_anything(done: Project, layer: str, damage: str) -> None:
    (path,) = done.folder.glob(f"data/0*/{layer}.parquet")
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    before, calls = path.read_bytes(), done.ledger("select count(*) from llm_calls")
    result = narrowed(done, "limit=3")
    assert result.code == 1 and f"The layer {layer} (" in result.err, result.err
    assert "would lose the rows of all other words. Nothing was run." in unwrapped(result.err)
    assert path.read_bytes() == before and done.ledger("select count(*) from llm_calls") == calls


@pytest.mark.parametrize(
    "layer",
    [
        "flashcards",
        pytest.param("released_flashcards", marks=SLOW),
        pytest.param("words", marks=SLOW),
        pytest.param("edit_conflicts", marks=SLOW),
    ],
)
def test_a_deleted_layer_stops_the_run_until_it_is_rebuilt(done: Project, layer: str) -> None:
    before = layers(done)[layer]
    (path,) = done.folder.glob(f"data/0*/{layer}.parquet")
    path.unlink()
    result = narrowed(done, "words=남성")
    assert result.code == 1 and f"The layer {layer} (" in result.err and "is missing" in result.err, result.err
    assert "run `kedro run --params llm.cache_only=true`" in unwrapped(result.err) and not path.exists()
    if layer == "released_flashcards":
        assert narrowed(done, "llm.cache_only=true").code == 0
        assert_frame_equal(layers(done)[layer], before)


@pytest.mark.slow
def test_a_layer_that_was_never_written_does_not_stop_the_run(here: Project) -> None:
    assert here.kedro("run", "--pipelines=ingress,nuance", **QUICK).code in (0, 2)
    assert narrowed(here, "limit=2").code == 0
    assert done_words(here) == 2 and here.frame("nuance")["item_id"].n_unique() == 129


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        (["--from-nodes=release_cards"], False),
        pytest.param(["--tags=spends_money"], False, marks=SLOW),
        pytest.param(["--to-outputs=report"], False, marks=SLOW),
        pytest.param(["--from-nodes=write_cards_tsv"], True, marks=SLOW),
        pytest.param(["--namespaces=export"], True, marks=SLOW),
        pytest.param(["--pipelines=quality,export", "--from-nodes=release_cards"], True, marks=SLOW),
    ],
)
def test_a_run_of_some_nodes_writes_the_deck_only_if_an_export_node_is_named(
    done: Project, options: list[str], changed: bool
) -> None:
    path = done.folder / "data/07_model_output/cards.tsv"
    path.unlink()
    result = done.kedro("run", *options, **QUICK)
    assert result.code == 0, result.err
    assert path.exists() == changed and (KEPT in unwrapped(result.out)) != changed


@pytest.mark.slow
def test_the_deck_cannot_be_written_by_a_run_that_selects_words_and_nodes(done: Project) -> None:
    files = deck(done)
    result = narrowed(done, "words=남성", "--from-nodes=release_cards,write_cards_tsv")
    assert result.code == 1 and "This run selects words, so it cannot write the deck" in result.err
    assert deck(done) == files
    for params in ("words=남성", "limit=3", "priority_min=9"):
        exported = narrowed(done, params, "--pipeline=export")
        assert exported.code == 0 and "Words      129: 129 with cards" in exported.out, exported.err
        cards = json.loads((done.folder / "data/07_model_output/cards.json").read_bytes())
        assert f"Cards      {len(cards)}: " in exported.out
    assert done.frame("linked_flashcards")["item_id"].n_unique() == 129


@pytest.mark.slow
def test_quality_and_agreement_show_the_whole_project_after_a_run_of_some_words(done: Project) -> None:
    shown = [("quality", "list", "--json"), ("quality", "agreement", "--json"), ("review", "next", "--json")]
    before = [done.kedro(*command).out for command in shown]
    assert narrowed(done, "limit=3").code == 0
    assert [done.kedro(*command).out for command in shown] == before


# The checks for language models report much in the offline model's records. No card is held back for its score.
NOTHING_HELD = "quality.review_from=0"
FRONT = "You step through the portal to a quiet harbor before sunrise tomorrow. Who waits?"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "code", "words"),
    [
        ("front", "boilerplate_front", ["남성#1", "남자#1", "배#1", "배#2"]),
        ("metaphor", "boilerplate_metaphor", ["남성#1", "남자#1", "배#1"]),
        ("primary_meaning", "homographs_alike", ["배#1", "배#2"]),
    ],
)
def test_words_are_compared_with_the_whole_deck(done: Project, field: str, code: str, words: list[str]) -> None:
    for layer in ("nuance", "flashcards"):
        (path,) = done.folder.glob(f"data/0*/{layer}.parquet")
        frame = pl.read_parquet(path).with_columns(model=pl.lit("openai/gpt-4o-mini"))
        if field in frame.columns:
            same = pl.when(pl.col("item_id").is_in(words)).then(pl.lit(FRONT)).otherwise(pl.col(field))
            frame = frame.with_columns(same.alias(field))
        if field == "metaphor" and layer == "nuance":
            parts = {"metaphor_noun": "harbor", "metaphor_action": "resting before sunrise"}
            is_same = pl.col("item_id").is_in(words)
            frame = frame.with_columns(
                pl.when(is_same).then(pl.lit(part)).otherwise(pl.col(name)).alias(name) for name, part in parts.items()
            )
        frame.write_parquet(path)
    assert done.kedro("run", "--pipeline=quality", "--params", NOTHING_HELD, **QUICK).code == 0
    names = ("findings", "quality", "released_flashcards", "held_flashcards")
    before = {name: done.frame(name) for name in names}
    assert set(before["findings"].filter(code=code)["item_id"]) >= set(words)
    assert narrowed(done, f"words={words[-1]},{NOTHING_HELD}", "--pipeline=quality").code == 0
    for name in names:
        assert_frame_equal(done.frame(name), before[name], check_row_order=name != "findings")


@pytest.mark.slow
@pytest.mark.parametrize("options", [["--pipeline=export"], []])
def test_only_selected_exports_the_selected_words_to_separate_files(done: Project, options: list[str]) -> None:
    files, exported = deck(done), done.ledger("select item_id from exported_items order by item_id")
    result = narrowed(done, "words=남성,배#2,export.only_selected=true", *options)
    assert result.code == 0 and "data/07_model_output/korean_selected.apkg" in result.out, result.err
    assert deck(done) == files and KEPT not in unwrapped(result.out)
    folder = done.folder / "data/07_model_output"
    cards = json.loads((folder / "cards_selected.json").read_text(encoding="utf-8"))
    assert {card["item_id"] for card in cards} == {"남성#1", "배#2"}
    for path in (folder / "cards_selected.tsv", folder / "anki_notes_selected.txt", folder / "korean_selected.apkg"):
        assert path.stat().st_size
    assert len(json.loads((folder / "manifest_selected.json").read_text(encoding="utf-8"))) == 4
    assert done.ledger("select item_id from exported_items order by item_id") == exported
    assert done.frame("linked_flashcards")["item_id"].n_unique() == 129
    assert json.loads(done.kedro("status", "--json").out)["outdated"] == 0


@pytest.mark.slow
def test_only_selected_has_no_effect_on_a_run_of_all_words(done: Project) -> None:
    assert narrowed(done, "export.only_selected=true").code == 0
    assert not list((done.folder / "data/07_model_output").glob("*_selected*"))
