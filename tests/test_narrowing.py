"""An empty value of a parameter or an option that narrows a run is refused. It never means the whole list."""

import pytest
from support.project import Project, unwrapped

NARROWING = ["words=", "words=#", "limit=", "batch=", "priority_min=", "word_lists=", "limit= ", "words=;", "words=''"]
MORE = ["batch=''", "words=[]", "word_lists=' '", "limit=3,words=", "llm.budget.run.usd=", "words=#배", 'words=" , "']


@pytest.mark.parametrize("params", [*NARROWING, *(pytest.param(more, marks=pytest.mark.slow) for more in MORE)])
def test_an_empty_value_on_the_command_line_is_refused(here: Project, params: str) -> None:
    for command in ("plan", "run"):
        result = here.kedro(command, "--params", params)
        assert result.code == 1 and "Traceback" not in result.err
        assert "has no value" in result.err or "an empty value would not" in result.err, result.err
    assert here.outputs() == set()


@pytest.mark.parametrize(
    "text",
    ["limit:\n", "words: # 배\n", "words: ''\n", "words: []\n", "words: ['', ' ']\n", "batch: ''\n", "batch:\n",
     "priority_min:\n", "word_lists: ''\n", "limit: ''\n"],
)  # fmt: skip
def test_an_empty_value_in_a_parameter_file_is_refused(here: Project, text: str) -> None:
    (here.folder / "conf/local/parameters.yml").write_text(text, encoding="utf-8")
    result = here.kedro("plan")
    assert result.code == 1 and text.partition(":")[0] in result.err and "Nothing was run" in result.err, result.err
    assert "Traceback" not in result.err


def test_an_empty_value_in_the_projects_default_run_is_refused(here: Project) -> None:
    file = here.folder / ".kedro.yml"
    file.write_text(file.read_text(encoding="utf-8") + "  params:\n    words:\n", encoding="utf-8")
    result = here.kedro("plan")
    assert result.code == 1 and "words has no value" in unwrapped(result.err)


@pytest.mark.parametrize(
    "option", ["--pipelines=", "--nodes=", "--tags=", "--to-nodes=", "--from-nodes=", "--pipeline="]
)
def test_an_empty_option_that_selects_nodes_is_refused(here: Project, option: str) -> None:
    result = here.kedro("run", option)
    assert result.code == 1 and "The value is empty, so it would select everything" in unwrapped(result.err)
    assert here.outputs() == set()


def test_a_comma_too_many_between_words_is_ignored(here: Project) -> None:
    here.word_list("term,definition\n문,door\n물,water\n배,pear\n")
    assert "Words      2 of 3" in here.kedro("plan", "--params", "word_lists=list.csv,words=문,, 물").out


@pytest.mark.slow
def test_null_still_turns_a_restriction_off(here: Project) -> None:
    (here.folder / "conf/local/parameters.yml").write_text("limit: 3\n", encoding="utf-8")
    assert "Words      3 of 129 (limit 3)" in here.kedro("plan").out
    assert "Words      129\n" in here.kedro("plan", "--params", "limit=null").out
