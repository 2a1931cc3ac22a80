"""The list's own text is never blamed on the model: the real pipeline with the offline model over odd lists."""

import polars as pl
import pytest
from support.project import ROOT, Project, unwrapped

pytest.importorskip("kiwipiepy")

ODD_LIST = (ROOT / "tests/fixtures/odd_list.csv").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ja", "ko", "fr"])
def test_the_lists_own_text_causes_no_finding_and_holds_no_card(here: Project, language: str) -> None:
    path = here.word_list(ODD_LIST)
    result = here.kedro("run", "--params", f"word_lists={path},language={language},llm.model=offline/dictionary")
    assert result.code == 2, result.out + result.err
    found = here.frame("findings").filter(pl.col("severity") != "note")
    assert found.select("item_id", "code").rows() == []
    assert here.frame("held_flashcards").is_empty()
    # The example of 섬 does not contain the word.
    failed = here.frame("nuance_failures").select("item_id", "code").rows()
    assert failed == [("섬#1", "wrong_example")]
    assert here.frame("released_flashcards")["item_id"].n_unique() == ODD_LIST.count("\n") - 1 - len(failed)


def test_an_unknown_language_is_refused_with_the_known_ones(here: Project) -> None:
    result = here.kedro("run", "--params", "language=English")
    assert result.code == 1 and "Traceback" not in result.err
    assert "language must be 'ar', 'bg'" in result.err and "not 'English'" in result.err, result.err


@pytest.mark.slow
def test_parameter_files_without_the_language_still_work(here: Project) -> None:
    file = here.folder / "conf/base/parameters.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("language: en\n", ""), encoding="utf-8")
    path = here.word_list("word,meaning\n우산,umbrella\n")
    result = here.kedro("run", "--params", f"word_lists={path},llm.model=offline/dictionary")
    assert result.code == 0, result.out + result.err


@pytest.mark.slow
def test_a_list_without_definitions_gives_an_incomplete_run_and_no_traceback(here: Project) -> None:
    """The offline model analyzes no word, so all layers after the words are empty."""
    here.only_list("term,definition\n바람,\n고양이,\n")
    for args in (["run"], ["run", "--params", "words=바람,export.only_selected=true"], ["export", "run"]):
        ended = here.kedro(*args)
        said = unwrapped(ended.out + ended.err)
        assert ended.code == (0 if "--params" in args else 2) and "definition" in said, said
        assert "Traceback" not in said and "Exception" not in said
    assert "Add a definition to the word list" in said
