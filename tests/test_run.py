"""`kedro run`: the summary at the end, exit codes, and messages instead of tracebacks for bad input."""

import json
import re
import sqlite3
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest
from support.model_server import ModelServer
from support.project import Project, Result, unwrapped

WORDS = "term,definition,example\n문,door,문을 열어요.\n물,water,물을 마셔요.\n"
QUICK = {"KEDRO_DATASET_VALIDATION": "off"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, first_run: tuple[Path, Result]) -> Project:
    """Return a separate copy of the finished project, because these tests run commands that change it."""
    return Project(first_run[0]).copied_to(tmp_path_factory.mktemp("changed") / "project")


def test_one_command_creates_a_deck_and_a_report(first_run: tuple[Path, Result]) -> None:
    folder, result = first_run
    assert result.code == 0
    assert "Complete." in result.out
    assert "Traceback" not in result.err and "Warning" not in result.err
    named = re.findall(r"^(?:Deck|Report) +(\S+)$", result.out, re.MULTILINE)
    assert len(named) == 2 and all((folder / path).stat().st_size for path in named)
    temporary_file = re.compile(r"\..+\.[0-9a-f]{8}\.\w+")
    assert not [file for file in (folder / "data").rglob(".*") if temporary_file.fullmatch(file.name)]


def test_the_counts_of_the_summary_equal_those_of_the_files(finished: Project) -> None:
    summary = json.loads((finished.folder / "data/08_reporting/run_summary.json").read_text(encoding="utf-8"))
    cards = finished.frame("flashcards")
    assert [(summary["rows"],)] == finished.ledger("select count(*) from import_rows")
    assert summary["words"] == finished.frame("vocabulary").height == summary["with_cards"]
    assert summary["cards"] == cards.height == sum(summary["cards_by_type"].values())
    with zipfile.ZipFile(finished.folder / "data/07_model_output/korean.apkg") as package:
        package.extract("collection.anki2", finished.folder)
    notes = sqlite3.connect(finished.folder / "collection.anki2").execute("select count(*) from notes").fetchone()[0]
    tsv = (finished.folder / "data/07_model_output/cards.tsv").read_text(encoding="utf-8").splitlines()
    assert notes == cards.height == len(tsv) - 1


@pytest.mark.slow
def test_a_second_run_uses_only_the_cache(finished: Project) -> None:
    before = (finished.folder / "data/07_model_output/cards.tsv").read_bytes()
    result = finished.kedro("run", PYTHONPROFILEIMPORTTIME="1")
    assert result.out.count("nothing requested") == 2
    imported = set(re.findall(r"\| +([\w.]+)$", result.err, re.MULTILINE))
    assert not {
        name for name in imported if name.split(".")[0] in {"litellm", "great_expectations", "kiwipiepy", "pandas"}
    }
    assert (finished.folder / "data/07_model_output/cards.tsv").read_bytes() == before


@pytest.mark.slow
def test_export_imports_neither_litellm_nor_great_expectations_nor_pandas(finished: Project) -> None:
    result = finished.kedro("run", "--pipeline=export", PYTHONPROFILEIMPORTTIME="1")
    assert result.code == 0 and "Deck" in result.out
    imported = set(re.findall(r"\| +([\w.]+)$", result.err, re.MULTILINE))
    assert not {
        name for name in imported if name.split(".")[0] in {"litellm", "great_expectations", "kiwipiepy", "pandas"}
    }
    assert "korean_flashcards.pipelines.export.nodes" in imported


@pytest.mark.slow
@pytest.mark.parametrize(
    "pipeline", ["ingress", "nuance", "flashcards", "quality", "export", "reporting", "charts", "archive"]
)
def test_each_pipeline_runs_alone(finished_here: Project, pipeline: str) -> None:
    result = finished_here.kedro("run", f"--pipeline={pipeline}", **QUICK)
    assert result.code == 0, result.err
    assert "Rows" in result.out


