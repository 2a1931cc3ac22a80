"""`kedro errors` from the command line: failures, their reasons and remedies, and the history of a word."""

import json
import re
from pathlib import Path

import pytest
from support.commands import ProjectHere, prepare
from support.model_server import ModelServer
from support.project import Project

from korean_flashcards.domain.line_wrap import width

pytestmark = pytest.mark.slow

QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test-0123456789"}
WORDS = "llm.model=openai/test,llm.max_attempts=2,llm.backoff=0,words=남자,독립,남성"


@pytest.fixture(scope="module")
def after_a_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project after a run in which the model refused 남자 and needed a second call for 남성."""

    def run(project: Project) -> None:
        parameters = project.folder / "conf" / "local" / "parameters_llm.yml"
        parameters.write_text("llm: {prices: {openai/test: {input: 100, output: 1000}}}\n", encoding="utf-8")
        with ModelServer(by_term={"남자": ["refusal"] * 9, "남성": ["malformed"]}) as server:
            result = project.kedro(
                "run", "--yes", "--params", f"{WORDS},llm.api_base={server.url},llm.max_tokens=500", **QUICK
            )
            assert result.code == 2, result.err

    return prepare(tmp_path_factory.mktemp("errors") / "project", run)


@pytest.fixture
def requested(after_a_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of that project. Its commands run in this process."""
    return ProjectHere(Project(after_a_run).copied_to(tmp_path / "project").folder, monkeypatch)


def test_a_new_project_has_no_errors(here: Project) -> None:
    result = here.kedro("errors")
    assert (result.code, result.out) == (0, "No errors.\n")
    assert here.kedro("errors", "--json").out == "[]\n"


def test_errors_are_listed_by_code_with_examples_and_advice(requested: Project) -> None:
    result = requested.kedro("errors")

    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == "Failed calls: 2 of 6. Words still without a result: 1."
    assert [line.split() for line in lines[1:4]] == [
        ["code", "stage", "model", "prompt", "calls", "words", "no", "result"],
        ["refused", "nuance", "openai/test", "v1", "1", "1", "1"],
        ["cut_short", "nuance", "openai/test", "v1", "1", "1", "0"],
    ]  # fmt: skip
    assert max(map(width, lines)) <= 80
    assert re.search(r"^  reply failure, from 20\d\d-\d\d-\d\d \d\d:\d\d [+-]\d{4} to 20", result.out, re.MULTILINE)
    advice = "refused: rephrase the definition or use another model"
    assert advice in " ".join(result.out.split())
    assert "  남자: the model declined: I'm sorry, but I can't help with that request." in result.out
    assert "  남성: the reply ends in the middle of its JSON" in result.out
    assert requested.kedro("errors", "--code", "timeout").out == "None of the 6 recorded calls failed this way.\n"


def test_filters_narrow_the_list(requested: Project) -> None:
    for options, codes in {
        ("--code", "refused"): ["refused"],
        ("--stage", "flashcards"): [],
        ("--model", "openai/test", "--prompt", "v1", "--since", "1h"): ["refused", "cut_short"],
        ("--limit", "1"): ["refused"],
    }.items():
        found = json.loads(requested.kedro("errors", "--json", *options).out)
        assert [each["code"] for each in found] == codes, options
    other = requested.kedro("errors", "--model", "openai/other")
    assert other.code == 1 and "No run has called openai/other. The models are " in other.err


def test_the_json_has_group_parent_and_whether_a_retry_helps(requested: Project) -> None:
    (refused,) = json.loads(requested.kedro("errors", "--json", "--code", "refused").out)
    assert {name: refused[name] for name in ("group", "parent", "retry", "calls", "words", "given_up", "prompt")} == {
        "group": "reply", "parent": None, "retry": False, "calls": 1, "words": 1, "given_up": 1, "prompt": "v1"
    }  # fmt: skip


def test_word_show_lists_every_call_with_its_cost_and_advice(requested: Project) -> None:
    refused, repaired = requested.kedro("word", "show", "남자").out, requested.kedro("errors", "--word", "남성#1").out

    assert "  nuance: failed\n" in refused and "code                 refused\n" in refused
    assert "reply not in the cache" in refused and "flashcards: Pending until the word has an analysis." in refused
    assert "rephrase the definition or use another model." in " ".join(refused.split())
    spent = requested.ledger(
        "SELECT count(*), sum(tokens_in + tokens_out), sum(usd) FROM llm_calls WHERE term = '남성'"
    )
    ((calls, tokens, usd),) = spent
    assert f"{calls} calls, {tokens:,} tokens, USD {usd:.4f}." in repaired and calls == 3
    assert repaired.count("reply in the cache") == 2
    story = json.loads(requested.kedro("word", "show", "남성", "--json").out)
    assert [call["outcome"] for call in story["calls"]] == ["cut_short", "ok", "ok"]


def test_words_that_failed_without_a_call_are_listed_too(here: Project) -> None:
    here.word_list("term,definition\n바람,wind\n맷,\n", "faulty.csv")
    parameters = here.folder / "conf" / "local" / "parameters_flashcards.yml"
    parameters.write_text("flashcards: {card_types: [Hanja]}\n", encoding="utf-8")
    assert here.kedro("run", "--params", "word_lists=faulty.csv", **QUICK).code == 2

    found = {each["code"]: each for each in json.loads(here.kedro("errors", "--json").out)}

    assert found["no_definition"]["examples"][0]["word"] == "맷"
    assert (found["no_card_type"]["examples"][0]["word"], found["no_card_type"]["calls"]) == ("바람", 0)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("errors", "--since", "3"), "'3' is not a duration"),
        (("errors", "--limit", "0"), "'0' is not a whole number of 1 or more"),
        (("errors", "--stage", "x"), "'x' is not one of 'nuance'"),
        (("confusables",), "Missing argument 'WORD...'"),
        (("errors", "--code", "foo"), "There is no failure code foo. The codes are authentication, "),
        (("errors", "--code", "timeot"), "There is no failure code timeot. Did you mean timeout?"),
        (("tasks", "list", "--code", "nope"), "There is no failure code nope."),
        (("tasks", "retry", "--code", "nope"), "There is no failure code nope."),
        (("tasks", "drop", "--code", "nope"), "There is no failure code nope."),
        (("llm", "reset", "foo"), "No run has called foo."),
    ],
)
def test_a_wrong_option_or_an_unknown_name_exits_with_code_1(here: Project, args: tuple[str, ...], said: str) -> None:
    result = here.kedro(*args)
    assert result.code == 1 and said in result.err


def test_a_word_cannot_be_combined_with_filters(here: Project) -> None:
    result = here.kedro("errors", "--word", "남자", "--code", "refused")
    assert result.code == 1 and "cannot be combined with --stage, --code" in result.err


def test_a_rolled_back_word_keeps_its_calls(requested: Project) -> None:
    assert requested.kedro("ingress", "rollback", "sample_words", "--yes").code == 0
    result = requested.kedro("word", "show", "남성")
    assert result.code == 0 and "No longer in the ledger" in result.out and "3 calls" in result.out