@pytest.mark.slow
def test_a_word_without_a_definition_makes_the_run_incomplete(here: Project) -> None:
    path = here.word_list(WORDS + "맷,,\n")
    result = here.kedro("run", "--params", f"word_lists={path}", **QUICK)
    assert result.code == 2
    assert "failed with no_definition (the word list gives no usable meaning): 맷. " in unwrapped(result.out)
    failure = here.frame("nuance_failures").row(0, named=True)
    assert (failure["term"], failure["code"], failure["attempts"]) == ("맷", "no_definition", 1)
    assert here.frame("flashcards")["item_id"].unique().sort().to_list() == ["문#1", "물#1"]
    for _ in range(3):
        again = here.kedro("run", "--params", f"word_lists={path}", **QUICK)
        assert again.code == 0, again.out + again.err
        assert "1 word needs a definition in your list, or a different model: 맷" in unwrapped(again.out)
    assert here.kedro("tasks", "list", "--state", "dead").out.count("맷#1") == 1


@pytest.mark.slow
def test_a_rejected_row_makes_the_run_incomplete_and_is_saved_with_its_reason(here: Project) -> None:
    path = here.word_list(WORDS + "door,문,\n")
    result = here.kedro("run", "--pipeline=ingress", "--params", f"word_lists={path}", **QUICK)
    assert result.code == 2 and "1 row rejected in your word lists" in result.out
    reject = here.frame("vocabulary_rejects").row(0, named=True)
    assert (reject["row"], reject["code"], reject["text"]) == (4, "no_hangul", "door,문,")


GARBAGE = {
    "empty file": b"",
    "header only": b"term,definition\n",
    "binary file": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200),
    "no column for words": "Nr,Bedeutung\n1,Tür\n".encode(),
    "wrong encoding": "term,definition\nこんにちは,door\n".encode("shift-jis"),
    "no Korean at all": "term,definition\nTür,Tür\n".encode("latin-1"),
    "huge cell": b"term,definition\n" + "문".encode() * 350_000 + b",door\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE.keys())
def test_an_unreadable_list_gives_one_message_and_leaves_no_files(here: Project, data: bytes) -> None:
    path = here.folder / "unit3.csv"
    path.write_bytes(data)
    result = here.kedro("run", "--params", f"word_lists={path}")
    assert result.code == 1
    assert result.err.startswith("Error: ") and "unit3.csv" in result.err and "Nothing from this list was" in result.err
    assert "Traceback" not in result.err and result.err.count("\n") == 1
    assert here.outputs() <= {"02_intermediate/word_rows.parquet"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--params", "word_lists=nowhere.csv"], "There is no word list"),
        (["--params", "lmit=5"], "there is no parameter named 'lmit' (did you mean limit?)"),
        (["--params", "llm.modell=x"], "there is no parameter named 'llm.modell' (did you mean llm.model or "),
        (["--params", "limit=none"], "limit must be a whole number, not 'none'"),
        (["--params", "llm=3"], "llm is a group of parameters, but it has the single value 3"),
        (
            ["--params", "flashcards.card_types.a=1"],
            "--params: flashcards.card_types must be a list, as in conf/base, but it is a group of settings.",
        ),
        (["--params", "llm.concurrency=0"], "llm.concurrency must be at least 1, not 0"),
        pytest.param(["--params", "llm.model=offline/gpt"], "offline/dictionary", marks=pytest.mark.slow),
        (
            ["--pipeline=exports"],
            "There is no pipeline named exports. The pipelines are ingress, nuance, flashcards, quality, export, "
            "reporting, charts, archive. Nothing was run.",
        ),
        (["--params", "quality.weights.nonsense=2"], "quality.weights: there is no check named nonsense"),
        (["--pipeline=export"], "does not exist yet. Run `kedro run` first"),
        (["--no-such-option"], "No such option"),
        (["--params", "words=\udcff"], "The value contains invalid characters"),
        (["--params", "words=a\x01b"], "The value contains invalid characters"),
        (["--env", "nope"], "The configuration cannot be read: the folder conf/nope does not exist."),
        (["--runner", "Foo"], "There is no runner named 'Foo'"),
        (
            ["--runner-params", "max_workers=4"],
            "The runner SequentialRunner has no option named max_workers. It has no",
        ),
        (["--load-versions", "nope"], "found nope instead. Nothing was run."),
        (["--from-nodes", "nope"], "This run's pipelines contain no node named nope."),
        (["--to-outputs", "nope"], "This run's pipelines contain no dataset named nope."),
        (["--namespaces", "nope"], "This run's pipelines contain no namespace named nope."),
        (["--tags", "nope"], "No nodes match all of the given options."),
    ],
)
def test_a_wrong_option_gives_one_message_and_exit_code_1(here: Project, options: list[str], message: str) -> None:
    result = here.kedro("run", *options)
    assert result.code == 1, result.out
    assert message in result.err and "Traceback" not in result.err
    assert not here.outputs() - {"02_intermediate/word_rows.parquet"} or "offline/gpt" in str(options)


@pytest.mark.slow
def test_limit_narrows_the_run_and_the_summary_says_so(here: Project) -> None:
    result = here.kedro("run", "--params", "limit=3", **QUICK)
    assert result.code == 0 and "3 of 129 (limit 3)" in result.out
    assert "There is no deck yet. `kedro run --pipeline=export` writes one" in unwrapped(result.out)
    assert here.frame("flashcards")["item_id"].n_unique() == 3
    rest = here.kedro("run", "--pipeline=export", **QUICK)
    assert rest.code == 2 and "126 words still pending" in rest.out


@pytest.mark.slow
@pytest.mark.parametrize("sample", [None, "term,definition\n물,water\n", "no list at all"])
def test_the_test_environment_has_its_own_list(here: Project, sample: str | None) -> None:
    """It works if the user deleted or replaced the sample list."""
    path = here.folder / "data/01_raw/sample_words.csv"
    path.unlink() if sample is None else path.write_text(sample, encoding="utf-8")
    result = here.kedro("run", "--env", "test", **QUICK)
    assert result.code == 0 and "24 in words.csv: 24 imported" in result.out, result.err
    assert (
        "Words      24: 24 with cards" in result.out
        and (here.folder / "data/test/07_model_output/korean.apkg").exists()
    )
    assert {Path(made).parts[0] for made in here.outputs()} == {"test"}


@pytest.mark.slow
def test_the_project_file_sets_the_default_run_and_options_override_it(here: Project) -> None:
    (here.folder / ".kedro.yml").write_text(
        "run:\n  pipelines: ingress\n  params:\n    limit: 2\n    llm: {concurrency: 3}\n", encoding="utf-8"
    )
    assert "Words" not in here.kedro("run", **QUICK).out
    result = here.kedro("run", "--pipelines=ingress,nuance", "--params", "llm.timeout=9", **QUICK)
    assert "2 of 129 (limit 2)" in result.out
    (here.folder / ".kedro.yml").write_text("run: {pipeline_names: ingress}\n", encoding="utf-8")
    broken = here.kedro("run")
    assert broken.code == 1 and "pipeline_names" in broken.err


@pytest.mark.slow
def test_a_failed_validation_stops_the_run_and_names_rule_and_rows(here: Project) -> None:
    suite = here.folder / "conf/base/expectations/vocabulary.yml"
    suite.write_text(suite.read_text(encoding="utf-8").replace("max_value: 6", "max_value: 1"), encoding="utf-8")
    result = here.kedro("run")
    assert result.code == 1
    assert "the TOPIK level is not 1 in 76 rows (남성#1" in result.err and "Traceback" not in result.err
    assert not any("vocabulary.parquet" in name for name in here.outputs())


@pytest.mark.slow
def test_a_run_with_different_parameters_waits_for_the_first_one(
    here: Project, caplog: pytest.LogCaptureFixture
) -> None:
    with ModelServer(latency=0.5) as server:
        model = f"llm.model=openai/test,llm.price=unknown_ok,llm.api_base={server.url},llm.concurrency=2"
        first = here.start("run", "--params", f"{model},limit=8", OPENAI_API_KEY="sk-test", **QUICK)
        while not server.requests():
            time.sleep(0.05)
        # Start the second run in this process, which has all modules loaded, so that the first is still active.
        second = here.kedro("run", "--params", f"{model},limit=3", OPENAI_API_KEY="sk-test", **QUICK)
        assert first.wait() == 0 and second.code == 0, second.err
        assert "Waiting for a run with different parameters to finish" in caplog.text
        assert second.out.count("nothing requested") == 2 and len(server.requests()) == 16
    assert here.frame("flashcards")["item_id"].n_unique() == 8


@pytest.mark.slow
def test_a_list_in_a_different_order_keeps_every_note(here: Project) -> None:
    """The GUID depends only on the word and the card type, so the learner's schedule is kept."""
    path = here.only_list(WORDS)
    here.kedro("run", **QUICK)
    before = set(here.frame("anki_notes")["guid"])
    header, *rows = WORDS.splitlines()
    path.write_text("\n".join([header, *reversed(rows)]).replace("water", "water to drink") + "\n", encoding="utf-8")
    here.kedro("run", **QUICK)
    assert set(here.frame("anki_notes")["guid"]) == before


def test_help_lists_the_commands_and_the_exit_codes(project: Project, here: Project) -> None:
    result = project.kedro("--help")
    assert "Run the pipelines, from word lists to a deck and a report." in result.out
    assert "Exit codes: 0 = all done" in " ".join(here.kedro("run", "--help").out.split())


def test_analyses_name_their_prompt_and_model(finished: Project) -> None:
    nuance = finished.frame("nuance")
    assert nuance["prompt_version"].n_unique() == 1 and nuance["prompt_version"].str.len_chars().unique().to_list() == [
        12
    ]
    assert nuance["model"].unique().to_list() == ["offline/dictionary@6"]
    tags = finished.frame("flashcards").select(pl.col("tags").list.contains("source:offline").all()).item()
    assert tags


def test_a_run_of_single_nodes_says_that_there_is_no_summary(finished_here: Project) -> None:
    result = finished_here.kedro("run", "--nodes=plan_nuance", **QUICK)
    assert result.code == 0 and "Only some nodes were run" in result.out


X = "conf/local/parameters_x.yml"


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            X,
            "llm: {a: [1",
            f"{X} cannot be read: expected ',' or ']', but got the end of the file (line 2, column 1). Correct",
        ),
        (X, "limit: 1\nlimit: 2", f"{X} cannot be read: limit appears twice (lines 1 and 2). Correct the file."),
        (X, "limit: 1\nllm:\n  seed: 1\n  seed: 2", f"{X} cannot be read: seed appears twice (lines 3 and 4)."),
        (X, "llm: {model: '${x:y}'}", "llm.model: Unsupported interpolation type x."),
        (X, "limit: ${gone}", "limit: it refers to gone, which does not exist."),
        (X, "- limit", f"{X} cannot be read: it must contain one setting per line"),
        (X, "\N{BYTE ORDER MARK}limit: 1".encode("utf-16"), f"{X} cannot be read: it is not UTF-8 text."),
        ("conf/base/catalog_nuance.yml", "nuance: 5", "The dataset nuance is not defined correctly: it needs a group"),
        ("conf/base/expectations/nuance.yml", "a: [", "conf/base/expectations/nuance.yml cannot be read as YAML: "),
        (
            "conf/local/catalog.yml",
            "vocabulary: {type: x.Y}",
            "The dataset vocabulary is not defined correctly: there is no dataset type x.Y",
        ),
        (
            "conf/local/catalog.yml",
            "vocabulary: {file: x}",
            "The dataset vocabulary is not defined correctly: it has no type",
        ),
        (
            "conf/local/catalog.yml",
            "vocabulary: {type: polars.EagerPolarsDataset, file_format: parquet, filepath: x.parquet}",
            "The dataset vocabulary cannot be loaded: it does not exist (x.parquet)",
        ),
        (".kedro.yml", "run: [", ".kedro.yml cannot be read: expected the node content"),
        (".kedro.yml", "run: 3", ".kedro.yml must have a `run` section"),
        (".kedro.yml", "run: {nope: 3}", ".kedro.yml, line 1: `kedro run` has no option named nope."),
    ],
)
def test_a_broken_configuration_gives_one_message_without_class_names(
    here: Project, file: str, text: str | bytes, message: str
) -> None:
    (here.folder / file).write_bytes(text if isinstance(text, bytes) else f"{text}\n".encode())
    result = here.kedro("run", "--pipelines=nuance")
    assert result.code == 1 and message in result.err, result.err
    assert "Traceback" not in result.err and "kedro_datasets" not in result.err and "--env" not in result.err


def test_two_files_with_the_same_parameter_give_one_message(here: Project) -> None:
    for name in ("parameters_x.yml", "parameters_y.yml"):
        (here.folder / "conf/local" / name).write_text("limit: 3\n", encoding="utf-8")
    result = here.kedro("status")
    assert result.code == 1 and (
        "limit is set in both conf/local/parameters_x.yml and conf/local/parameters_y.yml. Remove the setting"
        in result.err
    )
